"""Switching a person off and on: at once, on open connections, and for mail that waits."""

import contextlib
import sqlite3
import time

import pytest

from harness import Instance, Refused, eventually, message


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        yield instance


PEOPLE = iter(range(1000))


class Person:
    def __init__(self, instance):
        self.address = f"person{next(PEOPLE)}@test1.com"
        self.credential = instance.grant(self.address)

    def message(self, to="ana@example.net"):
        return message(self.address, to)


@pytest.fixture
def person(instance):
    return Person(instance)


REFUSED = "535 Authentication Credentials Invalid"


def can_log_in(instance, credential, source=None):
    with instance.session(source=source) as session:
        reply = session.login(credential)
    assert reply.line in (REFUSED, "235 Authentication successful."), reply
    return reply.code == 235


def key(instance, person):
    keys = instance.admin("credential.list", user=person.address)["keys"]
    assert len(keys) == 1
    return keys[0]


# ---- revoke ----

@pytest.mark.parametrize("target", ["address", "user", "key"])
def test_a_revoked_credential_ends_an_open_session_at_its_next_command(instance, person, target):
    with instance.session(person.credential) as session:
        named = person.credential["access_key_id"] if target == "key" else person.address
        instance.admin("grant.revoke", target=named)
        assert session.command("MAIL FROM:<x@test1.com>").line == REFUSED
        assert session.closed()


def test_revocation_within_an_envelope_ends_the_session(instance, person):
    with instance.session(person.credential) as session:
        assert session.command(f"MAIL FROM:<{person.address}>").code == 250
        instance.admin("grant.revoke", target=person.address)
        assert session.command("RCPT TO:<ana@example.net>").line == REFUSED
        assert session.closed()


def test_revocation_within_the_data_refuses_the_message(instance, person, sink):
    to = "in-data@example.net"
    with instance.session(person.credential) as session:
        session.envelope(person.address, [to])
        session.send(person.message(to)[:40])
        instance.admin("grant.revoke", target=person.address)
        session.send(person.message(to)[40:] + b".\r\n")
        assert session.reply().line == REFUSED
        assert session.command("NOOP").line == REFUSED
        assert session.closed()
    assert not [one for one in sink.received if to in one.recipients]
    row = instance.decisions(user=person.address)[0]
    assert row["reason"] == "inactive_key" and row["key"] == person.credential["access_key_id"]


def test_a_revoked_credential_does_not_log_in(instance, person):
    instance.admin("grant.revoke", target=person.address)
    assert not can_log_in(instance, person.credential)
    assert key(instance, person)["status"] == "Inactive"


def test_revoking_one_leaves_others_alone(instance, person):
    other = Person(instance)
    with instance.session(other.credential) as session:
        instance.admin("grant.revoke", target=person.address)
        assert session.submit(other.address, "ana@example.net", other.message()).code == 250


def test_a_false_alarm_is_undone(instance, person):
    instance.admin("grant.revoke", target=person.address)
    instance.admin("grant.restore", target=person.address)
    assert can_log_in(instance, person.credential)


def test_restore_leaves_off_what_a_rotation_ended(instance, person):
    instance.admin("grant.revoke", target=person.address)
    renewed = instance.admin("credential.rotate", user=person.address)
    instance.admin("grant.revoke", target=person.address)
    instance.admin("grant.restore", target=person.address)
    assert not can_log_in(instance, person.credential), "the password that was rotated away"
    assert can_log_in(instance, renewed)


def test_rotation_takes_the_mark_of_the_revocation_away(instance, person):
    instance.admin("grant.revoke", target=person.address)
    renewed = instance.admin("credential.rotate", user=person.address)
    with contextlib.suppress(Refused):  # there may be nothing to restore
        instance.admin("grant.restore", target=person.address)
    assert not can_log_in(instance, person.credential)
    assert can_log_in(instance, renewed)


def test_an_address_is_restored_as_it_was_revoked(instance):
    address, user = "restored@test1.com", "restored-one"
    first = instance.grant(address, user=user)
    renewed = instance.admin("credential.rotate", user=user)
    for _ in range(2):
        instance.admin("grant.revoke", target=address)
    instance.admin("grant.restore", target=address)
    assert not can_log_in(instance, first)
    assert can_log_in(instance, renewed)


def test_a_key_that_is_named_is_switched_on_whatever_switched_it_off(instance, person):
    renewed = instance.admin("credential.rotate", user=person.address)
    instance.admin("grant.restore", target=person.credential["access_key_id"])
    assert can_log_in(instance, person.credential) and can_log_in(instance, renewed)


def test_a_key_that_was_off_before_the_revocation_is_off_after_it(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        person = Person(instance)
        second = instance.admin("credential.create", user=person.address)
        instance.stop()
        with contextlib.closing(sqlite3.connect(instance.dir / "postern.db")) as store:
            store.execute("UPDATE access_key SET active = 0 WHERE id = ?",
                          (person.credential["access_key_id"],))
            store.commit()
        instance.start()
        instance.admin("grant.revoke", target=person.address)
        instance.admin("grant.restore", target=person.address)
        assert not can_log_in(instance, person.credential)
        assert can_log_in(instance, second)


SENDING_AS_TEST2 = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
                    "Condition": {"StringLike": {"ses:FromAddress": "*@test2.com"}}}


def test_an_address_is_revoked_from_everybody_it_was_handed_to(instance):
    address = "shared@test2.com"
    own = instance.grant(address)
    also = instance.grant(address, user="shares-it", also=True)
    # Before and after them in the order of names; both may send as the address, as as others.
    wild = [instance.person(name, SENDING_AS_TEST2) for name in ("a-wild", "z-wild")]
    try:
        answer = instance.admin("grant.revoke", target=address)
        assert {key["user"] for key in answer["keys"]} == {address, "shares-it"}
        assert not can_log_in(instance, own) and not can_log_in(instance, also)
        assert all(can_log_in(instance, credential) for credential in wild)
        assert "a-wild" in str(answer["others"]) and "z-wild" in str(answer["others"])
        instance.admin("grant.restore", target=address)
        assert can_log_in(instance, own) and can_log_in(instance, also)
    finally:
        for name in ("a-wild", "z-wild"):
            instance.admin("policy.delete", user=name, name="sending")


def test_an_address_is_revoked_from_users_of_other_names(instance):
    address = "renamed@test2.com"
    credentials = [instance.grant(address, user=name, also=True) for name in ("one", "two")]
    wild = instance.person("b-wild", SENDING_AS_TEST2)
    try:
        instance.admin("grant.revoke", target=address)
        assert not any(can_log_in(instance, credential) for credential in credentials)
        assert can_log_in(instance, wild)
    finally:
        instance.admin("policy.delete", user="b-wild", name="sending")


def test_an_address_that_was_never_handed_out_is_revoked_from_nobody_who_may_use_it(instance):
    wild = instance.person("c-wild", SENDING_AS_TEST2)
    try:
        with contextlib.suppress(Refused):  # that it was not handed out
            instance.admin("grant.revoke", target="nobody@test2.com")
        assert can_log_in(instance, wild)
    finally:
        instance.admin("policy.delete", user="c-wild", name="sending")


def test_revoking_what_nobody_has_says_so(instance):
    with pytest.raises(Refused, match="no access key, no user, and no address") as refused:
        instance.admin("grant.revoke", target="nobody@test1.com")
    assert refused.value.error == "not_found"


def test_what_a_revocation_cut_off_is_logged_with_its_source(instance, person):
    with instance.session(person.credential, source="127.0.0.8") as session:
        instance.admin("grant.revoke", target=person.address)
        assert session.command("NOOP").line == REFUSED
    event = instance.events("submission.revoked")[-1]
    assert f"key={person.credential['access_key_id']}" in event and "source=127.0.0.8" in event


def test_what_a_person_did_is_read_afterwards(instance, person):
    instance.submit(person.credential, person.address, "ana@example.net", person.message())
    instance.submit(person.credential, "other@test1.com", "ana@example.net", person.message())
    instance.admin("grant.revoke", target=person.address)
    refused, allowed = instance.decisions(user=person.address)
    assert (allowed["reason"], refused["reason"]) == ("allowed", "implicit_deny")
    for decision in (refused, allowed):
        assert decision["key"] == person.credential["access_key_id"]
        assert decision["source"] == "127.0.0.1" and decision["action"] == "ses:SendRawEmail"
        assert decision["from"] == person.address and decision["recipients"] == 1
    assert allowed["policy"] == (
        f"'grant-{person.address}', inline policy of the user {person.address}")
    assert instance.queue(allowed["message"])["user"] == person.address
    assert "other@test1.com" == refused["mail_from"]
    assert refused["reply"].startswith("554 Access denied")


def test_a_decision_names_the_address_that_decided_it(instance, person):
    raw = message(person.address, headers=["Sender: jiro@test1.com"])
    assert instance.submit(person.credential, person.address, "ana@example.net", raw).code == 554
    (decision,) = instance.decisions(user=person.address)
    assert decision["reason"] == "implicit_deny" and decision["address"] == "jiro@test1.com"
    assert decision["from"] == decision["mail_from"] == person.address
    found = instance.decisions(**{"from": "jiro@test1.com"})
    assert decision in found
    event = [line for line in instance.events("submission.refused") if person.address in line][-1]
    for field in ("address=jiro@test1.com", f"key={person.credential['access_key_id']}",
                  f"mail_from={person.address}"):
        assert f" {field} " in event + " ", event


# ---- mail that waits ----

def test_hold_keeps_the_mail_of_the_revoked_back_until_it_is_released(instance, person, sink):
    to = "held@example.net"
    sink.answer("rcpt", "450 4.2.0 later", only=to, times=1)
    id_ = instance.accept(person.credential, person.address, to, person.message(to))
    eventually(lambda: instance.queue(id_)["recipients"][0]["attempts"] == 1)
    assert instance.admin("grant.revoke", target=person.address, hold=True)["held"] == 1
    instance.wait_state(id_, "held")
    with pytest.raises(Refused):
        instance.admin("queue.change", change="retry", message=id_)
    assert not [one for one in sink.received if to in one.recipients]
    assert instance.admin("queue.change", change="release", message=id_)["changed"] == 1
    assert sink.one(to).mail_from == person.address
    instance.wait_state(id_, "delivered")


def test_without_hold_queued_mail_goes_on(instance, person, sink):
    to = "not-held@example.net"
    sink.answer("rcpt", "450 4.2.0 later", only=to, times=1)
    id_ = instance.accept(person.credential, person.address, to, person.message(to))
    assert instance.admin("grant.revoke", target=person.address)["held"] == 0
    eventually(lambda: instance.admin("queue.show", message=id_)["recipients"][0]["attempts"] == 1)
    instance.admin("queue.change", change="retry", message=id_)
    sink.one(to)


# ---- keys ----

def test_rotation_ends_the_old_password_and_makes_a_new_one(instance, person):
    with instance.session(person.credential) as session:
        renewed = instance.admin("credential.rotate", user=person.address)
        assert renewed["inactive_key"] == person.credential["access_key_id"]
        assert session.command("NOOP").line == REFUSED
    assert not can_log_in(instance, person.credential)
    assert can_log_in(instance, renewed)
    assert instance.submit(renewed, person.address, "ana@example.net", person.message()).code == 250


def test_a_user_has_two_keys_at_most(instance, person):
    second = instance.admin("credential.create", user=person.address)
    assert can_log_in(instance, second) and can_log_in(instance, person.credential)
    with pytest.raises(Refused, match="Cannot exceed quota for AccessKeysPerUser: 2"):
        instance.admin("credential.create", user=person.address)


def test_keys_that_are_off_count_among_the_two(instance, person):
    instance.admin("grant.revoke", target=person.address)
    instance.admin("credential.create", user=person.address)
    with pytest.raises(Refused, match="Cannot exceed quota for AccessKeysPerUser: 2"):
        instance.admin("credential.create", user=person.address)


def test_rotation_of_two_keys_names_the_one_that_had_to_go(instance, person):
    second = instance.admin("credential.create", user=person.address)
    renewed = instance.admin("credential.rotate", user=person.address)
    assert renewed["deleted_key"] == person.credential["access_key_id"]
    assert renewed["inactive_key"] == second["access_key_id"]
    ids = {one["id"] for one in instance.admin("credential.list", user=person.address)["keys"]}
    assert ids == {second["access_key_id"], renewed["access_key_id"]}


def test_rotation_of_one_key_deletes_none(instance, person):
    renewed = instance.admin("credential.rotate", user=person.address)
    assert not renewed.get("deleted_key")
    assert len(instance.admin("credential.list", user=person.address)["keys"]) == 2


def test_user_names_differ_by_more_than_case(instance):
    instance.admin("user.create", user="Hanako")
    with pytest.raises(Refused, match="already exists"):
        instance.admin("user.create", user="hanaKO")
    assert instance.admin("credential.create", user="HANAKO")["user"] == "Hanako"


def test_a_deleted_key_ends_its_sessions(instance, person):
    with instance.session(person.credential) as session:
        instance.admin("credential.delete", key=person.credential["access_key_id"])
        assert session.command("NOOP").line == REFUSED
    assert not can_log_in(instance, person.credential)


def test_a_deleted_user_sends_nothing_on_an_open_session(instance, person):
    with instance.session(person.credential) as session:
        instance.admin("credential.delete", key=person.credential["access_key_id"])
        instance.admin("policy.delete", user=person.address, name=f"grant-{person.address}")
        instance.admin("user.delete", user=person.address)
        assert session.command("NOOP").line == REFUSED


def test_last_use_is_recorded(instance, person):
    assert key(instance, person)["last_used"] is None
    assert can_log_in(instance, person.credential, source="127.0.0.9")
    end = time.monotonic() + 5
    while key(instance, person)["last_used"] is None and time.monotonic() < end:
        time.sleep(0.02)
    used = key(instance, person)
    assert used["last_used_address"] == "127.0.0.9" and used["last_used_service"] == "ses"


def test_an_address_is_handed_out_once(instance, person):
    with pytest.raises(Refused, match="has a credential already"):
        instance.grant(person.address)
    with pytest.raises(Refused, match=f"may be used by {person.address} already"):
        instance.grant(person.address, user="another")
    assert instance.grant(person.address, user="another", also=True)["user"] == "another"
    instance.admin("grant.revoke", target="another")


def test_a_user_without_keys_gets_one_by_a_grant(instance):
    instance.admin("user.create", user="keyless")
    granted = instance.grant("keyless@test1.com", user="keyless")
    assert instance.submit(granted, "keyless@test1.com", "ana@example.net",
                           message("keyless@test1.com")).code == 250


@pytest.mark.parametrize("local", ["o'brien", "x" * 64])
def test_an_address_that_is_no_user_name_asks_for_one(instance, local):
    address = f"{local}@test1.com"
    with pytest.raises(Refused, match="--user"):
        instance.grant(address)
    granted = instance.grant(address, user=f"named-{len(local)}")
    assert instance.submit(granted, address, "ana@example.net", message(address)).code == 250


def test_a_granted_person_sends_as_that_address_alone(instance, person):
    assert instance.submit(person.credential, person.address, "ana@example.net",
                           person.message()).code == 250
    for other in ("other@test1.com", person.address.upper(), f"x+{person.address}"):
        assert instance.submit(person.credential, other, "ana@example.net",
                               message(other)).code == 554


def test_a_secret_is_never_shown_again_nor_stored_clear(instance, person):
    secret = person.credential["secret_access_key"]
    password = person.credential["smtp_password"]
    shown = str([instance.admin("user.show", user=person.address), instance.admin("user.list")])
    files = b"".join(path.read_bytes() for path in instance.dir.glob("postern.db*"))
    for text in (secret, password):
        assert text not in shown and text not in instance.log()
        assert text.encode() not in files


# ---- guessing ----

@pytest.fixture
def guarded(zone, sink):
    with Instance(zone, mx_port=sink.port, login__failures=5,
                  login__failures_per_connection=2) as instance:
        instance.add_domain("test1.com")
        yield instance


def guess(instance, credential, times, source=None):
    for _ in range(times):
        with instance.session(source=source) as session:
            assert session.login({**credential, "smtp_password": "wrong"}).code == 535


def test_a_guessing_network_is_locked_out_and_the_owner_elsewhere_is_not(guarded):
    owner = Person(guarded)
    assert can_log_in(guarded, owner.credential, source="127.0.0.2")
    guess(guarded, owner.credential, 6)
    assert not can_log_in(guarded, owner.credential), "the guesser gets in with the right password"
    assert can_log_in(guarded, owner.credential, source="127.0.0.2"), "where the owner has been"
    assert can_log_in(guarded, owner.credential, source="127.0.1.1"), "from another network"
    assert guarded.events("submission.login_locked")


def test_after_a_restart_the_owner_is_known_where_the_key_was_used_last(guarded):
    owner = Person(guarded)
    assert can_log_in(guarded, owner.credential, source="127.0.0.2")
    eventually(lambda: key(guarded, owner)["last_used_address"] == "127.0.0.2")
    guarded.stop()
    guarded.start()
    guess(guarded, owner.credential, 6)
    assert not can_log_in(guarded, owner.credential)
    assert not can_log_in(guarded, owner.credential, source="127.0.0.3")
    assert can_log_in(guarded, owner.credential, source="127.0.0.2"), "where the owner has been"


def test_a_lock_looks_like_a_wrong_password(guarded):
    owner = Person(guarded)
    guess(guarded, owner.credential, 10)
    with guarded.session() as session:
        assert session.login(owner.credential).line == REFUSED


def test_one_connection_may_guess_only_so_often(guarded):
    owner = Person(guarded)
    with guarded.session(source="127.0.5.1") as session:
        for _ in range(2):
            assert session.login({**owner.credential, "smtp_password": "wrong"}).line == REFUSED
        assert session.closed()


def test_failed_logins_are_counted_where_they_came_from(guarded):
    owner = Person(guarded)
    guess(guarded, owner.credential, 3, source="127.0.7.1")
    end = time.monotonic() + 5
    while True:
        rows = [row for row in guarded.admin("decision.list")["failed_logins"]
                if row["network"] == "127.0.7.0/24"]
        if sum(row["attempts"] for row in rows) == 3 or time.monotonic() > end:
            break
        time.sleep(0.05)
    assert sum(row["attempts"] for row in rows) == 3
    assert rows[0]["reason"] == "credentials"
    assert rows[0]["last_user"] == owner.credential["smtp_user_name"]
