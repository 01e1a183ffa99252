"""From nothing to the first signed mail in the console, as a new administrator goes."""

import pytest

from browser import CHIEF, PASSWORD
from harness import Instance


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port, production=False) as instance:
        instance.person("chief", {"Effect": "Allow", "Action": ["ses:*", "postern:*"],
                                  "Resource": "*"})
        instance.api("iam").create_login_profile(UserName="chief", Password=PASSWORD)
        yield instance


def test_from_nothing_to_the_first_signed_mail(zone, sink, browser):
    def publish(records):
        assert len(records) >= 4
        zone.publish(records)
    browser.tell("fromNothingToTheFirstMail", domain="test1.com", address="taro@test1.com",
                 recipient="ana@example.net", meanwhile=publish, **CHIEF,
                 context={"permissions": ["clipboard-read", "clipboard-write"]})
    mail = sink.one("ana@example.net")
    assert mail.mail_from == "taro@test1.com"
    assert "d=test1.com" in mail.fields("DKIM-Signature")[0]
    browser.tell("triesANewCredentialAtTheSetUp", seen="ana@example.net",
                 recipient="bea@example.net", **CHIEF)
    assert sink.one("bea@example.net").mail_from == "taro@test1.com"
