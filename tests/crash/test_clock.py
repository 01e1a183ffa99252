"""The clock jumps by a day, either way: the queue goes on, and ids stay unique."""

import pytest

from harness import eventually
from load import Field, Findings, Load

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def field(zone, faulty):
    """Mail lives longer than a day: otherwise a jump of one would be the end of it."""
    with Field(zone, faulty, delivery__lifetime="4d") as field:
        field.instance.expected_deaths = 4  # the resolver begins anew when the clock is set back
        yield field


def wait_for_more(load):
    before = len(load.acknowledged)
    eventually(lambda: len(load.acknowledged) > before + 20, 30, "mail taken")


def states(findings, load):
    return {state for id_ in load.acknowledged for state in findings.states[id_].values()}


def test_mail_is_taken_and_goes_out_over_jumps_of_the_clock(field):
    with Load(field, domains=("ready", "slow")) as load:
        for days in (1, 0, -1, 0, 1, -1):
            field.instance.faults.clock_ms = days * DAY_MS
            wait_for_more(load)
        field.instance.kill("core")
        field.instance.expected_deaths += 10  # who falls with core
        wait_for_more(load)
    field.at_rest()
    findings = Findings(field, [load], ())
    faults = [fault for fault in findings.faults() if "came twice" not in fault]
    assert not faults
    assert states(findings, load) == {"delivered"}


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("days", [1, -1], ids=["forward", "back"])
def test_mail_that_waits_goes_on_when_the_clock_jumps(field, days, restarted):
    moody = field.receivers["moody"]
    moody.answer("rcpt", "451 4.3.0 not now")
    with Load(field, domains=("moody",)) as load:
        wait_for_more(load)
    ids = list(load.acknowledged)
    eventually(lambda: any(row["attempts"] for id_ in ids
                           for row in field.instance.queue(id_)["recipients"]))
    field.instance.faults.clock_ms = days * DAY_MS
    if restarted:
        field.instance.stop()
        field.instance.start()
    del moody.rules[:-1]
    field.at_rest(75)
    findings = Findings(field, [load])
    assert not list(findings.faults())
    assert states(findings, load) == {"delivered"}
