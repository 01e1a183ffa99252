"""What a permission limited to one's own thing does to the things of others: nothing.

Identities under every spelling of their names, IAM users under every spelling and path, and the
ways in which a user could give themselves more than they have.
"""

import contextlib
import itertools
import json
import urllib.parse

import botocore.exceptions
import pytest

from harness import Instance
from test_api_requests import Signed

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENIED = {"AccessDenied", "AccessDeniedException"}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        account = instance.administrator["account"]
        instance.ses = f"arn:aws:ses:us-east-1:{account}:"
        instance.iam = f"arn:aws:iam::{account}:"
        instance.owner = instance.person("owner", ALL)
        for domain in ("mine.example", "theirs.example"):
            instance.add_domain(domain)
        yield instance


@pytest.fixture(scope="module")
def owner(instance):
    return {service: instance.api(service, instance.owner) for service in ("ses", "sesv2", "iam")}


def failure(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        call(**members)
    return raised.value.response["Error"]["Code"]


# ---- identities ----

THEIRS = ["theirs.example", "THEIRS.example", "Theirs.Example", "theirs.example.",
          "theirs\uff0eexample", "\uff54heirs.example", "theirs\u3002example", "jiro@theirs.example",
          "jiro@THEIRS.example", "Jiro@theirs.example", '"jiro"@theirs.example',
          "jiro+x@theirs.example"]

CHANGES = [
    ("delete_email_identity", {}),
    ("put_email_identity_dkim_attributes", {"SigningEnabled": False}),
    ("put_email_identity_mail_from_attributes", {"MailFromDomain": ""}),
    ("put_email_identity_feedback_attributes", {"EmailForwardingEnabled": True}),
    ("put_email_identity_configuration_set_attributes", {}),
    ("put_email_identity_dkim_signing_attributes", {"SigningAttributesOrigin": "AWS_SES"}),
    ("create_email_identity_policy", {"PolicyName": "p", "Policy": "{}"}),
    ("update_email_identity_policy", {"PolicyName": "p", "Policy": "{}"}),
    ("delete_email_identity_policy", {"PolicyName": "p"}),
    ("get_email_identity_policies", {}), ("get_email_identity", {}), ("create_email_identity", {}),
]


def state(owner):
    """Of all identities, with their policies and tags."""
    v1, v2 = owner["ses"], owner["sesv2"]
    found = {}
    for name in v1.list_identities(MaxItems=100)["Identities"]:
        answer = v2.get_email_identity(EmailIdentity=name)
        answer.pop("ResponseMetadata")
        found[name] = (answer, v2.get_email_identity_policies(EmailIdentity=name)["Policies"])
    return found


@pytest.mark.parametrize("what", ["limited", "denied"])
def test_a_name_of_others_has_no_spelling_that_opens_it(instance, owner, what):
    """Either all that is allowed is one's own, or all is allowed but this."""
    for address in ("jiro@theirs.example", "jiro+x@theirs.example"):
        with contextlib.suppress(botocore.exceptions.ClientError):
            owner["sesv2"].create_email_identity(EmailIdentity=address)
    own = {"Effect": "Allow", "Action": "ses:*",
           "Resource": [instance.ses + "identity/mine.example",
                        instance.ses + "identity/*@mine.example"]}
    but = {"Effect": "Deny", "Action": "ses:*",
           "Resource": [instance.ses + f"identity/{name}" for name in (
               "theirs.example", "*@theirs.example")]}
    statements = [own] if what == "limited" else [ALL, but]
    client = instance.api("sesv2", instance.person(what, *statements))
    before = state(owner)
    for (call, members), name in itertools.product(CHANGES, THEIRS):
        allowed = DENIED | {"BadRequestException"} if name.endswith(".") else DENIED  # no name
        assert failure(getattr(client, call), EmailIdentity=name, **members) in allowed, \
            (call, name)
    assert state(owner) == before
    for name in ("mine.example", "MINE.example", "mine\uff0eexample"):
        assert client.get_email_identity(EmailIdentity=name)["IdentityType"] == "DOMAIN"


PATHS = ["theirs%2eexample", "%74heirs.example", "THEIRS%2EEXAMPLE", "mine.example/../theirs.example",
         "mine.example%2f..%2ftheirs.example", "mine.example%00theirs.example",
         "mine.example/%2e%2e/theirs.example", "./theirs.example", "/theirs.example", "theirs.example/",
         "theirs.example%20", "%20theirs.example", "theirs.example%0a", "theirs%25%32%65example",
         "a%2fb", "..", "%2e%2e", "mine.example;theirs.example", "mine.example,theirs.example",
         "theirs.example?EmailIdentity=mine.example", "mine.example#/../theirs.example", "*", "theirs*",
         "theirs.exampl%3f"]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_others_has_no_spelling_that_opens_it(instance, owner, path):
    name = f"paths{PATHS.index(path)}"
    credential = instance.person(name, {
        "Effect": "Allow", "Action": "ses:*", "Resource": instance.ses + "identity/mine.example"})
    before = state(owner)
    for method, rest, body in (("GET", "", b""), ("DELETE", "", b""),
                               ("PUT", "/dkim", b'{"SigningEnabled": false}'),
                               ("POST", "/policies/p", b'{"Policy": "{}"}')):
        target = f"/v2/email/identities/{path}{rest}"
        # Signed under the path as it came, as one that is not decoded, and as it would be cleaned.
        for signed in {target, urllib.parse.unquote(target),
                       target.replace("mine.example/../", "").replace("./", "")}:
            if any(ord(letter) < 33 for letter in signed):
                continue
            request = Signed(instance, method, signed, body=body, credential=credential)
            request.path = target
            status, answer = request.send()
            assert status in (400, 403, 404), (method, signed, answer)
            assert b"theirs" not in answer or status in (400, 403, 404)
    assert state(owner) == before


def test_tags_of_others_are_theirs(instance, owner):
    own = instance.ses + "identity/mine.example"
    theirs = instance.ses + "identity/theirs.example"
    client = instance.api("sesv2", instance.person(
        "tagger", {"Effect": "Allow", "Action": "ses:*", "Resource": own}))
    client.tag_resource(ResourceArn=own, Tags=[{"Key": "a", "Value": "b"}])
    for arn in (theirs, theirs.upper(), theirs.replace("us-east-1", ""), theirs + ".",
                own + "/../theirs.example", instance.ses + "identity/THEIRS.example",
                instance.ses + "identity//theirs.example", instance.ses + "configuration-set/x"):
        for call, more in ((client.tag_resource, {"Tags": [{"Key": "a", "Value": "b"}]}),
                           (client.untag_resource, {"TagKeys": ["a"]}),
                           (client.list_tags_for_resource, {})):
            assert failure(call, ResourceArn=arn, **more) in DENIED, arn
    assert owner["sesv2"].list_tags_for_resource(ResourceArn=theirs)["Tags"] == []
    allowed = instance.api("sesv2", instance.person("not-theirs", ALL, {
        "Effect": "Deny", "Action": "*", "Resource": theirs}))
    for name in ("THEIRS.example", "theirs.example.", "theirs\uff0eexample"):
        with contextlib.suppress(botocore.exceptions.ClientError):
            allowed.tag_resource(ResourceArn=instance.ses + f"identity/{name}",
                                 Tags=[{"Key": "a", "Value": "b"}])
    assert owner["sesv2"].list_tags_for_resource(ResourceArn=theirs)["Tags"] == []


def test_a_policy_of_an_identity_gives_nothing_of_another(instance, owner):
    """What an identity's policy may name is this identity alone."""
    client = instance.api("sesv2", instance.person("policy-writer", {
        "Effect": "Allow", "Action": "ses:*", "Resource": instance.ses + "identity/mine.example"}))
    def policy(resource):
        return json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "ses:SendEmail", "Resource": resource}]})
    for resource in ("theirs.example", "THEIRS.example", "*", "mine.example*", "?heirs.example"):
        assert failure(client.create_email_identity_policy, EmailIdentity="mine.example",
                       PolicyName="p", Policy=policy(instance.ses + f"identity/{resource}")) \
            == "BadRequestException", resource
    assert failure(client.create_email_identity_policy, EmailIdentity="mine.example",
                   PolicyName="p", Policy=policy("*")) == "BadRequestException"


# ---- users ----

def person(instance, name, *statements):
    return instance.api("iam", instance.person(name, *statements))


def users(owner):
    details = owner["iam"].get_account_authorization_details()
    return {one["UserName"]: (one["Arn"], one.get("UserPolicyList"), one["GroupList"],
                              one["AttachedManagedPolicies"], one.get("PermissionsBoundary"))
            for one in details["UserDetailList"]}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements) or [ALL]})


SPELLINGS = ["victim", "VICTIM", "Victim", "vICTIM"]


def things_to_do_to(name, managed, key):
    return [
        ("create_access_key", {"UserName": name}), ("list_access_keys", {"UserName": name}),
        ("update_access_key", {"UserName": name, "AccessKeyId": key, "Status": "Inactive"}),
        ("delete_access_key", {"UserName": name, "AccessKeyId": key}),
        ("create_login_profile", {"UserName": name, "Password": "a long password"}),
        ("update_login_profile", {"UserName": name, "Password": "a long password"}),
        ("delete_login_profile", {"UserName": name}), ("get_login_profile", {"UserName": name}),
        ("put_user_policy", {"UserName": name, "PolicyName": "p", "PolicyDocument": document()}),
        ("delete_user_policy", {"UserName": name, "PolicyName": "sending"}),
        ("attach_user_policy", {"UserName": name, "PolicyArn": managed}),
        ("detach_user_policy", {"UserName": name, "PolicyArn": managed}),
        ("put_user_permissions_boundary", {"UserName": name, "PermissionsBoundary": managed}),
        ("delete_user_permissions_boundary", {"UserName": name}),
        ("update_user", {"UserName": name, "NewUserName": "renamed"}),
        ("update_user", {"UserName": name, "NewPath": "/me/"}),
        ("delete_user", {"UserName": name}), ("get_user", {"UserName": name}),
        ("tag_user", {"UserName": name, "Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_user", {"UserName": name, "TagKeys": ["a"]}),
        ("list_user_policies", {"UserName": name}),
        ("get_user_policy", {"UserName": name, "PolicyName": "sending"}),
        ("list_groups_for_user", {"UserName": name}),
    ]


@pytest.fixture(scope="module")
def victim(instance, owner):
    credential = instance.person("victim")
    owner["iam"].update_user(UserName="victim", NewPath="/staff/")
    owner["iam"].create_group(GroupName="admins")
    owner["iam"].put_group_policy(GroupName="admins", PolicyName="all", PolicyDocument=document())
    instance.managed = owner["iam"].create_policy(
        PolicyName="managed", PolicyDocument=document())["Policy"]["Arn"]
    return credential


@pytest.mark.parametrize("what", ["own", "path", "denied", "boundary"])
def test_users_of_others_are_theirs_under_every_spelling(instance, owner, victim, what):
    name = f"thief-{what}"
    statements = {
        "own": [{"Effect": "Allow", "Action": "iam:*",
                 "Resource": instance.iam + "user/${aws:username}"}],
        "path": [{"Effect": "Allow", "Action": "iam:*", "Resource": instance.iam + "user/me/*"}],
        "denied": [ALL, {"Effect": "Deny", "Action": "iam:*",
                         "Resource": instance.iam + "user/staff/*"}],
        "boundary": [ALL],
    }[what]
    client = person(instance, name, *statements)
    if what == "boundary":
        arn = owner["iam"].create_policy(PolicyName="bound", PolicyDocument=document(
            {**ALL, "Resource": [instance.iam + f"user/{name}", instance.managed]}))[
                "Policy"]["Arn"]
        owner["iam"].put_user_permissions_boundary(UserName=name, PermissionsBoundary=arn)
    before = users(owner)
    for spelling in SPELLINGS:
        for call, members in things_to_do_to(spelling, instance.managed, victim["access_key_id"]):
            assert failure(getattr(client, call), **members) == "AccessDenied", (call, spelling)
    assert failure(client.get_access_key_last_used, AccessKeyId=victim["access_key_id"]) == \
        "AccessDenied"
    assert users(owner) == before
    assert instance.api("sts", victim).get_caller_identity()


def test_a_key_of_others_is_not_reached_through_ones_own_name(instance, owner, victim):
    client = person(instance, "keyring", {"Effect": "Allow", "Action": "iam:*",
                                          "Resource": instance.iam + "user/keyring"})
    for name in ({}, {"UserName": "keyring"}, {"UserName": "KEYRING"}):
        for call, more in ((client.delete_access_key, {}),
                           (client.update_access_key, {"Status": "Inactive"})):
            assert failure(call, AccessKeyId=victim["access_key_id"], **name, **more) == \
                "NoSuchEntity"
    assert instance.api("sts", victim).get_caller_identity()


def test_nobody_takes_the_name_of_another(instance, owner, victim):
    """Names are one whatever their case and path."""
    for name in SPELLINGS:
        assert failure(owner["iam"].create_user, UserName=name) == "EntityAlreadyExists"
        assert failure(owner["iam"].create_user, UserName=name, Path="/staff/") == \
            "EntityAlreadyExists"
    owner["iam"].create_user(UserName="renamer")
    for name in SPELLINGS:
        assert failure(owner["iam"].update_user, UserName="renamer", NewUserName=name) == \
            "EntityAlreadyExists"
    limited = person(instance, "mover", {"Effect": "Allow", "Action": "iam:UpdateUser",
                                         "Resource": instance.iam + "user/mover"})
    for members in ({"NewUserName": "somebody"}, {"NewPath": "/staff/"}, {"NewUserName": "victim"},
                    {"NewUserName": "root"}):
        assert failure(limited.update_user, UserName="mover", **members) == "AccessDenied"


@pytest.mark.parametrize("path", ["/../", "/staff/../", "//", "/*/", "/staff", "staff/", "/st aff/",
                                  "/\u00e9/", "/a/\n/", "/" + "a/" * 300])
def test_a_path_is_what_it_says(instance, owner, path):
    """It may hold dots and stars as with the original; they mean nothing."""
    try:
        owner["iam"].create_user(UserName="walker", Path=path)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] in ("ValidationError",), error
        return
    client = person(instance, f"reader{len(path)}{ord(path[1])}", {
        "Effect": "Allow", "Action": "iam:GetUser", "Resource": instance.iam + "user/walker"})
    assert failure(client.get_user, UserName="walker") == "AccessDenied"
    owner["iam"].delete_user(UserName="walker")


def test_nobody_gives_themselves_more(instance, owner, victim):
    """Each of these alone is not the permission to be everything."""
    me = instance.iam + "user/climber"
    client = person(instance, "climber", {
        "Effect": "Allow", "Action": [
            "iam:Get*", "iam:List*", "iam:TagUser", "iam:UpdateUser", "iam:CreateAccessKey",
            "iam:CreateLoginProfile", "iam:SimulatePrincipalPolicy", "iam:RemoveUserFromGroup"],
        "Resource": [me, instance.iam + "group/*", instance.iam + "policy/*"]})
    before = users(owner)
    attempts = [
        (client.put_user_policy, {"UserName": "climber", "PolicyName": "p",
                                  "PolicyDocument": document()}),
        (client.attach_user_policy, {"UserName": "climber", "PolicyArn": instance.managed}),
        (client.add_user_to_group, {"UserName": "climber", "GroupName": "admins"}),
        (client.add_user_to_group, {"UserName": "climber", "GroupName": "ADMINS"}),
        (client.put_group_policy, {"GroupName": "admins", "PolicyName": "p",
                                   "PolicyDocument": document()}),
        (client.create_policy_version, {"PolicyArn": instance.managed, "SetAsDefault": True,
                                        "PolicyDocument": document()}),
        (client.set_default_policy_version, {"PolicyArn": instance.managed, "VersionId": "v1"}),
        (client.delete_policy_version, {"PolicyArn": instance.managed, "VersionId": "v1"}),
        (client.delete_user_permissions_boundary, {"UserName": "climber"}),
        (client.put_user_permissions_boundary, {"UserName": "climber",
                                                "PermissionsBoundary": instance.managed}),
        (client.delete_policy, {"PolicyArn": instance.managed}),
        (client.create_user, {"UserName": "other"}),
        (client.create_access_key, {"UserName": "owner"}),
    ]
    for call, members in attempts:
        assert failure(call, **members) == "AccessDenied", call
    assert users(owner) == before


def test_who_may_attach_one_policy_attaches_no_other(instance, owner, victim):
    small = owner["iam"].create_policy(PolicyName="small", PolicyDocument=document(
        {"Effect": "Allow", "Action": "ses:GetSendQuota", "Resource": "*"}))["Policy"]["Arn"]
    client = person(instance, "attacher", {
        "Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*",
        "Condition": {"ArnEquals": {"iam:PolicyARN": small}}})
    client.attach_user_policy(UserName="attacher", PolicyArn=small)
    for arn in (instance.managed, small.replace("policy/", "policy//"), small + "/../managed",
                small.replace("small", "SMALL"), "arn:aws:iam::aws:policy/AdministratorAccess"):
        assert failure(client.attach_user_policy, UserName="attacher", PolicyArn=arn) == \
            "AccessDenied", arn


def test_who_may_make_users_within_a_boundary_makes_none_without(instance, owner, victim):
    bound = owner["iam"].create_policy(PolicyName="within", PolicyDocument=document(
        {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}))["Policy"]["Arn"]
    client = person(instance, "delegate", {
        "Effect": "Allow", "Action": ["iam:CreateUser", "iam:PutUserPolicy",
                                      "iam:PutUserPermissionsBoundary", "iam:CreateAccessKey"],
        "Resource": "*",
        "Condition": {"StringEquals": {"iam:PermissionsBoundary": bound}}})
    client.create_user(UserName="within", PermissionsBoundary=bound)
    client.put_user_policy(UserName="within", PolicyName="p", PolicyDocument=document())
    for call, members in (
            (client.create_user, {"UserName": "without"}),
            (client.create_user, {"UserName": "without", "PermissionsBoundary": instance.managed}),
            (client.put_user_policy, {"UserName": "victim", "PolicyName": "p",
                                      "PolicyDocument": document()}),
            (client.put_user_permissions_boundary, {"UserName": "within",
                                                    "PermissionsBoundary": instance.managed}),
            (client.delete_user_permissions_boundary, {"UserName": "within"}),
            (client.put_user_policy, {"UserName": "delegate", "PolicyName": "p",
                                      "PolicyDocument": document()})):
        assert failure(call, **members) == "AccessDenied", members
    key = client.create_access_key(UserName="within")["AccessKey"]
    made = {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}
    assert failure(instance.api("iam", made).list_users) == "AccessDenied"
    assert instance.api("ses", made).get_send_quota()
