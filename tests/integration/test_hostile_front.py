"""A front that was taken: core holds against whatever it says.

The test plays the parent and the fronts of a core that runs alone. What a taken front knows is
Taro's credential, which passed through it. Whatever it says, core goes on serving the other fronts,
and signs and spools nothing that the gate refuses: the store is read to see that.
"""

import contextlib
import itertools
import random
import re
import sqlite3
import struct

import pytest

from attacks import (ENDINGS, PATHS, POLICY, REFUSED_HEADERS, SMUGGLED, assert_only_taro,
                     spellings)
from harness import Received, eventually, message
from inner import (AUTHENTICATE, AUTHENTICATED, BODY, BODY_CREDIT, BODY_PIECE_MAX, CALL, CALL_ABORT,
                   CALL_BODY, CALL_BODY_AWAITED, CALL_BODY_FOLLOWS, CALL_BODY_MAX,
                   CALL_HEADER_MAX, CALL_LENGTH_UNKNOWN, CALL_LINE_MAX, CREDIT, DROP,
                   ENVELOPE_RECIPIENTS_MAX, PAYLOAD_MAX, RETURN, ROLE_COURIER, ROLE_FRONT,
                   ROLE_RESOLVER, SESSION_END, SUBMIT, SUBMIT_ABORT, SUBMIT_END, Closed, LonelyCore,
                   authenticate, body, call, frame, number, submit)

TARO = "taro@test1.com"
ANA = ["ana@example.net"]
HONEST = message()


class Bench:
    def __init__(self, core):
        self.core = core
        core.add_domain("test1.com")
        self.taro = core.person("taro", POLICY)
        self.honest = core.attach()
        self.session = self.honest.login(self.taro)

    def attack(self):
        """A front of our own, and a session of Taro's there."""
        front = self.core.attach()
        return front, front.login(self.taro)

    def attempt(self, reverse_path, recipients, raw):
        """The code of the reply; 0 where core would rather close the channel."""
        front, session = self.attack()
        with front, contextlib.suppress(Closed):
            return int(front.submission(session, reverse_path, recipients, raw)[:3])
        return 0

    def spooled(self):
        path = self.core.dir / "postern.db"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            return [Received(path, (), header, False, 0, None) for path, header in
                    store.execute("SELECT wire_path, header FROM message ORDER BY key")]

    def expect_honest(self):
        reply = self.honest.submission(self.session, TARO, ANA, HONEST)
        assert reply.startswith("250 Ok "), reply


@pytest.fixture(scope="module")
def served():
    with LonelyCore(submission__connections=200, login__failures=100000) as core:
        yield Bench(core)


@pytest.fixture
def bench(served):
    """After each attack another front is still served, and it left nothing but Taro's."""
    before = len(served.spooled())
    yield served
    served.expect_honest()
    for one in served.spooled()[before:]:
        assert_only_taro(one)


@contextlib.contextmanager
def nothing_is_spooled(bench):
    before = len(bench.spooled())
    yield
    bench.expect_honest()
    assert len(bench.spooled()) == before + 1, "the honest message alone"


# ---- what the gate refuses ----

@pytest.mark.parametrize("family", REFUSED_HEADERS)
def test_core_reads_the_header_itself(bench, family):
    with nothing_is_spooled(bench):
        front, session = bench.attack()
        for header in itertools.chain.from_iterable(map(spellings, REFUSED_HEADERS[family])):
            reply = front.submission(session, TARO, ANA, header + b"\r\nHello.\r\n")
            assert reply.startswith("554 "), (header, reply)


def test_core_reads_the_body_itself(bench):
    with nothing_is_spooled(bench):
        front, session = bench.attack()
        for ending in ENDINGS:
            reply = front.submission(session, TARO, ANA,
                                     b"From: taro@test1.com\r\n\r\nx" + ending + SMUGGLED)
            assert reply.startswith("554 "), (ending, reply)


def test_an_end_of_data_in_the_body_is_text(bench):
    """A front takes the dots off: for core there is none, and courier puts one before each."""
    raw = HONEST + b".\r\n" + SMUGGLED + b".\r\n"
    assert bench.attempt(TARO, ANA, raw) == 250


def test_core_reads_the_reverse_path_itself(bench):
    paths = [path.strip(b"<>") for path in itertools.chain.from_iterable(map(spellings, PATHS))]
    paths += [b"jiro@test1.com\r\nRCPT TO:<x@example.net>", b"taro@test1.com\r\n", b"x" * 100000,
              b"taro@test1.com\nX: y", b"postmaster@postern.localhost"]
    own = {b'"taro"@test1.com', b"taro@test1.com"}
    with nothing_is_spooled(bench):
        for path in paths:
            if path and path not in own:  # the null one has tests of its own
                assert bench.attempt(path, ANA, HONEST) in (554, 501, 0), path


NULL_PATH = {
    "two mailboxes": "From: taro@test1.com, jiro@test1.com\r\n",
    "Sender": "From: taro@test1.com\r\nSender: jiro@test1.com\r\n",
    "Return-Path": "From: taro@test1.com\r\nReturn-Path: <jiro@test1.com>\r\n",
    "Resent-From": "From: taro@test1.com\r\nResent-From: jiro@test1.com\r\n",
    "From of another": "From: jiro@test1.com\r\n",
    "nothing else": "From: taro@test1.com\r\n",
}


@pytest.mark.parametrize("what", NULL_PATH)
def test_the_null_reverse_path_is_the_systems_alone(bench, what):
    with nothing_is_spooled(bench):
        assert bench.attempt("", ANA, NULL_PATH[what].encode() + b"\r\nx\r\n") in (554, 501, 0)


def test_a_free_reverse_path_frees_no_header():
    """Where the reverse-path is only where bounces go, it is still not the gate's way round."""
    with LonelyCore(gate__reverse_path_is_feedback="yes") as core:
        bench = Bench(core)
        for path, what in itertools.product(("", TARO, "bounces@test1.com"), NULL_PATH):
            if what != "nothing else":
                raw = NULL_PATH[what].encode() + b"\r\nx\r\n"
                assert bench.attempt(path, ANA, raw) in (554, 501, 0), (path, what)
        assert bench.spooled() == []


RECIPIENTS = {
    "none": [], "an empty one": [""], "no domain": ["nobody"], "nothing around": ["@"],
    "brackets": ["<ana@example.net>"], "a command": ["ana@example.net>\r\nRCPT TO:<x@example.net"],
    "a line": ["ana@example.net\r\n"], "NUL": ["ana@example.net\0"],
    "a route": ["@a:ana@example.net"], "a list": ["ana@example.net,bob@example.net"],
    "8-bit": ["\xe4na@example.net"],
    "a long one": ["x" * 100000 + "@example.net"], "a good and a bad one": [*ANA, "nobody"],
    "one more than allowed": ANA * 51, "as many as can be said": ANA * ENVELOPE_RECIPIENTS_MAX,
    "more than can be said": ANA * (ENVELOPE_RECIPIENTS_MAX + 1),
}


@pytest.mark.parametrize("what", RECIPIENTS)
def test_core_reads_the_recipients_itself(bench, what):
    with nothing_is_spooled(bench):
        assert bench.attempt(TARO, RECIPIENTS[what], HONEST) in (452, 501, 553, 554, 0)


# ---- sessions ----

def test_a_session_that_core_did_not_give_to_this_front_sends_nothing(bench):
    with nothing_is_spooled(bench):
        front, own = bench.attack()
        ended = front.login(bench.taro)
        front.say(SESSION_END, number(ended))
        forged = [0, 1, 2**64 - 1, own ^ 1, (own + 1) % 2**64, ended, bench.session]
        for session in forged + [random.Random(1).getrandbits(64) for _ in range(200)]:
            reply = front.submission(session, TARO, ANA, HONEST)
            assert reply == "535 Authentication Credentials Invalid", (session, reply)


def test_no_front_ends_a_session_of_another(bench):
    front, _ = bench.attack()
    front.say(SESSION_END, number(bench.session))
    front.say(SUBMIT_ABORT, number(bench.honest.last))
    bench.expect_honest()


def test_a_front_that_does_not_hear_of_a_revocation_sends_nothing_all_the_same(bench):
    credential = bench.core.person("suspect", POLICY)
    front = bench.core.attach()
    sessions = [front.login(credential) for _ in range(6)]
    with nothing_is_spooled(bench):
        # Each at another point of its way when the key is switched off.
        for submission in (1, 2, 3, 4):
            front.say(SUBMIT, submit(submission, sessions[submission], TARO, ANA))
        front.say(BODY, body(2, HONEST[:20]))
        front.say(BODY, body(3, HONEST))
        bench.core.admin("grant.revoke", target=credential["access_key_id"])
        front.hear(DROP)
        front.say(BODY, body(1, HONEST))
        front.say(BODY, body(2, HONEST[20:]))
        front.say(SESSION_END, number(sessions[5]))
        front.say(SUBMIT, submit(5, sessions[5], TARO, ANA))
        front.say(BODY, body(5, HONEST))
        for submission in (1, 2, 3, 4, 5):
            front.say(SUBMIT_END, number(submission))
            assert front.reply(submission) == "535 Authentication Credentials Invalid"
        assert front.login(credential) == 0


def test_a_key_switched_off_after_its_session_ended_sends_nothing(bench):
    """Core no longer has the session then; the commit asks for the key itself."""
    credential = bench.core.person("gone", POLICY)
    front = bench.core.attach()
    session = front.login(credential)
    with nothing_is_spooled(bench):
        front.say(SUBMIT, submit(1, session, TARO, ANA))
        front.say(BODY, body(1, HONEST))
        front.say(SESSION_END, number(session))
        front.login(bench.taro)  # what was said before has been heard
        bench.core.admin("grant.revoke", target=credential["access_key_id"])
        front.say(SUBMIT_END, number(1))
        assert front.reply(1) == "535 Authentication Credentials Invalid"


def test_what_core_owed_to_a_front_that_died_is_not_told_to_the_next(monkeypatch):
    """The next one counts its connections from the beginning too: it would give the session of
    one person to another. Sanitizers may not keep what was freed, or the two never look alike."""
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=0:thread_local_quarantine_size_kb=0")
    with LonelyCore() as core:
        bench = Bench(core)
        logins = b"".join(frame(AUTHENTICATE, authenticate(
            i, bench.taro["smtp_user_name"], bench.taro["smtp_password"])) for i in range(300))
        for _ in range(50):
            with core.attach() as front:
                front.throw(logins)
            with core.attach() as front:
                front.say(CALL, call(1, b"GET /metrics HTTP/1.1"))
                heard, _ = front.hear()
                assert heard == RETURN, "a session that this front did not ask for"
        bench.expect_honest()


# ---- order ----

def large_call(call_, length=CALL_LENGTH_UNKNOWN, how=CALL_BODY_FOLLOWS):
    return call(call_, b"POST /x HTTP/1.1", how=how, length=length)


def out_of_place(session):
    """What core closes the channel for: messages, one after the other."""
    begun = (SUBMIT, submit(1, session, TARO, ANA))
    ended = (SUBMIT_END, number(1))
    yield "a number twice", [begun, begun]
    yield "body behind the end", [begun, (BODY, body(1, HONEST)), ended, (BODY, body(1, b"x"))]
    yield "an end behind the end", [begun, (BODY, body(1, HONEST[:9])), ended, ended]
    yield "a piece too long", [begun, (BODY, body(1, b"x" * (BODY_PIECE_MAX + 1)))]
    yield "a piece that is neither", [begun, (BODY, body(1, b"x")[:-1] + b"\x02")]
    yield "body beyond the credit", [begun, (BODY, body(1, HONEST))] + [
        (BODY, body(1, b"x" * (BODY_PIECE_MAX - 2) + b"\r\n"))] * 400
    yield "two transactions of one session", [begun, (SUBMIT, submit(2, session, TARO, ANA))]
    yield "two of a session that is none", [
        (SUBMIT, submit(1, 99, TARO, ANA)), (SUBMIT, submit(2, 99, TARO, ANA))]
    yield "an abort of a submission behind its end", [
        begun, (BODY, body(1, HONEST)), ended, (SUBMIT_ABORT, number(1))]
    yield "more submissions than connections", [
        (SUBMIT, submit(i, i, TARO, ANA)) for i in range(401)]
    yield "a call too long", [
        (CALL, call(1, b"GET / HTTP/1.1", content=b"x" * (BODY_PIECE_MAX + 1)))]
    yield "a request line too long", [(CALL, call(1, b"GET /".ljust(CALL_LINE_MAX + 1, b"x")))]
    yield "a header too long", [
        (CALL, call(1, b"GET / HTTP/1.1", b"x: y\r\n" * (CALL_HEADER_MAX // 6 + 1)))]
    for line in (b"", b"GET", b"GET /", b"\r\n"):
        yield f"a call for {line}", [(CALL, call(1, line))]
    large = (CALL, large_call(1, 8 * BODY_PIECE_MAX))
    chunked = (CALL, large_call(1))
    full, rest = (CALL_BODY, body(1, b"x" * BODY_PIECE_MAX)), (CALL_BODY, body(1, b"", True))
    yield "a call's number twice", [large, large]
    yield "a length beyond the limit", [(CALL, large_call(1, CALL_BODY_MAX + 1))]
    yield "a length of nothing", [(CALL, large_call(1, 0))]
    yield "a call both whole and following", [
        (CALL, call(1, b"POST / HTTP/1.1", content=b"x", how=CALL_BODY_FOLLOWS))]
    yield "a piece of an unknown call", [full]
    yield "a piece of a whole call", [(CALL, call(1, b"GET / HTTP/1.1")), full]
    yield "an abort of an unknown call", [(CALL_ABORT, number(1))]
    yield "an abort behind the end", [chunked, rest, (CALL_ABORT, number(1))]
    yield "a piece behind the abort", [chunked, (CALL_ABORT, number(1)), full]
    yield "two ends of a call", [chunked, rest, rest]
    yield "an end before the announced length", [large, full, rest]
    yield "more than the announced length", [
        (CALL, large_call(1, 10)), (CALL_BODY, body(1, b"x" * 11, True))]
    yield "a piece of nothing", [chunked, (CALL_BODY, body(1, b""))]
    yield "a piece of a submission for a call", [begun, (CALL_BODY, body(1, b"x"))]
    yield "more calls than connections", [(CALL, large_call(i)) for i in range(201)]
    yield "a mechanism unheard of", [(AUTHENTICATE, authenticate(1, "x", "y", "CRAM-MD5"))]


@pytest.mark.parametrize("what", [what for what, _ in out_of_place(0)])
def test_what_is_out_of_place_closes_the_channel(bench, what):
    front, session = bench.attack()
    with contextlib.suppress(Closed):
        for type_, payload in dict(out_of_place(session))[what]:
            front.say(type_, payload)
    assert front.closed()


def test_what_comes_too_late_is_passed_over(bench):
    """A front may not know yet that core has answered."""
    with nothing_is_spooled(bench):
        front, session = bench.attack()
        for type_, payload in ((BODY, body(7, HONEST)), (SUBMIT_END, number(7)),
                               (SUBMIT_ABORT, number(7)), (SESSION_END, number(7))):
            front.say(type_, payload)
        front.say(SUBMIT, submit(8, session, TARO, ANA))
        front.say(BODY, body(8, HONEST))
        front.say(SUBMIT_ABORT, number(8))
        front.say(SUBMIT_END, number(8))
        assert front.submission(session, TARO, ANA, b"\r\n").startswith("554 ")


def test_a_message_that_no_front_says_closes_the_channel(bench):
    said = {AUTHENTICATE, SUBMIT, BODY, SUBMIT_END, SUBMIT_ABORT, SESSION_END, CALL, CALL_BODY,
            CALL_ABORT}
    sound = submit(1, bench.session, TARO, ANA)
    for type_ in range(256):
        for payload in (b"", number(1), sound, b"\xff" * 200):
            if type_ not in said or payload in (b"", b"\xff" * 200):
                with bench.core.attach() as front:
                    front.say(type_, payload)
                    assert front.closed(), (type_, payload)


def test_each_message_is_read_to_its_last_byte(bench):
    """One byte less and one more: nothing of it is believed."""
    sound = {AUTHENTICATE: authenticate(1, "user", "password"), BODY: body(1, b"x"),
             SUBMIT: submit(1, bench.session, TARO, ANA), SUBMIT_END: number(1),
             SUBMIT_ABORT: number(1), SESSION_END: number(1), CALL: call(1, b"GET / HTTP/1.1"),
             CALL_BODY: body(1, b"x", True), CALL_ABORT: number(1)}
    for type_, payload in sound.items():
        for wrong in [payload[:end] for end in range(len(payload))] + [payload + b"\0"]:
            with bench.core.attach() as front:
                front.say(type_, wrong)
                assert front.closed(), (type_, wrong)


@pytest.mark.parametrize("field", ["user", "password", "source", "tls", "client"])
def test_what_no_front_can_have_read_of_a_login_closes_the_channel(bench, field):
    """All of it is written to the store and to the log, and as long as it likes."""
    fields = {"user": "AKIAIOSFODNN7EXAMPLE", "password": "x", field: "9" * 100000}
    with bench.core.attach() as front:
        front.say(AUTHENTICATE, authenticate(1, **fields))
        with pytest.raises(Closed):
            front.hear()


# ---- frames ----

@pytest.mark.parametrize("data", [
    struct.pack("<IB", PAYLOAD_MAX + 1, BODY), struct.pack("<IB", 2**32 - 1, SUBMIT),
    struct.pack("<IB", 2**31, 0) + b"\0" * 100, b"\xff" * 5, b"EHLO client.example\r\n",
], ids=["one byte", "the most", "signed", "ones", "smtp"])
def test_a_frame_too_long_closes_the_channel(bench, data):
    with bench.core.attach() as front:
        front.throw(data)
        assert front.closed()


def test_a_frame_that_breaks_off_leaves_nothing_behind(bench):
    whole = frame(AUTHENTICATE, authenticate(1, "user", "password"))
    for end in range(1, len(whole)):
        with bench.core.attach() as front:
            front.throw(whole[:end])
    for byte in range(len(whole)):
        with bench.core.attach() as front:
            front.throw(whole[:byte])
            front.throw(whole[byte:])
            front.hear(AUTHENTICATED)


def flip(chance, data):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:]


def cut(chance, data):
    return data[:chance.randrange(len(data))]


def stuff(chance, data):
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randrange(1, 40)) + data[at:]


def stretch(chance, data):
    """A length, of the frame or of something in it, that is not so."""
    at = chance.randrange(max(1, len(data) - 4))
    wrong = chance.choice((0, 1, 255, 65536, PAYLOAD_MAX, 2**31, 2**32 - 1))
    return data[:at] + struct.pack("<I", wrong) + data[at + 4:]


def retype(chance, data):
    return data[:4] + bytes([chance.choice((20, 21, 22, 23, 24, 25, 26, 27, 28, 40, 60, 70, 80, 0))]) + \
        data[5:]


def conversation(front, sessions, taro):
    """What an honest front would say, of two connections."""
    one, two = front.next(), front.next()
    return [
        frame(AUTHENTICATE, authenticate(one, taro["smtp_user_name"], taro["smtp_password"])),
        frame(SUBMIT, submit(one, sessions[0], TARO, [*ANA, "bob@example.net"])),
        frame(BODY, body(one, HONEST[:50])), frame(BODY, body(one, HONEST[50:])),
        frame(SUBMIT, submit(two, sessions[1], TARO, ANA)), frame(SUBMIT_END, number(one)),
        frame(BODY, body(two, HONEST)), frame(SUBMIT_ABORT, number(two)),
        frame(CALL, call(one, b"GET /metrics HTTP/1.1")),
        frame(SESSION_END, number(sessions[1])),
        frame(CALL, large_call(two, 200)), frame(CALL_BODY, body(two, b"x" * 150)),
        frame(CALL_BODY, body(two, b"x" * 50, True)), frame(CALL, large_call(two)),
        frame(CALL_BODY, body(two, b"x" * 50)), frame(CALL_ABORT, number(two))]


@pytest.mark.parametrize("seed", range(8))
def test_damaged_conversations_harm_nobody(bench, seed):
    chance = random.Random(seed)
    for _ in range(400):
        with bench.core.attach() as front, contextlib.suppress(Closed):
            sessions = [front.login(bench.taro) for _ in range(6)]
            while sessions:
                said = conversation(front, (sessions.pop(), sessions.pop()), bench.taro)
                for _ in range(chance.randrange(1, 3)):
                    at = chance.randrange(len(said))
                    spoil = chance.choice((flip, flip, flip, cut, stuff, stretch, retype))
                    said[at] = spoil(chance, said[at] or b"\0")
                if chance.random() < 0.3:
                    chance.shuffle(said)
                front.throw(b"".join(said))
                front.drain()


@pytest.mark.parametrize("role, types", [
    (ROLE_FRONT, range(20, 29)), (ROLE_COURIER, (42, 70, 71, 80)), (ROLE_RESOLVER, (81, 83))])
def test_noise_harms_nobody(bench, role, types):
    chance = random.Random(role)
    for _ in range(500):
        with bench.core.attach(role) as peer, contextlib.suppress(Closed):
            for _ in range(3):
                peer.say(chance.choice(types), chance.randbytes(chance.randrange(200)))


# ---- floods ----

def test_a_flood_of_logins_holds_up_nobody(bench):
    wrong = b"".join(frame(AUTHENTICATE, authenticate(i, f"AKIA{i:016}", "wrong",
                                                      source=f"10.{i % 250}.0.1"))
                     for i in range(1000))
    with bench.core.attach() as front:
        for _ in range(5):
            with contextlib.suppress(Closed):
                front.throw(wrong)
            bench.expect_honest()
            assert bench.core.attach().login(bench.taro) != 0
            with contextlib.suppress(Closed):
                front.drain()


def test_a_front_has_no_more_sessions_than_it_may_have_connections(bench):
    login = frame(AUTHENTICATE, authenticate(1, bench.taro["smtp_user_name"],
                                             bench.taro["smtp_password"]))
    with bench.core.attach() as front:
        front.socket.settimeout(3)
        with pytest.raises(Closed):
            for _ in range(50):
                front.throw(login * 20)
            while True:
                front.hear()


def test_a_front_that_does_not_read_is_not_remembered_for_ever(bench):
    """Answers to who does not read them must not fill the memory of core."""
    asked = b"".join(frame(CALL, call(i, b"GET /nothing HTTP/1.1")) for i in range(5000))
    with bench.core.attach() as front:
        front.socket.settimeout(3)
        with pytest.raises((Closed, TimeoutError)):  # it is cut off, or not read from
            for _ in range(100):
                front.throw(asked)
        bench.expect_honest()


def test_fronts_that_go_in_the_middle_leave_nothing_behind(bench):
    """Each leaves chunks of a message that never was; the store forgets them."""
    piece = b"x" * (BODY_PIECE_MAX - 2) + b"\r\n"
    with nothing_is_spooled(bench):
        for _ in range(20):
            front, session = bench.attack()
            with front:
                front.say(SUBMIT, submit(1, session, TARO, ANA))
                front.say(BODY, body(1, HONEST))
                for _ in range(8):
                    while True:
                        _, payload = front.hear(CREDIT)
                        if struct.unpack("<QI", payload)[1]:
                            break
                    front.say(BODY, body(1, piece))

    def swept():
        path = bench.core.dir / "postern.db"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            return store.execute("SELECT count(*) FROM chunk WHERE key / 1024 NOT IN"
                                 " (SELECT key FROM message)").fetchone()[0] == 0
    eventually(swept, what="a store without left-overs")


# ---- HTTP ----

CALLS = [
    b"POST /v2/email/outbound-emails HTTP/1.1", b"PUT /verify?token=x HTTP/1.1",
    b"GET http://127.0.0.1/metrics HTTP/1.1", b"GET //metrics HTTP/1.1", b"GET /metrics/ HTTP/1.1",
    b"GET /METRICS HTTP/1.1", b"GET /postern.sock HTTP/1.1", b"GET /../postern.db HTTP/1.1",
    b"GET /%2e%2e/master.key HTTP/1.1", b"GET /verify HTTP/1.1", b"GET /verify? HTTP/1.1",
    b"GET /verify?token= HTTP/1.1", b"GET /verify?token=" + b"x" * 8000 + b" HTTP/1.1",
    b"GET /verify?token=\xff\xfe HTTP/1.1", b"GET /verify?token=\0 HTTP/1.1",
    b'GET /verify?token=","x":" HTTP/1.1', b"GET /verify?token=';DROP TABLE message;-- HTTP/1.1",
    b"GET /verify?token=x&token=y HTTP/1.1", b"HEAD /verify?token=x HTTP/1.1", b"\xff \xff \xff",
    b"GET / HTTP/1.1\r\nX: y", b"\0 \0 \0", b"GET  HTTP/1.1", b"CONNECT 127.0.0.1:25 HTTP/1.1",
]


def test_strange_requests_are_refused_and_confirm_nothing(bench):
    front = bench.core.attach()
    for line in CALLS:
        asked = front.next()
        front.say(CALL, call(asked, line))
        status, text = front.returned(asked)
        assert 400 <= status < 500 and b"is confirmed" not in text, (line, status, text)
    asked = front.next()
    front.say(CALL, call(asked, b"GET /metrics HTTP/1.1", source="192.0.2.1"))
    assert front.returned(asked)[0] == 404
    front.say(CALL, call(asked, b"GET /healthz HTTP/1.1"))
    assert front.returned(asked)[0] == 503, "there is no courier"


def test_a_large_body_is_granted_piece_by_piece(bench):
    length = 40 * BODY_PIECE_MAX
    with bench.core.attach() as front:
        asked = front.next()
        front.say(CALL, large_call(asked, length))
        credit, sent = BODY_CREDIT, 0
        while sent < length:
            while credit < BODY_PIECE_MAX:
                credit += front.credited(asked)
            assert credit <= BODY_CREDIT
            sent += BODY_PIECE_MAX
            credit -= BODY_PIECE_MAX
            front.say(CALL_BODY, body(asked, b"x" * BODY_PIECE_MAX, sent == length))
        assert front.returned(asked)[0] == 405
        front.say(CALL, large_call(asked, 1, CALL_BODY_AWAITED))
        assert front.credited(asked) == BODY_CREDIT
        front.say(CALL_BODY, body(asked, b"x", True))
        assert front.returned(asked)[0] == 405


def test_calls_together_have_a_bound(bench):
    """Who comes with little is served while others have announced all there is room for."""
    with bench.core.attach() as greedy, bench.core.attach() as front:
        for i in range(2):
            greedy.say(CALL, large_call(i, CALL_BODY_MAX))
        greedy.say(CALL, large_call(2, 40 * 1024 * 1024))
        greedy.say(CALL, large_call(3, CALL_BODY_MAX))
        status, _, header, _ = greedy.answered(3)
        assert status == 503 and b"Retry-After: 1\r\n" in header
        # What was on its way when the answer came is dropped, and its credit is not given again.
        for _ in range(BODY_CREDIT // BODY_PIECE_MAX):
            greedy.say(CALL_BODY, body(3, b"x" * BODY_PIECE_MAX))
        greedy.say(CALL_ABORT, number(3))
        front.say(CALL, large_call(1, CALL_BODY_MAX, CALL_BODY_AWAITED))
        assert front.returned(1)[0] == 503
        front.say(CALL_ABORT, number(1))
        for how, granted in ((CALL_BODY_FOLLOWS, BODY_CREDIT), (CALL_BODY_AWAITED, 0)):
            with bench.core.attach() as blind:
                blind.say(CALL, large_call(1, CALL_BODY_MAX, how))
                for _ in range(granted // BODY_PIECE_MAX):
                    blind.say(CALL_BODY, body(1, b"x" * BODY_PIECE_MAX))
                assert blind.returned(1)[0] == 503
                blind.say(CALL_BODY, body(1, b"x"))  # beyond its credit
                assert blind.closed()
        front.say(CALL, call(2, b"POST /x HTTP/1.1", content=b"x" * BODY_PIECE_MAX))
        assert front.returned(2)[0] == 405
        # A chunked one is cut off where the room ends.
        front.say(CALL, large_call(3))
        credit = BODY_CREDIT
        for sent in itertools.count(1):
            if credit < BODY_PIECE_MAX:
                heard, payload = front.hear(CREDIT, RETURN)
                if heard == RETURN:
                    break
                credit += struct.unpack("<QI", payload)[1]
                continue
            front.say(CALL_BODY, body(3, b"x" * BODY_PIECE_MAX))
            credit -= BODY_PIECE_MAX
        assert struct.unpack("<QI", payload[:12]) == (3, 503)
        front.say(CALL_ABORT, number(3))
        greedy.say(CALL_ABORT, number(0))

        def room():
            asked = front.next() + 10
            front.say(CALL, large_call(asked, CALL_BODY_MAX, CALL_BODY_AWAITED))
            heard, _ = front.hear(CREDIT, RETURN)
            front.say(CALL_ABORT, number(asked))
            return heard == CREDIT
        eventually(room, what="room for another")
    with bench.core.attach() as front:  # what a front leaves behind counts no longer
        for i in range(2):
            front.say(CALL, large_call(i, CALL_BODY_MAX, CALL_BODY_AWAITED))
            assert front.credited(i) == BODY_CREDIT


def test_each_answer_has_an_id_of_its_own(bench):
    with bench.core.attach() as front:
        front.say(CALL, call(1, b"GET /healthz?secret HTTP/1.1"))
        front.say(CALL, call(2, b"GET /healthz HTTP/1.1"))
        headers = [front.answered(i)[2] for i in (1, 2)]
    ids = [re.search(rb"^x-amzn-RequestId: ([0-9a-f-]{36})\r\n", header)[1] for header in headers]
    assert ids[0] != ids[1]
    logged = [line for line in bench.core.events("http.request") if ids[0].decode() in line]
    assert len(logged) == 1 and "secret" not in logged[0], logged
    for said in ("method=GET", "path=/healthz", "status=503", "bytes=0", "source=127.0.0.1", "ms="):
        assert said in logged[0], logged
