"""From nothing to the first signed mail in the console, as somebody does who administers it for the first time."""

import pytest

from harness import Instance, message

PASSWORD = "correct horse 7"
CHIEF = {"user": "chief", "password": PASSWORD}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port, production=False) as instance:
        instance.person("chief", {"Effect": "Allow", "Action": ["ses:*", "postern:*"], "Resource": "*"})
        instance.api("iam").create_login_profile(UserName="chief", Password=PASSWORD)
        yield instance


def test_from_nothing_to_the_first_signed_mail(instance, zone, sink, browser):
    records = browser.tell("addsADomain", domain="test1.com", **CHIEF,
                           context={"permissions": ["clipboard-read", "clipboard-write"]})
    assert {"TXT"} <= {record["type"] for record in records}
    for record in records:
        zone.add(record["name"], record["type"], record["value"] + ("." if record["type"] != "TXT" else ""))
    credential = browser.tell("leavesTheSandboxAndHandsOut", address="taro@test1.com", **CHIEF)
    browser.tell("waitsForTheFirstMail", domain="test1.com", command="--mail-from 'taro@test1.com'", **CHIEF)
    id_ = instance.accept(credential, "taro@test1.com", "ana@example.net", message())
    assert "d=test1.com" in sink.one("ana@example.net").fields("DKIM-Signature")[0]
    instance.wait_state(id_, "delivered")
    browser.tell("seesTheFirstMail", recipient="ana@example.net", **CHIEF)
