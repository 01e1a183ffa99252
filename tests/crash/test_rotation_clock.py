"""The clock jumps while a key waits for DNS, or is kept: nothing ends before its time."""

import pytest

from harness import Sink, eventually
from test_rotation import QUICK, Bench

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def bench(zone, faulty):
    zone.mail_server("example.net", "mx.example.net", "127.0.0.1")
    with Sink() as sink, faulty(zone, mx_port=sink.port,
                                **{**QUICK, "dkim__keep_retired": "1d"}) as instance:
        instance.expected_deaths = 10  # the resolver begins anew when the clock is set back
        bench = Bench(instance, zone, sink).begin()
        bench.restart(dns__trust_anchor="off")  # signatures of DNS have their time, too
        yield bench


def looks(bench, count=5):
    for _ in range(count):
        eventually(lambda: {one["found"] for one in bench.look()} != {"unknown"})


@pytest.mark.parametrize("days", [3650, -3650], ids=["forward", "back"])
def test_a_key_is_kept_over_a_jump_of_the_clock(bench, days):
    before = bench.signing()
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != before)
    looks(bench)
    bench.instance.faults.clock_ms = days * DAY_MS
    looks(bench)
    ready = bench.instance.kill("core")
    bench.instance.expected_deaths += 10  # who falls with core
    eventually(lambda: len(bench.instance.events("postern.ready")) > ready, 30, "core again")
    looks(bench)
    assert bench.states()[before] == "retiring"
    bench.instance.faults.clock_ms = 0
    looks(bench)
    assert bench.states()[before] == "retiring"


def test_a_rotation_that_waits_for_a_day_is_told_of_once_a_day(bench):
    waiting = bench.in_state("published")
    for selector in waiting:
        bench.unpublish(selector)
    bench.look_until(lambda keys: len(bench.in_state("waiting")) == 2)
    bench.rotate()
    looks(bench)
    assert bench.instance.events("dkim.rotation_waits") == []
    bench.instance.faults.clock_ms = 25 * HOUR_MS
    looks(bench)
    lines = bench.instance.events("dkim.rotation_waits")
    assert len(lines) == 2, "each record that is missing, once"
    assert all("domain=test1.com hours=25" in line for line in lines)
    for selector in waiting:
        assert any(f"record={bench.name(selector)}" in line for line in lines)
    bench.instance.faults.clock_ms = 50 * HOUR_MS
    looks(bench)
    assert len(bench.instance.events("dkim.rotation_waits")) == 4
    bench.publish_missing()
    bench.look_until(lambda keys: bench.signing() in waiting)
