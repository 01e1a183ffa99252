"""The AWS SDK for JavaScript v3: every served operation, once with success and once without.

The SDK runs in one process (node/call.js) that calls what it is told. Each story follows a noun
from its making to its end; the last test reads docs/ses-compatibility.md and finds what no story
called.
"""

import base64
import csv
import datetime
import email
import email.policy
import functools
import io
import json
import re
import subprocess
import urllib.parse

import pytest

from harness import ROOT, Instance, eventually, message

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})
HOUR = datetime.timedelta(hours=1)
NONE = "nothing-of-this-name"
UNKNOWN_TO_SDK = {}  # what is served and newer than the pinned SDK, with where it is tested


class Refused(Exception):
    """An error as the SDK made it of the answer."""

    def __init__(self, error):
        super().__init__(error["name"], error["message"])
        self.error = error


class Script:
    """node/call.js, and which operations it was told to call."""

    def __init__(self, instance):
        self.instance = instance
        self.process = subprocess.Popen(
            ["node", "call.js"], cwd=ROOT / "tests/integration/node", text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.succeeded, self.failed = set(), set()

    def client(self, service, credential=None):
        return Client(self, service, credential or self.instance.administrator)

    def run(self, client, **job):
        credential = client.credential
        job |= {"service": client.service, "key": credential["access_key_id"],
                "secret": credential["secret_access_key"],
                "endpoint": f"http://127.0.0.1:{self.instance.ports['http']}"}
        self.process.stdin.write(json.dumps(job, default=as_json) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline(), object_hook=from_json)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["output"]

    def call(self, client, command, **input_):
        called = self.failed
        try:
            answer = self.run(client, command=command, input=input_)
            called = self.succeeded
        finally:
            called.add((client.service, command))
        metadata = answer.pop("$metadata")
        assert metadata["httpStatusCode"] == 200 and metadata["attempts"] < 8
        assert re.fullmatch("[0-9a-f-]{36}", metadata["requestId"])
        return answer

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(20) == 0


class Client:
    """Commands of a service as methods."""

    def __init__(self, script, service, credential):
        self.script, self.service, self.credential = script, service, credential

    def __getattr__(self, command):
        return functools.partial(self.script.call, self, command)

    def pages(self, command, size, **input_):
        return self.script.run(self, paginate=command, pageSize=size, input=input_)

    def wait(self, what, **input_):
        return self.script.run(self, wait=what, input=input_)

    def mail(self, **message_):
        return self.script.run(self, mail=message_)


def as_json(value):
    return {"$bytes": base64.b64encode(value).decode()}


def as_date(when):
    return {"$date": when.isoformat()}


def from_json(members):
    if set(members) == {"$date"}:
        return datetime.datetime.fromisoformat(members["$date"].replace("Z", "+00:00"))
    if set(members) == {"$bytes"}:
        return base64.b64decode(members["$bytes"])
    return members


def refused(call, name, text, /, **input_):
    """Members of the error, which is of the class that the SDK has for it, where it has one."""
    with pytest.raises(Refused) as raised:
        call(**input_)
    error = raised.value.error
    assert (error["name"], error["message"]) == (name, text), error
    assert error["fault"] == "client" and 400 <= error["status"] < 500
    assert re.fullmatch("[0-9a-f-]{36}", error["requestId"])
    assert (error["class"] == name) == error["modelled"], error
    return error["members"]


def recent(when):
    age = datetime.datetime.now(datetime.timezone.utc) - when
    return abs(age.total_seconds()) < 600


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.nobody = instance.person("nobody", {"Effect": "Deny", "Action": "*",
                                                     "Resource": "*"})
        instance.root = instance.person("root", EVERYTHING)
        yield instance


@pytest.fixture(scope="module")
def script(instance):
    script = Script(instance)
    yield script
    script.close()


@pytest.fixture(scope="module")
def account(instance):
    return instance.administrator["account"]


@pytest.fixture(scope="module")
def v1(script, instance):
    return script.client("ses", instance.root)


@pytest.fixture(scope="module")
def v2(script, instance):
    return script.client("sesv2", instance.root)


@pytest.fixture(scope="module")
def iam(script):
    return script.client("iam")


@pytest.fixture
def denied(script, instance, account):
    """Calls of a user who may do nothing: the error names the user and the action."""
    def denied(service, command, **input_):
        where = "" if service == "ses" else " on resource: *"
        action = f"{service}:{command}".replace("sesv2:", "ses:")
        refused(getattr(script.client(service, instance.nobody), command),
                "AccessDeniedException" if service == "sesv2" else "AccessDenied",
                f"User: arn:aws:iam::{account}:user/nobody is not authorized to perform: {action}"
                f"{where} with an explicit deny in an identity-based policy", **input_)
    return denied


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


# ---- SES, version 1 ----

BLANK = "unexpected ' ' in the domain"


def test_v1_domains(v1, zone, instance):
    token = v1.VerifyDomainIdentity(Domain="test2.com")["VerificationToken"]
    refused(v1.VerifyDomainIdentity, "InvalidParameterValue",
            "com is a public suffix and cannot be an identity", Domain="com")
    tokens = v1.VerifyDomainDkim(Domain="test2.com")["DkimTokens"]
    assert len(tokens) == 3
    refused(v1.VerifyDomainDkim, "InvalidParameterValue",
            "com is a public suffix and cannot be an identity", Domain="com")
    assert v1.ListIdentities(IdentityType="Domain", MaxItems=10)["Identities"] == [
        "test1.com", "test2.com"]
    refused(v1.ListIdentities, "InvalidParameterValue",
            "The NextToken is not one that was given out here.", NextToken="?")
    assert [page["Identities"] for page in v1.pages("ListIdentities", 1)] == [
        ["test1.com"], ["test2.com"]]
    assert v1.GetIdentityVerificationAttributes(Identities=["test2.com"]) == {
        "VerificationAttributes": {"test2.com": {"VerificationStatus": "Pending",
                                                 "VerificationToken": token}}}
    assert v1.GetIdentityDkimAttributes(Identities=["test2.com"])["DkimAttributes"] == {
        "test2.com": {"DkimEnabled": True, "DkimVerificationStatus": "Pending",
                      "DkimTokens": tokens}}
    assert v1.GetIdentityMailFromDomainAttributes(Identities=["test2.com"]) == {
        "MailFromDomainAttributes": {"test2.com": {
            "BehaviorOnMXFailure": "UseDefaultValue"}}}
    many = [f"d{number}.example" for number in range(101)]
    for call in (v1.GetIdentityVerificationAttributes, v1.GetIdentityDkimAttributes,
                 v1.GetIdentityMailFromDomainAttributes, v1.GetIdentityNotificationAttributes):
        refused(call, "InvalidParameterValue", "Identities may name at most 100 identities",
                Identities=many)
    zone.add("_amazonses.test2.com", "TXT", token)
    instance.check_until("test2.com", verification="SUCCESS")
    assert v1.wait("IdentityExists", Identities=["test2.com"]) == "SUCCESS"


def test_v1_what_a_domain_is_set_to(v1):
    missing = "Email identity none.example does not exist."
    v1.SetIdentityDkimEnabled(Identity="test2.com", DkimEnabled=False)
    refused(v1.SetIdentityDkimEnabled, "InvalidParameterValue", missing,
            Identity="none.example", DkimEnabled=True)
    v1.SetIdentityMailFromDomain(Identity="test2.com", MailFromDomain="bounce.test2.com")
    refused(v1.SetIdentityMailFromDomain, "InvalidParameterValue",
            "the MAIL FROM domain must be a subdomain of test2.com", Identity="test2.com",
            MailFromDomain="bounce.test1.com")
    v1.SetIdentityFeedbackForwardingEnabled(Identity="test2.com", ForwardingEnabled=True)
    v1.SetIdentityHeadersInNotificationsEnabled(Identity="test2.com", NotificationType="Bounce",
                                                Enabled=True)
    v1.SetIdentityNotificationTopic(Identity="test2.com", NotificationType="Bounce")
    unknown = "Identity none.example is not verified or does not exist."
    refused(v1.SetIdentityFeedbackForwardingEnabled, "MessageRejected", unknown,
            Identity="none.example", ForwardingEnabled=True)
    refused(v1.SetIdentityHeadersInNotificationsEnabled, "MessageRejected", unknown,
            Identity="none.example", NotificationType="Bounce", Enabled=True)
    refused(v1.SetIdentityNotificationTopic, "MessageRejected", unknown, Identity="none.example",
            NotificationType="Bounce")
    assert v1.GetIdentityNotificationAttributes(Identities=["test2.com"]) == {
        "NotificationAttributes": {"test2.com": {
            "ForwardingEnabled": True, "HeadersInBounceNotificationsEnabled": True,
            "HeadersInComplaintNotificationsEnabled": False,
            "HeadersInDeliveryNotificationsEnabled": False}}}


def policy_of(identity, account):
    arn = f"arn:aws:ses:us-east-1:{account}:identity/{identity}"
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {**EVERYTHING, "Principal": "*", "Action": "ses:SendEmail", "Resource": arn}]})


def test_v1_policies_of_a_domain_and_its_end(v1, account):
    policy = policy_of("test2.com", account)
    v1.PutIdentityPolicy(Identity="test2.com", PolicyName="own", Policy=policy)
    with pytest.raises(Refused) as raised:
        v1.PutIdentityPolicy(Identity="test2.com", PolicyName="own", Policy="{")
    assert raised.value.error["class"] == raised.value.error["name"] == "InvalidPolicyException"
    assert v1.ListIdentityPolicies(Identity="test2.com")["PolicyNames"] == ["own"]
    assert v1.GetIdentityPolicies(Identity="test2.com", PolicyNames=["own"]) == {
        "Policies": {"own": policy}}
    v1.DeleteIdentityPolicy(Identity="test2.com", PolicyName="own")
    missing = "Email identity none.example does not exist."
    refused(v1.ListIdentityPolicies, "InvalidParameterValue", missing, Identity="none.example")
    refused(v1.GetIdentityPolicies, "InvalidParameterValue", missing, Identity="none.example",
            PolicyNames=["own"])
    v1.DeleteIdentityPolicy(Identity="none.example", PolicyName="own")
    refused(v1.DeleteIdentityPolicy, "InvalidParameterValue", BLANK, Identity="a b",
            PolicyName="own")
    v1.DeleteIdentity(Identity="test2.com")
    refused(v1.DeleteIdentity, "InvalidParameterValue", BLANK, Identity="a b")
    assert v1.ListIdentities()["Identities"] == ["test1.com"]


@pytest.mark.parametrize("operation", ["VerifyEmailIdentity", "VerifyEmailAddress"])
def test_v1_addresses(v1, sink, operation):
    address = f"{operation.lower()}@example.net"
    getattr(v1, operation)(EmailAddress=address)
    refused(getattr(v1, operation), "InvalidParameterValue", "Missing final '@domain'",
            EmailAddress="test1.com")
    sink.one(address)
    v1.DeleteVerifiedEmailAddress(EmailAddress=address)
    refused(v1.DeleteVerifiedEmailAddress, "InvalidParameterValue", "Missing final '@domain'",
            EmailAddress="test1.com")


def test_v1_verified_addresses(v1, instance, denied):
    instance.admin("identity.vouch", identity="ana@example.net")
    assert v1.ListVerifiedEmailAddresses()["VerifiedEmailAddresses"] == ["ana@example.net"]
    denied("ses", "ListVerifiedEmailAddresses")
    instance.admin("identity.remove", identity="ana@example.net")


def test_v1_the_quota(v1, denied):
    quota = v1.GetSendQuota()
    assert set(quota) == {"Max24HourSend", "MaxSendRate", "SentLast24Hours"}
    assert quota["MaxSendRate"] == 100000 and quota["Max24HourSend"] == -1
    denied("ses", "GetSendQuota")


def test_v1_the_account(v1, denied):
    v1.UpdateAccountSendingEnabled(Enabled=False)
    assert v1.GetAccountSendingEnabled() == {"Enabled": False}
    v1.UpdateAccountSendingEnabled(Enabled=True)
    assert v1.GetAccountSendingEnabled() == {"Enabled": True}
    denied("ses", "UpdateAccountSendingEnabled", Enabled=False)
    denied("ses", "GetAccountSendingEnabled")
    denied("ses", "GetSendStatistics")


def test_v1_statistics(v1, instance):
    sent = v1.SendEmail(Source="taro@test1.com", Message=SIMPLE,
                        Destination={"ToAddresses": ["counted@example.net"]})["MessageId"]
    instance.wait_state(sent, "delivered")
    point = v1.GetSendStatistics()["SendDataPoints"][-1]
    assert abs(datetime.datetime.now(datetime.timezone.utc) - point.pop("Timestamp")) < HOUR
    assert point.pop("DeliveryAttempts") >= 1
    assert point == {"Bounces": 0, "Complaints": 0, "Rejects": 0}


def test_v1_configuration_sets(v1):
    name = {"ConfigurationSetName": "v1"}
    v1.CreateConfigurationSet(ConfigurationSet={"Name": "v1"})
    assert refused(v1.CreateConfigurationSet, "ConfigurationSetAlreadyExistsException",
                   "Configuration set <v1> already exists.", ConfigurationSet={"Name": "v1"})[
        "ConfigurationSetName"] == "v1"
    assert v1.ListConfigurationSets() == {"ConfigurationSets": [{"Name": "v1"}]}
    refused(v1.ListConfigurationSets, "InvalidParameterValue",
            "The NextToken is not one that was given out here.", NextToken="?")
    v1.PutConfigurationSetDeliveryOptions(**name, DeliveryOptions={"TlsPolicy": "Require"})
    v1.UpdateConfigurationSetReputationMetricsEnabled(**name, Enabled=True)
    v1.UpdateConfigurationSetSendingEnabled(**name, Enabled=False)
    v1.UpdateConfigurationSetSendingEnabled(**name, Enabled=True)
    options = {"TrackingOptions": {"CustomRedirectDomain": "click.test1.com"}}
    refused(v1.UpdateConfigurationSetTrackingOptions, "TrackingOptionsDoesNotExistException",
            "Tracking options for configuration set <v1> do not exist.",
            **name, **options)
    v1.CreateConfigurationSetTrackingOptions(**name, **options)
    refused(v1.CreateConfigurationSetTrackingOptions, "TrackingOptionsAlreadyExistsException",
            "Tracking options for configuration set <v1> already exist.", **name, **options)
    v1.UpdateConfigurationSetTrackingOptions(**name, **options)
    shown = v1.DescribeConfigurationSet(**name, ConfigurationSetAttributeNames=[
        "deliveryOptions", "reputationOptions", "trackingOptions", "eventDestinations"])
    started = shown["ReputationOptions"].pop("LastFreshStart")
    assert isinstance(started, datetime.datetime) and recent(started)
    assert shown == {"ConfigurationSet": {"Name": "v1"}, **options,
                     "DeliveryOptions": {"TlsPolicy": "Require"}, "EventDestinations": [],
                     "ReputationOptions": {"SendingEnabled": True,
                                           "ReputationMetricsEnabled": True}}
    v1.DeleteConfigurationSetTrackingOptions(**name)
    refused(v1.DeleteConfigurationSetTrackingOptions, "TrackingOptionsDoesNotExistException",
            "Tracking options for configuration set <v1> do not exist.",
            **name)
    v1.DeleteConfigurationSet(**name)
    missing = ("ConfigurationSetDoesNotExistException",
               "Configuration set <v1> does not exist.")
    refused(v1.DeleteConfigurationSet, *missing, **name)
    refused(v1.DescribeConfigurationSet, *missing, **name)
    refused(v1.PutConfigurationSetDeliveryOptions, *missing, **name)
    refused(v1.UpdateConfigurationSetReputationMetricsEnabled, *missing, **name, Enabled=True)
    assert refused(v1.UpdateConfigurationSetSendingEnabled, *missing, **name, Enabled=True)[
        "ConfigurationSetName"] == "v1"


TEMPLATE = {"TemplateName": "welcome", "SubjectPart": "Hello {{name}}", "TextPart": "Dear {{name}}"}


def test_v1_templates(v1):
    v1.CreateTemplate(Template=TEMPLATE)
    assert refused(v1.CreateTemplate, "AlreadyExistsException", "Template welcome already exists",
                   Template=TEMPLATE)["Name"] == "welcome"
    listed, = v1.ListTemplates(MaxItems=10)["TemplatesMetadata"]
    assert listed["Name"] == "welcome" and recent(listed["CreatedTimestamp"])
    refused(v1.ListTemplates, "InvalidParameterValue",
            "The NextToken is not one that was given out here.", NextToken="?")
    v1.UpdateTemplate(Template={**TEMPLATE, "HtmlPart": "<p>{{name}}"})
    assert v1.GetTemplate(TemplateName="welcome")["Template"] == {**TEMPLATE,
                                                                  "HtmlPart": "<p>{{name}}"}
    shown = v1.TestRenderTemplate(TemplateName="welcome", TemplateData='{"name": "Zoë"}')
    assert parsed(shown["RenderedTemplate"].encode())["Subject"] == "Hello Zoë"
    assert refused(v1.TestRenderTemplate, "MissingRenderingAttributeException",
                   "Attribute 'name' is not present in the rendering data.",
                   TemplateName="welcome", TemplateData="{}")["TemplateName"] == "welcome"
    v1.DeleteTemplate(TemplateName="welcome")
    missing = ("TemplateDoesNotExistException", "Template welcome does not exist")
    refused(v1.GetTemplate, *missing, TemplateName="welcome")
    refused(v1.UpdateTemplate, *missing, Template=TEMPLATE)


def test_v1_who_may_delete_a_template(denied):
    denied("ses", "DeleteTemplate", TemplateName="welcome")


CONFIRM = {"TemplateName": "confirm", "FromEmailAddress": "hello@test1.com",
           "TemplateSubject": "Please confirm", "TemplateContent": "<html><body>x</body></html>",
           "SuccessRedirectionURL": "https://www.example.com/ok",
           "FailureRedirectionURL": "https://www.example.com/failed"}


@pytest.mark.parametrize("service", ["ses", "sesv2"])
def test_custom_verification_mail(script, instance, sink, denied, service):
    client = script.client(service, instance.root)
    exists, missing, token = {
        "ses": ("CustomVerificationEmailTemplateAlreadyExistsException",
                "CustomVerificationEmailTemplateDoesNotExistException", "InvalidParameterValue"),
        "sesv2": ("AlreadyExistsException", "NotFoundException", "BadRequestException")}[service]
    client.CreateCustomVerificationEmailTemplate(**CONFIRM)
    refused(client.CreateCustomVerificationEmailTemplate, exists,
            "Custom verification email template confirm already exists.", **CONFIRM)
    assert client.GetCustomVerificationEmailTemplate(TemplateName="confirm") == {
        **CONFIRM}
    listed, = client.ListCustomVerificationEmailTemplates()["CustomVerificationEmailTemplates"]
    assert listed["TemplateSubject"] == "Please confirm" and "TemplateContent" not in listed
    refused(client.ListCustomVerificationEmailTemplates, token,
            "The NextToken is not one that was given out here.", NextToken="?")
    client.UpdateCustomVerificationEmailTemplate(**{**CONFIRM, "TemplateSubject": "Other"})
    to = f"{service}-confirm@example.net"
    sent = client.SendCustomVerificationEmail(EmailAddress=to, TemplateName="confirm")
    assert sink.one(to).fields("Subject") == ["Other"] and sent["MessageId"]
    instance.admin("identity.remove", identity=to)
    text = f"Custom verification email template {NONE} does not exist."
    none = {"TemplateName": NONE}
    refused(client.GetCustomVerificationEmailTemplate, missing, text, **none)
    refused(client.UpdateCustomVerificationEmailTemplate, missing, text, **{**CONFIRM, **none})
    refused(client.SendCustomVerificationEmail, missing, text, EmailAddress=to, **none)
    client.DeleteCustomVerificationEmailTemplate(TemplateName="confirm")
    if service == "sesv2":
        refused(client.DeleteCustomVerificationEmailTemplate, missing, text, **none)
    else:
        denied("ses", "DeleteCustomVerificationEmailTemplate", **none)


SIMPLE = {"Subject": {"Data": "Grüße"}, "Body": {"Text": {"Data": "from the SDK"}}}
NOT_VERIFIED = "Email address is not verified. The following identities failed the check in " \
               "region US-EAST-1: x@else.example"


def test_v1_sending(v1, instance, sink):
    v1.CreateTemplate(Template=TEMPLATE)
    to = {"Destination": {"ToAddresses": ["v1@example.net"]}}
    raw = message("taro@test1.com", "v1@example.net", subject="raw")
    templated = {"Template": "welcome", "TemplateData": '{"name": "Ana"}'}
    bulk = {"Template": "welcome", "DefaultTemplateData": '{"name": "you"}',
            "Destinations": [to, {**to, "ReplacementTemplateData": '{"name": "Bea"}'}]}
    ids = [v1.SendEmail(Source="taro@test1.com", Message=SIMPLE, **to)["MessageId"],
           v1.SendRawEmail(RawMessage={"Data": raw})["MessageId"],
           v1.SendTemplatedEmail(Source="taro@test1.com", **templated, **to)["MessageId"]]
    ids += [one["MessageId"] for one in v1.SendBulkTemplatedEmail(
        Source="taro@test1.com", **bulk)["Status"] if one["Status"] == "Success"]
    assert len(ids) == len(set(ids)) == 5
    received = sink.wait(5, to="v1@example.net")
    assert sorted(parsed(one.raw)["Subject"] for one in received) == [
        "Grüße", "Hello Ana", "Hello Bea", "Hello you", "raw"]
    wrong = {"Source": "x@else.example"}
    for call, input_ in ((v1.SendEmail, {"Message": SIMPLE, **to}),
                         (v1.SendRawEmail, {"RawMessage": {"Data": raw}}),
                         (v1.SendTemplatedEmail, {**templated, **to})):
        refused(call, "MessageRejected", NOT_VERIFIED, **wrong, **input_)
    assert v1.SendBulkTemplatedEmail(**wrong, **bulk)["Status"] == [
        {"Status": "MessageRejected", "Error": NOT_VERIFIED}] * 2
    refused(v1.SendBulkTemplatedEmail, "TemplateDoesNotExistException",
            f"Template {NONE} does not exist", **wrong, **{**bulk, "Template": NONE})
    v1.DeleteTemplate(TemplateName="welcome")


# ---- SES, version 2 ----

def test_v2_identities(v2, account, zone, instance):
    arn = f"arn:aws:ses:us-east-1:{account}:identity/test2.com"
    name = {"EmailIdentity": "test2.com"}
    made = v2.CreateEmailIdentity(**name, Tags=[{"Key": "team", "Value": "post"}])
    assert made["IdentityType"] == "DOMAIN" and made["VerifiedForSendingStatus"] is False
    assert recent(made["DkimAttributes"]["LastKeyGenerationTimestamp"])
    refused(v2.CreateEmailIdentity, "AlreadyExistsException",
            "Email identity test2.com already exist.", **name)
    assert [one["IdentityName"] for one in v2.ListEmailIdentities(PageSize=5)["EmailIdentities"]] \
        == ["test1.com", "test2.com"]
    assert len(v2.pages("ListEmailIdentities", 1)) == 2
    refused(v2.ListEmailIdentities, "BadRequestException",
            "The NextToken is not one that was given out here.", NextToken="?")
    v2.TagResource(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "12"}])
    v2.UntagResource(ResourceArn=arn, TagKeys=["team"])
    assert v2.ListTagsForResource(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "12"}]
    v2.CreateConfigurationSet(ConfigurationSetName="for-identity")
    v2.PutEmailIdentityConfigurationSetAttributes(**name, ConfigurationSetName="for-identity")
    v2.PutEmailIdentityDkimAttributes(**name, SigningEnabled=True)
    v2.PutEmailIdentityFeedbackAttributes(**name, EmailForwardingEnabled=True)
    v2.PutEmailIdentityMailFromAttributes(**name, MailFromDomain="bounce.test2.com",
                                          BehaviorOnMxFailure="REJECT_MESSAGE")
    signing = v2.PutEmailIdentityDkimSigningAttributes(**name, SigningAttributesOrigin="AWS_SES")
    assert signing["DkimTokens"] == made["DkimAttributes"]["Tokens"]
    zone.publish(instance.admin("domain.records", domain="test2.com")["records"], "dkim")
    instance.check_until("test2.com", verification="SUCCESS", dkim="SUCCESS")
    shown = v2.GetEmailIdentity(**name)
    assert shown["VerifiedForSendingStatus"] is True and shown["ConfigurationSetName"]
    assert shown["MailFromAttributes"] == {"MailFromDomain": "bounce.test2.com",
                                           "MailFromDomainStatus": "PENDING",
                                           "BehaviorOnMxFailure": "REJECT_MESSAGE"}
    assert recent(shown["VerificationInfo"]["LastSuccessTimestamp"])
    v2.DeleteEmailIdentity(**name)
    missing = ("NotFoundException", "Email identity test2.com does not exist.")
    refused(v2.DeleteEmailIdentity, *missing, **name)
    refused(v2.GetEmailIdentity, *missing, **name)
    refused(v2.PutEmailIdentityConfigurationSetAttributes, *missing, **name)
    refused(v2.PutEmailIdentityDkimAttributes, *missing, **name, SigningEnabled=True)
    refused(v2.PutEmailIdentityFeedbackAttributes, *missing, **name, EmailForwardingEnabled=True)
    refused(v2.PutEmailIdentityMailFromAttributes, *missing, **name)
    refused(v2.PutEmailIdentityDkimSigningAttributes, *missing, **name,
            SigningAttributesOrigin="AWS_SES")
    gone = ("NotFoundException", f"Resource {arn} does not exist.")
    refused(v2.TagResource, *gone, ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    refused(v2.UntagResource, *gone, ResourceArn=arn, TagKeys=["a"])
    refused(v2.ListTagsForResource, *gone, ResourceArn=arn)
    v2.DeleteConfigurationSet(ConfigurationSetName="for-identity")


@pytest.mark.parametrize("address", ["ana+label@example.net", "o'neil/%41!*@example.net"])
def test_v2_addresses_are_in_paths_and_queries(v2, account, address):
    name = {"EmailIdentity": address}
    arn = {"ResourceArn": f"arn:aws:ses:us-east-1:{account}:identity/{address}"}
    v2.CreateEmailIdentity(**name)
    assert v2.GetEmailIdentity(**name)["IdentityType"] == "EMAIL_ADDRESS"
    v2.TagResource(**arn, Tags=[{"Key": "a b", "Value": "c+d"}])
    assert v2.ListTagsForResource(**arn)["Tags"] == [{"Key": "a b", "Value": "c+d"}]
    v2.UntagResource(**arn, TagKeys=["a b"])
    assert v2.ListTagsForResource(**arn)["Tags"] == []
    v2.DeleteEmailIdentity(**name)


def test_v2_policies_of_an_identity(v2, account):
    name = {"EmailIdentity": "test1.com"}
    policy = policy_of("test1.com", account)
    own = {**name, "PolicyName": "own", "Policy": policy}
    v2.CreateEmailIdentityPolicy(**own)
    refused(v2.CreateEmailIdentityPolicy, "AlreadyExistsException", "Policy own already exist.",
            **own)
    v2.UpdateEmailIdentityPolicy(**own)
    assert v2.GetEmailIdentityPolicies(**name)["Policies"] == {"own": policy}
    v2.DeleteEmailIdentityPolicy(**name, PolicyName="own")
    refused(v2.UpdateEmailIdentityPolicy, "NotFoundException", "Policy own does not exist.", **own)
    refused(v2.GetEmailIdentityPolicies, "NotFoundException",
            "Email identity none.example does not exist.", EmailIdentity="none.example")
    refused(v2.DeleteEmailIdentityPolicy, "NotFoundException",
            "Email identity none.example does not exist.", EmailIdentity="none.example",
            PolicyName="own")


def test_v2_configuration_sets(v2):
    name = {"ConfigurationSetName": "v2"}
    v2.CreateConfigurationSet(**name)
    refused(v2.CreateConfigurationSet, "AlreadyExistsException",
            "Configuration set <v2> already exists.", **name)
    assert v2.ListConfigurationSets()["ConfigurationSets"] == ["v2"]
    refused(v2.ListConfigurationSets, "BadRequestException",
            "The NextToken is not one that was given out here.", NextToken="?")
    changes = [("Delivery", {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 600}),
               ("Reputation", {"ReputationMetricsEnabled": True}),
               ("Sending", {"SendingEnabled": False}),
               ("Suppression", {"SuppressedReasons": ["BOUNCE"]}),
               ("Tracking", {"CustomRedirectDomain": "click.test1.com"})]
    for kind, options in changes:
        getattr(v2, f"PutConfigurationSet{kind}Options")(**name, **options)
    shown = v2.GetConfigurationSet(**name)
    for kind, options in changes:
        assert options.items() <= shown[f"{kind}Options"].items()
    assert v2.GetConfigurationSetEventDestinations(**name) == {"EventDestinations": []}
    v2.DeleteConfigurationSet(**name)
    missing = ("NotFoundException", "Configuration set <v2> does not exist.")
    for kind, options in changes:
        refused(getattr(v2, f"PutConfigurationSet{kind}Options"), *missing, **name, **options)
    for call in (v2.GetConfigurationSet, v2.GetConfigurationSetEventDestinations,
                 v2.DeleteConfigurationSet):
        refused(call, *missing, **name)


def test_event_destinations_are_refused(v1, v2):
    v2.CreateConfigurationSet(ConfigurationSetName="events")
    topic = "arn:aws:sns:us-east-1:000000000000:t"
    name = {"ConfigurationSetName": "events"}
    text = "{}: events cannot be published to this kind of destination here yet."
    for verb in ("Create", "Update"):
        refused(getattr(v1, f"{verb}ConfigurationSetEventDestination"),
                "InvalidSNSDestinationException", text.format("SNSDestination"), **name,
                EventDestination={"Name": "all", "Enabled": True, "MatchingEventTypes": ["send"],
                                  "SNSDestination": {"TopicARN": topic}})
        refused(getattr(v2, f"{verb}ConfigurationSetEventDestination"), "BadRequestException",
                text.format("SnsDestination"), **name, EventDestinationName="all",
                EventDestination={"Enabled": True, "MatchingEventTypes": ["SEND"],
                                  "SnsDestination": {"TopicArn": topic}})
    refused(v1.DeleteConfigurationSetEventDestination, "EventDestinationDoesNotExistException",
            "No EventDestination found for all", **name, EventDestinationName="all")
    refused(v2.DeleteConfigurationSetEventDestination, "NotFoundException",
            "No EventDestination found for all", **name, EventDestinationName="all")
    v2.DeleteConfigurationSet(**name)


def test_v2_templates(v2):
    given = {"TemplateName": "welcome",
             "TemplateContent": {"Subject": "Hello {{name}}", "Text": "Dear {{name}}"}}
    v2.CreateEmailTemplate(**given)
    refused(v2.CreateEmailTemplate, "AlreadyExistsException", "Template welcome already exists",
            **given)
    listed, = v2.ListEmailTemplates(PageSize=10)["TemplatesMetadata"]
    assert listed["TemplateName"] == "welcome" and recent(listed["CreatedTimestamp"])
    refused(v2.ListEmailTemplates, "BadRequestException",
            "The NextToken is not one that was given out here.", NextToken="?")
    assert v2.GetEmailTemplate(TemplateName="welcome") == given
    v2.UpdateEmailTemplate(**given)
    shown = v2.TestRenderEmailTemplate(TemplateName="welcome", TemplateData='{"name": "Zoë"}')
    assert parsed(shown["RenderedTemplate"].encode())["Subject"] == "Hello Zoë"
    v2.DeleteEmailTemplate(TemplateName="welcome")
    missing = ("NotFoundException", "Template welcome does not exist")
    refused(v2.GetEmailTemplate, *missing, TemplateName="welcome")
    refused(v2.DeleteEmailTemplate, *missing, TemplateName="welcome")
    refused(v2.UpdateEmailTemplate, *missing, **given)
    refused(v2.TestRenderEmailTemplate, *missing, TemplateName="welcome", TemplateData="{}")


def test_v2_sending(v2, sink):
    to = {"Destination": {"ToAddresses": ["v2@example.net"]}}
    raw = message("taro@test1.com", "v2@example.net", subject="raw")
    simple = {**SIMPLE, "Attachments": [{"FileName": "a.bin", "RawContent": bytes(range(256))}],
              "Headers": [{"Name": "X-Own", "Value": "yes"}]}
    bulk = {"DefaultContent": {"Template": {
        "TemplateContent": {"Subject": "Hello {{name}}", "Text": "x"}, "TemplateData": "{}"}},
        "BulkEmailEntries": [{**to, "ReplacementEmailContent": {"ReplacementTemplate": {
            "ReplacementTemplateData": '{"name": "Bea"}'}}}]}
    assert v2.SendEmail(FromEmailAddress="taro@test1.com", Content={"Simple": simple}, **to)
    assert v2.SendEmail(Content={"Raw": {"Data": raw}})["MessageId"]
    result, = v2.SendBulkEmail(FromEmailAddress="taro@test1.com", **bulk)["BulkEmailEntryResults"]
    assert result["Status"] == "SUCCESS" and result["MessageId"]
    received = {one["Subject"]: one for one in
                map(parsed, (one.raw for one in sink.wait(3, to="v2@example.net")))}
    assert set(received) == {"Grüße", "raw", "Hello Bea"}
    attachment, = received["Grüße"].iter_attachments()
    assert attachment.get_content() == bytes(range(256))
    assert received["Grüße"]["X-Own"] == "yes"
    wrong = {"FromEmailAddress": "x@else.example"}
    refused(v2.SendEmail, "MessageRejected", NOT_VERIFIED, **wrong, **to,
            Content={"Simple": SIMPLE})
    assert v2.SendBulkEmail(**wrong, **bulk)["BulkEmailEntryResults"] == [
        {"Status": "MESSAGE_REJECTED", "Error": NOT_VERIFIED}]
    refused(v2.SendBulkEmail, "NotFoundException", f"Template {NONE} does not exist",
            **wrong, **{**bulk, "DefaultContent": {"Template": {"TemplateName": NONE,
                                                                "TemplateData": "{}"}}})


def test_v2_the_account(v2, denied):
    details = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://test1.com/",
               "ContactLanguage": "EN", "UseCaseDescription": "Orders."}
    v2.PutAccountDetails(**details)
    v2.PutAccountSendingAttributes(SendingEnabled=True)
    v2.PutAccountSuppressionAttributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])
    account = v2.GetAccount()
    assert account["ProductionAccessEnabled"] is True and account["SendingEnabled"] is True
    assert account["Details"] == {**details, "ReviewDetails": {"Status": "GRANTED"}}
    assert account["SendQuota"]["MaxSendRate"] == 100000
    assert account["SuppressionAttributes"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
    denied("sesv2", "GetAccount")
    denied("sesv2", "PutAccountDetails", **details)
    denied("sesv2", "PutAccountSendingAttributes", SendingEnabled=False)
    denied("sesv2", "PutAccountSuppressionAttributes", SuppressedReasons=[])


def test_v2_the_suppression_list(v2):
    address = {"EmailAddress": "gone@example.net"}
    v2.PutSuppressedDestination(**address, Reason="BOUNCE")
    refused(v2.PutSuppressedDestination, "BadRequestException", "Missing final '@domain'",
            EmailAddress="gone", Reason="BOUNCE")
    shown = v2.GetSuppressedDestination(**address)["SuppressedDestination"]
    assert shown["Reason"] == "BOUNCE" and recent(shown["LastUpdateTime"])
    begin = as_date(shown["LastUpdateTime"] - HOUR)
    listed, = v2.ListSuppressedDestinations(StartDate=begin)["SuppressedDestinationSummaries"]
    assert listed == shown
    assert v2.ListSuppressedDestinations(EndDate=begin)["SuppressedDestinationSummaries"] == []
    refused(v2.ListSuppressedDestinations, "InvalidNextTokenException",
            "The NextToken is not one that was given out here.", NextToken="!")
    v2.DeleteSuppressedDestination(**address)
    missing = ("NotFoundException",
               "Email address gone@example.net does not exist on your suppression list.")
    refused(v2.GetSuppressedDestination, *missing, **address)
    refused(v2.DeleteSuppressedDestination, *missing, **address)


def test_v2_contacts(v2):
    topic = {"TopicName": "news", "DisplayName": "News", "DefaultSubscriptionStatus": "OPT_IN"}
    name = {"ContactListName": "readers"}
    v2.CreateContactList(**name, Topics=[topic])
    refused(v2.CreateContactList, "AlreadyExistsException",
            "List with name: readers already exists.", **name)
    listed, = v2.ListContactLists()["ContactLists"]
    assert listed["ContactListName"] == "readers" and recent(listed["LastUpdatedTimestamp"])
    refused(v2.ListContactLists, "BadRequestException",
            "The NextToken is not one that was given out here.", NextToken="!")
    v2.UpdateContactList(**name, Topics=[topic], Description="All")
    shown = v2.GetContactList(**name)
    assert shown["Description"] == "All" and recent(shown["CreatedTimestamp"])
    ana = {**name, "EmailAddress": "ana@example.net"}
    v2.CreateContact(**ana)
    refused(v2.CreateContact, "AlreadyExistsException",
            "ana@example.net already exists in List.", **ana)
    v2.UpdateContact(**ana, UnsubscribeAll=True)
    assert v2.GetContact(**ana)["UnsubscribeAll"] is True
    assert [one["EmailAddress"] for one in v2.ListContacts(**name)["Contacts"]] == [
        "ana@example.net"]
    v2.DeleteContact(**ana)
    for call in (v2.GetContact, v2.UpdateContact, v2.DeleteContact):
        refused(call, "NotFoundException", "ana@example.net doesn't exist in List.", **ana)
    v2.DeleteContactList(**name)
    for call in (v2.GetContactList, v2.UpdateContactList, v2.DeleteContactList, v2.ListContacts):
        refused(call, "NotFoundException", "List with name: readers doesn't exist.", **name)


def test_v2_import_jobs(v2):
    refused(v2.CreateImportJob, "BadRequestException",
            "There is no S3 here to import from: call PutSuppressedDestination or CreateContact "
            "for each address",
            ImportDestination={"SuppressionListDestination": {
                "SuppressionListImportAction": "PUT"}},
            ImportDataSource={"S3Url": "s3://bucket/object.csv", "DataFormat": "CSV"})
    refused(v2.GetImportJob, "NotFoundException", "Import job none does not exist", JobId="none")
    assert v2.ListImportJobs() == {"ImportJobs": []}
    refused(v2.ListImportJobs, "InvalidNextTokenException",
            "The NextToken is not one that was given out here.", NextToken="!")


def test_v2_what_became_of_a_message(v2, instance):
    sent = v2.SendEmail(FromEmailAddress="taro@test1.com", Content={"Simple": SIMPLE},
                        Destination={"ToAddresses": ["seen@example.net"]})["MessageId"]
    instance.wait_state(sent, "delivered")
    told, = v2.GetMessageInsights(MessageId=sent)["Insights"]
    assert [event["Type"] for event in told["Events"]] == ["SEND", "DELIVERY"]
    assert all(recent(event["Timestamp"]) for event in told["Events"])
    refused(v2.GetMessageInsights, "NotFoundException", f"Message {NONE} does not exist",
            MessageId=NONE)


# ---- nodemailer, by its SES transport ----

def test_nodemailer_sends_by_ses(script, instance, sink):
    taro = script.client("ses", instance.person("taro"))
    answer = taro.mail(**{"from": "山田太郎 <taro@test1.com>", "to": "mailer@example.net",
                          "bcc": "hidden@example.net", "subject": "こんにちは", "text": "本文",
                          "html": "<p>本文", "attachments": [
                              {"filename": "添付.txt", "content": "attached"}]})
    received = sink.one("mailer@example.net")
    assert answer["response"] and answer["messageId"].startswith(f"<{answer['response']}@")
    message_ = parsed(received.raw)
    assert message_["Subject"] == "こんにちは" and message_["Bcc"] is None
    assert message_.get_body(("plain",)).get_content().strip() == "本文"
    attachment, = message_.iter_attachments()
    assert attachment.get_filename() == "添付.txt" and attachment.get_content() == "attached"
    assert sink.one("hidden@example.net")


def test_nodemailer_is_refused_as_another(script, instance, account):
    credential = instance.person("jiro", {
        "Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
        "Condition": {"StringEquals": {"ses:FromAddress": "jiro@test1.com"}}})
    jiro = script.client("ses", credential)
    mail = {"to": "mailer@example.net", "subject": "x", "text": "x"}
    assert jiro.mail(**mail, **{"from": "jiro@test1.com"})
    refused(jiro.mail, "AccessDenied",
            f"User `arn:aws:iam::{account}:user/jiro' is not authorized to perform "
            "`ses:SendRawEmail' on resource "
            f"`arn:aws:ses:us-east-1:{account}:identity/test1.com'",
            **mail, **{"from": "taro@test1.com"})


# ---- IAM and STS ----

def test_the_caller(script, instance, account):
    identity = script.client("sts").GetCallerIdentity()
    assert identity["Account"] == account
    forged = {**instance.administrator, "secret_access_key": "x" * 40}
    refused(script.client("sts", forged).GetCallerIdentity, "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.")


def no_user(name):
    return "NoSuchEntityException", f"The user with name {name} cannot be found."


def no_group(name):
    return "NoSuchEntityException", f"The group with name {name} cannot be found."


def test_users(iam, account):
    tags = [{"Key": "Team", "Value": "mail"}]
    made = iam.CreateUser(UserName="ana", Path="/staff/", Tags=tags)["User"]
    assert isinstance(made["CreateDate"], datetime.datetime) and recent(made["CreateDate"])
    assert made["Arn"] == f"arn:aws:iam::{account}:user/staff/ana"
    refused(iam.CreateUser, "EntityAlreadyExistsException", "User with name ana already exists.",
            UserName="ana")
    assert iam.wait("UserExists", UserName="ana") == "SUCCESS"
    assert iam.GetUser(UserName="ana")["User"] == made
    listed = iam.ListUsers(PathPrefix="/staff/")
    assert listed["IsTruncated"] is False and len(listed["Users"]) == 1
    assert all(len(page["Users"]) == 1 for page in iam.pages("ListUsers", 1))
    iam.TagUser(UserName="ana", Tags=[{"Key": "cost", "Value": "12"}])
    iam.UntagUser(UserName="ana", TagKeys=["Team"])
    assert iam.ListUserTags(UserName="ana")["Tags"] == [{"Key": "cost", "Value": "12"}]
    iam.UpdateUser(UserName="ana", NewUserName="bea")
    iam.DeleteUser(UserName="bea")
    for call in (iam.GetUser, iam.DeleteUser, iam.ListUserTags, iam.UpdateUser):
        refused(call, *no_user("bea"), UserName="bea")
    refused(iam.TagUser, *no_user("bea"), UserName="bea", Tags=tags)
    refused(iam.UntagUser, *no_user("bea"), UserName="bea", TagKeys=["a"])
    refused(iam.ListUsers, "ValidationError",
            "Invalid Marker: it is none that an earlier page ended with", Marker="%%%")


@pytest.fixture
def user(iam):
    iam.CreateUser(UserName="user")
    yield {"UserName": "user"}
    iam.DeleteUser(UserName="user")


@pytest.fixture
def group(iam):
    iam.CreateGroup(GroupName="group")
    yield {"GroupName": "group"}
    iam.DeleteGroup(GroupName="group")


NOBODY, NO_GROUP = {"UserName": NONE}, {"GroupName": NONE}


def test_access_keys(iam, script, account, user):
    made = iam.CreateAccessKey(**user)["AccessKey"]
    assert made["Status"] == "Active" and recent(made["CreateDate"])
    own = {"access_key_id": made["AccessKeyId"], "secret_access_key": made["SecretAccessKey"]}
    assert script.client("sts", own).GetCallerIdentity()["Arn"].endswith(":user/user")
    listed, = iam.ListAccessKeys(**user)["AccessKeyMetadata"]
    assert listed == {name: made[name] for name in
                      ("UserName", "AccessKeyId", "Status", "CreateDate")}
    key = {"AccessKeyId": made["AccessKeyId"]}
    used = eventually(lambda: (answer := iam.GetAccessKeyLastUsed(**key))["AccessKeyLastUsed"]
                      ["ServiceName"] == "sts" and answer)
    assert used["UserName"] == "user" and recent(used["AccessKeyLastUsed"]["LastUsedDate"])
    iam.UpdateAccessKey(**user, **key, Status="Inactive")
    refused(script.client("sts", own).GetCallerIdentity, "InvalidClientTokenId",
            "The security token included in the request is invalid.")
    iam.DeleteAccessKey(**user, **key)
    text = f"The Access Key with id {made['AccessKeyId']} cannot be found."
    refused(iam.DeleteAccessKey, "NoSuchEntityException", text, **user, **key)
    refused(iam.UpdateAccessKey, "NoSuchEntityException", text, **user, **key, Status="Active")
    refused(iam.GetAccessKeyLastUsed, "NoSuchEntityException", text, **key)
    refused(iam.CreateAccessKey, *no_user(NONE), **NOBODY)
    refused(iam.ListAccessKeys, *no_user(NONE), **NOBODY)


def test_passwords(iam, user):
    made = iam.CreateLoginProfile(**user, Password="correct horse", PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    refused(iam.CreateLoginProfile, "EntityAlreadyExistsException",
            "Login Profile for user user already exists.", **user, Password="long enough")
    iam.UpdateLoginProfile(**user, PasswordResetRequired=False)
    shown = iam.GetLoginProfile(**user)["LoginProfile"]
    assert shown["PasswordResetRequired"] is False and recent(shown["CreateDate"])
    refused(iam.UpdateLoginProfile, "PasswordPolicyViolationException",
            "Password should have a minimum length of 8", **user, Password="x")
    iam.DeleteLoginProfile(**user)
    text = "Login Profile for User user cannot be found."
    refused(iam.GetLoginProfile, "NoSuchEntityException", text, **user)
    refused(iam.DeleteLoginProfile, "NoSuchEntityException", text, **user)


def test_what_users_never_have(iam, user, denied):
    for command, list_ in (("ListMFADevices", "MFADevices"),
                           ("ListServiceSpecificCredentials", "ServiceSpecificCredentials"),
                           ("ListSigningCertificates", "Certificates"),
                           ("ListSSHPublicKeys", "SSHPublicKeys")):
        answer = getattr(iam, command)(**user)
        assert answer[list_] == [] and not answer.get("IsTruncated")
        refused(getattr(iam, command), *no_user(NONE), **NOBODY)
    assert iam.ListVirtualMFADevices(AssignmentStatus="Assigned")["VirtualMFADevices"] == []
    denied("iam", "ListVirtualMFADevices")


def test_groups(iam, account, user):
    made = iam.CreateGroup(GroupName="staff")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{account}:group/staff" and recent(made["CreateDate"])
    refused(iam.CreateGroup, "EntityAlreadyExistsException",
            "Group with name staff already exists.", GroupName="staff")
    iam.AddUserToGroup(GroupName="staff", **user)
    shown = iam.GetGroup(GroupName="staff")
    assert shown["Group"] == made and [one["UserName"] for one in shown["Users"]] == ["user"]
    assert iam.ListGroups()["Groups"] == iam.ListGroupsForUser(**user)["Groups"] == [made]
    refused(iam.DeleteGroup, "DeleteConflictException",
            "Cannot delete entity, must remove users from group first.", GroupName="staff")
    iam.RemoveUserFromGroup(GroupName="staff", **user)
    iam.DeleteGroup(GroupName="staff")
    refused(iam.GetGroup, *no_group("staff"), GroupName="staff")
    refused(iam.AddUserToGroup, *no_group("staff"), GroupName="staff", **user)
    refused(iam.RemoveUserFromGroup, *no_group("staff"), GroupName="staff", **user)
    refused(iam.ListGroupsForUser, *no_user(NONE), **NOBODY)
    refused(iam.ListGroups, "ValidationError",
            "Invalid Marker: it is none that an earlier page ended with", Marker="%%%")


@pytest.mark.parametrize("kind", ["User", "Group"])
def test_inline_policies(iam, user, group, kind):
    name = {"User": user, "Group": group}[kind]
    none, missing = {"User": (NOBODY, no_user(NONE)), "Group": (NO_GROUP, no_group(NONE))}[kind]

    def call(operation):
        return getattr(iam, operation.format(kind))
    text = json.dumps({"Version": "2012-10-17", "Statement": [
        {**EVERYTHING, "Resource": "arn:aws:ses:us-east-1:123456789012:identity/a+b@é.com"}]})
    own = {"PolicyName": "own"}
    call("Put{}Policy")(**name, **own, PolicyDocument=text)
    shown = call("Get{}Policy")(**name, **own)
    assert shown["PolicyDocument"] != text  # the SDK leaves the encoding to its caller
    assert urllib.parse.unquote(shown["PolicyDocument"]) == text
    assert call("List{}Policies")(**name)["PolicyNames"] == ["own"]
    call("Delete{}Policy")(**name, **own)
    text = f"The {kind.lower()} policy with name own cannot be found."
    refused(call("Get{}Policy"), "NoSuchEntityException", text, **name, **own)
    refused(call("Delete{}Policy"), "NoSuchEntityException", text, **name, **own)
    refused(call("Put{}Policy"), *missing, **none, **own, PolicyDocument=DOCUMENT)
    refused(call("List{}Policies"), *missing, **none)
    with pytest.raises(Refused) as raised:
        call("Put{}Policy")(**name, **own, PolicyDocument="{")
    assert raised.value.error["class"] == "MalformedPolicyDocumentException"


def test_managed_policies(iam, account, user, group):
    made = iam.CreatePolicy(PolicyName="wide", PolicyDocument=DOCUMENT, Description="all")["Policy"]
    arn = {"PolicyArn": made["Arn"]}
    assert made["AttachmentCount"] == 0 and made["IsAttachable"] is True
    refused(iam.CreatePolicy, "EntityAlreadyExistsException",
            "A policy called wide already exists. Duplicate names are not allowed.",
            PolicyName="wide", PolicyDocument=DOCUMENT)
    assert iam.wait("PolicyExists", **arn) == "SUCCESS"
    assert iam.CreatePolicyVersion(**arn, PolicyDocument=DOCUMENT)["PolicyVersion"][
        "VersionId"] == "v2"
    iam.SetDefaultPolicyVersion(**arn, VersionId="v2")
    shown = iam.GetPolicyVersion(**arn, VersionId="v2")["PolicyVersion"]
    assert shown["IsDefaultVersion"] is True and recent(shown["CreateDate"])
    iam.DeletePolicyVersion(**arn, VersionId="v1")
    assert len(iam.ListPolicyVersions(**arn)["Versions"]) == 1
    for kind, name in (("User", user), ("Group", group)):
        getattr(iam, f"Attach{kind}Policy")(**name, **arn)
        assert getattr(iam, f"ListAttached{kind}Policies")(**name)["AttachedPolicies"] == [
            {"PolicyName": "wide", **arn}]
    iam.PutUserPermissionsBoundary(**user, PermissionsBoundary=made["Arn"])
    used = iam.ListEntitiesForPolicy(**arn)
    assert used["PolicyUsers"][0]["UserName"] == "user" and used["PolicyRoles"] == []
    assert iam.GetPolicy(**arn)["Policy"]["AttachmentCount"] == 2
    listed = {one["Arn"]: one for one in iam.ListPolicies(OnlyAttached=True)["Policies"]}
    assert listed[made["Arn"]]["PermissionsBoundaryUsageCount"] == 1
    iam.DeleteUserPermissionsBoundary(**user)
    iam.DetachUserPolicy(**user, **arn)
    iam.DetachGroupPolicy(**group, **arn)
    iam.DeletePolicy(**arn)
    missing = ("NoSuchEntityException", f"Policy {made['Arn']} was not found.")
    version = {"VersionId": "v1"}
    for call, more in ((iam.GetPolicy, {}), (iam.DeletePolicy, {}), (iam.ListPolicyVersions, {}),
                       (iam.ListEntitiesForPolicy, {}), (iam.GetPolicyVersion, version),
                       (iam.DeletePolicyVersion, version), (iam.SetDefaultPolicyVersion, version),
                       (iam.CreatePolicyVersion, {"PolicyDocument": DOCUMENT}),
                       (iam.DetachUserPolicy, user), (iam.DetachGroupPolicy, group)):
        refused(call, *missing, **arn, **more)
    text = f"Policy {made['Arn']} does not exist or is not attachable."
    refused(iam.AttachUserPolicy, "NoSuchEntityException", text, **user, **arn)
    refused(iam.AttachGroupPolicy, "NoSuchEntityException", text, **group, **arn)
    refused(iam.ListAttachedUserPolicies, *no_user(NONE), **NOBODY)
    refused(iam.ListAttachedGroupPolicies, *no_group(NONE), **NO_GROUP)
    refused(iam.PutUserPermissionsBoundary, "NoSuchEntityException", text, **user,
            PermissionsBoundary=made["Arn"])
    refused(iam.DeleteUserPermissionsBoundary, *no_user(NONE), **NOBODY)
    refused(iam.ListPolicies, "ValidationError",
            "Invalid Marker: it is none that an earlier page ended with", Marker="%%%")


def test_simulations(iam, account):
    custom = {"PolicyInputList": [DOCUMENT], "ActionNames": ["ses:SendEmail"]}
    result, = iam.SimulateCustomPolicy(**custom)["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"
    place = result["MatchedStatements"][0]["StartPosition"]
    assert isinstance(place["Line"], int) and isinstance(place["Column"], int)
    arn = f"arn:aws:iam::{account}:user/nobody"
    answer = iam.SimulatePrincipalPolicy(PolicySourceArn=arn, ActionNames=["ses:SendEmail"])
    assert answer["EvaluationResults"][0]["EvalDecision"] == "explicitDeny"
    with pytest.raises(Refused) as raised:
        iam.SimulateCustomPolicy(**{**custom, "PolicyInputList": ["[]"]})
    assert raised.value.error["class"] == "InvalidInputException"
    refused(iam.SimulatePrincipalPolicy, "NoSuchEntityException",
            f"There is no user or group {arn}2.", PolicySourceArn=arn + "2",
            ActionNames=["ses:SendEmail"])


def test_reports(iam, script, denied):
    refused(iam.GetCredentialReport, "CredentialReportNotPresentException",
            "No report is present")
    assert iam.GenerateCredentialReport()["State"] == "COMPLETE"
    report = iam.GetCredentialReport()
    assert report["ReportFormat"] == "text/csv" and recent(report["GeneratedTime"])
    rows = csv.DictReader(io.StringIO(report["Content"].decode()))
    assert {"<root_account>", "nobody", "root"} <= {row["user"] for row in rows}
    summary = iam.GetAccountSummary()["SummaryMap"]
    assert summary["AccessKeysPerUserQuota"] == 2 and summary["Users"] >= 2
    details = iam.GetAccountAuthorizationDetails(Filter=["User"])
    assert {one["UserName"] for one in details["UserDetailList"]} >= {"nobody", "root"}
    refused(iam.GetAccountAuthorizationDetails, "ValidationError",
            "Invalid Marker: it is none that an earlier page ended with", Marker="%%%")
    denied("iam", "GenerateCredentialReport")
    denied("iam", "GetAccountSummary")


# ---- that nothing was left out ----

# No call of these can succeed: there are no topics, no received mail and no S3.
ONLY_REFUSED = {(service, f"{verb}ConfigurationSetEventDestination")
                for service in ("ses", "sesv2") for verb in ("Create", "Update", "Delete")}
ONLY_REFUSED |= {("ses", "SendBounce"), ("sesv2", "CreateImportJob"), ("sesv2", "GetImportJob")}


def test_v1_bounces_are_not_sent(v1):
    refused(v1.SendBounce, "MessageRejected",
            "Message x was not received here: this service receives no mail",
            OriginalMessageId="x", BounceSender="taro@test1.com", BouncedRecipientInfoList=[
                {"Recipient": "ana@example.net", "BounceType": "DoesNotExist"}])


def served():
    """Every operation that is served, as docs/ses-compatibility.md has it."""
    services = {"SES, version 1": "ses", "SES, version 2": "sesv2", "IAM": "iam", "STS": "sts"}
    found, service = set(), None
    for line in (ROOT / "docs/ses-compatibility.md").read_text().splitlines():
        if line.startswith("## "):
            service = services.get(line[3:].rsplit(":", 1)[0])  # others have no client here
        elif service and (row := re.match(r"\| (\w+) \| `", line)):
            found.add((service, row[1]))
    return found


def test_every_served_operation_was_called_with_success_and_without(request, script):
    told = {item.originalname for item in request.session.items if item.path == request.path}
    if told != {name for name in globals() if name.startswith("test_")}:
        pytest.skip("not every story was told")
    expected = served() - set(UNKNOWN_TO_SDK)
    assert len(expected) > 100
    assert expected - ONLY_REFUSED - script.succeeded == set()
    assert expected - script.failed == set()
