"""The power fails: what was not synced may be gone, and nothing that was acknowledged is."""

import pytest

from faults import everything, some_of, the_last
from load import Field
from outage import Outage


@pytest.fixture
def outage(zone, faulty):
    with Field(zone, faulty) as field:
        yield Outage(field)


def test_nothing_acknowledged_is_lost_when_the_power_fails(outage):
    outage.under_load(everything)
    outage.while_starting(everything)
    assert not list(outage.recover())
    outage.while_the_log_moves(some_of(outage.random))
    assert not list(outage.recover())
    outage.while_stopping(the_last(outage.random))
    assert not list(outage.recover())


def test_a_disk_that_does_not_sync_is_noticed(outage):
    """Or the test before this one would see nothing."""
    outage.instance.faults.lies = True
    outage.under_load(everything)
    outage.instance.start()
    assert any("was acknowledged and is gone" in fault for fault in outage.findings().faults())
