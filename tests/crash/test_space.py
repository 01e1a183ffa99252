"""The disk is full at some write, or for good: mail is refused for now, nothing that was
acknowledged is lost, nothing is sent twice, and it is got over without help."""

import errno
import time

import pytest

from load import Death, Field
from shortage import Shortage


@pytest.fixture
def shortage(zone, faulty):
    with Field(zone, faulty) as field:
        yield Shortage(field)


def test_a_disk_that_is_full_for_some_writes_is_got_over(shortage):
    with shortage:
        for first in (1, 2, 3, 5, 8):
            shortage.for_writes(first)
        shortage.for_writes(2, count=9)
    assert not list(shortage.faults())


def test_a_disk_that_is_full_for_good_is_got_over_when_room_is_made(shortage):
    with shortage:
        shortage.until_room_is_made(2)
    assert not list(shortage.faults())
    assert any(line.startswith("452") for line in shortage.load.refusals)


def test_a_quota_that_is_used_up_is_a_full_disk(shortage):
    with shortage:
        shortage.for_writes(3, error=errno.EDQUOT)
    assert not list(shortage.faults())
    assert not shortage.instance.events("process.ended")


def test_core_that_starts_on_a_full_disk_waits_for_room(shortage):
    with shortage:
        began = time.monotonic()
        shortage.instance.no_space()
        shortage.instance.kill("core")
        shortage.instance.expected_deaths += 10  # who falls with core
        time.sleep(3)
        shortage.instance.space()
        shortage.taken_again()
    deaths = [Death(began, time.monotonic())]
    assert not list(shortage.faults(deaths))
