"""Grants with an end and from a network, delegation, and what a revocation takes back."""

import json
import time

import pytest

from harness import Instance, Refused, eventually, message
from test_credentials import REFUSED, Person, can_log_in


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture
def person(instance):
    return Person(instance)


NUMBERS = iter(range(1000))


@pytest.fixture
def shared():
    """An address that nobody has yet."""
    return f"shared{next(NUMBERS)}@test1.com"


def send(instance, credential, address, source=None):
    with instance.session(credential, source=source) as session:
        return session.submit(address, "ana@example.net", message(address))


def row(instance, address, user):
    (one,) = [one for one in instance.admin("grant.list")["grants"]
              if one["address"] == address and one["user"] == user]
    return one


def document(instance, user, address):
    answer = instance.api("iam").get_user_policy(UserName=user, PolicyName=f"grant-{address}")
    return answer["PolicyDocument"]


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


# ---- an end ----

def test_a_grant_with_an_end_is_an_ordinary_policy(instance, shared):
    credential = instance.grant(shared, until="2099-01-01T09:00+09:00",
                                from_network="127.0.0.0/8, 2001:db8::/32")
    assert document(instance, shared, shared) == {
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Action": ["ses:SendEmail", "ses:SendRawEmail"], "Resource": "*",
            "Condition": {"StringEquals": {"ses:FromAddress": shared},
                          "DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"},
                          "IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "2001:db8::/32"]}}}]}
    assert send(instance, credential, shared).code == 250
    assert row(instance, shared, shared) == {
        "address": shared, "user": shared, "state": "active", "kind": "own",
        "until": "2099-01-01T00:00:00.000Z", "from_network": "127.0.0.0/8,2001:db8::/32"}


def test_a_grant_without_them_is_the_policy_that_it_always_was(instance, shared):
    instance.grant(shared)
    assert document(instance, shared, shared)["Statement"][0]["Condition"] == {
        "StringEquals": {"ses:FromAddress": shared}}
    assert row(instance, shared, shared)["until"] is None


def test_a_grant_is_over_at_its_end(instance, shared):
    credential = instance.grant(shared, until=stamp(3))
    eventually(lambda: send(instance, credential, shared).code == 554)
    assert row(instance, shared, shared)["state"] == "expired"
    assert "expired" in instance.run("grant", "list").stdout
    # It may be somebody else's now.
    assert instance.grant(shared, user=f"next-{shared}")["user"] == f"next-{shared}"


@pytest.mark.parametrize("until, text", [
    ("2001-01-01", "until: .* has passed"), ("friday", "until: friday is no end"),
    ("tomorrow", "is no end"), ("2099-13-01", "is no end"), ("3 d", "is no end"),
    ("2099-01-01T00:00+24:00", "is no end")])
def test_an_end_that_is_none_makes_nothing(instance, shared, until, text):
    with pytest.raises(Refused, match=text):
        instance.grant(shared, until=until)
    with pytest.raises(Refused):
        instance.admin("user.show", user=shared)


# ---- a network ----

def test_a_grant_from_a_network_is_of_no_use_from_elsewhere(instance, shared):
    credential = instance.grant(shared, from_network="127.0.0.8/30,10.0.0.0/8")
    assert send(instance, credential, shared, source="127.0.0.9").code == 250
    assert send(instance, credential, shared, source="127.0.0.12").code == 554


@pytest.mark.parametrize("network, source, allowed", [
    ("10.0.0.0/8", "10.1.2.3", True), ("10.0.0.0/8", "::ffff:10.1.2.3", True),
    ("10.0.0.0/8", "11.0.0.1", False), ("10.0.0.0/8", "::10.1.2.3", False),
    ("::ffff:10.0.0.0/104", "10.1.2.3", True), ("2001:db8::/32", "2001:db8:1::1", True),
    ("2001:db8::/32", "2001:db9::1", False), ("192.0.2.7", "192.0.2.7", True),
    ("192.0.2.7", "192.0.2.6", False), ("10.9.9.9/8", "10.1.2.3", True)])
def test_networks_and_addresses_of_both_kinds(instance, shared, network, source, allowed):
    instance.grant(shared, from_network=network)
    answer = instance.admin("decision.explain", user=shared, source_ip=source, **{"from": shared})
    assert answer["allowed"] is allowed


@pytest.mark.parametrize("network", ["10.0.0.0/33", "10.0.0", "example.net", "10.0.0.0/8,", ",",
                                     "10.0.0.0/8;10.0.0.1", "10.0.0.0/-1",
                                     ",".join(["10.0.0.1"] * 21)])
def test_a_network_that_is_none_makes_nothing(instance, shared, network):
    with pytest.raises(Refused, match="from_network: "):
        instance.grant(shared, from_network=network)
    with pytest.raises(Refused):
        instance.admin("user.show", user=shared)


def test_an_address_granted_from_a_network_is_not_granted_to_a_second(instance, shared):
    instance.grant(shared, from_network="10.0.0.0/8")
    with pytest.raises(Refused, match=f"may be used by {shared} already"):
        instance.grant(shared, user="second")


# ---- delegation ----

def delegate(instance, address, person, **members):
    return instance.grant(address, user=person.address, also=True, **members)


def test_a_delegation_is_taken_back_and_leaves_the_credential_alone(instance, person, shared):
    own = instance.grant(shared)
    answer = delegate(instance, shared, person, until="3d")
    assert answer["kind"] == "delegation" and "smtp_password" not in answer
    assert document(instance, person.address, shared)["Statement"][0]["Sid"] == "Delegation"
    assert row(instance, shared, person.address)["kind"] == "delegation"
    assert send(instance, person.credential, shared).code == 250
    with instance.session(person.credential) as session:
        answer = instance.admin("grant.revoke", target=shared)
        assert {key["user"] for key in answer["keys"]} == {shared}
        assert answer["delegates"] == [person.address]
        reply = session.submit(shared, "ana@example.net", message(shared))
        assert reply.code == 554 and "not authorized" in reply.text
        assert session.submit(person.address, "ana@example.net", person.message()).code == 250
    assert not can_log_in(instance, own)
    instance.admin("grant.restore", target=shared)
    assert can_log_in(instance, own)
    assert send(instance, person.credential, shared).code == 554, "a restore delegates nothing"


def test_a_delegation_without_an_owner_is_taken_back(instance, person, shared):
    delegate(instance, shared, person)
    answer = instance.admin("grant.revoke", target=shared)
    assert answer["keys"] == [] and answer["delegates"] == [person.address]
    assert send(instance, person.credential, shared).code == 554
    assert send(instance, person.credential, person.address).code == 250
    for operation in ("grant.revoke", "grant.restore"):
        with pytest.raises(Refused, match="no address that was handed out"):
            instance.admin(operation, target=shared)


def test_a_delegation_is_over_at_its_end_and_the_rest_is_not(instance, person, shared):
    delegate(instance, shared, person, until=stamp(3))
    eventually(lambda: send(instance, person.credential, shared).code == 554)
    assert send(instance, person.credential, person.address).code == 250
    assert row(instance, shared, person.address)["state"] == "expired"


def test_revoking_the_person_stops_the_delegation_too(instance, person, shared):
    delegate(instance, shared, person)
    answer = instance.admin("grant.revoke", target=person.address)
    assert answer["delegates"] == [] and not can_log_in(instance, person.credential)


def test_the_address_of_somebody_else_needs_also(instance, person):
    other = Person(instance)
    with pytest.raises(Refused, match=f"may be used by {other.address} already"):
        instance.grant(other.address, user=person.address)
    assert send(instance, person.credential, other.address).code == 554
    delegate(instance, other.address, person)
    answer = instance.admin("grant.revoke", target=other.address)
    assert {key["user"] for key in answer["keys"]} == {other.address}
    assert can_log_in(instance, person.credential)


def test_an_own_address_granted_again_stays_an_own(instance, shared):
    credential = instance.grant(shared, user="keeps-own")
    instance.grant(f"second-{shared}", user="keeps-own", also=True)
    assert instance.grant(shared, user="keeps-own", also=True, until="3d")["kind"] == "own"
    instance.admin("grant.revoke", target=shared)
    assert not can_log_in(instance, credential)


def test_a_delegate_who_has_another_policy_for_it_is_switched_off(instance, person, shared):
    delegate(instance, shared, person)
    instance.put_policy("by-hand", {"Effect": "Allow", "Action": "ses:SendRawEmail",
                                    "Resource": "*",
                                    "Condition": {"StringEquals": {"ses:FromAddress": shared}}},
                        user=person.address)
    answer = instance.admin("grant.revoke", target=shared)
    assert answer["delegates"] == [person.address]
    assert {key["user"] for key in answer["keys"]} == {person.address}
    assert not can_log_in(instance, person.credential)


@pytest.mark.parametrize("edit", [
    lambda text: text.replace('"Allow"', '"Allow" '),
    lambda text: text.replace("shared", "Shared"),
    lambda text: json.dumps({**json.loads(text), "Id": "x"}),
    lambda text: json.dumps({"Version": "2012-10-17", "Statement": [
        *json.loads(text)["Statement"],
        {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}]}, separators=(",", ":"))])
def test_a_grant_that_was_edited_is_trusted_in_nothing(instance, person, shared, edit):
    delegate(instance, shared, person)
    text = json.dumps(document(instance, person.address, shared), separators=(",", ":"))
    instance.api("iam").put_user_policy(UserName=person.address, PolicyName=f"grant-{shared}",
                                        PolicyDocument=edit(text))
    assert row(instance, shared, person.address) == {
        "address": shared, "user": person.address, "state": "edited"}
    # It may allow more than its name says: the credential is switched off, as with any grant.
    assert instance.admin("grant.revoke", target=shared)["delegates"] == []
    assert not can_log_in(instance, person.credential)


def test_a_policy_named_as_the_grant_of_another_address_grants_by_what_it_says(instance, person,
                                                                               shared):
    text = json.dumps(document(instance, person.address, person.address), separators=(",", ":"))
    instance.api("iam").put_user_policy(UserName=person.address, PolicyName=f"grant-{shared}",
                                        PolicyDocument=text)
    assert row(instance, shared, person.address)["state"] == "edited"
    assert send(instance, person.credential, shared).code == 554


def test_what_a_delegate_queued_is_held_and_the_rest_is_not(instance, sink, person, shared):
    delegate(instance, shared, person)
    ids = {}
    for address in (shared, person.address):
        to = f"to-{address.split('@')[0]}@example.net"
        sink.answer("rcpt", "450 4.2.0 later", only=to, times=1)
        ids[address] = instance.accept(person.credential, address, to, message(address, to))
        eventually(lambda: instance.queue(ids[address])["recipients"][0]["attempts"] == 1)
    assert instance.admin("grant.revoke", target=shared, hold=True)["held"] == 1
    assert set(instance.state(ids[shared]).values()) == {"held"}
    assert set(instance.state(ids[person.address]).values()) == {"queued"}
    for id_ in ids.values():
        instance.admin("queue.change", change="drop", message=id_)


# ---- the verbs ----

def test_the_verbs_say_it(instance, person, shared):
    made = instance.run("grant", shared, "--user", person.address, "--also", "--until",
                        "2099-01-01", "--from-network", "127.0.0.0/8")
    assert made.returncode == 0, made
    assert "until:              2099-01-02T00:00:00.000Z\n" in made.stdout
    assert "from network:       127.0.0.0/8\n" in made.stdout
    (line,) = [line for line in instance.run("grant", "list").stdout.splitlines()
               if line.startswith(shared)]
    assert line.split() == [shared, person.address, "delegation", "2099-01-02T00:00:00.000Z",
                            "127.0.0.0/8", "active"]
    shown = instance.run("revoke", shared).stdout
    assert f"Taken back from {person.address}, whose own credential goes on." in shown
    assert "postern restore" not in shown
    refused = instance.run("grant", shared, "--until", "yesterday")
    assert refused.returncode == 1 and "2026-12-31T18:00Z" in refused.stderr


def test_a_session_of_a_revoked_owner_hears_it_though_delegates_go_on(instance, person, shared):
    own = instance.grant(shared)
    delegate(instance, shared, person)
    with instance.session(own) as session, instance.session(person.credential) as other:
        instance.admin("grant.revoke", target=shared)
        assert session.command("NOOP").line == REFUSED
        assert other.command("NOOP").code == 250
