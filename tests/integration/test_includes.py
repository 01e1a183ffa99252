"""Who may know whom (docs/architecture.md, section 4), read from the includes."""

import collections
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").glob("*/*.[ch]"))
STEPS = ["accept", "authenticate", "authorize", "sign", "spool", "deliver", "report"]
BELOW = ["base", "net", "mail"]
FACTS = BELOW + ["store", "identity"]

MAY_INCLUDE = {
    "base": [],
    "net": ["base"],
    "mail": ["base"],
    "store": BELOW,
    "identity": BELOW + ["store"],
    **{step: FACTS for step in STEPS},
    "api": FACTS + STEPS,
    "role": FACTS + STEPS + ["api"],
    "cli": FACTS + STEPS + ["api", "role"],
}

# Pure: no socket, no clock, no database. What they are given is all they know.
PURE = ["mail/address.c", "mail/body.c", "mail/dsn.c", "mail/header.c", "mail/outgoing.c",
        "mail/reply.c", "mail/data.c", "accept/submission.c", "accept/http.c", "authorize/policy.c",
        "authenticate/canonical_request.c", "authenticate/sigv4.c",
        "authorize/evaluate.c", "authorize/gate.c", "authorize/senders.c", "authorize/quota.c",
        "deliver/client.c", "deliver/mx.c", "identity/proof.c", "report/feedback.c",
        "spool/brake.c", "spool/schedule.c", "sign/dkim.c", "sign/verify.c", "identity/spf.c",
        "identity/dmarc.c", "net/answers.c", "mail/tagged.c", "api/console_request.c",
        "api/examination.c"]


def includes(path):
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.M)


def folder_of(source, name):
    return name.split("/")[0] if "/" in name else source.parent.name


def test_every_folder_has_a_rule_and_every_rule_a_folder():
    assert {path.parent.name for path in SOURCES} == set(MAY_INCLUDE)


def test_no_folder_includes_what_it_may_not_know():
    wrong = [f"{source.parent.name}/{source.name} includes {name}" for source in SOURCES
             for name in includes(source)
             if folder_of(source, name) not in MAY_INCLUDE[source.parent.name] + [source.parent.name]]
    assert not wrong


def test_a_source_includes_its_own_header_first():
    wrong = [str(source.relative_to(ROOT)) for source in SOURCES
             if source.suffix == ".c" and source.with_suffix(".h").exists()
             and pathlib.Path(includes(source)[0]).name != source.with_suffix(".h").name]
    assert not wrong


def test_file_names_are_unique_in_the_tree():
    counts = collections.Counter(source.name for source in SOURCES)
    assert not [name for name, count in counts.items() if count > 1]


def test_what_is_pure_reads_no_socket_clock_or_store():
    wrong = [f"{name}: {word}" for name in PURE
             for word in ["clock_now_ms", "clock_monotonic_ms", "<sys/socket.h>", "<uv.h>",
                          "store/database.h", "net/stream.h", "net/loop.h", "<openssl/ssl.h>"]
             if word in (ROOT / "src" / name).read_text()]
    assert not wrong


def test_libuv_is_seen_in_net_alone():
    wrong = [str(source.relative_to(ROOT)) for source in SOURCES
             if source.parent.name != "net" and "<uv.h>" in source.read_text()]
    assert not wrong
