"""docs/incident.md, read as an administrator reads it: each command, in its order, does what stands
there."""

import itertools
import shlex

import pytest

from harness import ROOT, Instance, eventually, message

TARO, JIRO = "taro@test1.com", "jiro@test1.com"
DOCUMENT = (ROOT / "docs" / "incident.md").read_text()
COMMANDS = [line.strip() for line in DOCUMENT.splitlines() if line.startswith("    ")]
REFUSED = "535 Authentication Credentials Invalid"


class Incident:
    """Taro has two keys, with mail of both in the queue; Jiro has nothing to do with it."""

    def __init__(self, instance, sink):
        self.instance, self.sink = instance, sink
        instance.add_domain("test1.com")
        self.first = instance.grant(TARO)
        self.second = instance.admin("credential.create", user=TARO)
        self.jiro = instance.grant(JIRO)
        numbers = itertools.count()
        self.of_first = [self.queue(self.first, f"first{next(numbers)}") for _ in range(2)]
        self.of_second = [self.queue(self.second, f"second{next(numbers)}") for _ in range(2)]
        self.open = [instance.session(one) for one in (self.first, self.second)]

    def queue(self, credential, name):
        """A message that its receiver has put off."""
        to = f"{name}@example.net"
        self.sink.answer("rcpt", "450 4.2.0 later", only=to, times=1)
        id_ = self.instance.accept(credential, TARO, to, message(TARO, to))
        eventually(lambda: self.instance.queue(id_)["recipients"][0]["attempts"] == 1)
        return id_

    def run(self, command):
        words = shlex.split(command.replace("KEY-ID", self.first["access_key_id"])
                            .replace("MESSAGE-ID", self.of_first[0]))
        assert words[0] == "postern"
        return self.instance.run(*words[1:])

    def states(self, ids):
        return [*itertools.chain.from_iterable(self.instance.state(id_).values() for id_ in ids)]

    def sent(self, credential, address):
        return self.instance.submit(credential, address, "ana@example.net", message(address)).line

    def logs_in(self, credential):
        with self.instance.session() as session:
            return session.login(credential).code == 235


# ---- what must be true after a command ----

def all_is_off_and_held(incident, _):
    for session in incident.open:
        assert session.command("NOOP").line == REFUSED
        assert session.closed()
    assert not incident.logs_in(incident.first) and not incident.logs_in(incident.second)
    assert incident.sent(incident.jiro, JIRO).startswith("250 ")
    assert incident.states(incident.of_first + incident.of_second) == ["held"] * 4


def both_keys_are_shown_as_off(incident, shown):
    assert shown.count("Inactive") == 2 and "Active\n" not in shown.replace("Inactive", "")


def what_is_held_is_shown(incident, shown):
    assert all(id_ in shown for id_ in incident.of_first + incident.of_second)


def who_and_which_key_is_shown(incident, shown):
    assert TARO in shown and incident.first["access_key_id"] in shown


def one_is_dropped(incident, _):
    assert incident.states(incident.of_first) == ["dropped", "held"]


def all_of_one_key_is_dropped(incident, _):
    assert incident.states(incident.of_first) == ["dropped"] * 2
    assert incident.states(incident.of_second) == ["held"] * 2


def the_rest_is_sent(incident, _):
    for id_ in incident.of_second:
        incident.instance.wait_state(id_, "delivered")


def taro_alone_is_named(incident, shown):
    assert f"grant-{TARO}" in shown and "jiro" not in shown


def address_and_user_are_suspended(incident, _):
    suspended = incident.instance.admin("suspension.list")["suspended"]
    assert {(one["kind"], one["name"]) for one in suspended} == {("user", TARO), ("identity", TARO)}
    assert incident.sent(incident.jiro, JIRO).startswith("250 ")


def nobody_sends_as_the_domain(incident, _):
    assert "is suspended" in incident.sent(incident.jiro, JIRO)


def all_suspensions_are_shown(incident, shown):
    assert shown.count("under investigation") == 3


def all_of_the_key_is_told(incident, shown):
    assert all(id_ in shown for id_ in incident.of_first)


def the_life_of_a_message_is_told(incident, shown):
    assert incident.of_first[0] in shown and "dropped" in shown


def what_was_tried_is_shown(incident, shown):
    assert shown.count(incident.first["access_key_id"]) >= 2 and "127.0.0.1" in shown


def jiro_is_back(incident, _):
    assert incident.sent(incident.jiro, JIRO).startswith("250 ")


def taro_is_back_as_before(incident, _):
    assert incident.sent(incident.first, TARO).startswith("250 ")
    assert incident.sent(incident.second, TARO).startswith("250 ")


def only_a_new_password_works(incident, shown):
    assert not incident.logs_in(incident.first) and not incident.logs_in(incident.second)
    assert "password" in shown


AFTERWARDS = {
    "postern queue show MESSAGE-ID": who_and_which_key_is_shown,
    f"postern revoke {TARO} --hold": all_is_off_and_held,
    f"postern credential list {TARO}": both_keys_are_shown_as_off,
    f"postern queue list --as {TARO}": what_is_held_is_shown,
    "postern queue drop MESSAGE-ID": one_is_dropped,
    "postern queue drop all --key KEY-ID": all_of_one_key_is_dropped,
    f"postern who-can-send-as {TARO}": taro_alone_is_named,
    f'postern suspend {TARO} --reason "under investigation" --until 12h --hold':
        address_and_user_are_suspended,
    'postern suspend test1.com --reason "under investigation" --until 12h --hold':
        nobody_sends_as_the_domain,
    "postern suspensions": all_suspensions_are_shown,
    f"postern trace {TARO}": all_of_the_key_is_told,
    "postern trace KEY-ID": all_of_the_key_is_told,
    "postern trace MESSAGE-ID": the_life_of_a_message_is_told,
    f"postern decisions --as {TARO} --since 2026-01-31T12:00Z --limit 10000":
        what_was_tried_is_shown,
    "postern resume test1.com": jiro_is_back,
    f"postern restore {TARO}": taro_is_back_as_before,
    f"postern credential rotate {TARO}": only_a_new_password_works,
}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        yield instance


def test_the_escalation_does_what_its_page_says(instance, sink):
    incident = Incident(instance, sink)
    assert set(AFTERWARDS) <= set(COMMANDS), "what is looked at stands on the page"
    released = False
    for command in COMMANDS:
        done = incident.run(command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        if command.startswith("postern queue release") and not released:
            released = True
            the_rest_is_sent(incident, done.stdout)
        AFTERWARDS.get(command, lambda *_: None)(incident, done.stdout)
