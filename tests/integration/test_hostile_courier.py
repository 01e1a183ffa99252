"""A courier or a resolver that was taken: what core keeps for either is bounded, and what it does
not keep to closes its channel. The fronts are served all the while."""

import contextlib
import itertools
import struct

import pytest

from harness import eventually, message
from inner import (BODY, BODY_CREDIT, CREDIT, DELIVER, OUTCOME, RESOLVE, RESOLVED, ROLE_COURIER,
                   ROLE_RESOLVER, Closed, LonelyCore, credit, frame, outcome, resolve, resolved)

TARO = "taro@test1.com"
RETRY = 1           # enum outcome_kind
TEMPORARY = 3       # enum dns_status
QUESTIONS = 10000   # that core relays for courier at a time
UNREAD = "the other side does not read"


class Bench:
    def __init__(self, core):
        self.core = core
        core.add_domain("test1.com")
        self.front = core.attach()
        self.session = self.front.login(core.person("taro"))

    def accept(self, domain="example.net", header=b"", body=b"Hello.\r\n"):
        """Not more than core takes without giving credit: two chunks on their way to the store,
        and what a submission begins with."""
        raw = message(to=f"ana@{domain}").partition(b"\r\n\r\n")[0] + b"\r\n" + header
        reply = self.front.submission(self.session, TARO, [f"ana@{domain}"], raw + b"\r\n" + body)
        assert reply.startswith("250 Ok "), reply


@pytest.fixture
def bench():
    with LonelyCore(delivery__retry_first="10ms", delivery__retry_max="10ms") as core:
        bench = Bench(core)
        yield bench
        bench.accept()


def lines(count):
    return (b"x" * 62 + b"\r\n") * count


def test_a_courier_that_does_not_read_what_it_is_leased_is_cut_off(bench):
    """It says of each that it failed for now, and so gets it again."""
    header = b"".join(b"X-%d: %s\r\n" % (i, b"x" * 900) for i in range(200))
    messages = 64
    with bench.core.attach(ROLE_COURIER) as courier:
        for i in range(messages):
            bench.accept(f"domain{i % 16}.example", header, lines(BODY_CREDIT // 64))
        with contextlib.suppress(Closed):
            for first in range(1, 20 * messages, messages):
                eventually(lambda: courier.hung_up()
                           or bench.front.metric("postern_leases") == messages)
                for lease in range(first, first + messages):
                    courier.say(OUTCOME, outcome(lease, RETRY, "451 4.0.0 later", "4.0.0"))
        assert courier.hung_up()
    assert UNREAD in bench.core.log()


@pytest.mark.parametrize("too_much", [1, 2**32 - 1 - BODY_CREDIT])
def test_a_courier_cannot_ask_for_more_than_it_passed_on(bench, too_much):
    with bench.core.attach(ROLE_COURIER) as courier:
        bench.accept(body=lines(5 * BODY_CREDIT // 2 // 64))
        _, deliver = courier.hear(DELIVER)
        lease, = struct.unpack("<Q", deliver[:8])

        def hear_body():
            heard = 0
            while heard < BODY_CREDIT:
                _, payload = courier.hear(BODY)
                heard += struct.unpack("<I", payload[8:12])[0]
            assert heard == BODY_CREDIT

        hear_body()
        courier.say(CREDIT, credit(lease, BODY_CREDIT))
        hear_body()
        courier.say(CREDIT, credit(lease, BODY_CREDIT + too_much))
        assert courier.closed()


def test_questions_beyond_what_an_honest_courier_has_open_are_answered_at_once(bench):
    with bench.core.attach(ROLE_RESOLVER), bench.core.attach(ROLE_COURIER) as courier:
        for query in range(QUESTIONS + 50):
            courier.say(RESOLVE, resolve(query, "mx.example"))
        for query in range(QUESTIONS, QUESTIONS + 50):
            _, payload = courier.hear(RESOLVED)
            assert payload[:9] == resolved(query, TEMPORARY)[:9]


def test_a_resolver_that_does_not_read_is_cut_off(bench):
    """It answers what it did not read, so that there is always room for another question."""
    name = ".".join(["x" * 62] * 4)
    with bench.core.attach(ROLE_RESOLVER) as resolver, bench.core.attach(ROLE_COURIER) as courier:
        courier.say(RESOLVE, resolve(0, name))
        _, payload = resolver.hear(RESOLVE)
        number, = struct.unpack("<Q", payload[:8])
        resolver.say(RESOLVED, resolved(number, TEMPORARY))
        batch = 1000
        for first in itertools.count(1, batch):
            assert first < 200000
            courier.throw(b"".join(frame(RESOLVE, resolve(first + i, name))
                                   for i in range(batch)))
            if resolver.hung_up():
                break
            with contextlib.suppress(Closed):
                resolver.throw(b"".join(frame(RESOLVED, resolved(number + first + i, TEMPORARY))
                                        for i in range(batch)))
            courier.drain()
    assert UNREAD in bench.core.log()
