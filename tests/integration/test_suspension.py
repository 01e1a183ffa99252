"""Suspending a user, an address, a domain: with a reason and an end, at once, and round every corner."""

import contextlib
import time

import pytest

from harness import Instance, Refused, eventually, message
from test_credentials import PEOPLE, REFUSED, Person, can_log_in
from unpack_store import put_in_place, unpack


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        for domain in ("test1.com", "test2.com", "xn--bcher-kva.example", "below.test3.com"):
            instance.add_domain(domain)
        yield instance


@pytest.fixture
def person(instance):
    return Person(instance)


def suspend(instance, target, reason="stolen laptop", **members):
    return instance.admin("suspension.put", target=target, reason=reason, **members)


def resume(instance, target, **members):
    return instance.admin("suspension.end", target=target, **members)


@pytest.fixture(autouse=True)
def nothing_stays_suspended(instance):
    yield
    for one in instance.admin("suspension.list")["suspended"]:
        with contextlib.suppress(Refused):  # it may have ended
            resume(instance, one["name"], only=one["kind"])


def send(instance, credential, address, to="ana@example.net"):
    return instance.submit(credential, address, to, message(address, to))


# ---- a user ----

def test_a_suspended_user_is_stopped_at_the_next_command_of_every_session(instance, person):
    other = Person(instance)
    sessions = [instance.session(person.credential) for _ in range(3)]
    with instance.session(other.credential) as bystander:
        suspend(instance, person.address, only="user")
        for session, command in zip(sessions, ("NOOP", "MAIL FROM:<x@test1.com>", "RSET")):
            assert session.command(command).line == REFUSED
            assert session.closed()
        assert bystander.submit(other.address, "ana@example.net", other.message()).code == 250
    assert not can_log_in(instance, person.credential)
    resume(instance, person.address)
    assert can_log_in(instance, person.credential)
    assert send(instance, person.credential, person.address).code == 250


def test_a_suspended_user_is_stopped_within_the_data(instance, person, sink):
    to = "suspended-in-data@example.net"
    raw = person.message(to)
    with instance.session(person.credential) as session:
        session.envelope(person.address, [to])
        session.send(raw[:40])
        suspend(instance, person.address, only="user")
        session.send(raw[40:] + b".\r\n")
        assert session.reply().line == REFUSED
    assert not [one for one in sink.received if to in one.recipients]


def test_a_suspended_user_makes_no_call_of_the_api(instance):
    credential = instance.person("api-user", {"Effect": "Allow", "Action": "*", "Resource": "*"})
    client = instance.api("sesv2", credential)
    client.get_account()
    suspend(instance, "api-user")
    for call in (client.get_account, lambda: client.create_contact_list(ContactListName="x")):
        with pytest.raises(Exception, match="security token included in the request is invalid"):
            call()
    resume(instance, "api-user")
    client.get_account()


def test_the_keys_of_a_suspended_user_stay_what_they_are(instance, person):
    off = instance.admin("credential.create", user=person.address)
    instance.admin("grant.revoke", target=off["access_key_id"])
    before = instance.admin("credential.list", user=person.address)
    suspend(instance, person.address)
    assert instance.admin("credential.list", user=person.address) == before
    resume(instance, person.address)
    assert not can_log_in(instance, off) and can_log_in(instance, person.credential)


def test_a_key_made_for_a_suspended_user_is_of_no_use(instance, person):
    suspend(instance, person.address)
    renewed = instance.admin("credential.rotate", user=person.address)
    assert not can_log_in(instance, renewed)
    resume(instance, person.address)
    assert can_log_in(instance, renewed)


def test_a_new_name_leaves_no_suspension_behind(instance, person):
    iam = instance.api("iam")
    suspend(instance, person.address, only="user")
    new = f"moved{next(PEOPLE)}"
    iam.update_user(UserName=person.address, NewUserName=new)
    assert not can_log_in(instance, person.credential)
    assert instance.admin("user.show", user=new)["suspended"] == "stolen laptop"
    resume(instance, new)
    assert can_log_in(instance, person.credential)


def test_a_user_in_other_letters_is_the_same_user(instance, person):
    suspend(instance, person.address.upper().replace("TEST1.COM", "Test1.com"), only="user")
    assert not can_log_in(instance, person.credential)
    resume(instance, person.address)


# ---- an address, a domain ----

@pytest.fixture(scope="module")
def anybody(instance):
    return instance.person("anybody")


@pytest.mark.parametrize("target", ["s1@test1.com", "S1@TEST1.com", '"s1"@test1.com'])
def test_a_suspended_address_is_stopped_in_every_spelling(instance, anybody, target):
    suspend(instance, target)
    for address in ("s1@test1.com", "S1@test1.com", "s1+label@test1.com", '"s1"@Test1.com'):
        reply = send(instance, anybody, address)
        assert reply.line == ("554 Message rejected: Identity s1@test1.com is suspended: "
                              "stolen laptop"), address
    assert send(instance, anybody, "s2@test1.com").code == 250
    decision = instance.decisions(user="anybody")[1]
    assert decision["reason"] == "suspended" and "s1" in decision["address"]


@pytest.mark.parametrize("target", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example",
                                    "XN--BCHER-KVA.EXAMPLE"])
def test_a_suspended_domain_is_stopped_in_every_spelling(instance, anybody, target):
    suspend(instance, target)
    for address in ("taro@xn--bcher-kva.example", "taro@sub.xn--bcher-kva.example"):
        assert "is suspended" in send(instance, anybody, address).text


def test_a_suspended_domain_stops_registered_domains_and_addresses_below_it(instance, anybody):
    assert send(instance, anybody, "taro@below.test3.com").code == 250
    suspend(instance, "test3.com")  # not registered itself
    assert "Identity test3.com is suspended" in send(instance, anybody, "taro@below.test3.com").text
    assert instance.identity("below.test3.com")["suspended"] == "stolen laptop"


def test_every_name_that_a_message_claims_counts(instance, anybody):
    suspend(instance, "s3@test1.com")
    for mail_from, raw in (
            ("s3@test1.com", message("s4@test1.com")),
            ("s4@test1.com", message("s3@test1.com")),
            ("s4@test1.com", message("s4@test1.com", headers=["Sender: S3@test1.com"])),
            ("s4@test1.com", message("s4@test1.com, s3@test1.com",
                                     headers=["Sender: s4@test1.com"]))):
        assert "is suspended" in instance.submit(anybody, mail_from, "ana@example.net", raw).text


def test_the_api_says_it_too(instance):
    credential = instance.person("api-sender", {"Effect": "Allow", "Action": "ses:*",
                                                "Resource": "*"})
    suspend(instance, "test2.com")
    for service in ("sesv2", "ses"):
        client = instance.api(service, credential)
        body = {"Text": {"Data": "x"}}
        with pytest.raises(client.exceptions.MessageRejected, match="Identity test2.com is susp"):
            if service == "sesv2":
                client.send_email(FromEmailAddress="a@test2.com",
                                  Destination={"ToAddresses": ["ana@example.net"]},
                                  Content={"Simple": {"Subject": {"Data": "x"}, "Body": body}})
            else:
                client.send_email(Source="a@test2.com",
                                  Destination={"ToAddresses": ["ana@example.net"]},
                                  Message={"Subject": {"Data": "x"}, "Body": body})


def test_an_identity_made_again_is_suspended_still(instance, anybody):
    instance.add_domain("again.example")
    suspend(instance, "again.example")
    instance.admin("identity.remove", identity="again.example")
    instance.add_domain("again.example")
    assert "is suspended" in send(instance, anybody, "taro@again.example").text
    assert [one["name"] for one in instance.admin("suspension.list")["suspended"]] == [
        "again.example"]


def test_an_address_that_is_a_users_name_stops_both_unless_one_is_asked_for(instance, person):
    answer = suspend(instance, person.address)
    assert {one["kind"] for one in answer["suspended"]} == {"user", "identity"}
    assert not can_log_in(instance, person.credential)
    resume(instance, person.address, only="user")
    assert "is suspended" in send(instance, person.credential, person.address).text
    resume(instance, person.address)
    assert send(instance, person.credential, person.address).code == 250
    with pytest.raises(Refused, match="is not suspended"):
        resume(instance, person.address)


# ---- reasons and ends ----

def test_a_suspension_ends_by_itself(instance, anybody):
    later = time.time() + 2
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(later)) + "Z"
    try:
        suspend(instance, "ends@test1.com", until=stamp)
    except Refused:  # a slow machine, on which it has passed
        return
    assert f"until {stamp[:-1]}.000Z: stolen laptop" in send(instance, anybody,
                                                              "ends@test1.com").text
    eventually(lambda: send(instance, anybody, "ends@test1.com").code == 250)
    assert instance.admin("suspension.list")["suspended"] == []
    with pytest.raises(Refused, match="is not suspended"):
        resume(instance, "ends@test1.com")


@pytest.mark.parametrize("until, text", [
    ("2001-01-01", "has passed"), ("2001-01-01T00:00Z", "has passed"),
    ("friday", "is no end"), ("3", "is no end"), ("1900000000", "is no end"), ("d", "is no end"),
    ("-3d", "is no end"), ("123456d", "is no end"), ("2099-02-30", "is no end"),
    ("2099-01-01T00:00", "is no end"), ("9999-12-31", "is no end"), ("0m", "is no end")])
def test_an_end_that_is_none_is_refused(instance, until, text):
    with pytest.raises(Refused, match=text):
        suspend(instance, "test1.com", until=until)
    assert instance.admin("suspension.list")["suspended"] == []


def test_an_end_in_another_zone_is_that_instant(instance):
    suspend(instance, "zone@test1.com", until="2099-01-01T09:00+09:00")
    (one,) = instance.admin("suspension.list")["suspended"]
    assert one["until"] == "2099-01-01T00:00:00.000Z"
    suspend(instance, "zone@test1.com", until="2099-01-01")
    (one,) = instance.admin("suspension.list")["suspended"]
    assert one["until"] == "2099-01-02T00:00:00.000Z", "all of the day"


def test_a_reason_is_needed_and_cannot_break_a_reply(instance, anybody):
    for reason, text in (("", "reason is empty"), ("x" * 201, "at most"),
                         ("a\r\n250 Ok", "control character")):
        with pytest.raises(Refused, match=text):
            suspend(instance, "test1.com", reason=reason)
    suspend(instance, "jp@test1.com", reason="盗難")
    assert send(instance, anybody, "jp@test1.com").line == (
        "554 Message rejected: Identity jp@test1.com is suspended")
    assert instance.admin("suspension.list")["suspended"][0]["reason"] == "盗難"


@pytest.mark.parametrize("target", ["tset1.com", "nobody", "x@tset1.com", "@", "test1.com.."])
def test_a_slip_of_the_pen_suspends_nothing(instance, target):
    with pytest.raises(Refused, match="is no user, and neither registered"):
        suspend(instance, target)
    with pytest.raises(Refused, match="com is a public suffix"):
        suspend(instance, "com")


# ---- shown ----

def test_a_suspension_is_shown_where_it_is_looked_for(instance, person):
    suspend(instance, person.address, until="2099-01-01T00:00Z")
    suspend(instance, "test1.com", reason="phishing")
    try:
        for shown in (instance.run("user", "show", person.address).stdout,
                      instance.run("user", "list").stdout):
            assert "suspended:          stolen laptop\n" in shown
            assert "suspended until:    2099-01-01T00:00:00.000Z\n" in shown
        assert "phishing" in instance.run("domain", "list").stdout
        explained = instance.run("explain", "--as", person.address, "--from", person.address)
        assert explained.returncode == 1 and "user_suspended" in explained.stdout
        resume(instance, person.address)
        explained = instance.run("explain", "--as", person.address, "--from", person.address)
        assert "reply:              554 Message rejected: Identity test1.com is suspended: phishing" \
            in explained.stdout
    finally:
        resume(instance, "test1.com")


def test_the_verbs_say_what_they_did(instance, person):
    made = instance.run("suspend", person.address, "--reason", "on leave", "--until", "3d")
    assert made.returncode == 0 and "on leave" in made.stdout, made
    assert f"postern resume {person.address}" in made.stdout
    assert person.address in instance.run("suspensions").stdout
    assert person.address in instance.run("resume", person.address).stdout
    assert instance.run("suspensions").stdout == "Nothing is suspended.\n"
    assert instance.run("suspend", person.address).returncode != 0  # without a reason


# ---- mail that waits ----

def queue_one(instance, sink, credential, address, to):
    sink.answer("rcpt", "450 4.2.0 later", only=to, times=1)
    id_ = instance.accept(credential, address, to, message(address, to))
    eventually(lambda: instance.queue(id_)["recipients"][0]["attempts"] == 1)
    return id_


def test_what_a_suspended_user_has_queued_is_held_and_released_in_one_command(instance, sink,
                                                                            person):
    ids = [queue_one(instance, sink, person.credential, person.address, f"w{n}@example.net")
           for n in range(2)]
    other = Person(instance)
    others = queue_one(instance, sink, other.credential, other.address, "w2@example.net")
    assert suspend(instance, person.address, hold=True)["held"] == 2
    assert set(instance.state(others).values()) == {"queued"}
    shown = instance.admin("queue.list", **{"as": person.address})["queue"]
    assert {row["message"] for row in shown} == set(ids)
    released = instance.run("queue", "release", "all", "--as", person.address, "--json")
    assert '"changed":2' in released.stdout.replace(" ", "")
    for id_ in ids:
        instance.wait_state(id_, "delivered")
    resume(instance, person.address)
    instance.admin("queue.change", change="drop", message=others)


def test_what_a_key_has_queued_is_dropped_in_one_command(instance, sink, person):
    second = instance.admin("credential.create", user=person.address)
    kept = queue_one(instance, sink, person.credential, person.address, "k1@example.net")
    gone = queue_one(instance, sink, second, person.address, "k2@example.net")
    changed = instance.admin("queue.change", change="drop", message="all",
                             key=second["access_key_id"])["changed"]
    assert changed == 1
    assert set(instance.state(gone).values()) == {"dropped"}
    assert set(instance.state(kept).values()) == {"queued"}
    instance.admin("queue.change", change="drop", message=kept)


def test_a_suspended_address_holds_the_mail_of_all_who_used_it(instance, sink, anybody):
    by_from = queue_one(instance, sink, anybody, "H1+x@test2.com", "h1@example.net")
    other = queue_one(instance, sink, anybody, "xh1@test2.com", "h2@example.net")
    assert suspend(instance, "h1@test2.com", hold=True)["held"] == 1
    assert set(instance.state(by_from).values()) == {"held"}
    assert suspend(instance, "test2.com", hold=True)["held"] == 1
    assert set(instance.state(other).values()) == {"held"}
    for id_ in (by_from, other):
        instance.admin("queue.change", change="drop", message=id_)


def test_a_filter_that_names_nobody_is_an_error(instance):
    for member in ({"as": "nobody"}, {"key": "AKIAAAAAAAAAAAAAAAAA"}):
        with pytest.raises(Refused):
            instance.admin("queue.change", change="drop", message="all", **member)
        with pytest.raises(Refused):
            instance.admin("queue.list", **member)
    with pytest.raises(Refused, match="choose among all"):
        instance.admin("queue.change", change="drop", message="0100-x", key="AKIA")


# ---- an old store ----

def test_what_an_older_store_had_suspended_stays_suspended(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.stop()
        old = instance.base / "old"
        taro = unpack("version-3", old, "UPDATE identity SET suspended = 'abuse'")["taro"]
        put_in_place(instance, old)
        instance.start()
        assert send(instance, taro, "taro@test1.com").line == (
            "554 Message rejected: Identity test1.com is suspended: abuse")
        resume(instance, "test1.com")
        assert send(instance, taro, "taro@test1.com").code == 250
