"""Identities over the SES APIs of both generations, as boto3 speaks them."""

import base64
import email
import email.policy
import json
import re
import subprocess
import threading
import time
import urllib.request

import pytest
from botocore.exceptions import ClientError

from harness import Instance, eventually, message
from test_identities import Holding

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ARN = "arn:aws:ses:us-east-1:{account}:identity/{name}"


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.anybody = instance.person("anybody")
        instance.root = instance.person("root", EVERYTHING)
        yield instance


def client(instance, service, credential=None):
    return instance.api(service, credential or instance.root,
                        attempts=8)  # keys are made in the background


@pytest.fixture
def fresh(instance, zone):
    """No identities, and no records of any."""
    for identity in instance.admin("identity.list")["identities"]:
        instance.admin("identity.remove", identity=identity["name"])
    published = list(zone.added)
    yield instance
    for name, type_ in zone.added:
        if (name, type_) not in published:
            zone.remove(name, type_)
    zone.added[:] = published


@pytest.fixture
def v1(fresh):
    return client(fresh, "ses")


@pytest.fixture
def v2(fresh):
    return client(fresh, "sesv2")


@pytest.fixture(scope="module")
def account(instance):
    return client(instance, "sts").get_caller_identity()["Account"]


def refused(call, *arguments, **members):
    """Code, text and HTTP status of what is refused."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **members)
    answer = caught.value.response
    return (answer["Error"]["Code"], answer["Error"]["Message"],
            answer["ResponseMetadata"]["HTTPStatusCode"])


def records(instance, domain):
    return instance.admin("domain.records", domain=domain)["records"]


def private_key(bits=1024, form="pkcs1"):
    """In PEM and, as the API takes it, without the lines around it; and p= of its record."""
    pem = subprocess.run(["openssl", "genrsa", str(bits)], check=True, capture_output=True).stdout
    arguments = ["openssl", "rsa", "-traditional", "-outform", "DER"] if form == "pkcs1" else \
        ["openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER"]
    der = subprocess.run(arguments, input=pem, check=True, capture_output=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=pem,
                            check=True, capture_output=True).stdout
    return base64.b64encode(der).decode(), base64.b64encode(public).decode()


def reply_to(instance, from_, to="ana@example.net"):
    return instance.submit(instance.anybody, from_, to, message(from_, to))


def may_send(instance, from_):
    return reply_to(instance, from_).code == 250


# ---- v1: domains ----

def test_v1_verifies_a_domain_by_its_token(fresh, v1, zone):
    token = v1.verify_domain_identity(Domain="Test1.com")["VerificationToken"]
    assert len(token) == 44
    assert v1.verify_domain_identity(Domain="test1.com")["VerificationToken"] == token
    shown = v1.get_identity_verification_attributes(Identities=["test1.com"])
    assert shown["VerificationAttributes"] == {
        "test1.com": {"VerificationStatus": "Pending", "VerificationToken": token}}
    assert not may_send(fresh, "taro@test1.com")
    zone.add("_amazonses.test1.com", "TXT", token)
    fresh.check_until("test1.com", verification="SUCCESS")
    v1.get_waiter("identity_exists").wait(Identities=["test1.com"])
    assert v1.verify_domain_identity(Domain="test1.com")["VerificationToken"] == token
    assert may_send(fresh, "taro@test1.com")


def test_v1_dkim_alone_makes_an_identity_and_verifies_it(fresh, v1, zone):
    tokens = v1.verify_domain_dkim(Domain="test1.com")["DkimTokens"]
    assert len(tokens) == 3 and all(re.fullmatch("[a-z2-7]{32}", token) for token in tokens)
    assert v1.list_identities()["Identities"] == ["test1.com"]
    assert v1.verify_domain_dkim(Domain="test1.com")["DkimTokens"] == tokens
    published = [one for one in records(fresh, "test1.com") if one["purpose"] == "dkim"]
    assert [one["name"] for one in published] == [f"{token}._domainkey.test1.com"
                                                  for token in tokens]
    zone.publish(published)
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    assert v1.get_identity_dkim_attributes(Identities=["test1.com"])["DkimAttributes"] == {
        "test1.com": {"DkimEnabled": True, "DkimVerificationStatus": "Success",
                      "DkimTokens": tokens}}
    v1.get_waiter("identity_exists").wait(Identities=["test1.com"])


def test_a_domain_verified_by_dkim_stays_so_while_the_signing_record_is_there(fresh, v2, zone):
    v2.create_email_identity(EmailIdentity="test1.com")
    published = [one for one in records(fresh, "test1.com") if one["purpose"] == "dkim"]
    zone.publish(published)
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    zone.remove(published[2]["name"], "TXT")

    def missed():
        findings = fresh.admin("domain.check", domain="test1.com")["findings"]
        return [one["found"] for one in findings if one["purpose"] == "dkim"] == \
            ["present", "present", "absent"]
    eventually(missed)
    shown = v2.get_email_identity(EmailIdentity="test1.com")
    assert shown["VerificationStatus"] == "SUCCESS"
    assert shown["DkimAttributes"]["Status"] == "SUCCESS"
    zone.remove(published[0]["name"], "TXT")
    fresh.check_until("test1.com", verification="TEMPORARY_FAILURE", dkim="TEMPORARY_FAILURE")


@pytest.mark.parametrize("domain, text", [
    ("com", "com is a public suffix and cannot be an identity"),
    ("postern.localhost", "postern.localhost is the provider's own domain"),
    ("a b.com", ""), ("taro@test1.com", ""), ("*.test1.com", "")])
def test_what_may_be_no_domain_is_refused(v1, v2, domain, text):
    code, why, status = refused(v1.verify_domain_identity, Domain=domain)
    assert (code, status) == ("InvalidParameterValue", 400) and text in why
    assert refused(v1.verify_domain_dkim, Domain=domain)[0] == "InvalidParameterValue"
    if "@" not in domain:
        code, why, status = refused(v2.create_email_identity, EmailIdentity=domain)
        assert (code, status) == ("BadRequestException", 400) and text in why
    assert v1.list_identities()["Identities"] == []


# ---- v1: addresses ----

def link_to(sink, address):
    mail = email.message_from_bytes(sink.one(address).raw, policy=email.policy.default)
    return re.search(r"http://127\.0\.0\.1:\d+/verify\?token=\S+", mail.get_content())[0]


@pytest.mark.parametrize("operation", ["verify_email_identity", "verify_email_address"])
def test_v1_verifies_an_address_by_a_link(fresh, v1, sink, operation):
    address = f"{operation}@example.net"
    getattr(v1, operation)(EmailAddress=address)
    getattr(v1, operation)(EmailAddress=address)
    shown = v1.get_identity_verification_attributes(Identities=[address])
    assert shown["VerificationAttributes"] == {address: {"VerificationStatus": "Pending"}}
    assert v1.list_verified_email_addresses()["VerifiedEmailAddresses"] == []
    assert not may_send(fresh, address)
    urllib.request.urlopen(link_to(sink, address), timeout=20).close()
    assert v1.list_verified_email_addresses()["VerifiedEmailAddresses"] == [address]
    assert may_send(fresh, address)
    getattr(v1, operation)(EmailAddress=address)  # stays verified
    assert may_send(fresh, address)
    sink.one(address)
    v1.delete_verified_email_address(EmailAddress=address)
    v1.delete_verified_email_address(EmailAddress=address)
    assert not may_send(fresh, address)


def test_v1_addresses_are_addresses(fresh, v1):
    fresh.add_domain("test1.com")
    for operation in (v1.verify_email_identity, v1.verify_email_address,
                      v1.delete_verified_email_address):
        assert refused(operation, EmailAddress="test1.com")[0] == "InvalidParameterValue"
    assert v1.list_identities()["Identities"] == ["test1.com"]


def test_the_case_of_domains_does_not_matter_and_that_of_local_parts_does(fresh, v1, v2):
    v1.verify_email_identity(EmailAddress="Taro@EXAMPLE.net")
    assert v1.list_identities()["Identities"] == ["Taro@example.net"]
    asked = ["Taro@Example.NET", "taro@example.net"]
    shown = v1.get_identity_verification_attributes(Identities=asked)["VerificationAttributes"]
    assert list(shown) == ["Taro@Example.NET"]
    assert refused(v2.get_email_identity, EmailIdentity="taro@example.net")[0] == \
        "NotFoundException"
    assert v2.get_email_identity(EmailIdentity="Taro@EXAMPLE.net")["IdentityType"] == \
        "EMAIL_ADDRESS"


def test_names_beyond_ascii_are_kept_as_dns_has_them(v1, v2):
    v1.verify_domain_identity(Domain="b\u00fccher.test1.com")
    assert v1.list_identities()["Identities"] == ["xn--bcher-kva.test1.com"]
    shown = v1.get_identity_verification_attributes(Identities=["b\u00fccher.test1.com"])
    assert list(shown["VerificationAttributes"]) == ["b\u00fccher.test1.com"]
    assert v2.get_email_identity(EmailIdentity="b\u00fccher.test1.com")["IdentityType"] == "DOMAIN"


# ---- v1: lists and attributes ----

def test_v1_lists_identities_in_pages(fresh, v1):
    fresh.add_domain("test2.com")
    for name in "abc":
        fresh.admin("identity.vouch", identity=f"{name}@test1.com")
    everything = [*(f"{name}@test1.com" for name in "abc"), "test2.com"]
    pages = list(v1.get_paginator("list_identities").paginate(
        PaginationConfig={"PageSize": 3}))
    assert [page["Identities"] for page in pages] == [everything[:3], everything[3:]]
    assert "NextToken" not in pages[1]
    assert v1.list_identities(IdentityType="Domain")["Identities"] == ["test2.com"]
    assert v1.list_identities(IdentityType="EmailAddress")["Identities"] == everything[:3]
    assert refused(v1.list_identities, NextToken="\u00e9")[0] == "InvalidParameterValue"


ATTRIBUTES = ["verification", "dkim", "mail_from_domain", "notification"]


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_v1_attributes_leave_out_what_is_not_there(fresh, v1, kind):
    fresh.add_domain("test1.com")
    get = getattr(v1, f"get_identity_{kind}_attributes")
    asked = ["test1.com", "test1.com", "nobody.example", "not a name", "x@y@z", ""]
    answer = get(Identities=asked)
    entries = next(value for name, value in answer.items() if name.endswith("Attributes"))
    assert list(entries) == ["test1.com"]
    assert get(Identities=[f"d{i}.example" for i in range(100)])
    code, text, _ = refused(get, Identities=[f"d{i}.example" for i in range(101)])
    assert (code, text) == ("InvalidParameterValue",
                            "Identities may name at most 100 identities")


def test_an_address_shows_the_dkim_of_its_domain(fresh, v1, v2):
    tokens = v1.verify_domain_dkim(Domain="test1.com")["DkimTokens"]
    for name in ("taro@a.test1.com", "taro@example.net"):
        fresh.admin("identity.vouch", identity=name)
    fresh.admin("dkim.set", domain="test1.com", enabled=True)
    shown = v1.get_identity_dkim_attributes(
        Identities=["taro@a.test1.com", "taro@example.net"])["DkimAttributes"]
    assert shown == {
        "taro@a.test1.com": {"DkimEnabled": True, "DkimVerificationStatus": "Pending",
                             "DkimTokens": tokens},
        "taro@example.net": {"DkimEnabled": False, "DkimVerificationStatus": "NotStarted"}}
    shown = v2.get_email_identity(EmailIdentity="taro@example.net")["DkimAttributes"]
    assert shown == {"SigningEnabled": False, "Status": "NOT_STARTED"}


def test_dkim_is_switched_for_a_domain(fresh, v1, v2):
    fresh.add_domain("test1.com")
    fresh.admin("identity.vouch", identity="taro@test1.com")

    def enabled():
        shown = v1.get_identity_dkim_attributes(Identities=["test1.com"])["DkimAttributes"]
        return shown["test1.com"]["DkimEnabled"]
    assert enabled()
    v1.set_identity_dkim_enabled(Identity="test1.com", DkimEnabled=False)
    assert not enabled()
    v2.put_email_identity_dkim_attributes(EmailIdentity="test1.com", SigningEnabled=True)
    assert enabled()
    assert refused(v1.set_identity_dkim_enabled, Identity="taro@test1.com",
                   DkimEnabled=False)[0] == "InvalidParameterValue"
    assert refused(v2.put_email_identity_dkim_attributes, EmailIdentity="taro@test1.com",
                   SigningEnabled=False)[0] == "BadRequestException"
    assert refused(v1.set_identity_dkim_enabled, Identity="test2.com", DkimEnabled=False)[:2] == \
        ("InvalidParameterValue", "Email identity test2.com does not exist.")
    assert refused(v2.put_email_identity_dkim_attributes, EmailIdentity="test2.com",
                   SigningEnabled=False)[::2] == ("NotFoundException", 404)


def test_a_mail_from_domain_lies_below_the_identity(fresh, v1, v2, zone):
    fresh.add_domain("test1.com", vouch=False)

    def shown():
        answer = v1.get_identity_mail_from_domain_attributes(Identities=["test1.com"])
        return answer["MailFromDomainAttributes"]["test1.com"]
    assert shown() == {"BehaviorOnMXFailure": "UseDefaultValue"}
    v1.set_identity_mail_from_domain(Identity="test1.com", MailFromDomain="Bounce.test1.com",
                                     BehaviorOnMXFailure="RejectMessage")
    assert shown() == {"MailFromDomain": "bounce.test1.com", "MailFromDomainStatus": "Pending",
                       "BehaviorOnMXFailure": "RejectMessage"}
    assert v2.get_email_identity(EmailIdentity="test1.com")["MailFromAttributes"] == {
        "MailFromDomain": "bounce.test1.com", "MailFromDomainStatus": "PENDING",
        "BehaviorOnMxFailure": "REJECT_MESSAGE"}
    zone.publish(records(fresh, "test1.com"), "mail_from")
    fresh.check_until("test1.com", mail_from="SUCCESS")
    v2.put_email_identity_mail_from_attributes(
        EmailIdentity="test1.com", MailFromDomain="bounce.test1.com",
        BehaviorOnMxFailure="USE_DEFAULT_VALUE")
    assert shown() == {"MailFromDomain": "bounce.test1.com", "MailFromDomainStatus": "Success",
                       "BehaviorOnMXFailure": "UseDefaultValue"}
    text = "the MAIL FROM domain must be a subdomain of test1.com"
    for other in ("test1.com", "bounce.test2.com", "xtest1.com"):
        assert refused(v1.set_identity_mail_from_domain, Identity="test1.com",
                       MailFromDomain=other)[:2] == ("InvalidParameterValue", text)
        assert refused(v2.put_email_identity_mail_from_attributes, EmailIdentity="test1.com",
                       MailFromDomain=other)[:2] == ("BadRequestException", text)
    v1.set_identity_mail_from_domain(Identity="test1.com")
    assert shown() == {"BehaviorOnMXFailure": "UseDefaultValue"}
    v2.put_email_identity_mail_from_attributes(EmailIdentity="test1.com")
    assert refused(v2.put_email_identity_mail_from_attributes,
                   EmailIdentity="test2.com")[0] == "NotFoundException"


def test_notifications(fresh, v1, v2):
    fresh.add_domain("test1.com")

    def shown():
        answer = v1.get_identity_notification_attributes(Identities=["test1.com"])
        return answer["NotificationAttributes"]["test1.com"]
    flag = "HeadersIn{}NotificationsEnabled"
    off = {flag.format(type_): False for type_ in ("Bounce", "Complaint", "Delivery")}
    assert shown() == {"ForwardingEnabled": True, **off}
    for type_ in ("Delivery", "Bounce", "Delivery"):
        v1.set_identity_headers_in_notifications_enabled(
            Identity="test1.com", NotificationType=type_, Enabled=True)
    assert shown() == {"ForwardingEnabled": True, **off, flag.format("Bounce"): True,
                       flag.format("Delivery"): True}
    v1.set_identity_headers_in_notifications_enabled(
        Identity="test1.com", NotificationType="Bounce", Enabled=False)
    assert shown() == {"ForwardingEnabled": True, **off, flag.format("Delivery"): True}
    v1.set_identity_notification_topic(Identity="test1.com", NotificationType="Bounce")
    topic = "arn:aws:sns:us-east-1:123456789012:bounces"
    code, text, _ = refused(v1.set_identity_notification_topic, Identity="test1.com",
                            NotificationType="Bounce", SnsTopic=topic)
    assert code == "InvalidParameterValue" and topic in text
    v1.set_identity_feedback_forwarding_enabled(Identity="test1.com", ForwardingEnabled=True)
    v2.put_email_identity_feedback_attributes(EmailIdentity="test1.com",
                                              EmailForwardingEnabled=True)
    code, text, _ = refused(v1.set_identity_feedback_forwarding_enabled, Identity="test1.com",
                            ForwardingEnabled=False)
    assert code == "InvalidParameterValue" and "SNS topics for bounces and complaints" in text
    assert refused(v2.put_email_identity_feedback_attributes, EmailIdentity="test1.com",
                   EmailForwardingEnabled=False)[0] == "BadRequestException"
    assert shown()["ForwardingEnabled"]
    unknown = ("MessageRejected",
               "Identity unknown@example.com is not verified or does not exist.", 400)
    assert refused(v1.set_identity_notification_topic, Identity="unknown@example.com",
                   NotificationType="Bounce") == unknown
    assert refused(v1.set_identity_headers_in_notifications_enabled,
                   Identity="unknown@example.com", NotificationType="Bounce",
                   Enabled=True) == unknown
    assert refused(v1.set_identity_feedback_forwarding_enabled, Identity="unknown@example.com",
                   ForwardingEnabled=True) == unknown
    assert refused(v2.put_email_identity_feedback_attributes,
                   EmailIdentity="unknown@example.com",
                   EmailForwardingEnabled=True)[0] == "NotFoundException"


def test_v1_deletes_what_is_there_and_what_is_not(fresh, v1):
    fresh.add_domain("test1.com")
    v1.delete_identity(Identity="TEST1.com")
    assert v1.list_identities()["Identities"] == []
    v1.delete_identity(Identity="test1.com")
    assert refused(v1.delete_identity, Identity="a b")[0] == "InvalidParameterValue"


# ---- v2 ----

def test_v2_shows_all_of_a_domain(fresh, v2, zone, account):
    tags = [{"Key": "team", "Value": "post"}, {"Key": "e", "Value": ""}]
    made = v2.create_email_identity(EmailIdentity="TEST1.com", Tags=tags)
    assert made["IdentityType"] == "DOMAIN" and not made["VerifiedForSendingStatus"]
    dkim = made["DkimAttributes"]
    assert len(dkim["Tokens"]) == 3 and dkim["Status"] == "PENDING"
    shown = v2.get_email_identity(EmailIdentity="test1.com")
    assert shown["DkimAttributes"] == dkim
    assert dkim["SigningEnabled"] and dkim["SigningAttributesOrigin"] == "AWS_SES"
    assert dkim["CurrentSigningKeyLength"] == dkim["NextSigningKeyLength"] == "RSA_1024_BIT"
    assert dkim["LastKeyGenerationTimestamp"]
    assert shown["Tags"] == sorted(tags, key=lambda tag: tag["Key"])
    assert shown["Policies"] == {} and shown["FeedbackForwardingStatus"]
    assert shown["MailFromAttributes"] == {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}
    assert shown["VerificationStatus"] == "PENDING" and not shown["VerifiedForSendingStatus"]
    assert "ConfigurationSetName" not in shown
    zone.publish(records(fresh, "test1.com"), "dkim")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    _, shown = fresh.rest(fresh.root, "GET", "/v2/email/identities/test1.com")
    assert shown["VerificationStatus"] == "SUCCESS" and shown["VerifiedForSendingStatus"]
    assert shown["DkimAttributes"]["Status"] == "SUCCESS"
    seen = shown["VerificationInfo"]
    assert seen["LastCheckedTimestamp"] == seen["LastSuccessTimestamp"] > 1.5e9


def test_v2_makes_an_address(fresh, v2, sink):
    made = v2.create_email_identity(EmailIdentity="made+label@example.net")
    assert made["IdentityType"] == "EMAIL_ADDRESS" and not made["VerifiedForSendingStatus"]
    assert made["DkimAttributes"]["Status"] == "NOT_STARTED"
    link_to(sink, "made+label@example.net")
    shown = v2.get_email_identity(EmailIdentity="made+label@example.net")
    assert shown["VerificationStatus"] == "PENDING"
    fresh.add_domain("example.net")
    shown = v2.get_email_identity(EmailIdentity="made+label@example.net")
    assert shown["VerificationStatus"] == "PENDING" and shown["VerifiedForSendingStatus"]


def test_v2_refuses_what_exists_and_what_does_not(fresh, v2):
    v2.create_email_identity(EmailIdentity="test1.com")
    assert refused(v2.create_email_identity, EmailIdentity="Test1.com") == \
        ("AlreadyExistsException", "Email identity test1.com already exist.", 400)
    v2.delete_email_identity(EmailIdentity="test1.com")
    gone = ("NotFoundException", "Email identity test1.com does not exist.", 404)
    assert refused(v2.delete_email_identity, EmailIdentity="test1.com") == gone
    assert refused(v2.get_email_identity, EmailIdentity="test1.com") == gone
    assert refused(v2.put_email_identity_configuration_set_attributes,
                   EmailIdentity="test1.com") == gone


def test_tags_go_with_their_identity(fresh, v2):
    v2.create_email_identity(EmailIdentity="a@example.net", Tags=[{"Key": "k", "Value": "v"}])
    v2.delete_email_identity(EmailIdentity="a@example.net")
    v2.create_email_identity(EmailIdentity="a@example.net")
    assert v2.get_email_identity(EmailIdentity="a@example.net")["Tags"] == []


@pytest.mark.parametrize("tags", [
    [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}],
    [{"Key": "aws:k", "Value": "1"}], [{"Key": "", "Value": "1"}],
    [{"Key": "k" * 129, "Value": "1"}], [{"Key": "k", "Value": "v" * 257}],
    [{"Key": f"k{i}", "Value": ""} for i in range(51)]], ids=len)
def test_tags_that_may_not_be_make_no_identity(v2, tags):
    assert refused(v2.create_email_identity, EmailIdentity="test1.com", Tags=tags)[0] == \
        "BadRequestException"
    assert v2.list_email_identities()["EmailIdentities"] == []


def test_v2_lists_identities_under_both_uris(fresh, v2):
    fresh.add_domain("test2.com")
    fresh.add_domain("test1.com", vouch=False)
    fresh.admin("identity.vouch", identity="a@test1.com")
    first = v2.list_email_identities(PageSize=2)
    assert first["EmailIdentities"] == [
        {"IdentityType": "EMAIL_ADDRESS", "IdentityName": "a@test1.com", "SendingEnabled": True,
         "VerificationStatus": "SUCCESS"},
        {"IdentityType": "DOMAIN", "IdentityName": "test1.com", "SendingEnabled": False,
         "VerificationStatus": "PENDING"}]
    rest = v2.list_email_identities(PageSize=2, NextToken=first["NextToken"])
    assert [one["IdentityName"] for one in rest["EmailIdentities"]] == ["test2.com"]
    assert "NextToken" not in rest
    status, first = fresh.rest(fresh.root, "POST", "/v2/email/list-identities", {"PageSize": 2})
    assert status == 200
    assert [one["IdentityName"] for one in first["EmailIdentities"]] == ["a@test1.com", "test1.com"]
    status, rest = fresh.rest(fresh.root, "POST", "/v2/email/list-identities",
                              {"PageSize": 2, "NextToken": first["NextToken"]})
    assert [one["IdentityName"] for one in rest["EmailIdentities"]] == ["test2.com"]
    assert refused(v2.list_email_identities, NextToken="?")[0] == "BadRequestException"


def test_a_suspended_identity_does_not_send_and_stays(fresh, v1, v2):
    fresh.add_domain("test1.com")
    assert v2.get_email_identity(EmailIdentity="test1.com")["VerifiedForSendingStatus"]
    fresh.admin("suspension.put", target="test1.com", reason="abuse")
    assert not v2.get_email_identity(EmailIdentity="test1.com")["VerifiedForSendingStatus"]
    text = "test1.com is suspended: only the administrator can delete it"
    assert refused(v1.delete_identity, Identity="test1.com")[1] == text
    assert refused(v2.delete_email_identity, EmailIdentity="test1.com")[1] == text
    fresh.admin("suspension.end", target="test1.com")
    fresh.admin("identity.remove", identity="test1.com")


def test_a_configuration_set_must_exist(fresh, v2):
    missing = ("NotFoundException", "Configuration set <none> does not exist.", 404)
    assert refused(v2.create_email_identity, EmailIdentity="test1.com",
                   ConfigurationSetName="none") == missing
    assert v2.list_email_identities()["EmailIdentities"] == []
    v2.create_email_identity(EmailIdentity="test1.com")
    assert refused(v2.put_email_identity_configuration_set_attributes, EmailIdentity="test1.com",
                   ConfigurationSetName="none") == missing
    v2.create_configuration_set(ConfigurationSetName="news")
    v2.put_email_identity_configuration_set_attributes(EmailIdentity="test1.com",
                                                       ConfigurationSetName="news")
    assert v2.get_email_identity(EmailIdentity="test1.com")["ConfigurationSetName"] == "news"
    v2.put_email_identity_configuration_set_attributes(EmailIdentity="test1.com")
    assert "ConfigurationSetName" not in v2.get_email_identity(EmailIdentity="test1.com")
    v2.create_email_identity(EmailIdentity="test2.com", ConfigurationSetName="news")
    assert v2.get_email_identity(EmailIdentity="test2.com")["ConfigurationSetName"] == "news"
    v2.delete_email_identity(EmailIdentity="test2.com")
    v2.delete_configuration_set(ConfigurationSetName="news")


# ---- keys that the owner brings ----

def own(selector, key):
    return {"DomainSigningSelector": selector, "DomainSigningPrivateKey": key}


@pytest.mark.parametrize("form", ["pkcs1", "pkcs8"])
def test_a_domain_signs_with_the_key_of_its_owner(fresh, v2, zone, sink, form):
    key, public = private_key(2048, form)
    made = v2.create_email_identity(EmailIdentity="test1.com",
                                    DkimSigningAttributes=own("mine", key))
    assert made["DkimAttributes"] == {"SigningEnabled": True, "Status": "PENDING",
                                      "Tokens": ["mine"], "SigningAttributesOrigin": "EXTERNAL"}
    zone.add("mine._domainkey.test1.com", "TXT", f"p={public}")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    to = f"by-own-{form}@example.net"
    assert reply_to(fresh, "taro@test1.com", to).code == 250
    signature, = sink.one(to).fields("DKIM-Signature")
    assert "d=test1.com;" in signature and "s=mine;" in signature


def test_keys_are_switched_and_nobody_else_signs_meanwhile(fresh, v2, zone, sink):
    v2.create_email_identity(EmailIdentity="test1.com")
    zone.publish(records(fresh, "test1.com"), "dkim", "verification")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    key, public = private_key()
    answer = v2.put_email_identity_dkim_signing_attributes(
        EmailIdentity="test1.com", SigningAttributesOrigin="EXTERNAL",
        SigningAttributes=own("mine", key))
    assert (answer["DkimStatus"], answer["DkimTokens"]) == ("PENDING", ["mine"])
    reply = reply_to(fresh, "taro@test1.com")
    assert reply.line == "554 Message rejected: the DKIM records of test1.com are missing from DNS"
    zone.add("mine._domainkey.test1.com", "TXT", f"v=DKIM1; p={public}")
    fresh.check_until("test1.com", dkim="SUCCESS")
    assert reply_to(fresh, "taro@test1.com", "switched@example.net").code == 250
    signature, = sink.one("switched@example.net").fields("DKIM-Signature")
    assert "s=mine;" in signature
    status, answer = fresh.rest(fresh.root, "PUT", "/v2/email/identities/test1.com/dkim/signing",
                                {"SigningAttributesOrigin": "AWS_SES"})
    assert status == 200 and answer["DkimStatus"] == "PENDING" and len(answer["DkimTokens"]) == 3
    shown = fresh.rest(fresh.root, "GET", "/v2/email/identities/test1.com")[1]["DkimAttributes"]
    assert shown["Tokens"] == answer["DkimTokens"]
    assert shown["SigningAttributesOrigin"] == "AWS_SES"
    assert shown["SigningHostedZone"] == answer["SigningHostedZone"]
    assert reply_to(fresh, "taro@test1.com").code == 554
    again = v2.put_email_identity_dkim_signing_attributes(
        EmailIdentity="test1.com", SigningAttributesOrigin="AWS_SES")
    assert again["DkimTokens"] == answer["DkimTokens"]


def test_what_dns_said_of_the_keys_before_is_not_said_of_the_new_ones(zone, sink):
    name = "switched.test2.com"
    with Holding(zone, "nothing") as slow, Instance(slow, mx_port=sink.port) as instance:
        instance.root = instance.person("root", EVERYTHING)
        v2 = client(instance, "sesv2")
        v2.create_email_identity(EmailIdentity=name)
        zone.publish(records(instance, name), "dkim")
        instance.check_until(name, dkim="SUCCESS")
        time.sleep(2.1)  # what was asked before is forgotten
        slow.name = f"_amazonses.{name}."
        check = threading.Thread(target=instance.admin, args=("domain.check",),
                                 kwargs={"domain": name})
        check.start()
        eventually(lambda: slow.held, what="a question about the domain")
        v2.put_email_identity_dkim_signing_attributes(
            EmailIdentity=name, SigningAttributesOrigin="EXTERNAL",
            SigningAttributes=own("mine", private_key()[0]))
        slow.release()
        check.join()
        instance.admin("domain.check", domain=name)
        shown = v2.get_email_identity(EmailIdentity=name)
        assert shown["DkimAttributes"]["Status"] == "PENDING"


def test_the_private_key_of_an_owner_is_stored_sealed(fresh, v2):
    key, _ = private_key()
    v2.create_email_identity(EmailIdentity="test1.com", DkimSigningAttributes=own("mine", key))
    secret = base64.b64decode(key)[-80:-16]  # no part of the public key
    for path in fresh.dir.glob("postern.db*"):
        stored = path.read_bytes()
        assert secret not in stored and key[-80:-20].encode() not in stored


def small_key():
    pem = subprocess.run(["openssl", "genrsa", "512"], check=True, capture_output=True).stdout
    return base64.b64encode(subprocess.run(["openssl", "rsa", "-outform", "DER"], input=pem,
                                           check=True, capture_output=True).stdout).decode()


def elliptic_key():
    made = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-outform", "DER"],
                          check=True, capture_output=True).stdout
    return base64.b64encode(made).decode()


@pytest.mark.parametrize("attributes", [
    lambda key: own("mine", small_key()),
    lambda key: own("mine", elliptic_key()),
    lambda key: own("mine", key[:-8]),
    lambda key: own("mine", key + "AAAA"),
    lambda key: own("mine", "AAAA"),
    lambda key: own("mine", "-----BEGIN RSA PRIVATE KEY-----"),
    lambda key: own("a b", key),
    lambda key: own("s" * 64, key),
    lambda key: own("", key),
    lambda key: {"DomainSigningSelector": "mine"},
    lambda key: {"DomainSigningPrivateKey": key},
    lambda key: {"NextSigningKeyLength": "RSA_2048_BIT"},
    lambda key: {"DomainSigningAttributesOrigin": "AWS_SES_EU_WEST_1"},
    lambda key: {"DomainSigningAttributesOrigin": "EXTERNAL"},
    lambda key: {"DomainSigningAttributesOrigin": "AWS_SES", **own("mine", key)},
], ids=["512 bits", "ed25519", "cut", "longer", "no key", "PEM", "no selector", "long selector",
        "empty selector", "selector alone", "key alone", "length", "region", "no key brought",
        "a key too many"])
def test_keys_that_cannot_sign_are_refused(fresh, attributes):
    key, _ = private_key()
    status, answer = fresh.rest(fresh.root, "POST", "/v2/email/identities",
                                {"EmailIdentity": "test1.com",
                                 "DkimSigningAttributes": attributes(key)})
    assert status == 400, answer
    assert key[:60] not in answer["message"]
    assert not fresh.admin("identity.list")["identities"]


def test_a_key_signs_for_one_domain(fresh, v2):
    key, _ = private_key()
    v2.create_email_identity(EmailIdentity="test1.com", DkimSigningAttributes=own("mine", key))
    code, text, _ = refused(v2.create_email_identity, EmailIdentity="test2.com",
                            DkimSigningAttributes=own("mine", key))
    assert (code, text) == ("BadRequestException",
                            "the private key signs for another domain already")
    v2.put_email_identity_dkim_signing_attributes(
        EmailIdentity="test1.com", SigningAttributesOrigin="EXTERNAL",
        SigningAttributes=own("other", key))
    assert v2.get_email_identity(EmailIdentity="test1.com")["DkimAttributes"]["Tokens"] == \
        ["other"]


def test_signing_attributes_must_fit_their_origin(fresh, v2):
    key, _ = private_key()
    fresh.admin("identity.vouch", identity="taro@example.net")
    v2.create_email_identity(EmailIdentity="test1.com")
    tokens = v2.get_email_identity(EmailIdentity="test1.com")["DkimAttributes"]["Tokens"]
    put = v2.put_email_identity_dkim_signing_attributes
    for name, origin, attributes in [("test1.com", "EXTERNAL", {}),
                                     ("test1.com", "AWS_SES", own("mine", key)),
                                     ("taro@example.net", "EXTERNAL", own("mine", key)),
                                     ("test1.com", "SOMEBODY", {})]:
        assert refused(put, EmailIdentity=name, SigningAttributesOrigin=origin,
                       SigningAttributes=attributes)[0] == "BadRequestException"
    assert refused(put, EmailIdentity="test2.com",
                   SigningAttributesOrigin="AWS_SES")[0] == "NotFoundException"
    shown = v2.get_email_identity(EmailIdentity="test1.com")["DkimAttributes"]
    assert shown["Tokens"] == tokens


# ---- policies ----

def policy(account, name="test1.com", **members):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "ses:SendRawEmail",
        "Resource": ARN.format(account=account, name=name), **members}]})


def test_v1_policies(fresh, v1, account):
    fresh.add_domain("test1.com")
    document = policy(account)
    v1.put_identity_policy(Identity="test1.com", PolicyName="first", Policy=document)
    v1.put_identity_policy(Identity="test1.com", PolicyName="second", Policy=document)
    other = policy(account, Sid="Other")
    v1.put_identity_policy(Identity="TEST1.com", PolicyName="first", Policy=other)
    assert v1.list_identity_policies(Identity="test1.com")["PolicyNames"] == ["first", "second"]
    shown = v1.get_identity_policies(Identity="test1.com", PolicyNames=["first", "none"])
    assert shown["Policies"] == {"first": other}
    v1.delete_identity_policy(Identity="test1.com", PolicyName="first")
    v1.delete_identity_policy(Identity="test1.com", PolicyName="first")
    assert v1.list_identity_policies(Identity="test1.com")["PolicyNames"] == ["second"]
    assert refused(v1.get_identity_policies, Identity="test1.com",
                   PolicyNames=[f"p{i}" for i in range(21)])[0] == "InvalidParameterValue"
    missing = ("InvalidParameterValue", "Email identity test2.com does not exist.", 400)
    assert refused(v1.list_identity_policies, Identity="test2.com") == missing
    assert refused(v1.get_identity_policies, Identity="test2.com", PolicyNames=["p"]) == missing
    assert refused(v1.put_identity_policy, Identity="test2.com", PolicyName="p",
                   Policy=document) == missing


def test_v2_policies(fresh, v2, account):
    fresh.add_domain("test1.com")
    document, other = policy(account), policy(account, Sid="Other")
    name = {"EmailIdentity": "test1.com", "PolicyName": "first"}
    assert refused(v2.update_email_identity_policy, **name, Policy=document) == \
        ("NotFoundException", "Policy first does not exist.", 404)
    v2.create_email_identity_policy(**name, Policy=document)
    assert refused(v2.create_email_identity_policy, **name, Policy=other) == \
        ("AlreadyExistsException", "Policy first already exist.", 400)
    v2.update_email_identity_policy(**name, Policy=other)
    assert v2.get_email_identity_policies(EmailIdentity="test1.com")["Policies"] == \
        {"first": other}
    assert v2.get_email_identity(EmailIdentity="test1.com")["Policies"] == {"first": other}
    v2.delete_email_identity_policy(**name)
    assert refused(v2.delete_email_identity_policy, **name)[::2] == ("NotFoundException", 404)
    missing = ("NotFoundException", "Email identity test2.com does not exist.", 404)
    assert refused(v2.get_email_identity_policies, EmailIdentity="test2.com") == missing
    assert refused(v2.create_email_identity_policy, EmailIdentity="test2.com", PolicyName="p",
                   Policy=document) == missing


@pytest.mark.parametrize("change", [
    {"Resource": "*"}, {"Resource": "arn:aws:ses:us-east-1:000000000000:identity/test2.com"},
    {"Principal": None}, {"Effect": "allow"}, {"Condition": {"Nonsense": {"a": "b"}}}], ids=str)
def test_policies_that_cannot_stand_on_an_identity_are_refused(fresh, v1, v2, account, change):
    fresh.add_domain("test1.com")
    statement = json.loads(policy(account))["Statement"][0]
    statement.update(change)
    statement = {name: value for name, value in statement.items() if value is not None}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert refused(v1.put_identity_policy, Identity="test1.com", PolicyName="p",
                   Policy=document)[::2] == ("InvalidPolicy", 400)
    assert refused(v2.create_email_identity_policy, EmailIdentity="test1.com", PolicyName="p",
                   Policy=document)[::2] == ("BadRequestException", 400)
    assert v1.list_identity_policies(Identity="test1.com")["PolicyNames"] == []


def test_policies_are_few_and_short(fresh, v1, v2, account):
    fresh.add_domain("test1.com")
    for document in ("", "{", "[]", policy(account) + " " * 4096):
        with pytest.raises(ClientError):
            v1.put_identity_policy(Identity="test1.com", PolicyName="p", Policy=document)
    for number in range(20):
        v2.create_email_identity_policy(EmailIdentity="test1.com", PolicyName=f"p{number}",
                                        Policy=policy(account))
    assert refused(v2.create_email_identity_policy, EmailIdentity="test1.com", PolicyName="p20",
                   Policy=policy(account))[0] == "LimitExceededException"
    assert refused(v1.put_identity_policy, Identity="test1.com", PolicyName="p20",
                   Policy=policy(account))[0] == "InvalidPolicy"
    v1.put_identity_policy(Identity="test1.com", PolicyName="p19", Policy=policy(account))


# ---- permission ----

def test_who_may_nothing_changes_nothing(fresh):
    v1, v2 = client(fresh, "ses", fresh.anybody), client(fresh, "sesv2", fresh.anybody)
    code, text, status = refused(v1.verify_domain_identity, Domain="test1.com")
    assert (code, status) == ("AccessDenied", 403)
    assert "because no identity-based policy allows the ses:VerifyDomainIdentity action" in text
    code, text, status = refused(v2.create_email_identity, EmailIdentity="test1.com")
    assert (code, status) == ("AccessDeniedException", 403)
    assert "identity/test1.com because no identity-based policy" in text
    assert not fresh.admin("identity.list")["identities"]


def test_a_deny_holds_however_the_domain_is_written(fresh, account):
    denied = {"Effect": "Deny", "Action": "*", "Resource": ARN.format(account=account,
                                                                      name="test1.com")}
    v2 = client(fresh, "sesv2", fresh.person("careful", EVERYTHING, denied))
    fresh.add_domain("test1.com")
    for name in ("test1.com", "TEST1.com", "test1.COM"):
        assert refused(v2.delete_email_identity, EmailIdentity=name)[0] == "AccessDeniedException"
    assert fresh.identity("test1.com")
