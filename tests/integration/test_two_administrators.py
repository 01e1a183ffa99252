"""docs/policy-language.md, "Two administrators for one address": its two policies, and that neither
of who has them can do alone what takes both."""

import json
import re

import botocore.exceptions
import pytest

from harness import ROOT, Instance, message

PAGE = (ROOT / "docs" / "policy-language.md").read_text()
SECTION = PAGE.split("## Two administrators for one address\n", 1)[1].split("\n## ", 1)[0]
POLICIES = re.findall(r"(?m)^    \{(?:.*\n)(?:     .*\n)*", SECTION)
TARO = "taro@test1.com"
SENDING = json.dumps({"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
    "Condition": {"StringEquals": {"ses:FromAddress": TARO}}}})


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture(scope="module")
def administrators(instance):
    """IAM as the one who makes people, and as the one who says who may send as whom."""
    account = instance.administrator["account"]
    of_people, of_policies = (json.loads(one.replace("ACCOUNT", account)) for one in POLICIES)
    clients = []
    for name, document in (("of-people", of_people), ("of-policies", of_policies)):
        credential = instance.person(name, document["Statement"])
        clients.append(instance.api("iam", credential))
    return clients


def denied(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        call(**members)
    return raised.value.response["Error"]["Code"] == "AccessDenied"


def sends(instance, key):
    client = instance.api("ses", {"access_key_id": key["AccessKeyId"],
                                  "secret_access_key": key["SecretAccessKey"]})
    try:
        client.send_raw_email(Source=TARO, Destinations=["ana@example.net"],
                              RawMessage={"Data": message(TARO)})
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] in ("AccessDenied", "InvalidClientTokenId"), error
        return False
    return True


def test_an_address_takes_both_administrators_and_either_takes_it_back(instance, administrators):
    people, policies = administrators
    user = {"UserName": "taro"}
    assert denied(policies.create_user, **user, Path="/staff/")
    people.create_user(**user, Path="/staff/")
    key = people.create_access_key(**user)["AccessKey"]
    assert denied(policies.create_access_key, **user)
    assert not sends(instance, key)
    sending = {**user, "PolicyName": "sending", "PolicyDocument": SENDING}
    assert denied(people.put_user_policy, **sending)
    policies.put_user_policy(**sending)
    assert sends(instance, key)

    switch = {**user, "AccessKeyId": key["AccessKeyId"]}
    people.update_access_key(**switch, Status="Inactive")
    assert not sends(instance, key)
    assert denied(policies.update_access_key, **switch, Status="Active")
    people.update_access_key(**switch, Status="Active")
    assert sends(instance, key)
    policies.delete_user_policy(**user, PolicyName="sending")
    assert not sends(instance, key)


@pytest.mark.parametrize("target", ["of-people", "of-policies"])
def test_neither_administrator_changes_themselves_or_the_other(administrators, target):
    user = {"UserName": target}
    for iam in administrators:
        assert denied(iam.create_access_key, **user)
        assert denied(iam.put_user_policy, **user, PolicyName="more", PolicyDocument=SENDING)
        assert denied(iam.update_user, **user, NewPath="/staff/")
        assert denied(iam.attach_user_policy, **user,
                      PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def test_neither_administrator_has_another_way(administrators):
    people, policies = administrators
    people.create_user(UserName="anna", Path="/staff/")
    for iam in administrators:
        assert denied(iam.create_user, UserName="third", Path="/administrators/")
        assert denied(iam.create_user, UserName="third")
        assert denied(iam.create_group, GroupName="staff")
        assert denied(iam.add_user_to_group, GroupName="staff", UserName="anna")
        assert denied(iam.create_policy, PolicyName="own", PolicyDocument=SENDING)
        assert denied(iam.attach_user_policy, UserName="anna",
                      PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        assert denied(iam.update_user, UserName="anna", NewUserName="bea")
        assert denied(iam.delete_user_permissions_boundary, UserName="anna")
    assert denied(policies.create_access_key, UserName="anna")
    assert denied(people.put_user_policy, UserName="anna", PolicyName="p", PolicyDocument=SENDING)
