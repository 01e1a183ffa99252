"""Every operation that is served asks for its own permission, and does nothing without it.

The rows are those of docs/ses-compatibility.md, the inputs the smallest that botocore's models
allow. GetCallerIdentity alone is open to everybody who has a key.
"""

import json
import re
import sqlite3
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import botocore.httpsession
import pytest

from harness import ROOT, Instance, message

CLIENTS = {"SES, version 1": "ses", "SES, version 2": "sesv2", "IAM": "iam", "STS": "sts",
           "IAM Access Analyzer": "accessanalyzer", "CloudTrail": "cloudtrail"}
JSON_APIS = ("sesv2", "accessanalyzer", "cloudtrail")

SENDING = {"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail",
           "SendBulkEmail", "SendCustomVerificationEmail"}


def served():
    """(service, operation, IAM action) of each row."""
    service, rows = None, []
    for line in (ROOT / "docs" / "ses-compatibility.md").read_text().splitlines():
        heading = re.match(r"## (.*): \d+ of \d+$", line)
        row = re.match(r"\| (\w+) \| `([\w-]+:\w+)` \|", line)
        if heading:
            service = CLIENTS[heading[1]]
        elif row:
            rows.append((service, row[1], row[2]))
    return rows


ROWS = served()
MANAGING = [row for row in ROWS if row[1] not in SENDING and row[1] != "GetCallerIdentity"]


# ---- inputs ----

NAMED = {  # by the member's name, where the model alone does not say what fits
    "Source": "taro@test1.com", "FromEmailAddress": "taro@test1.com",
    "EmailAddress": "ana@example.net", "BounceSender": "taro@test1.com",
    "Template": "there", "TemplateName": "there", "TemplateData": "{}",
    "DefaultTemplateData": "{}", "EmailIdentity": "test1.com", "Identity": "test1.com",
    "Domain": "test9.com", "UserName": "victim", "GroupName": "crew", "Path": "/",
    "S3Url": "s3://bucket/key", "BehaviorOnMXFailure": "UseDefaultValue", "PolicyDocument": "{}", "VersionId": "v1",
}


def text_of(name, shape, instance):
    if name == "ResourceArn":
        return instance.arn + "identity/test1.com"
    if name in ("PolicyArn", "PermissionsBoundary", "PolicySourceArn"):
        return instance.managed
    if name == "AccessKeyId":
        return instance.victim["access_key_id"]
    if name in NAMED:
        return NAMED[name]
    if shape.enum:
        return shape.enum[0]
    return "x" * max(1, shape.metadata.get("min", 1))


def value_of(name, shape, instance):
    if shape.type_name == "structure":
        return structure_of(shape, instance)
    if shape.type_name == "list":
        return [value_of(name, shape.member, instance)]
    if shape.type_name == "blob":
        return message()
    if shape.type_name == "string":
        return text_of(name, shape, instance)
    return {"boolean": False, "integer": 1, "timestamp": 0}[shape.type_name]


def structure_of(shape, instance):
    return {name: value_of(name, shape.members[name], instance)
            for name in shape.required_members}


TO = {"ToAddresses": ["ana@example.net"]}
TEMPLATE = {"TemplateName": "there", "TemplateData": "{}"}
TRACKING = {"TrackingOptions": {"CustomRedirectDomain": "go.test1.com"}}
MORE = {  # what the models call optional and the operations do not
    ("ses", "SendEmail"): {"Destination": TO, "Message": {"Subject": {"Data": "a"},
                                                          "Body": {"Text": {"Data": "b"}}}},
    ("ses", "SendTemplatedEmail"): {"Destination": TO},
    ("ses", "SendBulkTemplatedEmail"): {"Destinations": [{"Destination": TO}],
                                        "DefaultTemplateData": "{}"},
    ("ses", "SendCustomVerificationEmail"): {"TemplateName": "confirm"},
    ("sesv2", "SendCustomVerificationEmail"): {"TemplateName": "confirm"},
    ("sesv2", "SendEmail"): {"FromEmailAddress": "taro@test1.com", "Destination": TO,
                             "Content": {"Template": TEMPLATE}},
    ("sesv2", "SendBulkEmail"): {"FromEmailAddress": "taro@test1.com",
                                 "DefaultContent": {"Template": TEMPLATE},
                                 "BulkEmailEntries": [{"Destination": TO}]},
    ("ses", "CreateConfigurationSetTrackingOptions"): TRACKING,
    ("ses", "UpdateConfigurationSetTrackingOptions"): TRACKING,
    # A user's own are what these would be about else.
    ("iam", "GetUser"): {"UserName": "victim"}, ("iam", "UpdateUser"): {"UserName": "victim"},
    ("iam", "CreateAccessKey"): {"UserName": "victim"},
    ("iam", "ListAccessKeys"): {"UserName": "victim"},
    ("iam", "DeleteAccessKey"): {"UserName": "victim"},
    ("iam", "UpdateAccessKey"): {"UserName": "victim"},
    **{("iam", operation): {"UserName": "victim"} for operation in (
        "ListMFADevices", "ListSSHPublicKeys", "ListServiceSpecificCredentials",
        "ListSigningCertificates")},
    ("iam", "CreateLoginProfile"): {"Password": "a long password"},
}


def input_of(client, service, operation, instance):
    shape = client.meta.service_model.operation_model(operation).input_shape
    given = structure_of(shape, instance) if shape else {}
    return {**given, **MORE.get((service, operation), {})}


ANALYZER = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/x"
NEWER = {  # than Debian's botocore: the service that signs, method, path and input
    "GetMessageInsights": ("ses", "GET", "/v2/email/insights/x", None),
    "CheckNoNewAccess": ("access-analyzer", "POST", "/policy/check-no-new-access", {
        "newPolicyDocument": "{}", "existingPolicyDocument": "{}",
        "policyType": "IDENTITY_POLICY"}),
    "CheckAccessNotGranted": ("access-analyzer", "POST", "/policy/check-access-not-granted", {
        "policyDocument": "{}", "access": [{"actions": ["ses:SendEmail"]}],
        "policyType": "IDENTITY_POLICY"}),
    "UpdateAnalyzer": ("access-analyzer", "PUT", "/analyzer/x", {}),
    "ListFindingsV2": ("access-analyzer", "POST", "/findingv2", {"analyzerArn": ANALYZER}),
    "GetFindingV2": ("access-analyzer", "GET", "/findingv2/x?analyzerArn="
                     + urllib.parse.quote(ANALYZER, safe=""), None),
}


def refusal_of_newer(instance, credential, operation):
    service, method, path, given = NEWER[operation]
    request = botocore.awsrequest.AWSRequest(
        method, f"http://127.0.0.1:{instance.ports['http']}{path}",
        data=b"" if given is None else json.dumps(given).encode(),
        headers={"Content-Type": "application/json"})
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(
        credential["access_key_id"], credential["secret_access_key"]), service, "us-east-1"
    ).add_auth(request)
    answer = botocore.httpsession.URLLib3Session().send(request.prepare())
    return {"Error": {"Code": answer.headers["x-amzn-ErrorType"],
                      "Message": json.loads(answer.content)["message"]},
            "ResponseMetadata": {"HTTPStatusCode": answer.status_code}}


def refusal(instance, credential, service, operation):
    if operation in NEWER:
        return refusal_of_newer(instance, credential, operation)
    client = instance.api(service, credential)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        client._make_api_call(operation, input_of(client, service, operation, instance))
    return raised.value.response


# ---- the service ----

CONFIRM = {"TemplateName": "confirm", "FromEmailAddress": "taro@test1.com", "TemplateSubject": "a",
           "TemplateContent": "<p>b</p>", "SuccessRedirectionURL": "https://example.com/",
           "FailureRedirectionURL": "https://example.com/"}

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.account_id = instance.administrator["account"]
        instance.arn = f"arn:aws:ses:us-east-1:{instance.account_id}:"
        instance.add_domain("test1.com")
        owner = instance.owner = instance.person("owner", ALL)
        instance.nobody = instance.person("nobody", {"Effect": "Allow", "Action": "ses:Nothing",
                                                     "Resource": "*"})
        instance.admin("policy.delete", user="nobody", name="sending")
        instance.denied = instance.person("denied", ALL)
        instance.victim = instance.person("victim")
        iam, ses = instance.api("iam", owner), instance.api("ses", owner)
        iam.create_group(GroupName="crew")
        instance.managed = iam.create_policy(
            PolicyName="managed",
            PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
                           '"Action":"ses:Nothing","Resource":"*"}]}')["Policy"]["Arn"]
        ses.create_template(Template={"TemplateName": "there", "SubjectPart": "a",
                                      "TextPart": "b"})
        ses.create_custom_verification_email_template(**CONFIRM)
        yield instance


UNRELATED = {"decision", "ledger", "statistic", "sqlite_sequence", "access_key", "signing_key", "chunk",
             "permission_use"}


def everything(instance):
    """What is stored, without what every refused call may leave behind."""
    with sqlite3.connect(f"file:{instance.dir}/postern.db?mode=ro", uri=True) as database:
        tables = [name for name, in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'") if name not in UNRELATED]
        found = {table: sorted(map(repr, database.execute(f'SELECT * FROM "{table}"')))
                 for table in tables}
        found["keys"] = sorted(map(repr, database.execute(
            "SELECT id, iam_user, active FROM access_key")))
        return found


# ---- who may not ----

def assert_refused(instance, user, why, service, operation, action):
    credential = {"nobody": instance.nobody, "denied": instance.denied}[user]
    arn = f"arn:aws:iam::{instance.account_id}:user/{user}"
    answer = refusal(instance, credential, service, operation)
    error = answer["Error"]
    assert error["Code"] == ("AccessDeniedException" if service in JSON_APIS else "AccessDenied"), \
        error
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    beginning = f"User: {arn} is not authorized to perform: {action}"
    assert error["Message"].startswith(beginning), error
    rest = error["Message"].removeprefix(beginning)
    assert rest == f" {why}" if service == "ses" else \
        re.fullmatch(r" on resource: (\*|arn:aws:\S+|user victim|group crew|access key \S+) "
                     + re.escape(why), rest), error


@pytest.mark.parametrize("service, operation, action", MANAGING,
                         ids=lambda value: value.replace(":", "_"))
def test_without_a_policy_an_operation_is_refused_and_nothing_is_done(instance, service, operation,
                                                                      action):
    before = everything(instance)
    assert_refused(instance, "nobody",
                   f"because no identity-based policy allows the {action} action", service,
                   operation, action)
    assert everything(instance) == before


@pytest.mark.parametrize("service, operation, action", MANAGING,
                         ids=lambda value: value.replace(":", "_"))
def test_an_explicit_deny_is_stronger_than_an_allow_of_everything(instance, service, operation,
                                                                  action):
    instance.put_policy("but", {"Effect": "Deny", "Action": action, "Resource": "*"},
                        user="denied")
    before = everything(instance)
    assert_refused(instance, "denied", "with an explicit deny in an identity-based policy",
                   service, operation, action)
    assert everything(instance) == before


@pytest.mark.parametrize("user", ["nobody", "denied"])
@pytest.mark.parametrize("service, operation, action",
                         [row for row in ROWS if row[1] in SENDING],
                         ids=lambda value: value.replace(":", "_"))
def test_sending_is_refused_by_the_gate(instance, sink, user, service, operation, action):
    instance.put_policy("but", {"Effect": "Deny", "Action": action, "Resource": "*"},
                        user="denied")
    before, received = everything(instance), len(sink.received)
    error = refusal(instance, getattr(instance, user), service, operation)["Error"]
    assert error["Code"] in ("AccessDenied", "AccessDeniedException"), error
    assert error["Message"] == (
        f"User `arn:aws:iam::{instance.account_id}:user/{user}' is not authorized to perform "
        f"`{action}' on resource `{instance.arn}identity/test1.com'")
    assert everything(instance) == before and len(sink.received) == received


@pytest.mark.parametrize("service, operation", [
    ("ses", "SendTemplatedEmail"), ("ses", "SendBulkTemplatedEmail"), ("sesv2", "SendEmail"),
    ("sesv2", "SendBulkEmail")])
def test_who_may_not_send_does_not_learn_which_templates_there_are(instance, service, operation):
    def answer(name):
        client = instance.api(service, instance.nobody)
        given = json.loads(json.dumps(input_of(client, service, operation, instance)).replace(
            '"there"', f'"{name}"'))
        with pytest.raises(botocore.exceptions.ClientError) as raised:
            client._make_api_call(operation, given)
        return raised.value.response["Error"]
    assert answer("missing") == answer("there")


@pytest.mark.parametrize("service, denied, unverified", [
    ("ses", "AccessDenied", "FromEmailAddressNotVerified"),
    ("sesv2", "AccessDeniedException", "BadRequestException")])
def test_who_may_not_send_does_not_learn_who_is_verified(instance, service, denied, unverified):
    instance.add_domain("gone.example")
    name = f"gone-{service}"
    instance.api("ses", instance.owner).create_custom_verification_email_template(
        **{**CONFIRM, "TemplateName": name, "FromEmailAddress": "taro@gone.example"})
    instance.api("ses", instance.owner).delete_identity(Identity="gone.example")
    for who, code in ((instance.nobody, denied), (instance.owner, unverified)):
        with pytest.raises(botocore.exceptions.ClientError) as raised:
            instance.api(service, who).send_custom_verification_email(
                TemplateName=name, EmailAddress="ana@example.net")
        assert raised.value.response["Error"]["Code"] == code


def test_who_may_not_ask_about_a_user_does_not_learn_whether_there_is_one(instance):
    """Nor how the name is written, nor under which path, nor whose a key is."""
    owner, nobody = instance.api("iam", instance.owner), instance.api("iam", instance.nobody)
    owner.create_user(UserName="Hidden", Path="/staff/")
    owner.create_group(GroupName="Hidden", Path="/staff/")
    key = owner.create_access_key(UserName="Hidden")["AccessKey"]["AccessKeyId"]

    def words(call, **members):
        with pytest.raises(botocore.exceptions.ClientError) as raised:
            call(**members)
        text = raised.value.response["Error"]["Message"]
        for value in members.values():
            text = text.replace(value, "?")
        return text
    for call in (nobody.get_user, nobody.update_user, nobody.create_access_key):
        assert words(call, UserName="hidden") == words(call, UserName="nosuch")
    assert words(nobody.get_group, GroupName="hidden") == words(nobody.get_group,
                                                                GroupName="nosuch")
    assert words(nobody.get_access_key_last_used, AccessKeyId=key) == \
        words(nobody.get_access_key_last_used, AccessKeyId="AKIAAAAAAAAAAAAAAAAA")


def test_who_one_is_may_be_asked_by_everybody(instance):
    for user in ("nobody", "denied"):
        instance.put_policy("but", {"Effect": "Deny", "Action": "sts:*", "Resource": "*"},
                            user="denied")
        answer = instance.api("sts", getattr(instance, user)).get_caller_identity()
        assert answer["Arn"].endswith(f":user/{user}")


def test_the_rows_are_all_of_them():
    heading = sum(int(number) for number in re.findall(
        r"^## .*: (\d+) of \d+$", (ROOT / "docs" / "ses-compatibility.md").read_text(), re.M))
    assert len(ROWS) == heading and len(set(ROWS)) == heading
