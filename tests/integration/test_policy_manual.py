"""postern-policy(7): every example in the page is typed, and what the page shows comes back. What it
says of sending without further circumstances is also tried over SMTP."""

import pathlib
import re
import shlex
import subprocess

import pytest

from harness import Instance, message

SOURCE = pathlib.Path(__file__).parents[2]
PAGE = SOURCE / "man" / "postern-policy.7"


def examples():
    """Headings of the section EXAMPLES, each with its commands: (words, standard input, lines)."""
    heading, shown, found = None, False, []
    for line in PAGE.read_text().split(".Sh EXAMPLES", 1)[1].splitlines():
        if line.startswith(".Ss "):
            found.append((line[4:], []))
        elif line.startswith((".Bd -literal", ".Ed")):
            shown = line.startswith(".Bd")
        elif shown:
            take(found[-1][1], line)
    return found


def take(commands, line):
    if commands and commands[-1]["open"]:
        commands[-1]["open"] = line != "EOF"
        commands[-1]["text"] += "" if line == "EOF" else line + "\n"
    elif line.startswith("$ "):
        words = shlex.split(line[2:].removesuffix(" <<'EOF'"))
        assert words.pop(0) == "postern"
        commands.append({"words": words, "text": "", "open": line.endswith("<<'EOF'"), "shows": []})
    else:
        commands[-1]["shows"].append(line)


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        zone.mail_server("test1.com", "mx.test1.com", sink.address)
        instance.add_domain("test1.com")
        instance.admin("group.create", group="staff")
        instance.keys = {}
        for name in ("taro", "jiro", "anna"):
            instance.admin("user.create", user=name)
            instance.keys[name] = instance.admin("credential.create", user=name)
        yield instance


def run(instance, command):
    account = instance.admin("account.show")
    text = command["text"].replace("ACCOUNT", account["account"]).replace(
        "REGION", account["region"])
    words, shows = command["words"], command["shows"]
    ran = instance.run(*words, text=text or None)
    refused = "decision:           refused" in shows or words == ["access", "--check"]
    assert ran.returncode == (1 if refused else 0), (words, ran.stdout, ran.stderr)
    rest = ran.stdout
    for line in shows:
        assert line in rest, (words, line, ran.stdout)
        rest = rest.split(line, 1)[1]


def send(instance, words):
    """The explained message itself; None where the explanation has more to it than SMTP can show."""
    asked = {}
    for option, value in zip(words[1::2], words[2::2]):
        asked.setdefault(option, []).append(value)
    if words[0] != "explain" or not asked.keys() <= {"--as", "--from", "--mail-from", "--to"}:
        return None
    (shown,) = asked["--from"]
    address = re.search(r"[^<]+@[^>]+", shown)[0]
    recipients = asked.get("--to", ["ana@example.net"])
    return instance.submit(instance.keys[asked["--as"][0]], asked.get("--mail-from", [address])[0],
                           recipients, message(from_=shown, to=", ".join(recipients)))


# One after another, as in the page: each example stands on those before it.
def test_every_example_does_what_it_says(instance):
    sent = {250: 0, 554: 0}
    for heading, commands in examples():
        assert commands, heading
        for command in commands:
            assert not command["open"], heading
            run(instance, command)
            reply = send(instance, command["words"])
            if reply:
                allowed = "decision:           allowed" in command["shows"]
                assert reply.code == (250 if allowed else 554), (heading, command, reply)
                sent[reply.code] += 1
    assert sent[250] >= 5 and sent[554] >= 5


def test_the_page_names_every_operator_and_key():
    page = PAGE.read_text()
    operators = re.findall(r'^    \{"([A-Z]\w+)", OPERAND_',
                           (SOURCE / "src/authorize/condition.c").read_text(), re.MULTILINE)
    keys = re.findall(r'"((?:ses|aws):\w+)"', (SOURCE / "src/authorize/gate.c").read_text())
    assert len(operators) > 25 and len(keys) > 12
    assert [name for name in operators + keys if name not in page] == []


@pytest.mark.parametrize("page", sorted(PAGE.parent.iterdir()), ids=lambda page: page.name)
def test_a_page_has_no_error_of_form(page):
    checked = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)],
                             capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
