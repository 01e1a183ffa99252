"""The command line, as the administrator walks through it, and what it says when it cannot."""

import json
import os
import re
import socket
import struct
import subprocess
import time

import dns.zone
import pytest

from harness import PROGRAM, ROOT, Instance, Refused, eventually, message, sanitized


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


def test_a_route_that_leads_nowhere_is_named_by_its_line(tmp_path):
    postern("init", "--dir", tmp_path / "data")
    file = tmp_path / "data/postern.conf"
    text = file.read_text() + "\n[route nowhere.example]\ntls = never\n"
    file.write_text(text)
    line = text.splitlines().index("[route nowhere.example]") + 1
    # Nobody listens on an address of others: whoever takes the section ends all the same.
    ran = postern("serve", "--dir", tmp_path / "data", "--set", "listen.http=203.0.113.1:1")
    assert ran.returncode == 1
    assert re.search(rf"postern\.conf line {line}: route\.nowhere\.example\.via\b", ran.stderr), \
        ran.stderr


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


def test_a_grant_to_a_user_whose_keys_are_off_says_so(instance):
    verb(instance, "grant", "off@test1.com")
    verb(instance, "revoke", "off@test1.com")
    ran = instance.run("grant", "also-off@test1.com", "--user", "off@test1.com", "--also")
    said = ran.stdout + ran.stderr
    assert "postern restore off@test1.com" in said, said
    assert "postern credential rotate off@test1.com" in said, said
    assert "goes on as it was" not in said


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


def sending():
    return json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}})


def test_users_groups_and_credentials(instance):
    verb(instance, "user", "create", "hana")
    created = asked(instance, "credential", "create", "hana")
    assert created["access_key_id"] in verb(instance, "user", "show", "hana")
    assert created["secret_access_key"] not in verb(instance, "user", "show", "hana")
    verb(instance, "group", "create", "senders")
    verb(instance, "group", "add", "senders", "hana")
    assert "senders" in verb(instance, "group", "list")
    verb(instance, "policy", "put", "all", "--group", "senders", text=sending())
    assert instance.submit(created, "hana@test1.com", "verbs@example.net",
                           message("hana@test1.com")).code == 250
    verb(instance, "group", "remove", "senders", "hana")
    assert instance.submit(created, "hana@test1.com", "verbs@example.net",
                           message("hana@test1.com")).code == 554
    verb(instance, "credential", "delete", created["access_key_id"])
    verb(instance, "user", "delete", "hana")
    assert "hana" not in verb(instance, "user", "list")


def test_a_group_is_shown_and_deleted_once_it_is_empty(instance):
    verb(instance, "user", "create", "kei")
    verb(instance, "group", "create", "Readers")
    assert asked(instance, "group", "show", "readers") == {
        "group": "Readers", "users": [], "policies": []}
    verb(instance, "group", "add", "readers", "kei")
    verb(instance, "policy", "put", "own", "--group", "readers", text=sending())
    shown = verb(instance, "group", "show", "READERS")
    assert [line.split() for line in shown.splitlines()] == [
        ["group:", "Readers"], ["user:", "kei"], ["policy:", "own"]]
    for first, then in (
            ("remove users from group", ("group", "remove", "readers", "kei")),
            ("delete policies", ("policy", "delete", "own", "--group", "readers")),
            ("detach all policies", ("policy", "detach", "shared", "--group", "readers"))):
        if "shared" in then:
            verb(instance, "policy", "put", "shared", text=sending())
            verb(instance, "policy", "attach", "shared", "--group", "readers")
        refusal = verb(instance, "group", "delete", "readers", status=1)
        assert f"must {first} first" in refusal and "postern group show readers" in refusal
        verb(instance, *then)
    assert "Readers" in verb(instance, "group", "delete", "readers")
    assert "Readers" not in verb(instance, "group", "list")
    for word in ("show", "delete"):
        refusal = verb(instance, "group", word, "readers", status=1)
        assert "The group with name readers cannot be found." in refusal
    verb(instance, "policy", "delete", "shared")
    verb(instance, "user", "delete", "kei")


def test_a_policy_is_deleted_by_name_where_it_stands_and_nowhere_else(instance):
    verb(instance, "user", "create", "rin")
    verb(instance, "group", "create", "writers")
    instance.add_domain("deleted.example")
    places = {(): "Policy same does not exist or is not attachable.",
              ("--user", "rin"): "The user policy with name same cannot be found.",
              ("--group", "writers"): "The group policy with name same cannot be found.",
              ("--identity", "deleted.example"): "Policy same does not exist."}
    about = json.loads(sending())
    about["Statement"] |= {"Principal": "*", "Resource": (
        f"arn:aws:ses:us-east-1:{instance.administrator['account']}:identity/deleted.example")}
    for place in places:
        verb(instance, "policy", "put", "same", *place,
             text=json.dumps(about) if "--identity" in place else sending())

    def found(place):
        return "same" in verb(instance, "policy", "list", *place)
    left = set(places)
    for place, missing in places.items():
        assert verb(instance, "policy", "delete", "same", *place).split() == ["deleted:", "same"]
        left.remove(place)
        assert {other for other in places if found(other)} == left
        assert missing in verb(instance, "policy", "delete", "same", *place, status=1)
    verb(instance, "group", "delete", "writers")
    verb(instance, "user", "delete", "rin")
    verb(instance, "domain", "remove", "deleted.example")


def test_a_managed_policy_that_is_used_is_not_deleted(instance):
    verb(instance, "user", "create", "sei")
    verb(instance, "policy", "put", "kept", text=sending())
    boundary = ("boundary", "--user", "sei")
    for use, end in ((("attach", "kept", "--user", "sei"), ("detach", "kept", "--user", "sei")),
                     ((*boundary, "--name", "kept"), boundary)):
        verb(instance, "policy", *use)
        assert "attached to entities" in verb(instance, "policy", "delete", "kept", status=1)
        verb(instance, "policy", *end)
    verb(instance, "policy", "delete", "kept")
    assert "kept" not in verb(instance, "policy", "list")
    verb(instance, "user", "delete", "sei")


def test_the_account_is_paused(instance):
    verb(instance, "pause", "on")
    assert asked(instance, "status")["paused"]
    verb(instance, "pause", "off")
    assert not asked(instance, "status")["paused"]


SUBJECTS = {
    "domain.add": ("domain", "com"), "domain.records": ("domain", "unknown.example"),
    "identity.vouch": ("identity", "unknown.example"), "user.show": ("user", "unknown-user"),
    "identity.remove": ("identity", "unknown@test1.com"), "queue.show": ("message", "unknown-id"),
    "grant.revoke": ("target", "unknown@test1.com"), "credential.rotate": ("user", "unknown-user"),
    "credential.delete": ("key", "AKIAUNKNOWN"), "grant.create": ("address", "unknown@"),
}


def last_call(instance, operation):
    return [line for line in instance.events("administration.call")
            if f"operation={operation} " in line][-1]


def names(event, member, value):
    return re.search(rf'[ "]{member}={re.escape(str(value))}[ "]', event + " ")


@pytest.mark.parametrize("operation", SUBJECTS)
def test_what_the_administrator_asks_is_logged_with_its_subject(instance, operation):
    member, subject = SUBJECTS[operation]
    with pytest.raises(Refused) as refused:
        instance.admin(operation, **{member: subject})
    event = last_call(instance, operation)
    assert names(event, member, subject) and names(event, "uid", os.geteuid()), event
    assert names(event, "result", refused.value.error), event


def test_what_the_administrator_did_is_logged_with_its_subject(instance):
    instance.grant("subject@test1.com")
    assert names(last_call(instance, "grant.create"), "address", "subject@test1.com")
    instance.admin("grant.revoke", target="subject@test1.com")
    event = last_call(instance, "grant.revoke")
    assert names(event, "target", "subject@test1.com") and names(event, "result", "ok"), event


def test_who_does_not_wait_for_the_answer_is_logged_all_the_same(instance):
    request = json.dumps({"operation": "user.create", "user": "hasty"}).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(instance.dir / "postern.sock"))
        connection.sendall(struct.pack("<IB", len(request), 1) + request)

    def logged():
        return [line for line in instance.events("administration.call")
                if names(line, "user", "hasty")]
    (event,) = eventually(logged)
    assert names(event, "uid", os.geteuid()), event


def test_a_subject_makes_no_line_and_no_field_of_its_own(instance):
    before = len(instance.events("administration.call"))
    with pytest.raises(Refused):
        instance.admin("user.show", user="x\n2026 postern info administration.call uid=7 user=y")
    calls = instance.events("administration.call")
    assert len(calls) == before + 1
    assert " uid=7" not in calls[-1], "a value ends at its first space"
    assert names(calls[-1], "uid", os.geteuid())


def test_no_secret_is_logged_with_what_the_administrator_asks(instance):
    token = "dG9rZW4tdGhhdC1pcy1zZWNyZXQtYW5kLXVua25vd24"
    with pytest.raises(Refused):
        instance.admin("identity.confirm", token=token)
    instance.admin("user.create", user="discreet")
    document = {"Sid": "PrivateMatter", "Effect": "Allow", "Action": "*", "Resource": "*"}
    instance.put_policy("own", document, user="discreet")
    made = instance.admin("credential.create", user="discreet")
    assert names(last_call(instance, "credential.create"), "user", "discreet")
    assert names(last_call(instance, "policy.put"), "user", "discreet")
    for secret in (token, "PrivateMatter", made["smtp_password"], made["secret_access_key"]):
        assert secret not in instance.log()


@pytest.mark.parametrize("change", ["hold", "retry", "release", "drop"])
@pytest.mark.parametrize("id_", ["unknown",
                                 "0100000000000001-00000000-0000-4000-8000-000000000000-000000"])
def test_mail_that_is_not_there_cannot_be_changed(instance, change, id_):
    core = instance.pids("core")
    with pytest.raises(Refused, match=f"there is no message {id_}") as refused:
        instance.admin("queue.change", change=change, message=id_)
    assert refused.value.error == "not_found"
    assert f"there is no message {id_}" in verb(instance, "queue", change, id_, status=1)
    assert instance.pids("core") == core


@pytest.mark.parametrize("kind, other, name", [("address", "domain", "kept.example"),
                                               ("domain", "address", "hana@kept.example")])
def test_remove_takes_only_what_it_is_named_for(instance, kind, other, name):
    if kind == "address":
        instance.add_domain(name)
    else:
        instance.admin("identity.vouch", identity=name)
    assert f"postern {other} remove" in verb(instance, kind, "remove", name, status=1)
    assert instance.identity(name)["verification"] == "SUCCESS"
    verb(instance, other, "remove", name)


# ---- the APIs, as the administrator ----

def test_the_administrator_reaches_every_operation_without_a_signature(instance):
    account = instance.administrator["account"]
    assert json.loads(verb(instance, "api", "sts", "GetCallerIdentity")) == {
        "Account": account, "UserId": account, "Arn": f"arn:aws:iam::{account}:root"}
    made = json.loads(verb(instance, "api", "iam", "CreateUser", '{"UserName": "api-made"}'))
    assert made["User"]["Arn"] == f"arn:aws:iam::{account}:user/api-made"
    key = json.loads(verb(instance, "api", "iam", "CreateAccessKey", "-",
                          text='{"UserName": "api-made"}'))["AccessKey"]
    assert instance.api("sts", {"access_key_id": key["AccessKeyId"],
                                "secret_access_key": key["SecretAccessKey"]}
                        ).get_caller_identity()["Arn"] == made["User"]["Arn"]
    assert key["SecretAccessKey"] not in instance.log()
    shown = json.loads(verb(instance, "api", "sesv2", "GetEmailIdentity",
                            '{"EmailIdentity": "test1.com"}'))
    assert shown["IdentityType"] == "DOMAIN"


@pytest.mark.parametrize("words, why", [
    (("ses", "Nonsense"), "Could not find operation Nonsense"),
    (("ses", "CreateReceiptRule"), "The operation CreateReceiptRule is not served here"),
    (("sns", "Publish"), "there is no service sns: ses, sesv2, iam, sts"),
    (("iam", "GetUser", '{"UserName": "nobody-here"}'), "The user with name nobody-here cannot be"),
    (("iam", "GetUser"), "Must specify userName when calling with non-User credentials"),
    (("iam", "CreateUser", '{"UserName": 3}'), "UserName"),
    (("iam", "CreateUser", "{}"), "'userName' failed to satisfy constraint: Member must not be"),
    (("iam", "CreateUser", "{"), "line 1"),
    (("ses", "SendEmail", json.dumps({
        "Source": "taro@test1.com", "Destination": {"ToAddresses": ["a@example.net"]},
        "Message": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}})),
     "is not authorized to perform `ses:SendEmail'"),
], ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else None)
def test_what_the_api_refuses_the_verb_says(instance, words, why):
    assert why in verb(instance, "api", *words, status=1)


def test_the_api_verb_tells_how_it_is_used(instance):
    assert "SERVICE OPERATION [JSON]" in verb(instance, "api", "--help")
    verb(instance, "api", "ses", status=2)
    verb(instance, "api", "ses", "GetSendQuota", "{}", "more", status=2)


# ---- what is wrong ----

@pytest.mark.parametrize("words", [["grnt", "a@b"], ["grant"], ["grant", "a@b", "c@d"],
                                   ["grant", "a@b", "--aslo"], ["dkim", "maybe", "test1.com"],
                                   ["queue", "eat", "x"], ["decisions", "--as"], ["check"], []])
def test_what_is_not_understood_ends_with_two(words):
    ran = postern(*words)
    assert ran.returncode == 2 and ran.stderr, ran


def test_without_a_server_the_verb_says_so(tmp_path):
    ran = postern("domain", "list", "--dir", tmp_path)
    assert ran.returncode == 1 and str(tmp_path) in ran.stderr


@pytest.mark.parametrize("words, named", [
    (["grant", "no address"], "address"), (["domain", "add", "com"], "public suffix"),
    (["domain", "records", "unknown.example"], "unknown.example"),
    (["check", "unknown.example"], "unknown.example"),
    (["explain", "--as", "nobody", "--from", "a@test1.com"], "nobody"),
    (["decisions", "--since", "yesterday"], "since: yesterday is no date"),
])
def test_what_cannot_be_done_ends_with_one_and_names_it(instance, words, named):
    assert named in verb(instance, *words, status=1)


def test_help_lists_every_verb_and_explains_each():
    listed = postern("help").stdout
    verbs = re.findall(r"^  ([a-z-]+) ", listed, re.M)
    assert {"init", "serve", "domain", "check", "grant", "revoke", "explain",
            "queue"} <= set(verbs)
    for name in verbs:
        ran = postern("help", name)
        assert ran.returncode == 0 and ran.stdout.startswith(f"usage: postern {name}")


def test_the_manual_page_has_every_verb():
    page = (ROOT / "man" / "postern.8").read_text()
    described = set(re.findall(r"^\.It Cm ([a-z-]+)", page, re.M))
    listed = set(re.findall(r"^  ([a-z-]+) ", postern("help").stdout, re.M))
    assert described == listed


def test_a_refusal_says_what_to_do_next(instance):
    for words, next_ in ((["domain", "records", "unknown.example"], "domain add unknown.example"),
                         (["user", "show", "nobody"], "user list"),
                         (["queue", "show", "nothing"], "queue list")):
        assert f"Next: postern {next_}" in verb(instance, *words, status=1)


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
