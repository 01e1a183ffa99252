"""The kill switch under load: a credential with many open sessions, which sends over some of them
and over the API while others send too, is switched off in each of the ways that there are. What was
not accepted when the answer came is never accepted."""

import concurrent.futures
import contextlib
import itertools
import threading

import pytest

from harness import Instance, eventually, message

ADDRESS, OTHER = "taro@test1.com", "jiro@test1.com"
MAY_SEND = {"Effect": "Allow", "Action": "ses:Send*", "Resource": "*"}
SILENT, SENDING, LOGGING_IN, OVER_API, OTHERS = 60, 6, 3, 3, 3
REFUSED = "535 Authentication Credentials Invalid"
SUSPECTS = itertools.count()


@pytest.fixture(scope="module")
def instance(zone, sink):
    settings = {"process.fronts": 2, "submission.connections_per_address": 1000}
    with Instance(zone, mx_port=sink.port, **settings) as instance:
        instance.add_domain("test1.com")
        instance.other = instance.person("other", MAY_SEND)
        yield instance


def revoke(instance, user, credential):
    instance.admin("grant.revoke", target=user)


def revoke_key_and_hold(instance, user, credential):
    instance.admin("grant.revoke", target=credential["access_key_id"], hold=True)


def make_inactive(instance, user, credential):
    instance.api("iam").update_access_key(
        UserName=user, AccessKeyId=credential["access_key_id"], Status="Inactive")


def suspend(instance, user, credential):
    instance.admin("suspension.put", target=user, reason="stolen laptop")


# ---- sessions that are open, each at another place, and what they try afterwards ----

RAW = message(ADDRESS)


def nothing_yet(session):
    return f"MAIL FROM:<{ADDRESS}>\r\nRCPT TO:<ana@example.net>\r\nDATA\r\n".encode()


def envelope_given(session):
    assert session.command(f"MAIL FROM:<{ADDRESS}>").code == 250
    assert session.command("RCPT TO:<ana@example.net>").code == 250
    return b"DATA\r\n"


def within_the_data(session):
    session.envelope(ADDRESS, ["ana@example.net"])
    session.send(RAW[:50])
    return RAW[50:] + b".\r\n"


PLACES = (nothing_yet, envelope_given, within_the_data)


def assert_cut_off(session, rest):
    session.send(rest)
    assert session.reply().line == REFUSED
    with contextlib.suppress(ConnectionError):  # it may be closed before that is read
        assert session.command("NOOP").line == REFUSED


# ---- who sends until it is refused ----

class Senders:
    """Threads that send; `taken` is how many messages of the suspect were acknowledged."""

    def __init__(self, instance, credential):
        self.instance, self.credential = instance, credential
        self.off, self.end = threading.Event(), threading.Event()
        self.taken = 0
        self.of_others = 0
        self.lock = threading.Lock()

    def count(self):
        with self.lock:
            self.taken += 1

    def over_smtp(self, session):
        while True:
            session.send(f"MAIL FROM:<{ADDRESS}>\r\nRCPT TO:<bea@example.net>\r\nDATA\r\n".encode())
            replies = [session.reply()]
            while replies[-1].code == 250:
                replies.append(session.reply())
            if replies[-1].code == 354:
                late = self.off.is_set()
                replies.append(session.data(RAW))
                assert not (late and replies[-1].code == 250), "taken although it was off"
            if replies[-1].code != 250:
                return replies[-1].line
            self.count()
            if self.end.is_set():
                return "end"

    def over_new_sessions(self):
        """A session for each message: the key may go off while its password is being checked."""
        while not self.end.is_set():
            with self.instance.session() as session:
                late = self.off.is_set()
                reply = session.login(self.credential)
                if reply.code == 235:
                    assert not late, "logged in although it was off"
                    reply = session.command(f"MAIL FROM:<{ADDRESS}>")
                if reply.code == 250:
                    session.send(b"RCPT TO:<bea@example.net>\r\nDATA\r\n")
                    reply = session.reply()
                if reply.code == 250:
                    reply = session.reply()
                if reply.code == 354:
                    reply = session.data(RAW)
                if reply.code != 250:
                    return reply.line
                self.count()
        return "end"

    def over_api(self, client):
        while True:
            late = self.off.is_set()
            try:
                client.send_raw_email(Source=ADDRESS, Destinations=["bea@example.net"],
                                      RawMessage={"Data": RAW})
            except client.exceptions.ClientError as error:
                return error.response["Error"]["Code"]
            assert not late, "taken although it was off"
            self.count()
            if self.end.is_set():
                return "end"

    def of_another(self):
        with self.instance.session(self.instance.other) as session:
            while not self.end.is_set():
                assert session.submit(OTHER, "cai@example.net", message(OTHER)).code == 250
                with self.lock:
                    self.of_others += 1


def accepted_of(instance, user):
    rows = instance.decisions(user=user, limit=100000)
    return sum(row["reason"] == "allowed" for row in rows)


@pytest.mark.parametrize("switch_off", [revoke, revoke_key_and_hold, make_inactive, suspend])
def test_nothing_is_accepted_after_the_answer_to_who_switched_off(instance, switch_off):
    user = f"suspect{next(SUSPECTS)}"
    credential = instance.person(user, MAY_SEND)
    senders = Senders(instance, credential)
    clients = [instance.api("ses", credential) for _ in range(OVER_API)]  # not in threads: boto3
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(
            concurrent.futures.ThreadPoolExecutor(SENDING + LOGGING_IN + OVER_API + OTHERS))
        stack.callback(senders.end.set)
        opened = [stack.enter_context(instance.session(credential))
                  for _ in range(SILENT + SENDING)]
        silent = [(session, place(session))
                  for session, place in zip(opened[SENDING:], itertools.cycle(PLACES))]
        smtp = [pool.submit(senders.over_smtp, session) for session in opened[:SENDING]]
        smtp += [pool.submit(senders.over_new_sessions) for _ in range(LOGGING_IN)]
        api = [pool.submit(senders.over_api, client) for client in clients]
        others = [pool.submit(senders.of_another) for _ in range(OTHERS)]
        eventually(lambda: senders.taken > 50 and senders.of_others > 10, 60, "a load")

        switch_off(instance, user, credential)
        senders.off.set()
        accepted = accepted_of(instance, user)
        for session, rest in silent:
            assert_cut_off(session, rest)
        assert {one.result(60) for one in smtp} == {REFUSED}
        assert {one.result(60) for one in api} == {"InvalidClientTokenId"}

        so_far = senders.of_others
        eventually(lambda: senders.of_others > so_far, 60, "mail of others, which goes on")
        senders.end.set()
        for one in others:
            one.result(60)
    assert accepted_of(instance, user) == accepted == senders.taken
