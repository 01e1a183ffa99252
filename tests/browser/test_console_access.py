"""Who may send as whom, as the console shows it: the nine ways to set up a domain, an address and a
policy."""

import json

import pytest

from browser import CHIEF, PASSWORD
from harness import Instance
from test_table import CASES, POLICY, SENDERS

ANYBODY = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}


class Bench:
    """One user, `sender`, and what a case says of the domain, the address and the policy."""

    def __init__(self, instance):
        self.instance = instance

    def identity(self, name, wanted):
        there = [one["name"] for one in self.instance.admin("identity.list")["identities"]]
        if not wanted and name in there:
            self.instance.admin("identity.remove", identity=name)
        if wanted and name not in there:
            if "@" in name:
                self.instance.admin("identity.vouch", identity=name)
            else:
                self.instance.add_domain(name)

    def set_up(self, case):
        domain, dkim, address, limited, allowed = CASES[case]
        self.identity("test1.com", domain)
        if domain:
            self.instance.admin("dkim.set", domain="test1.com", enabled=dkim)
        self.identity("taro@test1.com", address)
        statement = json.loads(POLICY)["Statement"][0] if limited else ANYBODY
        self.instance.put_policy("sending", statement, user="sender")
        return limited, {SENDERS[person][1] for person in allowed}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.person("chief", {"Effect": "Allow", "Resource": "*",
                                  "Action": ["ses:Get*", "ses:List*", "postern:*"]})
        instance.api("iam").create_login_profile(UserName="chief", Password=PASSWORD)
        instance.person("sender")
        yield instance


@pytest.fixture(scope="module")
def bench(instance):
    return Bench(instance)


@pytest.mark.parametrize("case", CASES)
def test_the_matrix_of_each_case(bench, browser, case):
    limited, allowed = bench.set_up(case)
    addresses = [address for _, address in SENDERS.values()]
    shown = browser.tell("matrix", addresses=addresses, users=["sender"], **CHIEF)
    assert {address for address, holders in shown["holders"].items() if holders} == allowed
    (user, beyond, *single), = shown["rows"] if allowed else [("", "")]
    if not allowed:
        assert shown["rows"] == [["Nobody can send"]]
    elif limited:
        assert shown["titles"][2:] == list(allowed)
        assert (user, beyond, single) == ("sender", "–", ["may send"])
    else:
        assert user == "sender" and single == []
        assert all(line.strip().endswith("(unlimited)") for line in beyond.splitlines())


def test_the_simulator_shows_the_decision_the_statement_and_the_words(bench, browser):
    bench.set_up(9)
    allowed, refused = browser.tell("simulate", sender="sender", **CHIEF,
                                    **{"from": ["Taro Yamada <taro@test1.com>", "jiro@test1.com"]})
    assert "It would be let through" in allowed and "Signed by\ntest1.com" in allowed
    assert '"ses:FromAddress"' in allowed and "Statement 0" in allowed
    assert "It would be refused" in refused and "Statement" not in refused
    account = bench.instance.administrator["account"]
    assert (f"554 Access denied: User `arn:aws:iam::{account}:user/sender' is not authorized to "
            "perform `ses:SendRawEmail' on resource") in refused
    assert bench.instance.decisions(user="sender") == []  # nothing was sent


def test_an_edited_policy_is_compared_before_it_is_stored(bench, browser):
    bench.set_up(9)
    edited = POLICY.replace("taro@", "jiro@").replace("ForAnyValue:", "")
    changes = browser.tell("comparesAnEditedPolicy", owner="sender", name="sending", edited=edited,
                           broken=POLICY.replace('"Allow"', '"Permit"'), **CHIEF)
    assert sorted((change, addresses) for _, change, addresses, *_ in changes) == [
        ("gains", "jiro@test1.com"), ("loses", "taro@test1.com")]
    holders = bench.instance.admin("access.holders", address="jiro@test1.com")["holders"]
    assert [one["user"] for one in holders] == []
