"""The first acceptance test: nine ways to set up a domain, DKIM, an address and a policy, and four
people each, through each of the three doors. Judged by the reply to the final dot or the error of the
API, and by the bytes that arrive."""

import json
import subprocess

import botocore.exceptions
import dkim
import pytest

from harness import PROGRAM, Instance, message

SENDERS = {"P1": ("Taro Yamada", "taro@test1.com"), "P2": ("Jiro Yamada", "jiro@test1.com"),
           "P3": ("Taro Yamada", "taro@test2.com"), "P4": ("Jiro Yamada", "jiro@test2.com")}

POLICY = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail",'
          '"Resource":"*","Condition":{"ForAnyValue:StringLike":{"ses:FromAddress":'
          '["taro@test1.com"]}}}]}')

# case: domain verified, DKIM on, address verified, policy limited to taro@test1.com, who may send
CASES = {
    1: (False, False, False, False, ()),
    2: (True, False, False, False, ("P1", "P2")),
    3: (True, True, False, False, ("P1", "P2")),
    4: (True, False, True, False, ("P1", "P2")),
    5: (True, True, True, False, ("P1", "P2")),
    6: (True, False, False, True, ("P1",)),
    7: (True, True, False, True, ("P1",)),
    8: (True, False, True, True, ("P1",)),
    9: (True, True, True, True, ("P1",)),
}

PROVIDER = "postern.localhost"


class Bench:
    def __init__(self, instance, zone, sink):
        self.instance, self.zone, self.sink = instance, zone, sink
        self.anybody = instance.person("anybody")
        instance.admin("user.create", user="limited")
        instance.admin("policy.put", user="limited", name="own", document=POLICY)
        self.limited = instance.admin("credential.create", user="limited")
        for record in instance.admin("account.show")["provider_records"]:
            zone.add(record["name"], record["type"], record["value"])
        self.registered = False

    def register(self, domain, dkim_on, address):
        if domain and not self.registered:
            records = self.instance.add_domain("test1.com", vouch=False)["records"]
            self.zone.publish(records, "verification", "dkim")
            self.instance.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
        if not domain and self.registered:
            self.instance.admin("identity.remove", identity="test1.com")
        self.registered = domain
        if domain:
            self.instance.admin("dkim.set", domain="test1.com", enabled=dkim_on)
        names = [one["name"] for one in self.instance.admin("identity.list")["identities"]]
        if address and "taro@test1.com" not in names:
            self.instance.admin("identity.vouch", identity="taro@test1.com")
        if not address and "taro@test1.com" in names:
            self.instance.admin("identity.remove", identity="taro@test1.com")


@pytest.fixture(scope="module")
def bench(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        yield Bench(instance, zone, sink)


def over_smtp(instance, credential, address, to, raw):
    reply = instance.submit(credential, address, to, raw)
    return None if reply.code == 250 else reply.line


def over_v1(instance, credential, address, to, raw):
    return instance.api("ses", credential).send_raw_email(
        Source=address, Destinations=[to], RawMessage={"Data": raw})


def over_v2(instance, credential, address, to, raw):
    return instance.api("sesv2", credential).send_email(
        FromEmailAddress=address, Destination={"ToAddresses": [to]}, Content={"Raw": {"Data": raw}})


def error_of(door, *arguments):
    """None, or "CODE: text"."""
    try:
        door(*arguments)
    except botocore.exceptions.ClientError as error:
        return "{Code}: {Message}".format(**error.response["Error"])
    return None


DOORS = {
    "smtp": (over_smtp, "554 Access denied: ", "554 Message rejected: "),
    "v1": (lambda *given: error_of(over_v1, *given), "AccessDenied: ", "MessageRejected: "),
    "v2": (lambda *given: error_of(over_v2, *given), "AccessDeniedException: ",
           "MessageRejected: "),
}


def expected_refusal(door, limited, name, address):
    _, denied, rejected = DOORS[door]
    if limited:
        return denied + ("User `arn:aws:iam::{account}:user/limited' is not authorized "
                         "to perform `ses:SendRawEmail' on resource "
                         "`arn:aws:ses:us-east-1:{account}:identity/{resource}'")
    return rejected + ("Email address is not verified. The following identities failed "
                       f"the check in region US-EAST-1: {address}, {name} <{address}>")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("person", SENDERS)
@pytest.mark.parametrize("case", CASES)
def test_each_cell_of_the_table_is_decided_and_hidden_as_promised(bench, case, person, door):
    domain, dkim_on, address_verified, limited, allowed = CASES[case]
    name, address = SENDERS[person]
    to = f"case{case}-{person.lower()}-{door}@example.net"
    bench.register(domain, dkim_on, address_verified)
    holders = [one["user"] for one in
               bench.instance.admin("access.holders", address=address)["holders"]]
    assert (("limited" if limited else "anybody") in holders) == (person in allowed)
    refused = DOORS[door][0](bench.instance, bench.limited if limited else bench.anybody, address,
                             to, message(f"{name} <{address}>", to))
    if person not in allowed:
        resource = "test1.com" if address.endswith("test1.com") else address
        assert refused == expected_refusal(door, limited, name, address).format(
            account=bench.instance.administrator["account"], resource=resource)
        return
    assert refused is None
    arrived = bench.sink.one(to)
    signers = [dict(part.strip().split("=", 1) for part in value.split(";") if "=" in part)["d"]
               for value in arrived.fields("DKIM-Signature")]
    assert signers == ["test1.com" if dkim_on else PROVIDER]
    assert dkim.verify(arrived.raw, dnsfunc=lambda name, timeout=5: bench.zone.txt(
        name.decode().rstrip(".")))
    hidden = PROVIDER not in arrived.raw.decode() + arrived.mail_from
    assert hidden == dkim_on
    assert not arrived.fields("Received")
    if dkim_on:
        assert "127.0.0.1" not in arrived.raw.decode()
        assert "amazonses" not in arrived.raw.decode()
        assert arrived.mail_from == address


def test_the_first_refusal_is_to_the_letter_what_ses_says(bench):
    bench.register(False, False, False)
    reply = bench.instance.submit(bench.anybody, "taro@test1.com", "ana@example.net",
                                  message("Taro Yamada <taro@test1.com>"))
    assert reply.line == (
        "554 Message rejected: Email address is not verified. The following identities failed the "
        "check in region US-EAST-1: taro@test1.com, Taro Yamada <taro@test1.com>")


@pytest.mark.parametrize("pair", [(2, 3), (4, 5), (6, 7), (8, 9)])
def test_switching_dkim_never_changes_a_decision(bench, pair):
    decisions = []
    for case in pair:
        domain, dkim_on, address_verified, limited, _ = CASES[case]
        bench.register(domain, dkim_on, address_verified)
        user = "limited" if limited else "anybody"
        decisions.append([
            {key: value for key, value in bench.instance.admin(
                "decision.explain", user=user, **{"from": f"{name} <{address}>"}).items()
             if key != "dkim_domain"} for name, address in SENDERS.values()])
    assert decisions[0] == decisions[1]


def test_the_demonstration_agrees_with_the_same_table():
    ran = subprocess.run([PROGRAM, "demo", "--json"], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)
