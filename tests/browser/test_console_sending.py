"""A test mail is sent from the console with the credential that was just handed out, and what became of
it is told there."""

import json
import pathlib
import subprocess

import pytest

from browser import CHIEF, JIRO, PASSWORD, TARO
from harness import Instance


@pytest.fixture(scope="module")
def instance(zone, sink):
    routes = {"kept.example": {"via": "capture"}, "*": {"via": "mx", "allow_private": "yes"}}
    with Instance(zone, mx_port=sink.port, routes=routes) as instance:
        zone.mail_server("test1.com", "mx.example.net", sink.address)
        instance.add_domain("test1.com")
        instance.person("chief", {"Effect": "Allow", "Action": ["ses:*", "postern:*"],
                                  "Resource": "*"})
        instance.keys = {name: instance.grant(name) for name in (TARO, JIRO)}
        for name in ("chief", TARO):
            instance.api("iam").create_login_profile(UserName=name, Password=PASSWORD)
        yield instance


def test_captured_mail_is_said_to_be_kept_and_can_be_read(browser):
    browser.tell("readsWhatWasCaptured", address="hana@test1.com", recipient="ana@kept.example",
                 meanwhile=lambda _: None, words=["It was captured", "Reply: 250 2.0.0 captured"],
                 **CHIEF)


@pytest.mark.parametrize("reply, words", [
    ("550 5.1.1 no such mailbox", ["bounced", "Reply: 550 5.1.1 no such mailbox"]),
    ("451 4.2.1 come back later",
     ["It was tried and waits: the next attempt is at", "Reply: 451 4.2.1 come back later"])])
def test_what_the_receiver_said_is_told(sink, browser, reply, words):
    box = f"box{reply[:3]}@example.net"
    sink.answer("rcpt", reply, only=box)
    browser.tell("handsOutAndSends", address=f"for-{reply[:3]}@test1.com", recipient=box,
                 meanwhile=lambda _: None, words=words, **CHIEF)


def test_a_key_that_was_switched_off_meanwhile_is_refused_in_the_servers_words(instance, browser):
    browser.tell("handsOutAndSends", address="gone@test1.com", recipient="ana@example.net",
                 meanwhile=lambda _: instance.admin("grant.revoke", target="gone@test1.com"),
                 words=["The security token included in the request is invalid",
                        "The access key is switched off"], **CHIEF)
    assert instance.decisions(user="gone@test1.com") == []


def test_what_the_policy_refuses_is_refused_in_the_servers_words(browser):
    browser.tell("handsOutAndSends", address="away@test1.com", recipient="ana@example.net",
                 network="192.0.2.0/24", meanwhile=lambda _: None,
                 words=["is not authorized to perform `ses:SendEmail' on resource"], **CHIEF)


def test_the_mail_is_sent_by_the_key_and_not_by_the_session(browser):
    browser.tell("sendsWhenTheSessionIsOver", address="over@test1.com",
                 recipient="over@example.net", **CHIEF)


def test_a_new_key_of_a_person_is_tried_by_the_administrator(sink, browser):
    browser.tell("rotatesAPersonsKeyAndSends", address=JIRO, **CHIEF)
    assert sink.one(JIRO).fields("From") == [JIRO]


def test_a_new_key_of_a_person_is_tried_by_themselves(instance, browser):
    browser.tell("rotatesTheirOwnKeyAndSends", user=TARO, password=PASSWORD,
                 key=instance.keys[TARO]["access_key_id"])
    decision, = instance.decisions(user=TARO)
    assert decision["message"] and decision["key"] != instance.keys[TARO]["access_key_id"]


def test_requests_are_signed_as_aws_published():
    """post-x-www-form-urlencoded of the Signature Version 4 test suite."""
    request = {"method": "POST", "host": "example.amazonaws.com", "path": "/",
               "headers": {"content-type": "application/x-www-form-urlencoded"},
               "body": "Param1=value1"}
    signer = {"id": "AKIDEXAMPLE", "secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
              "region": "us-east-1", "service": "service"}
    program = pathlib.Path(__file__).resolve().parent / "signature.mjs"
    ran = subprocess.run(["node", program], input=json.dumps([request, signer, 1440938160000]),
                         capture_output=True, text=True, check=True)
    headers = json.loads(ran.stdout)
    assert headers["x-amz-date"] == "20150830T123600Z"
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")
