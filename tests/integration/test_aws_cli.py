"""The AWS CLI as a person types it: words, shorthand, files, tables and pages."""

import base64
import json
import os
import subprocess

import pytest

from harness import Instance, message

AWS = "/usr/bin/aws"  # Debian's: another may come first
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
REFUSED = 254  # the CLI's exit status when the service answered with an error


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.root = instance.person("root", ALL)
        instance.taro = instance.person("taro")
        yield instance


@pytest.fixture
def run(instance, tmp_path):
    def run(*words, credential=None, output="json"):
        who = credential or instance.root
        return subprocess.run(
            [AWS, *words, "--output", output,
             "--endpoint-url", f"http://127.0.0.1:{instance.ports['http']}"],
            capture_output=True, text=True, timeout=60, cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_PAGER": "",
                 "LANG": "C.UTF-8", "AWS_DEFAULT_REGION": "us-east-1",
                 "AWS_EC2_METADATA_DISABLED": "true",
                 "AWS_ACCESS_KEY_ID": who["access_key_id"],
                 "AWS_SECRET_ACCESS_KEY": who["secret_access_key"]})
    return run


@pytest.fixture
def aws(run):
    """What is printed; read, where it is JSON."""
    def aws(*words, **options):
        ran = run(*words, **options)
        assert ran.returncode == 0 and ran.stderr == "", ran.stderr
        return json.loads(ran.stdout) if ran.stdout.startswith("{") else ran.stdout
    return aws


@pytest.fixture
def refused(run):
    def refused(text, *words, **options):
        ran = run(*words, **options)
        assert ran.returncode == REFUSED and ran.stdout == ""
        assert ran.stderr.strip() == text
    return refused


def test_who_am_i(instance, aws):
    user = instance.api("iam").get_user(UserName="root")["User"]
    assert aws("sts", "get-caller-identity", output="text").strip().split("\t") == [
        instance.administrator["account"], user["Arn"], user["UserId"]]


def test_a_domain_is_verified_and_waited_for(instance, aws, refused, zone):
    token = aws("ses", "verify-domain-identity", "--domain", "test2.com",
                "--query", "VerificationToken", output="text").strip()
    zone.add("_amazonses.test2.com", "TXT", token)
    instance.check_until("test2.com", verification="SUCCESS")
    assert aws("ses", "wait", "identity-exists", "--identities", "test2.com") == ""
    shown = aws("ses", "get-identity-verification-attributes", "--identities", "test2.com")
    assert shown["VerificationAttributes"]["test2.com"]["VerificationStatus"] == "Success"
    refused("An error occurred (InvalidParameterValue) when calling the VerifyDomainIdentity "
            "operation: com is a public suffix and cannot be an identity",
            "ses", "verify-domain-identity", "--domain", "com")


def test_lists_come_in_pages(instance, aws):
    for number in range(3):
        instance.admin("identity.vouch", identity=f"page{number}@test1.com")
    words = ["ses", "list-identities", "--identity-type", "EmailAddress", "--page-size", "1"]
    everything = [f"page{number}@test1.com" for number in range(3)]
    assert aws(*words, output="text").split() == [
        word for address in everything for word in ("IDENTITIES", address)]
    first = aws(*words, "--max-items", "2")
    assert first["Identities"] == everything[:2]
    rest = aws(*words, "--starting-token", first["NextToken"])
    assert rest["Identities"] == everything[2:] and "NextToken" not in rest
    for address in everything:
        instance.admin("identity.remove", identity=address)


def test_identities_of_the_second_version_in_a_table(instance, aws, refused):
    aws("sesv2", "create-email-identity", "--email-identity", "table.test1.com",
        "--tags", "Key=team,Value=post")
    shown = aws("sesv2", "get-email-identity", "--email-identity", "table.test1.com",
                output="table")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in shown.splitlines()]
    for row in (["VerificationStatus", "PENDING"], ["VerifiedForSendingStatus", "True"],
                ["SigningEnabled", "True"], ["Key", "team"], ["Value", "post"]):
        assert row in [[cell for cell in one if cell] for one in rows]
    aws("sesv2", "delete-email-identity", "--email-identity", "table.test1.com")
    refused("An error occurred (NotFoundException) when calling the GetEmailIdentity operation: "
            "Email identity table.test1.com does not exist.",
            "sesv2", "get-email-identity", "--email-identity", "table.test1.com")


def test_mail_is_sent_by_shorthand(aws, refused, sink):
    id_ = aws("ses", "send-email", "--from", "山田太郎 <taro@test1.com>",
              "--destination", "ToAddresses=a@example.net,b@example.net,CcAddresses=c@example.net",
              "--message", "Subject={Data=Hello,Charset=UTF-8},Body={Text={Data='by the CLI'}}",
              "--query", "MessageId", output="text").strip()
    for address in ("a@example.net", "b@example.net", "c@example.net"):
        received = sink.one(address)
        assert id_ in received.header and "by the CLI" in received.body.decode()
    aws("ses", "send-email", "--from", "taro@test1.com", "--to", "short@example.net",
        "--subject", "short", "--text", "words")
    assert sink.one("short@example.net").fields("Subject") == ["short"]
    refused("An error occurred (MessageRejected) when calling the SendEmail operation: Email "
            "address is not verified. The following identities failed the check in region "
            "US-EAST-1: x@else.example", "ses", "send-email", "--from", "x@else.example",
            "--to", "a@example.net", "--subject", "x", "--text", "x")


def test_mail_is_sent_from_a_file(instance, aws, refused, sink, tmp_path):
    def files(to, from_):
        data = base64.b64encode(message(from_, to, subject="from a file")).decode()
        (tmp_path / "v1.json").write_text(json.dumps({"Data": data}))
        (tmp_path / "v2.json").write_text(json.dumps({"Raw": {"Data": data}}))
    files("raw@example.net", "taro@test1.com")
    own = {"credential": instance.taro}
    assert aws("ses", "send-raw-email", "--raw-message", "file://v1.json", **own)["MessageId"]
    assert aws("sesv2", "send-email", "--content", "file://v2.json", **own)["MessageId"]
    assert len(sink.wait(2, to="raw@example.net")) == 2
    account = instance.administrator["account"]
    instance.put_policy("sending", {**ALL, "Condition": {
        "StringEquals": {"ses:FromAddress": "taro@test1.com"}}}, user="taro")
    files("raw@example.net", "jiro@test1.com")
    refused("An error occurred (AccessDenied) when calling the SendRawEmail operation: User "
            f"`arn:aws:iam::{account}:user/taro' is not authorized to perform "
            f"`ses:SendRawEmail' on resource `arn:aws:ses:us-east-1:{account}:identity/test1.com'",
            "ses", "send-raw-email", "--raw-message", "file://v1.json", **own)


def test_a_user_gets_a_key_and_a_policy_from_a_file(instance, aws, refused, tmp_path):
    aws("iam", "create-user", "--user-name", "ana", "--path", "/staff/", "--tags",
        "Key=team,Value=mail", "Key=cost,Value=12")
    assert aws("iam", "wait", "user-exists", "--user-name", "ana") == ""
    made = aws("iam", "create-access-key", "--user-name", "ana")["AccessKey"]
    own = {"access_key_id": made["AccessKeyId"], "secret_access_key": made["SecretAccessKey"]}
    document = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ses:GetSendQuota", "Resource": "*"}]}
    (tmp_path / "policy.json").write_text(json.dumps(document))
    refused("An error occurred (AccessDenied) when calling the GetSendQuota operation: User: "
            f"arn:aws:iam::{instance.administrator['account']}:user/staff/ana is not authorized "
            "to perform: ses:GetSendQuota because no identity-based policy allows the "
            "ses:GetSendQuota action", "ses", "get-send-quota", credential=own)
    aws("iam", "put-user-policy", "--user-name", "ana", "--policy-name", "quota",
        "--policy-document", "file://policy.json")
    assert aws("iam", "get-user-policy", "--user-name", "ana", "--policy-name", "quota")[
        "PolicyDocument"] == document
    assert aws("ses", "get-send-quota", credential=own)["Max24HourSend"] == -1
    listed = aws("iam", "list-users", "--path-prefix", "/staff/", "--query",
                 "Users[].[UserName,Path]", output="text")
    assert listed == "ana\t/staff/\n"
    refused("An error occurred (DeleteConflict) when calling the DeleteUser operation: Cannot "
            "delete entity, must delete access keys first.",
            "iam", "delete-user", "--user-name", "ana")
