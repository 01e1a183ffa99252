"""Keys take turns, and are published and deleted by dynamic update, while processes are killed."""

import contextlib
import sqlite3

import pytest

from harness import Refused, Sink, eventually
from kills import Killer
from test_dns_update import TakingZone, Updating

ROUNDS = 5
PATIENCE = 240  # a change whose answer was lost is asked for again after a minute, then two


@pytest.fixture
def bench():
    zone = TakingZone()
    zone.mail_server("example.net", "mx.example.net", "127.0.0.1")
    with contextlib.closing(zone), Sink() as sink:
        # What arrived is judged by the DNS of then: its key's record must stay for so long.
        bench = Updating(zone, sink, zone, dkim__keep_retired="3s",
                         delivery__retry_first="1s", delivery__retry_max="1s")
        bench.instance.expected_deaths = 1 << 30
        with contextlib.closing(bench):
            yield bench.begin()


def try_out(killer, call):
    """What is asked of a service that is just beginning anew is asked again."""
    def tried():
        killer.revive()
        with contextlib.suppress(Refused, OSError, AssertionError, ValueError):
            call()
            return True
        return False
    eventually(tried, PATIENCE, "an answer")


def rows(bench):
    store = sqlite3.connect(f"file:{bench.instance.dir}/postern.db?mode=ro", uri=True)
    with contextlib.closing(store):
        return store.execute("SELECT selector, position, length(private) > 0 FROM signing_key "
                             "WHERE domain = 'test1.com'").fetchall()


def check(bench):
    """At every moment: one signs, it has its private key, and DNS shows it."""
    keys = rows(bench)
    signing = [(selector, usable) for selector, position, usable in keys if position == 0]
    assert len(signing) == 1 and signing[0][1], keys
    assert bench.in_dns(signing[0][0]), keys
    positions = [position for _, position, _ in keys if position >= 0]
    assert len(set(positions)) == len(positions), keys
    assert all(usable for _, position, usable in keys if position >= 0), keys


def signing(bench):
    [selector] = [selector for selector, position, _ in rows(bench) if position == 0]
    return selector


@pytest.mark.parametrize("seed", [1, 2])
def test_what_signs_is_in_dns_whatever_is_killed_and_when(bench, seed):
    killer = Killer(bench.instance, seed, ("core", "resolver", "parent"))
    used = {signing(bench)}
    for _ in range(ROUNDS):
        before = signing(bench)
        try_out(killer, lambda: bench.rotate(now=True))
        killer.kill(3, longest=0.7, each=lambda number: check(bench))
        eventually(lambda: killer.revive() or signing(bench) != before, PATIENCE,
                   "another key to sign")
        check(bench)
        used.add(signing(bench))
        sent = []
        try_out(killer, lambda: sent.append(bench.accept()[0]))
        bench.judged(sent[0])
    assert len(used) > 3, "also keys that were published by dynamic update"

    # In the end all is as after a rotation that nobody disturbed.
    def settle():
        bench.look()
        assert sorted(bench.states().values()) == ["published", "published", "signing"]
    killer.wait_for_all()
    try_out(killer, settle)
    check(bench)
