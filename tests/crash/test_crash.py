"""kill -9 of any process at any moment: no acknowledged message is lost. script/crash does the
same for longer."""

from harness import Instance
from kills import Killer
from load import Field, Findings, Load


def test_no_acknowledged_message_is_lost_by_killing_processes(zone):
    with Field(zone, Instance) as field:
        killer = Killer(field.instance, seed=1)
        with Load(field) as load:
            killer.kill(10)
            killer.wait_for_all()
        field.at_rest()
        findings = Findings(field, [load], killer.deaths)
        print(findings.summary())
        assert not list(findings.faults())
        assert load.acknowledged
