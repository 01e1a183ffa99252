"""From nothing to the first signed mail in the console, as a new administrator goes."""

import pytest

from browser import CHIEF, PASSWORD
from harness import Instance, message


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port, production=False) as instance:
        instance.person("chief", {"Effect": "Allow", "Action": ["ses:*", "postern:*"],
                                  "Resource": "*"})
        instance.api("iam").create_login_profile(UserName="chief", Password=PASSWORD)
        yield instance


def test_from_nothing_to_the_first_signed_mail(instance, zone, sink, browser):
    records = browser.tell("addsADomain", domain="test1.com", **CHIEF,
                           context={"permissions": ["clipboard-read", "clipboard-write"]})
    assert len(records) >= 4
    zone.publish(records)
    credential = browser.tell("leavesTheSandboxAndHandsOut", address="taro@test1.com", **CHIEF)
    browser.tell("waitsForTheFirstMail", domain="test1.com", **CHIEF,
                 command="--mail-from 'taro@test1.com'")
    id_ = instance.accept(credential, "taro@test1.com", "ana@example.net", message())
    assert "d=test1.com" in sink.one("ana@example.net").fields("DKIM-Signature")[0]
    instance.wait_state(id_, "delivered")
    browser.tell("seesTheFirstMail", recipient="ana@example.net", **CHIEF)
