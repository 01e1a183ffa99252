"""IAM users, their keys, groups and passwords by the API, and the reports about them."""

import base64
import contextlib
import csv
import datetime
import hashlib
import io
import itertools
import sqlite3

import botocore.exceptions
import pytest

from harness import Instance, eventually, message

NUMBERS = itertools.count(1)
OFF = "535 Authentication Credentials Invalid"
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture(scope="module")
def iam(instance):
    return instance.api("iam")


@pytest.fixture(scope="module")
def account(iam):
    return iam.get_user()["User"]["Arn"].split(":")[4]


@pytest.fixture
def name():
    """One that nothing has yet."""
    return f"name{next(NUMBERS)}"


@pytest.fixture
def user(iam, name):
    iam.create_user(UserName=name)
    return name


@pytest.fixture
def group(iam, name):
    iam.create_group(GroupName=f"group-{name}")
    return f"group-{name}"


@pytest.fixture
def boundary(instance, name):
    """The ARN of a managed policy."""
    return instance.put_policy(f"boundary-{name}", ANYTHING)["arn"]


@pytest.fixture
def person(instance, name):
    """The credential of a user who may send as anybody, and nothing else."""
    return instance.person(f"person-{name}")


@contextlib.contextmanager
def fails(code, text=None, status=None):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        yield
    answer = caught.value.response
    assert answer["Error"]["Code"] == code, answer
    if text is not None:
        assert answer["Error"]["Message"] == text
    if status:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


def database(instance):
    connection = sqlite3.connect(instance.dir / "postern.db")
    return contextlib.closing(connection)


def can_call(credential, instance):
    try:
        instance.api("sts", credential).get_caller_identity()
        return True
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidClientTokenId"
        return False


def as_credential(key):
    return {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}


# ---- users ----

def test_a_user_is_created_and_read_back(iam, account, name, boundary):
    tags = [{"Key": "Team", "Value": "mail"}, {"Key": "empty", "Value": ""}]
    made = iam.create_user(UserName=name, Path="/staff/", PermissionsBoundary=boundary,
                           Tags=tags)["User"]
    assert made["Arn"] == f"arn:aws:iam::{account}:user/staff/{name}"
    assert made["Path"] == "/staff/" and made["UserId"].startswith("AIDA")
    assert made["PermissionsBoundary"] == {"PermissionsBoundaryType": "PermissionsBoundaryPolicy",
                                           "PermissionsBoundaryArn": boundary}
    age = datetime.datetime.now(datetime.timezone.utc) - made["CreateDate"]
    assert abs(age.total_seconds()) < 120
    assert iam.get_user(UserName=name.upper())["User"] == made
    assert {one["Key"]: one.get("Value", "") for one in made["Tags"]} == {"Team": "mail", "empty": ""}


def test_a_user_name_is_taken_whatever_its_case(iam, user):
    with fails("EntityAlreadyExists", f"User with name {user.upper()} already exists.", 409):
        iam.create_user(UserName=user.upper())


def test_a_user_who_is_not_there_is_named(iam):
    text = "The user with name nobody cannot be found."
    for call in (iam.get_user, iam.delete_user, iam.list_groups_for_user, iam.list_access_keys,
                 iam.list_user_tags, iam.create_access_key, iam.get_login_profile,
                 iam.delete_user_permissions_boundary, iam.delete_login_profile):
        with fails("NoSuchEntity", text, 404):
            call(UserName="nobody")
    with fails("NoSuchEntity", text):
        iam.update_user(UserName="nobody", NewUserName="somebody")


@pytest.mark.parametrize("members", [
    {"UserName": "a b"}, {"UserName": "x" * 65}, {"UserName": ""}, {"UserName": "a/b"}, {},
    {"UserName": "fine", "Path": "relative"}, {"UserName": "fine", "Path": "/open"},
    {"UserName": "fine", "PermissionsBoundary": "x" * 30},
    {"UserName": "fine", "Tags": [{"Key": "k{", "Value": ""}]},
])
def test_what_no_user_may_have_is_refused(iam, members):
    with fails("ValidationError", status=400):
        iam.create_user(**members)


def test_a_boundary_that_is_not_there_makes_no_user(iam, account, name):
    with fails("NoSuchEntity"):
        iam.create_user(UserName=name, PermissionsBoundary=f"arn:aws:iam::{account}:policy/none")
    with fails("NoSuchEntity"):
        iam.get_user(UserName=name)


def test_get_user_without_a_name_is_about_the_caller(instance, iam, user):
    instance.put_policy("all", ANYTHING, user=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    own = instance.api("iam", as_credential(key))
    assert own.get_user()["User"]["UserName"] == user
    made = own.create_access_key()["AccessKey"]
    assert made["UserName"] == user
    assert {one["AccessKeyId"] for one in own.list_access_keys()["AccessKeyMetadata"]} \
        == {key["AccessKeyId"], made["AccessKeyId"]}


def test_lists_of_users_come_in_pages_below_a_path(iam, name):
    path = f"/{name}/"
    names = [f"{name}-{letter}" for letter in "eCaDb"]
    for one in names:
        iam.create_user(UserName=one, Path=path)
    whole = iam.list_users(PathPrefix=f"/{name}")
    assert not whole["IsTruncated"] and "Marker" not in whole
    pages = iam.get_paginator("list_users").paginate(PathPrefix=path,
                                                     PaginationConfig={"PageSize": 2})
    pages = [[one["UserName"] for one in page["Users"]] for page in pages]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sum(pages, []) == sorted(names, key=str.lower)
    assert iam.list_users(PathPrefix=f"/{name}x")["Users"] == []


def test_a_page_ends_before_its_answer_is_too_large(iam, name):
    path = "/" + "&" * 480 + f"{name}/"
    names = [f"{name}-{number:03}" for number in range(150)]
    for one in names:
        iam.create_user(UserName=one, Path=path)
    first = iam.list_users(PathPrefix=path, MaxItems=1000)
    assert first["IsTruncated"] and 0 < len(first["Users"]) < len(names)
    rest = iam.list_users(PathPrefix=path, MaxItems=1000, Marker=first["Marker"])
    assert [one["UserName"] for one in first["Users"] + rest["Users"]] == names


@pytest.mark.parametrize("marker", ["%%%", "AA", "gICA", "a b"])
def test_a_marker_that_was_not_given_is_refused_or_ends_the_list(iam, marker):
    try:
        iam.list_users(Marker=marker)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationError"


def test_delete_user_names_what_is_in_the_way(instance, iam, user, group):
    key = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    iam.create_login_profile(UserName=user, Password="long enough")
    iam.add_user_to_group(UserName=user, GroupName=group)
    instance.put_policy("own", ANYTHING, user=user)
    steps = [
        ("delete access keys", lambda: iam.delete_access_key(UserName=user, AccessKeyId=key)),
        ("delete policies", lambda: instance.admin("policy.delete", user=user, name="own")),
        ("remove users from group",
         lambda: iam.remove_user_from_group(UserName=user, GroupName=group)),
        ("delete login profile", lambda: iam.delete_login_profile(UserName=user)),
    ]
    for what, remove in steps:
        with fails("DeleteConflict", f"Cannot delete entity, must {what} first.", 409):
            iam.delete_user(UserName=user)
        remove()
    iam.delete_user(UserName=user)
    with fails("NoSuchEntity"):
        iam.get_user(UserName=user)


# ---- renaming ----

def test_a_renamed_user_keeps_everything(instance, iam, account, user, group, boundary):
    new = f"Renamed.{user}"
    before = iam.create_user(UserName=f"{user}-old", Tags=[{"Key": "k", "Value": "v"}])["User"]
    old = before["UserName"]
    key = iam.create_access_key(UserName=old)["AccessKey"]
    iam.create_login_profile(UserName=old, Password="long enough")
    iam.add_user_to_group(UserName=old, GroupName=group)
    iam.put_user_permissions_boundary(UserName=old, PermissionsBoundary=boundary)
    instance.put_policy("own", ANYTHING, user=old)
    instance.admin("policy.attach", user=old, name=boundary, attach=True)
    iam.update_user(UserName=old, NewUserName=new, NewPath="/moved/")
    after = iam.get_user(UserName=new)["User"]
    assert after["UserId"] == before["UserId"] and after["CreateDate"] == before["CreateDate"]
    assert after["Arn"] == f"arn:aws:iam::{account}:user/moved/{new}"
    assert after["Tags"] == [{"Key": "k", "Value": "v"}]
    assert after["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert [one["GroupName"] for one in iam.list_groups_for_user(UserName=new)["Groups"]] == [group]
    assert [one["UserName"] for one in iam.get_group(GroupName=group)["Users"]] == [new]
    assert iam.get_login_profile(UserName=new)["LoginProfile"]["UserName"] == new
    policies = {one["name"] for one in instance.admin("user.show", user=new)["policies"]}
    assert {"own", boundary.rsplit("/", 1)[1]} <= policies
    whoami = instance.api("sts", as_credential(key)).get_caller_identity()
    assert whoami["Arn"] == after["Arn"]
    with fails("NoSuchEntity"):
        iam.get_user(UserName=old)
    with database(instance) as db:
        for table, column in (("access_key", "iam_user"), ("group_member", "iam_user"),
                              ("login_profile", "iam_user"), ("inline_policy", "owner"),
                              ("policy_attachment", "owner"), ("iam_user", "folded")):
            found = db.execute(f"SELECT COUNT(*) FROM {table} WHERE {column} = ?", (old,))
            assert found.fetchone() == (0,), table
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_user_may_change_the_case_of_its_name(iam, user):
    iam.update_user(UserName=user, NewUserName=user.upper())
    assert iam.get_user(UserName=user)["User"]["UserName"] == user.upper()


def test_nobody_takes_the_name_of_another(iam, user):
    iam.create_user(UserName=f"{user}-other", Path="/keep/")
    with fails("EntityAlreadyExists", f"User with name {user.upper()} already exists.", 409):
        iam.update_user(UserName=f"{user}-other", NewUserName=user.upper(), NewPath="/lost/")
    assert iam.get_user(UserName=f"{user}-other")["User"]["Path"] == "/keep/"


def test_renaming_ends_open_sessions_and_the_key_goes_on(instance, iam, name, person):
    old = f"person-{name}"
    with instance.session(person) as session:
        iam.update_user(UserName=old, NewUserName=f"{old}-2")
        # who has the old name now must not be whom the session speaks for
        iam.create_user(UserName=old)
        assert session.command("MAIL FROM:<x@test1.com>").line == OFF
        assert session.closed()
    instance.accept(person, "x@test1.com", "ana@example.net", message("x@test1.com"))
    assert [one["from"] for one in instance.decisions(user=f"{old}-2")] == ["x@test1.com"]
    assert instance.decisions(user=old) == []


def test_who_renames_needs_permission_on_both_names(instance, iam, account, user):
    instance.put_policy("rename", {"Effect": "Allow", "Action": "iam:UpdateUser",
                                   "Resource": f"arn:aws:iam::{account}:user/mine/*"}, user=user)
    own = instance.api("iam", as_credential(iam.create_access_key(UserName=user)["AccessKey"]))
    iam.create_user(UserName=f"{user}-1", Path="/mine/")
    own.update_user(UserName=f"{user}-1", NewUserName=f"{user}-2")
    with fails("AccessDenied", status=403):
        own.update_user(UserName=f"{user}-2", NewPath="/theirs/")
    with fails("AccessDenied"):
        own.update_user(UserName=user, NewPath="/mine/")
    assert iam.get_user(UserName=f"{user}-2")["User"]["Path"] == "/mine/"


# ---- tags and boundary ----

def test_tags_are_put_listed_and_removed(iam, user):
    iam.tag_user(UserName=user, Tags=[{"Key": f"k{i}", "Value": str(i)} for i in range(5)])
    iam.tag_user(UserName=user, Tags=[{"Key": "K1", "Value": "again"}])
    pages = [iam.list_user_tags(UserName=user, MaxItems=3)]
    pages.append(iam.list_user_tags(UserName=user, Marker=pages[0]["Marker"]))
    assert [len(page["Tags"]) for page in pages] == [3, 2]
    tags = {one["Key"]: one["Value"] for page in pages for one in page["Tags"]}
    assert tags == {"k0": "0", "K1": "again", "k2": "2", "k3": "3", "k4": "4"}
    iam.untag_user(UserName=user, TagKeys=["k0", "k1", "none"])
    assert [one["Key"] for one in iam.list_user_tags(UserName=user)["Tags"]] == ["k2", "k3", "k4"]


def test_tags_go_with_their_user(iam, user):
    iam.tag_user(UserName=user, Tags=[{"Key": "k", "Value": "v"}])
    iam.delete_user(UserName=user)
    iam.create_user(UserName=user)
    assert iam.list_user_tags(UserName=user)["Tags"] == []


def test_bad_tags_are_refused_whole(iam, user):
    with fails("InvalidInput",
               "Duplicate tag keys found. Please note that Tag keys are case insensitive."):
        iam.tag_user(UserName=user, Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}])
    with fails("InvalidInput"):
        iam.tag_user(UserName=user, Tags=[{"Key": "ok", "Value": ""}, {"Key": "AWS:x", "Value": ""}])
    iam.tag_user(UserName=user, Tags=[{"Key": f"k{i}", "Value": ""} for i in range(50)])
    with fails("LimitExceeded", "The number of tags has reached the maximum limit.", 409):
        iam.tag_user(UserName=user, Tags=[{"Key": "more", "Value": ""}])
    assert len(iam.list_user_tags(UserName=user)["Tags"]) == 50


def test_a_condition_on_a_users_tags_is_asked(instance, iam, user):
    instance.put_policy(
        "some", ANYTHING,
        {"Effect": "Deny", "Action": "iam:DeleteUser", "Resource": "*",
         "Condition": {"StringEquals": {"aws:ResourceTag/kept": "yes"}}}, user=user)
    own = instance.api("iam", as_credential(iam.create_access_key(UserName=user)["AccessKey"]))
    iam.create_user(UserName=f"{user}-kept", Tags=[{"Key": "kept", "Value": "yes"}])
    iam.create_user(UserName=f"{user}-free", Tags=[{"Key": "kept", "Value": "no"}])
    with fails("AccessDenied"):
        own.delete_user(UserName=f"{user}-kept")
    own.delete_user(UserName=f"{user}-free")


def test_a_condition_on_a_boundary_is_asked_for_callers_and_renames_too(instance, iam, user,
                                                                        boundary):
    instance.put_policy(
        "some", ANYTHING,
        {"Effect": "Deny", "Action": ["iam:UpdateUser", "iam:CreateAccessKey"], "Resource": "*",
         "Condition": {"StringEquals": {"iam:PermissionsBoundary": boundary}}}, user=user)
    own = instance.api("iam", as_credential(iam.create_access_key(UserName=user)["AccessKey"]))
    iam.create_user(UserName=f"{user}-bound", PermissionsBoundary=boundary)
    with fails("AccessDenied"):
        own.update_user(UserName=f"{user}-bound", NewUserName=f"{user}-free")
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=boundary)
    with fails("AccessDenied"):
        own.create_access_key()
    iam.delete_user_permissions_boundary(UserName=user)
    own.create_access_key()


def test_to_create_a_user_with_tags_takes_the_permission_to_tag(instance, iam, user):
    instance.put_policy("create", {"Effect": "Allow", "Action": "iam:CreateUser",
                                   "Resource": "*"}, user=user)
    own = instance.api("iam", as_credential(iam.create_access_key(UserName=user)["AccessKey"]))
    own.create_user(UserName=f"{user}-plain")
    with fails("AccessDenied"):
        own.create_user(UserName=f"{user}-tagged", Tags=[{"Key": "k", "Value": "v"}])


def test_a_boundary_is_set_and_taken_away(iam, account, user, boundary):
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=boundary)
    shown = iam.get_user(UserName=user)["User"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == boundary
    with fails("NoSuchEntity", status=404):
        iam.put_user_permissions_boundary(UserName=user,
                                          PermissionsBoundary=f"arn:aws:iam::{account}:policy/none")
    with fails("ValidationError", "Invalid ARN:  Could not be parsed!"):
        iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary="x" * 30)
    assert "PermissionsBoundary" in iam.get_user(UserName=user)["User"]
    iam.delete_user_permissions_boundary(UserName=user)
    assert "PermissionsBoundary" not in iam.get_user(UserName=user)["User"]


# ---- passwords ----

def stored_password(instance, user):
    with database(instance) as db:
        return db.execute("SELECT password_hash FROM login_profile WHERE iam_user = ?",
                          (user,)).fetchone()[0]


def fits(text, password):
    _, kind, parameters, salt, key = text.split("$")
    assert kind == "scrypt"
    cost = {name: int(value) for name, value in (one.split("=") for one in parameters.split(","))}
    salt, key = (base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in (salt, key))
    assert len(salt) == 16 and len(key) == 32 and cost["ln"] >= 15
    return key == hashlib.scrypt(password.encode(), salt=salt, n=1 << cost["ln"], r=cost["r"],
                                 p=cost["p"], maxmem=1 << 28, dklen=32)


def test_a_login_profile_is_made_read_changed_and_removed(instance, iam, user):
    made = iam.create_login_profile(UserName=user, Password="correct horse 1",
                                    PasswordResetRequired=True)["LoginProfile"]
    assert made["UserName"] == user and made["PasswordResetRequired"]
    assert iam.get_login_profile(UserName=user)["LoginProfile"] == made
    assert fits(stored_password(instance, user), "correct horse 1")
    iam.update_login_profile(UserName=user, PasswordResetRequired=False)
    assert not iam.get_login_profile(UserName=user)["LoginProfile"]["PasswordResetRequired"]
    assert fits(stored_password(instance, user), "correct horse 1")
    iam.update_login_profile(UserName=user, Password="battery staple 2")
    assert fits(stored_password(instance, user), "battery staple 2")
    iam.delete_login_profile(UserName=user)
    with fails("NoSuchEntity", f"Login Profile for User {user} cannot be found.", 404):
        iam.get_login_profile(UserName=user)
    with fails("NoSuchEntity"):
        iam.update_login_profile(UserName=user, Password="battery staple 2")
    assert "correct horse" not in instance.log() and "battery staple" not in instance.log()


def test_a_second_login_profile_is_refused(iam, user):
    iam.create_login_profile(UserName=user, Password="long enough")
    with fails("EntityAlreadyExists", f"Login Profile for user {user} already exists.", 409):
        iam.create_login_profile(UserName=user, Password="long enough")


def test_a_short_password_is_refused_and_not_repeated(instance, iam, user):
    text = "Password should have a minimum length of 8"
    with fails("PasswordPolicyViolation", text, 400):
        iam.create_login_profile(UserName=user, Password="hunter2")
    with fails("ValidationError"):
        iam.create_login_profile(UserName=user, Password="hunter2" * 20)
    with fails("ValidationError"):
        iam.create_login_profile(UserName=user)
    iam.create_login_profile(UserName=user, Password="12345678")
    with fails("PasswordPolicyViolation", text):
        iam.update_login_profile(UserName=user, Password="hunter2")
    assert "hunter2" not in instance.log()


# ---- keys ----

def test_a_user_has_two_keys_at_most(iam, user):
    for _ in range(2):
        key = iam.create_access_key(UserName=user)["AccessKey"]
        assert key["Status"] == "Active" and len(key["SecretAccessKey"]) == 40
    with fails("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409):
        iam.create_access_key(UserName=user)
    first = iam.list_access_keys(UserName=user, MaxItems=1)
    assert first["IsTruncated"] and "SecretAccessKey" not in first["AccessKeyMetadata"][0]
    second = iam.list_access_keys(UserName=user, MaxItems=1, Marker=first["Marker"])
    assert not second["IsTruncated"]
    assert second["AccessKeyMetadata"][0]["AccessKeyId"] == key["AccessKeyId"]


def test_an_inactive_key_ends_its_sessions_at_once(instance, iam, name, person):
    members = {"UserName": f"person-{name}", "AccessKeyId": person["access_key_id"]}
    with instance.session(person) as session:
        iam.update_access_key(Status="Inactive", **members)
        assert session.command("MAIL FROM:<x@test1.com>").line == OFF
        assert session.closed()
    assert not can_call(person, instance)
    iam.update_access_key(Status="Active", **members)
    assert can_call(person, instance)
    instance.session(person).close()


def test_active_again_clears_the_mark_of_a_revocation(instance, iam, name, person):
    members = {"UserName": f"person-{name}", "AccessKeyId": person["access_key_id"]}

    def revoked():
        with database(instance) as db:
            return db.execute("SELECT revoked FROM access_key WHERE id = ?",
                              (members["AccessKeyId"],)).fetchone()[0]
    instance.admin("grant.revoke", target=f"person-{name}")
    assert revoked() == 1
    iam.update_access_key(Status="Inactive", **members)
    assert revoked() == 1
    iam.update_access_key(Status="Active", **members)
    assert revoked() == 0


def test_a_deleted_key_ends_its_sessions(instance, iam, name, person):
    with instance.session(person) as session:
        iam.delete_access_key(UserName=f"person-{name}", AccessKeyId=person["access_key_id"])
        assert session.command("MAIL FROM:<x@test1.com>").line == OFF
    assert not can_call(person, instance)


def test_the_key_of_another_user_is_not_found(instance, iam, user, person):
    members = {"UserName": user, "AccessKeyId": person["access_key_id"]}
    text = f"The Access Key with id {person['access_key_id']} cannot be found."
    with fails("NoSuchEntity", text, 404):
        iam.update_access_key(Status="Inactive", **members)
    with fails("NoSuchEntity", text):
        iam.delete_access_key(**members)
    with fails("NoSuchEntity", text):
        iam.delete_access_key(AccessKeyId=person["access_key_id"])  # the caller's own, it says
    assert can_call(person, instance)


def test_a_status_is_active_or_inactive(iam, user):
    key = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    with fails("ValidationError"):
        iam.update_access_key(UserName=user, AccessKeyId=key, Status="Sleeping")
    with fails("InvalidInput"):
        iam.update_access_key(UserName=user, AccessKeyId=key, Status="Expired")


def test_the_last_use_of_a_key_is_told(instance, iam, name, person):
    def used(key=person["access_key_id"]):
        return iam.get_access_key_last_used(AccessKeyId=key)
    fresh = used()
    assert fresh["UserName"] == f"person-{name}"
    assert fresh["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    instance.session(person).close()
    eventually(lambda: used()["AccessKeyLastUsed"]["ServiceName"] == "ses")
    assert used()["AccessKeyLastUsed"]["Region"] == "us-east-1"
    assert "LastUsedDate" in used()["AccessKeyLastUsed"]
    with fails("NoSuchEntity", "The Access Key with id AKIAAAAAAAAAAAAAAAAA cannot be found."):
        used("AKIAAAAAAAAAAAAAAAAA")


@pytest.mark.parametrize("service, call", [("sts", "get_caller_identity"), ("iam", "list_users"),
                                           ("ses", "get_send_quota")])
def test_use_by_the_api_is_kept_with_its_service(instance, iam, person, service, call):
    with contextlib.suppress(botocore.exceptions.ClientError):  # a refusal is a use
        getattr(instance.api(service, person), call)()
    eventually(lambda: iam.get_access_key_last_used(AccessKeyId=person["access_key_id"])
               ["AccessKeyLastUsed"]["ServiceName"] == service)


def test_use_is_kept_once_a_minute_and_a_forged_one_never(instance, iam, person):
    def when():
        with database(instance) as db:
            return db.execute("SELECT used_ms FROM access_key WHERE id = ?",
                              (person["access_key_id"],)).fetchone()[0]
    assert not can_call_with_wrong_secret(person, instance)
    sts = instance.api("sts", person)
    assert when() is None
    sts.get_caller_identity()
    first = eventually(when)
    sts.get_caller_identity()
    iam.list_users()
    assert when() == first


def can_call_with_wrong_secret(credential, instance):
    forged = dict(credential, secret_access_key="x" * 40)
    try:
        instance.api("sts", forged).get_caller_identity()
        return True
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "SignatureDoesNotMatch"
        return False


def test_who_may_not_ask_about_a_user_is_not_told_of_its_keys(instance, iam, account, user, person):
    instance.put_policy("ask", {"Effect": "Allow", "Action": "iam:GetAccessKeyLastUsed",
                                "Resource": f"arn:aws:iam::{account}:user/{user}"}, user=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    own = instance.api("iam", as_credential(key))
    assert own.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["UserName"] == user
    for other in (person["access_key_id"], "AKIAAAAAAAAAAAAAAAAA"):
        with fails("AccessDenied", status=403):
            own.get_access_key_last_used(AccessKeyId=other)


# ---- groups ----

def test_a_group_is_created_and_deleted(iam, account, name):
    made = iam.create_group(GroupName=name, Path="/teams/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{account}:group/teams/{name}"
    assert made["GroupId"].startswith("AGPA")
    assert iam.get_group(GroupName=name)["Group"] == made
    assert made in iam.list_groups(PathPrefix="/teams/")["Groups"]
    with fails("EntityAlreadyExists", f"Group with name {name.upper()} already exists.", 409):
        iam.create_group(GroupName=name.upper())
    iam.delete_group(GroupName=name)
    with fails("NoSuchEntity", f"The group with name {name} cannot be found.", 404):
        iam.get_group(GroupName=name)
    with fails("NoSuchEntity"):
        iam.delete_group(GroupName=name)


def test_members_come_in_pages(iam, group, name):
    users = [f"{name}-{number}" for number in range(5)]
    for one in users:
        iam.create_user(UserName=one)
        iam.add_user_to_group(GroupName=group, UserName=one)
        iam.add_user_to_group(GroupName=group, UserName=one)
    pages = list(iam.get_paginator("get_group").paginate(GroupName=group,
                                                         PaginationConfig={"PageSize": 2}))
    assert [len(page["Users"]) for page in pages] == [2, 2, 1]
    assert [one["UserName"] for page in pages for one in page["Users"]] == users
    with fails("DeleteConflict", "Cannot delete entity, must remove users from group first.", 409):
        iam.delete_group(GroupName=group)
    iam.remove_user_from_group(GroupName=group, UserName=users[0])
    with fails("NoSuchEntity", status=404):
        iam.remove_user_from_group(GroupName=group, UserName=users[0])
    with fails("NoSuchEntity", "The group with name nothing cannot be found."):
        iam.add_user_to_group(GroupName="nothing", UserName=users[0])
    with fails("NoSuchEntity", "The user with name nobody cannot be found."):
        iam.add_user_to_group(GroupName=group, UserName="nobody")


def test_a_user_is_in_ten_groups_at_most(iam, user, name):
    groups = [f"{name}-{number}" for number in range(11)]
    for one in groups:
        iam.create_group(GroupName=one)
    for one in groups[:10]:
        iam.add_user_to_group(GroupName=one, UserName=user)
    with fails("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", 409):
        iam.add_user_to_group(GroupName=groups[10], UserName=user)
    page = iam.list_groups_for_user(UserName=user, MaxItems=7)
    rest = iam.list_groups_for_user(UserName=user, Marker=page["Marker"])
    assert len(page["Groups"]) == 7 and len(rest["Groups"]) == 3


# ---- reports ----

def test_the_account_summary_counts(iam, name):
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName=name)
    iam.create_group(GroupName=name)
    after = iam.get_account_summary()["SummaryMap"]
    assert after["Users"] == before["Users"] + 1 and after["Groups"] == before["Groups"] + 1
    assert after["AccessKeysPerUserQuota"] == 2 and after["MFADevices"] == 0
    assert after["PolicyVersionsInUse"] >= after["Policies"] >= 1


def test_authorization_details_show_who_may_do_what(instance, iam, user, group, boundary):
    iam.add_user_to_group(UserName=user, GroupName=group)
    iam.tag_user(UserName=user, Tags=[{"Key": "k", "Value": "v"}])
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=boundary)
    instance.put_policy("own", ANYTHING, user=user)
    instance.put_policy("shared", ANYTHING, group=group)
    instance.admin("policy.attach", group=group, name=boundary, attach=True)
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(
        PaginationConfig={"PageSize": 3}))
    assert len(pages) > 2
    assert all(sum(len(page[name]) for name in ("UserDetailList", "GroupDetailList", "Policies"))
               == 3 for page in pages[:-1])
    users = [one for page in pages for one in page["UserDetailList"]]
    shown = {one["UserName"]: one for one in users}
    assert len(shown) == len(users) == iam.get_account_summary()["SummaryMap"]["Users"]
    assert shown[user]["UserPolicyList"][0]["PolicyDocument"]["Statement"] == [ANYTHING]
    assert shown[user]["GroupList"] == [group] and shown[user]["Tags"]
    assert shown[user]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    groups = {one["GroupName"]: one for page in pages for one in page["GroupDetailList"]}
    assert groups[group]["AttachedManagedPolicies"][0]["PolicyArn"] == boundary
    assert [one["PolicyName"] for one in groups[group]["GroupPolicyList"]] == ["shared"]
    policies = {one["Arn"]: one for page in pages for one in page["Policies"]}
    assert policies[boundary]["AttachmentCount"] == 1
    assert policies[boundary]["PermissionsBoundaryUsageCount"] == 1
    version = policies[boundary]["PolicyVersionList"][0]
    assert version["IsDefaultVersion"] and version["VersionId"] == "v1"
    assert version["Document"]["Statement"] == [ANYTHING]


def test_authorization_details_are_filtered(iam, group):
    only = iam.get_account_authorization_details(Filter=["Group"], MaxItems=1000)
    assert only["UserDetailList"] == only["Policies"] == only["RoleDetailList"] == []
    assert group in [one["GroupName"] for one in only["GroupDetailList"]]
    with fails("ValidationError"):
        iam.get_account_authorization_details(Filter=["Everything"])


COLUMNS = """user arn user_creation_time password_enabled password_last_used password_last_changed
password_next_rotation mfa_active access_key_1_active access_key_1_last_rotated
access_key_1_last_used_date access_key_1_last_used_region access_key_1_last_used_service
access_key_2_active access_key_2_last_rotated access_key_2_last_used_date
access_key_2_last_used_region access_key_2_last_used_service cert_1_active cert_1_last_rotated
cert_2_active cert_2_last_rotated""".split()


def report(iam):
    answer = iam.get_credential_report()
    assert answer["ReportFormat"] == "text/csv"
    rows = csv.DictReader(io.StringIO(answer["Content"].decode()), strict=True)
    assert rows.fieldnames == COLUMNS
    return {row["user"]: row for row in rows}, answer["GeneratedTime"]


def test_the_credential_report(instance, iam, account, name, person):
    with database(instance) as db, db:
        db.execute("DELETE FROM setting WHERE name LIKE 'credential_report%'")
    with fails("ReportNotPresent", status=410):
        iam.get_credential_report()
    odd = f"{name},=1"
    iam.create_user(UserName=odd, Path='/a"b,c/')
    iam.create_login_profile(UserName=odd, Password="long enough")
    instance.api("sts", person).get_caller_identity()
    eventually(lambda: iam.get_access_key_last_used(AccessKeyId=person["access_key_id"])
               ["AccessKeyLastUsed"]["ServiceName"] == "sts")
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    rows, made = report(iam)
    assert rows["<root_account>"]["arn"] == f"arn:aws:iam::{account}:root"
    row = rows[odd]
    assert row["arn"] == f'arn:aws:iam::{account}:user/a"b,c/{odd}'
    assert (row["password_enabled"], row["password_last_used"]) == ("true", "no_information")
    assert datetime.datetime.fromisoformat(row["password_last_changed"]) <= made
    assert row["access_key_1_active"] == "false" and row["access_key_1_last_rotated"] == "N/A"
    row = rows[f"person-{name}"]
    assert (row["password_enabled"], row["password_last_changed"]) == ("false", "N/A")
    assert (row["access_key_1_active"], row["access_key_2_active"]) == ("true", "false")
    assert row["access_key_1_last_used_service"] == "sts"
    assert datetime.datetime.fromisoformat(row["user_creation_time"]) <= made


def test_a_credential_report_is_as_of_when_it_was_made(iam, name):
    iam.generate_credential_report()
    iam.create_user(UserName=name)
    assert name not in report(iam)[0]
    iam.generate_credential_report()
    assert name in report(iam)[0]


def test_a_credential_report_expires_after_four_hours(instance, iam):
    iam.generate_credential_report()
    with database(instance) as db, db:
        db.execute("UPDATE setting SET value = value - 14460000 WHERE name = 'credential_report_ms'")
    with fails("ReportExpired", status=410):
        iam.get_credential_report()


# ---- permission ----

def test_without_permission_nothing_is_done(instance, iam, user, group, person):
    own = instance.api("iam", person)
    for call, members in [
            (own.create_user, {"UserName": f"{user}-x"}), (own.delete_user, {"UserName": user}),
            (own.create_access_key, {}), (own.create_access_key, {"UserName": user}),
            (own.get_user, {}), (own.list_users, {}), (own.list_groups, {}),
            (own.add_user_to_group, {"UserName": user, "GroupName": group}),
            (own.update_access_key, {"AccessKeyId": person["access_key_id"], "Status": "Active"}),
            (own.create_login_profile, {"UserName": user, "Password": "long enough"}),
            (own.tag_user, {"UserName": user, "Tags": [{"Key": "a", "Value": ""}]}),
            (own.delete_user_permissions_boundary, {"UserName": user}),
            (own.get_account_authorization_details, {}), (own.generate_credential_report, {}),
            (own.get_credential_report, {}), (own.get_account_summary, {})]:
        with fails("AccessDenied", status=403):
            call(**members)


def test_permission_on_a_path_ends_there(instance, iam, account, user):
    instance.put_policy("some", {"Effect": "Allow", "Action": "iam:*",
                                 "Resource": f"arn:aws:iam::{account}:user/mine/*"}, user=user)
    own = instance.api("iam", as_credential(iam.create_access_key(UserName=user)["AccessKey"]))
    own.create_user(UserName=f"{user}-mine", Path="/mine/")
    own.create_access_key(UserName=f"{user}-mine")
    with fails("AccessDenied"):
        own.create_user(UserName=f"{user}-theirs")
    with fails("AccessDenied"):
        own.create_access_key(UserName=user)
    with fails("AccessDenied"):
        own.create_user(UserName=f"{user}-theirs", Path="/minex/")
