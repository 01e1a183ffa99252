"""The command line, as the administrator walks through it, and what it says when it cannot."""

import json
import os
import re
import subprocess
import time

import dns.zone
import pytest

from harness import PROGRAM, Instance, message, sanitized


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port, production=False) as instance:
        yield instance


def verb(instance, *words, status=0, text=None):
    ran = instance.run(*words, text=text)
    assert ran.returncode == status, (words, ran.stdout, ran.stderr)
    return ran.stdout if status == 0 else ran.stderr


def asked(instance, *words):
    answer = json.loads(verb(instance, *words, "--json"))
    assert answer.pop("ok")
    return answer


def postern(*words, cwd=None):
    return subprocess.run([str(PROGRAM), *map(str, words)], capture_output=True, text=True,
                          cwd=cwd, timeout=60)


# ---- init ----

def test_init_makes_a_service_and_shows_the_key_once(tmp_path):
    ran = postern("init", "--dir", tmp_path / "data")
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"access key id +AKIA[A-Z2-7]{16}\n", ran.stdout)
    secret = re.search(r"secret access key +(\S{40})\n", ran.stdout)[1].encode()
    for path in (tmp_path / "data").iterdir():
        assert secret not in path.read_bytes(), path


def test_init_takes_no_time(tmp_path):
    times = []
    for number in range(5):
        started = time.monotonic()
        assert postern("init", "--dir", tmp_path / f"data{number}").returncode == 0
        times.append(time.monotonic() - started)
    assert min(times) < (1.5 if sanitized() else 0.3), times


def test_init_takes_a_key_that_is_there_already(tmp_path):
    ran = postern("init", "--dir", tmp_path / "data", "--json", "--access-key-id",
                  "AKIAIOSFODNN7EXAMPLE", "--secret-access-key",
                  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    made = json.loads(ran.stdout)
    assert made["access_key_id"] == "AKIAIOSFODNN7EXAMPLE"
    assert made["secret_access_key"] == "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def test_init_touches_nothing_that_is_there(tmp_path):
    (tmp_path / "letter").write_text("mine")
    ran = postern("init", "--dir", tmp_path)
    assert ran.returncode == 1 and "it is not empty" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


@pytest.mark.parametrize("words, named", [
    (["--account", "12345"], "--account: must be 12 digits"),
    (["--hostname", "a b"], "--hostname: must be a host name"),
    (["--access-key-id", "AKIAIOSFODNN7EXAMPLE"], "must be given together"),
])
def test_init_names_what_is_wrong_and_leaves_nothing(tmp_path, words, named):
    ran = postern("init", "--dir", tmp_path / "data", *words)
    assert ran.returncode == 1 and named in ran.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="files are given to the system users by root")
def test_init_gives_each_part_its_own_files(tmp_path):
    assert postern("init", "--dir", tmp_path / "data").returncode == 0
    data = tmp_path / "data"
    modes = {name: (data / name).stat().st_mode & 0o777
             for name in ("master.key", "certificate-key.pem", "postern.db", "postern.conf")}
    assert modes == {"master.key": 0o600, "certificate-key.pem": 0o600, "postern.db": 0o600,
                     "postern.conf": 0o640}
    owners = {name: (data / name).owner() for name in modes}
    assert owners == {"master.key": "postern", "certificate-key.pem": "postern-front",
                      "postern.db": "postern", "postern.conf": "root"}


# ---- serve ----

@pytest.mark.parametrize("setting, named", [
    ("delivery.mx_prt=25", "delivery.mx_prt"), ("submission.recipients=0", "submission.recipients"),
    ("listen.http=nowhere", "listen.http"), ("route.*.via=pigeon", "must be mx, capture"),
])
def test_serve_refuses_a_wrong_setting_by_its_name(tmp_path, setting, named):
    postern("init", "--dir", tmp_path / "data")
    ran = postern("serve", "--dir", tmp_path / "data", "--set", setting)
    assert ran.returncode == 1 and named in ran.stderr


def test_serve_names_the_line_of_a_wrong_option(tmp_path):
    postern("init", "--dir", tmp_path / "data")
    with open(tmp_path / "data/postern.conf", "a") as file:
        file.write("feedback = off\n")
    ran = postern("serve", "--dir", tmp_path / "data")
    assert ran.returncode == 1
    assert re.search(r"postern\.conf line \d+: listen\.feedback: given already in line \d+",
                     ran.stderr), ran.stderr


def test_a_directory_is_served_once(instance):
    ran = postern("serve", "--dir", instance.dir)
    assert ran.returncode == 1 and ran.stderr


# ---- the walk ----

def test_a_domain_is_added_published_checked_and_used(instance, zone, sink):
    block = verb(instance, "domain", "add", "test1.com")
    parsed = dns.zone.from_text("$TTL 60\n@ IN SOA ns.test1.com. h.test1.com. 1 1 1 1 1\n"
                                "@ IN NS ns.test1.com.\nns IN A 127.0.0.1\n" + block,
                                origin="test1.com.", relativize=False)
    published = 0
    for name, node in parsed.items():
        for rdataset in node:
            if rdataset.rdtype == dns.rdatatype.TXT:
                for record in rdataset:
                    zone.add(name.to_text().rstrip("."), "TXT", b"".join(record.strings).decode())
                    published += 1
    assert published == 6, "verification, three keys, SPF, DMARC"

    def checked():
        ran = instance.run("domain", "check", "test1.com")
        return "The domain is verified." in ran.stdout
    end = time.monotonic() + 15
    while not checked():
        assert time.monotonic() < end, instance.run("domain", "check", "test1.com").stdout
    assert "test1.com" in verb(instance, "domain", "list")
    verb(instance, "production", "on")
    granted = asked(instance, "grant", "taro@test1.com")
    assert {"smtp_user_name", "smtp_password", "smtp_host", "smtp_port_starttls"} <= set(granted)
    reply = instance.submit(granted, "taro@test1.com", "verbs@example.net", message())
    assert reply.code == 250
    sink.one("verbs@example.net")
    shown = verb(instance, "decisions", "--as", "taro@test1.com")
    assert "allowed" in shown and "taro@test1.com" in shown
    assert instance.submit(granted, "jiro@test1.com", "verbs@example.net", message(
        "jiro@test1.com")).code == 554
    shown = verb(instance, "decisions", "--from", "jiro@test1.com")
    assert "implicit_deny" in shown and "allowed" not in shown


def test_what_a_grant_prints_is_enough_to_log_in(instance):
    shown = verb(instance, "grant", "printed@test1.com")
    user = re.search(r"\bAKIA[A-Z2-7]{16}\b", shown)[0]
    password = re.search(r"\bB[A-Za-z0-9+/]{43}(?!\S)", shown)[0]
    assert str(instance.ports["submission"]) in shown
    instance.session({"smtp_user_name": user, "smtp_password": password}).close()


def test_a_second_grant_is_refused_unless_also_is_said(instance):
    verb(instance, "grant", "twice@test1.com")
    assert "has a credential already" in verb(instance, "grant", "twice@test1.com", status=1)
    verb(instance, "grant", "twice@test1.com", "--user", "second", "--also")


def test_revoke_and_restore(instance):
    granted = asked(instance, "grant", "alarm@test1.com")
    verb(instance, "revoke", "alarm@test1.com")
    with instance.session() as session:
        assert session.login(granted).code == 535
    verb(instance, "restore", granted["access_key_id"])
    instance.session(granted).close()
    assert "no access key, no user" in verb(instance, "revoke", "nobody@test1.com", status=1)


def test_dkim_is_switched(instance):
    verb(instance, "dkim", "off", "test1.com")
    assert not instance.identity("test1.com")["dkim_enabled"]
    verb(instance, "dkim", "on", "test1.com")
    assert instance.identity("test1.com")["dkim_enabled"]


def test_users_groups_and_credentials(instance):
    verb(instance, "user", "create", "hana")
    created = asked(instance, "credential", "create", "hana")
    assert created["access_key_id"] in verb(instance, "user", "show", "hana")
    assert created["secret_access_key"] not in verb(instance, "user", "show", "hana")
    verb(instance, "group", "create", "senders")
    verb(instance, "group", "add", "senders", "hana")
    assert "senders" in verb(instance, "group", "list")
    verb(instance, "policy", "put", "all", "--group", "senders", text=json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}}))
    assert instance.submit(created, "hana@test1.com", "verbs@example.net",
                           message("hana@test1.com")).code == 250
    verb(instance, "group", "remove", "senders", "hana")
    assert instance.submit(created, "hana@test1.com", "verbs@example.net",
                           message("hana@test1.com")).code == 554
    verb(instance, "credential", "delete", created["access_key_id"])
    verb(instance, "user", "delete", "hana")
    assert "hana" not in verb(instance, "user", "list")


def test_the_account_is_paused(instance):
    verb(instance, "pause", "on")
    assert asked(instance, "status")["paused"]
    verb(instance, "pause", "off")
    assert not asked(instance, "status")["paused"]


# ---- what is wrong ----

@pytest.mark.parametrize("words", [["grnt", "a@b"], ["grant"], ["grant", "a@b", "c@d"],
                                   ["grant", "a@b", "--aslo"], ["dkim", "maybe", "test1.com"],
                                   ["queue", "eat", "x"], ["decisions", "--as"], []])
def test_what_is_not_understood_ends_with_two(words):
    ran = postern(*words)
    assert ran.returncode == 2 and ran.stderr, ran


def test_without_a_server_the_verb_says_so(tmp_path):
    ran = postern("domain", "list", "--dir", tmp_path)
    assert ran.returncode == 1 and str(tmp_path) in ran.stderr


@pytest.mark.parametrize("words, named", [
    (["grant", "no address"], "address"), (["domain", "add", "com"], "public suffix"),
    (["domain", "records", "unknown.example"], "unknown.example"),
    (["explain", "--as", "nobody", "--from", "a@test1.com"], "nobody"),
    (["decisions", "--since", "yesterday"], "since: yesterday is no date"),
])
def test_what_cannot_be_done_ends_with_one_and_names_it(instance, words, named):
    assert named in verb(instance, *words, status=1)


def test_help_lists_every_verb_and_explains_each():
    listed = postern("help").stdout
    verbs = re.findall(r"^  ([a-z-]+) ", listed, re.M)
    assert {"init", "serve", "domain", "grant", "revoke", "explain", "queue"} <= set(verbs)
    for name in verbs:
        ran = postern("help", name)
        assert ran.returncode == 0 and ran.stdout.startswith(f"usage: postern {name}")


def test_only_root_and_the_owner_are_answered(instance):
    if os.geteuid() != 0:
        pytest.skip("another user can only be played by root")
    ran = subprocess.run([str(PROGRAM), "user", "list", "--dir", str(instance.dir)],
                         capture_output=True, text=True, user="nobody", timeout=60)
    assert ran.returncode == 1 and "admin" not in ran.stdout


def test_hostile_text_does_not_reach_the_terminal(instance):
    granted = asked(instance, "grant", "escape@test1.com")
    instance.submit(granted, "escape@test1.com", "verbs@example.net", message(
        "=?utf-8?Q?=1B]0;title=07=1B[2J?= <escape@test1.com>", subject="\x1b[31mred"))
    for words in (["decisions"], ["queue", "list"], ["user", "list"]):
        assert "\x1b" not in verb(instance, *words)
