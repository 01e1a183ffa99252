"""Attacks on the gate and on the service, each end to end.

Whatever is tried, two things hold: what arrives shows no address but taro@test1.com where a reader
looks for who wrote it, and the service goes on for everybody else.
"""

import base64
import collections
import concurrent.futures
import contextlib
import itertools
import resource
import socket
import ssl
import threading
import time

import pytest

from attacks import (ENDINGS, OWN, PATHS, POLICY, REFUSED_HEADERS, SMUGGLED, addresses_shown,
                     assert_only_taro, spellings)
from harness import Instance, Session, believing_context, eventually, message, sanitized

MEGABYTE = 1024 * 1024


class Target:
    def __init__(self, instance, sink):
        self.instance, self.sink = instance, sink
        self.names = itertools.count()
        instance.add_domain("test1.com")
        self.taro = instance.person("taro", POLICY)
        self.port = instance.ports["submission"]

    def session(self):
        return self.instance.session(self.taro)

    def to(self):
        """A recipient that nobody had before."""
        return f"attack{next(self.names)}@example.net"

    def accepted(self):
        return self.instance.account()["accepted"]

    def see(self, recipients):
        """What was accepted for these arrived, nothing else was accepted, and it shows Taro."""
        for to in recipients:
            assert_only_taro(self.sink.one(to))
        for one in list(self.sink.received):
            assert_only_taro(one)


@pytest.fixture(scope="module")
def target(zone, sink):
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files[1], files[1]))
    with Instance(zone, mx_port=sink.port) as instance:
        yield Target(instance, sink)
    resource.setrlimit(resource.RLIMIT_NOFILE, files)


def test_the_oracle_sees_what_it_must_see():
    for value in ("jiro@test1.com", "Taro <taro@test1.com>, jiro@test1.com", "(jiro@test1.com) t",
                  "=?utf-8?b?amlyb0B0ZXN0MS5jb20=?= <taro@test1.com>", "jiro\uff20test1.com"):
        assert "jiro@test1.com" in addresses_shown(value), value
    assert addresses_shown('Taro <"taro"@TEST1.com>') == {"taro@test1.com"}


# ---- headers ----

# These show nobody else: they may be taken, and what arrives is looked at all the same.
HARMLESS_HEADERS = {
    "white space": OWN.replace(": ", ":\r\n \t") + "Sender:\t<taro@test1.com>\r\n",
    "a comment": "From: (c) taro@test1.com (Taro (of test1) \\))\r\n",
    "a quoted character": 'From: "ta\\ro"@test1.com\r\n',
    "capitals in the domain": "fROM: Taro <taro@TEST1.Com>\r\n",
    "its own address as a name": "From: =?utf-8?q?taro=40test1.com?= <taro@test1.com>\r\n",
    "a name that is no address": 'From: "us:;,<>" <taro@test1.com>\r\n',
    "a folded name": "From: Taro\r\n Yamada\r\n <taro@test1.com>\r\n",
    "an unknown charset": "From: =?x-none?q?Taro?= <taro@test1.com>\r\n",
    "every header of his own": OWN + "".join(
        f"{name}: Taro <taro@test1.com>\r\n" for name in (
            "Sender", "Resent-From", "Resent-Sender", "Return-Path")),
    "addresses where nobody looks for the writer": OWN + "Reply-To: jiro@test1.com\r\n"
        "X-From: jiro@test1.com\r\nFroms: jiro@test1.com\r\nSubject: From: jiro@test1.com\r\n",
    "a header in the body": OWN + "\r\nFrom: jiro@test1.com\r\nSender: jiro@test1.com\r\n",
}


def try_header(target, session, header):
    """One message with this header block, under Taro's reverse-path; its recipient, the reply."""
    to = target.to()
    session.envelope("taro@test1.com", [to])
    session.send(header + b"\r\nHello.\r\n.\r\n")
    return to, session.reply()


def expect_honest(target, session, taken=()):
    """The connection goes on, and what is honest arrives."""
    to = target.to()
    assert session.submit("taro@test1.com", to, message(to=to)).code == 250
    target.see([*taken, to])


@pytest.mark.parametrize("family", REFUSED_HEADERS)
def test_no_header_shows_another_than_the_policy_allows(target, family):
    before = target.accepted()
    with target.session() as session:
        for header in itertools.chain.from_iterable(map(spellings, REFUSED_HEADERS[family])):
            _, reply = try_header(target, session, header)
            assert reply.code == 554, (header, reply)
        expect_honest(target, session)
    assert target.accepted() == before + 1, "the honest message alone"


def test_what_is_taken_shows_taro_alone(target):
    taken = []
    with target.session() as session:
        for what, header in HARMLESS_HEADERS.items():
            to, reply = try_header(target, session, header.encode())
            assert reply.code == 250, (what, reply)
            taken.append(to)
        expect_honest(target, session, taken)


# ---- the envelope ----

@pytest.mark.parametrize("header", ["jiro@test1.com", "Taro <jiro@test1.com>",
                                    "taro@test1.com, jiro@test1.com"])
def test_an_own_reverse_path_does_not_let_another_from_pass(target, header):
    """`ForAnyValue` over all addresses at once would be satisfied by the envelope alone."""
    before = target.accepted()
    with target.session() as session:
        _, reply = try_header(target, session, f"From: {header}\r\n".encode())
        assert reply.code == 554 and "Access denied" in reply.text
        expect_honest(target, session)
    assert target.accepted() == before + 1


def try_path(target, session, path):
    """A message under this reverse-path and From: taro; the recipient where it was taken."""
    to = target.to()
    if session.command(b"MAIL FROM:" + path).code != 250:
        return []
    assert session.command(f"RCPT TO:<{to}>").code == 250
    assert session.command("DATA").code == 354
    reply = session.data(message(to=to))
    assert reply.code in (250, 554), (path, reply)
    return [to] if reply.code == 250 else []


def test_no_reverse_path_shows_another(target):
    before = target.accepted()
    paths = list(itertools.chain.from_iterable(map(spellings, PATHS)))
    taken, sessions = [], 0
    for group in range(0, len(paths), 10):  # who errs too often is disconnected
        with target.session() as session:
            for path in paths[group:group + 10]:
                taken += try_path(target, session, path)
            expect_honest(target, session, taken)
        sessions += 1
    assert target.accepted() == before + len(taken) + sessions


# ---- smuggling ----

def send_in_two(session, data, at):
    session.send(data[:at])
    session.send(data[at:])


def test_no_false_end_of_data_begins_a_second_message_however_it_is_split(target):
    before = target.accepted()
    first = b"From: taro@test1.com\r\n\r\nfirst"
    with target.session() as session:
        for ending, at in ((ending, at) for ending in ENDINGS for at in range(len(ending) + 1)):
            session.envelope("taro@test1.com", [target.to()])
            send_in_two(session, first + ending + SMUGGLED + b".\r\n", len(first) + at)
            reply = session.reply()
            assert reply.code == 554, (ending, at, reply)
            # Had anything behind it been a command, its reply would come before this one.
            assert session.command("HELP").code == 214, (ending, at)
        expect_honest(target, session)
    assert target.accepted() == before + 1
    assert not [one for one in target.sink.received if "smuggled@example.net" in one.recipients]


def test_the_true_end_of_data_is_found_however_it_is_split(target):
    """And what follows it is a message of its own, for the gate to judge."""
    before = target.accepted()
    ending = b"\r\n.\r\n"
    first = b"From: taro@test1.com\r\n\r\nfirst"
    taken = []
    with target.session() as session:
        for at in range(len(ending) + 1):
            taken.append(target.to())
            session.envelope("taro@test1.com", [taken[-1]])
            send_in_two(session, first + ending + SMUGGLED + b".\r\n", len(first) + at)
            codes = [session.reply().code for _ in range(5)]
            assert codes == [250, 250, 250, 354, 554], (at, codes)
        expect_honest(target, session, taken)
        assert {target.sink.one(to).body for to in taken} == {b"first\r\n"}
    assert target.accepted() == before + len(taken) + 1


# ---- TLS ----

def whole_mail(target, to):
    """Everything that sends a message, but for TLS."""
    secret = f"\0{target.taro['smtp_user_name']}\0{target.taro['smtp_password']}".encode()
    return (b"EHLO client.example\r\nAUTH PLAIN " + base64.b64encode(secret)
            + b"\r\nMAIL FROM:<taro@test1.com>\r\nRCPT TO:<" + to.encode() + b">\r\nDATA\r\n"
            + message(to=to) + b".\r\n")


@pytest.mark.parametrize("tail", ["a whole message", "half a command", "a login", "a reset"])
def test_what_was_said_in_clear_is_never_heard_in_tls(target, tail):
    before = target.accepted()
    to = target.to()
    injected = {"a whole message": whole_mail(target, to), "half a command": b"MAIL FROM:<taro@t",
                "a login": whole_mail(target, to).split(b"MAIL")[0], "a reset": b"RSET\r\n"}[tail]
    starttls = b"STARTTLS\r\n"
    for at in range(1, len(starttls) + 1):
        with Session(target.port) as session:
            session.command("EHLO client.example")
            session.send(starttls[:at])
            session.send(starttls[at:] + injected)
            assert session.reply().code == 220
            # The handshake stands or falls; what was injected is not said in it.
            try:
                session.secure()
            except (ssl.SSLError, ConnectionError):
                continue
            assert session.command("HELP").code == 214, "the first reply is to the first command"
            assert session.command("EHLO client.example").code == 250
            assert session.command("MAIL FROM:<taro@test1.com>").line == \
                "530 Authentication required"
    with target.session() as session:
        expect_honest(target, session)
    assert target.accepted() == before + 1


def test_what_is_no_handshake_ends_the_connection(target):
    for noise in (b"NOOP\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 600, b"\x80\x2e\x01\x03\x01" * 20,
                  whole_mail(target, target.to())):
        with Session(target.port) as session:
            session.command("EHLO client.example")
            assert session.command("STARTTLS").code == 220
            session.send(noise)
            session.buffer = b""
            with contextlib.suppress(ConnectionError):
                while session.socket.recv(4096):  # an alert may come
                    pass
    with target.session() as session:
        assert session.command("STARTTLS").code >= 500, "not twice"
        expect_honest(target, session)


LOGINS = ["AUTH PLAIN", "auth plain", "AUTH LOGIN", "AUTH LOGIN VXNlcg==", "AUTH CRAM-MD5",
          "AUTH EXTERNAL =", "AUTH XOAUTH2 dXNlcg==", "AUTH", "AUTH PLAIN ="]


def test_nobody_logs_in_before_tls(target):
    before = target.accepted()
    login = whole_mail(target, target.to()).split(b"\r\n")[1]
    for start in (0, 5):
        with Session(target.port) as session:
            for command in [*LOGINS[start:start + 5], login, login.lower()[:10] + login[10:]]:
                session.command("EHLO client.example")
                reply = session.command(command)
                assert reply.code == 530, (command, reply)  # and no 334 asks for a password
            session.send(whole_mail(target, target.to()).replace(b"\r\nHello,\r\n", b"\r\n"))
            codes = [session.reply().code for _ in range(5)]
            assert codes[0] == 250 and set(codes[1:]) <= {500, 501, 502, 503, 530}, codes
    with target.session() as session:
        expect_honest(target, session)
    assert target.accepted() == before + 1


# ---- time and room ----

def assert_small(target, *roles):
    """Sanitizers hold back what was freed, and shadow what is used."""
    limit = (64 if not sanitized() else 512) * MEGABYTE
    for role in roles:
        peak = target.instance.peak_memory(role)
        assert peak < limit, f"{role} had {peak // MEGABYTE} MiB"


@pytest.mark.parametrize("line", [
    b"x" * 10 * MEGABYTE, b"MAIL FROM:<" + b"x" * MEGABYTE + b"@test1.com>",
    b"EHLO " + b"x" * 20000, b"AUTH PLAIN " + b"QUFB" * 100000, b"NOOP" + b" " * MEGABYTE,
], ids=["nothing", "path", "name", "login", "spaces"])
def test_a_command_without_end_is_refused_and_the_connection_goes_on(target, line):
    with target.instance.session() as session:
        assert session.command(line).line == "500 Line too long"
        assert session.login(target.taro).code == 235
        expect_honest(target, session)
    assert_small(target, "front")


LONG_HEADERS = {
    "a long name": "From: " + "x" * 300000 + " <taro@test1.com>\r\n",
    "a long folded name": "From:" + "\r\n x" * 60000 + " <taro@test1.com>\r\n",
    "a long field name": "x" * 300000 + ": y\r\n" + OWN,
    "many mailboxes": "From: " + "taro@test1.com, " * 10000 + "jiro@test1.com\r\n",
    "many folded mailboxes": "From: " + "taro@test1.com,\r\n " * 10000 + "jiro@test1.com\r\n",
    "many encoded words": "From:" + " =?utf-8?b?eA==?=" * 10000 + " <jiro@test1.com>\r\n",
    "many open quotes": OWN + "Sender: " + '"' * 199999 + "\r\n",
    "many open brackets": OWN + "Sender: " + "<" * 200000 + "\r\n",
    "many escapes": OWN + "Sender: (" + "\\" * 200000 + "\r\n",
    "many signs": OWN + "Sender: " + "@" * 200000 + "\r\n",
    "many fields": OWN + "Sender: taro@test1.com\r\n" * 900,
    "no end": OWN + "X: y\r\n" * 200000,
}


@pytest.mark.parametrize("what", LONG_HEADERS)
def test_a_long_header_is_refused_and_costs_nobody_anything(target, what):
    with target.session() as session:
        _, reply = try_header(target, session, LONG_HEADERS[what].encode())
        assert reply.code in (552, 554), reply
        expect_honest(target, session)
    assert_small(target, "front", "core")


def client_hello():
    ours = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        believing_context().wrap_bio(ssl.MemoryBIO(), ours).do_handshake()
    return ours.read()


def drip(connection, data):
    """The bytes of `data`, one at a time."""
    for byte in data:
        connection.send(bytes([byte]))
        yield


def test_slow_clients_hold_up_nobody(target):
    with contextlib.ExitStack() as stack:
        def connect():
            return stack.enter_context(Session(target.port))
        clear = [connect() for _ in range(10)]
        handshakes = [connect() for _ in range(10)]
        for session in handshakes:
            session.command("EHLO slow.example")
            assert session.command("STARTTLS").code == 220
        body = stack.enter_context(target.session())
        to = target.to()
        body.envelope("taro@test1.com", [to])
        drips = [*(drip(session, b"EHLO slow.example\r\n") for session in clear),
                 *(drip(session.socket, client_hello()) for session in handshakes),
                 drip(body, b"From: taro@test1.com\r\n\r\nx\r\n.\r\n")]
        for _ in range(8):
            for one in drips:
                next(one)
            with target.session() as session:
                expect_honest(target, session)
            time.sleep(0.2)
        # Who was slow is served as well, in the end.
        for session, one in zip(clear, drips):
            collections.deque(one, maxlen=0)
            assert session.reply().code == 250
        collections.deque(drips[-1], maxlen=0)
        assert body.reply().code == 250
        target.see([to])


def test_who_does_not_read_is_not_read_from(target):
    with Session(target.port) as session:
        session.socket.settimeout(1)
        sent = 0
        with pytest.raises(TimeoutError):
            while sent < 256 * MEGABYTE:
                sent += session.socket.send(b"NOOP\r\n" * 10000)
        with target.session() as other:
            expect_honest(target, other)
        assert_small(target, "front")


def open_and_leave(target, source, number):
    """A connection at one of four points where a client may fall silent."""
    left = socket.create_connection(("127.0.0.1", target.port), 20, source_address=(source, 0))
    assert left.recv(4096).startswith(b"220 ")
    left.sendall([b"", b"EHLO cl", b"EHLO client.example\r\nSTARTTLS\r\n",
                  b"EHLO client.example\r\nSTARTTLS\r\n"][number % 4])
    return left


def test_a_thousand_connections_opened_and_left_keep_nobody_out(target):
    hello = client_hello()
    with contextlib.ExitStack() as stack:
        for number in range(1000):
            left = open_and_leave(target, f"127.0.0.{2 + number % 2}", number)
            stack.callback(left.close)
            if number % 4 == 3:
                while b"220 Ready" not in left.recv(4096):
                    pass
                left.sendall(hello[:100])
        for source in ("127.0.0.2", "127.0.0.3"):
            with Session(target.port, source=source) as session:
                assert session.greeting.line == "421 Too many concurrent SMTP connections"
        with target.session() as session:
            expect_honest(target, session)
        assert_small(target, "front")

    def served():
        with Session(target.port, source="127.0.0.2") as session:
            return session.greeting.code == 220
    eventually(served, what="a place for the next from there")


# ---- a key that is switched off ----

def test_nothing_is_taken_of_a_key_that_is_off_however_many_sessions_are_in_the_middle(target):
    credential = target.instance.person("suspect", POLICY)
    off = threading.Event()
    before = target.accepted()

    def hammer(number, session):
        """Send until it is refused; who was told Ok."""
        taken = []
        while True:
            to = f"hammer{number}-{len(taken)}@example.net"
            session.send(f"MAIL FROM:<taro@test1.com>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode())
            codes = [session.reply().code]
            while codes[-1] == 250:
                codes.append(session.reply().code)
            if codes[-1] == 354:
                session.send(message(to=to))
                late = off.is_set()
                session.send(b".\r\n")
                codes.append(session.reply().code)
            if codes[-1] != 250:
                return taken, codes[-1]
            assert not late, "taken although the key was off"
            taken.append(to)

    with contextlib.ExitStack() as stack:
        sessions = [stack.enter_context(target.instance.session(credential)) for _ in range(8)]
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(8))
        hammers = [pool.submit(hammer, *one) for one in enumerate(sessions)]
        eventually(lambda: target.accepted() > before + 50, what="a load")
        target.instance.admin("grant.revoke", target=credential["access_key_id"])
        off.set()
        results = [one.result(30) for one in hammers]
    assert {code for _, code in results} == {535}
    taken = [to for some, _ in results for to in some]
    assert target.accepted() == before + len(taken)
    target.see(taken)
    with target.session() as session:
        expect_honest(target, session)
