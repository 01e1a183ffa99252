"""Policies by the API of IAM: inline, managed, their versions, what they are attached to, and what
they would decide."""

import contextlib
import itertools
import json
import urllib.parse

import botocore.exceptions
import pytest

from harness import Instance, message

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture(scope="module")
def iam(instance):
    return instance.api("iam")


@pytest.fixture
def name():
    """One that nothing has yet."""
    return f"name{next(NUMBERS)}"


@pytest.fixture
def user(instance, name):
    instance.admin("user.create", user=name)
    return name


@pytest.fixture
def group(instance, name):
    instance.admin("group.create", group=f"group-{name}")
    return f"group-{name}"


@pytest.fixture
def policy(iam, name):
    """The ARN of a managed one."""
    return iam.create_policy(PolicyName=name, PolicyDocument=document())["Policy"]["Arn"]


def statement(effect="Allow", action="ses:SendRawEmail", resource="*", **conditions):
    made = {"Effect": effect, "Action": action, "Resource": resource}
    if conditions:
        made["Condition"] = {operator: {key.replace("_", ":", 1): value}
                             for operator, (key, value) in conditions.items()}
    return made


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements) or [statement()]})


@contextlib.contextmanager
def fails(code, status, text):
    """The error's text begins so."""
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        yield
    answer = raised.value.response
    assert answer["Error"]["Code"] == code, answer
    assert answer["Error"]["Message"].startswith(text), answer
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


def key_of(instance, user):
    """A client with a key of that user."""
    return instance.api("iam", instance.admin("credential.create", user=user))


# ---- inline ----

@pytest.fixture(params=["user", "group"])
def holder(request, iam, instance, name):
    """Operations on a user or group under names without the kind."""
    instance.admin(f"{request.param}.create", **{request.param: f"holder-{name}"})
    return Holder(iam, request.param, f"holder-{name}")


class Holder:
    def __init__(self, iam, kind, name):
        self.iam, self.kind, self.name = iam, kind, name
        self.member = {"UserName" if kind == "user" else "GroupName": name}

    def call(self, operation, **members):
        operation = operation.replace("HOLDER", self.kind)
        return getattr(self.iam, operation)(**{**self.member, **members})

    def put(self, name, text=None):
        return self.call("put_HOLDER_policy", PolicyName=name, PolicyDocument=text or document())

    def get(self, name):
        return self.call("get_HOLDER_policy", PolicyName=name)

    def names(self, **members):
        return self.call("list_HOLDER_policies", **members)


def test_an_inline_policy_comes_back_as_it_was_put(holder):
    text = document(statement(resource="arn:aws:ses:us-east-1:123456789012:identity/a+b@é.com"))
    holder.put("first", text)
    answer = holder.get("first")
    assert answer["PolicyName"] == "first" and holder.name in answer.values()
    # botocore undoes the encoding and reads the document
    assert answer["PolicyDocument"] == json.loads(text)
    holder.put("first")
    assert holder.get("first")["PolicyDocument"] == json.loads(document())
    assert holder.names()["PolicyNames"] == ["first"]
    holder.call("delete_HOLDER_policy", PolicyName="first")
    assert holder.names()["PolicyNames"] == []


def test_a_document_is_percent_encoded_in_the_response(instance, iam, user):
    raw = []
    iam.meta.events.register("after-call.iam.GetUserPolicy",
                             lambda http_response, **_: raw.append(http_response.content))
    text = '{"Version": "2012-10-17",\n "Statement": {"Effect": "Allow", "Action": "*", ' \
           '"Resource": "*"}}'
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=text)
    stored = instance.admin("policy.show", user=user, name="p")["policies"][0]["document"]
    assert stored == text
    iam.get_user_policy(UserName=user, PolicyName="p")
    encoded = urllib.parse.quote(text, safe="-._~")
    assert encoded in raw[0].decode()


def test_an_inline_policy_that_is_not_there(holder):
    text = f"The {holder.kind} policy with name none cannot be found."
    with fails("NoSuchEntity", 404, text):
        holder.get("none")
    with fails("NoSuchEntity", 404, text):
        holder.call("delete_HOLDER_policy", PolicyName="none")


@pytest.mark.parametrize("kind", ["user", "group"])
def test_nobody_has_no_policies(iam, kind):
    nobody = Holder(iam, kind, "nobody")
    for operation in (lambda: nobody.put("p"), lambda: nobody.get("p"), nobody.names,
                      lambda: nobody.call("delete_HOLDER_policy", PolicyName="p"),
                      lambda: nobody.call("list_attached_HOLDER_policies")):
        with fails("NoSuchEntity", 404, f"The {kind} with name nobody cannot be found."):
            operation()


@pytest.mark.parametrize("text, where", [
    ("this is no document", "line 1, column 1"),
    ('{"Version": "2012-10-17",\n "Statement": [{"Effect": "allow"}]}', "line 2, column 27"),
    ('{"Statement": [], "Statement": []}', "line 1"),
    (document(statement(StringLikes=("ses_FromAddress", "a@b"))), "line 1"),
    (document({**statement(), "Principal": "*"}), "line 1"),
])
def test_a_malformed_document_is_refused_with_its_place(holder, text, where):
    with fails("MalformedPolicyDocument", 400, f"Syntax errors in policy. {where}"):
        holder.put("bad", text)
    assert holder.names()["PolicyNames"] == []


def test_inline_policies_have_a_size_together(holder):
    most = {"user": 2048, "group": 5120}[holder.kind]
    filler = "a" * (most - len(document(statement(action="ses:")).replace(" ", "")) - 10)
    holder.put("one", document(statement(action=f"ses:{filler}")) + " " * 3000)
    with fails("LimitExceeded", 409,
               f"Maximum policy size of {most} bytes exceeded for {holder.kind} {holder.name}"):
        holder.put("two")
    assert holder.names()["PolicyNames"] == ["one"]


def test_names_of_inline_policies_come_in_pages(holder):
    for number in range(5):
        holder.put(f"p{number}")
    first = holder.names(MaxItems=2)
    assert first["PolicyNames"] == ["p0", "p1"] and first["IsTruncated"]
    second = holder.names(MaxItems=2, Marker=first["Marker"])
    assert second["PolicyNames"] == ["p2", "p3"]
    last = holder.names(MaxItems=2, Marker=second["Marker"])
    assert last["PolicyNames"] == ["p4"] and not last["IsTruncated"] and "Marker" not in last
    with fails("ValidationError", 400, "Invalid Marker"):
        holder.names(Marker="!!")
    with fails("ValidationError", 400, "1 validation error detected"):
        holder.names(MaxItems=0)


def test_an_inline_policy_counts_at_once(iam, instance, user):
    credential = instance.admin("credential.create", user=user)
    raw = message("taro@test1.com", "ana@example.net")
    assert instance.submit(credential, "taro@test1.com", "ana@example.net", raw).code == 554
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document())
    assert instance.submit(credential, "taro@test1.com", "ana@example.net", raw).code == 250
    iam.delete_user_policy(UserName=user, PolicyName="p")
    assert instance.submit(credential, "taro@test1.com", "ana@example.net", raw).code == 554


# ---- managed ----

def test_a_managed_policy_is_made_and_shown(iam, instance, name):
    tags = [{"Key": "team", "Value": "mail"}, {"Key": "cost", "Value": "12 - more"}]
    made = iam.create_policy(PolicyName=name, Path="/team/", Description="What it is for & more",
                             PolicyDocument=document(), Tags=tags)["Policy"]
    account = instance.administrator["account"]
    assert made["Arn"] == f"arn:aws:iam::{account}:policy/team/{name}"
    assert made["PolicyId"].startswith("ANPA") and len(made["PolicyId"]) == 21
    shown = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert shown == {**made, "Tags": sorted(tags, key=lambda tag: tag["Key"])}
    assert shown["DefaultVersionId"] == "v1" and shown["IsAttachable"]
    assert shown["AttachmentCount"] == shown["PermissionsBoundaryUsageCount"] == 0
    assert shown["Description"] == "What it is for & more" and shown["Path"] == "/team/"
    assert shown["CreateDate"] == shown["UpdateDate"]


def test_a_name_is_given_once_whatever_path_and_case(iam, policy, name):
    text = f"A policy called {name.upper()} already exists. Duplicate names are not allowed."
    with fails("EntityAlreadyExists", 409, text):
        iam.create_policy(PolicyName=name.upper(), Path="/other/", PolicyDocument=document())


def test_managed_policies_that_cannot_be_made(iam, name):
    with fails("MalformedPolicyDocument", 400, "Syntax errors in policy. line 1, column 1"):
        iam.create_policy(PolicyName=name, PolicyDocument="[]")
    with fails("LimitExceeded", 409, "Cannot exceed quota for PolicySize: 6144"):
        iam.create_policy(PolicyName=name,
                          PolicyDocument=document(statement(action="ses:" + "a" * 6144)))
    with fails("ValidationError", 400, "1 validation error detected"):
        iam.create_policy(PolicyName=name, Path="team", PolicyDocument=document())
    with fails("InvalidInput", 400, "The tag key 'a' is given twice"):
        iam.create_policy(PolicyName=name, PolicyDocument=document(),
                          Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])
    assert name not in str(iam.list_policies()["Policies"])  # undone whole


def test_white_space_is_not_counted(iam, name):
    iam.create_policy(PolicyName=name, PolicyDocument=document() + "\n" * 7000)


def test_policies_that_are_not_there(iam, instance, user):
    arn = f"arn:aws:iam::{instance.administrator['account']}:policy/none"
    for operation, more in [
            ("get_policy", {}), ("delete_policy", {}), ("list_policy_versions", {}),
            ("list_entities_for_policy", {}), ("get_policy_version", {"VersionId": "v1"}),
            ("delete_policy_version", {"VersionId": "v1"}),
            ("set_default_policy_version", {"VersionId": "v1"}),
            ("create_policy_version", {"PolicyDocument": document()}),
            ("detach_user_policy", {"UserName": user})]:
        with fails("NoSuchEntity", 404, f"Policy {arn} was not found."):
            getattr(iam, operation)(PolicyArn=arn, **more)
    with fails("NoSuchEntity", 404, f"Policy {arn} does not exist or is not attachable."):
        iam.attach_user_policy(UserName=user, PolicyArn=arn)
    with fails("ValidationError", 400, "Invalid ARN:  Could not be parsed!"):
        iam.get_policy(PolicyArn="policy/of/twenty/characters")


def test_policies_are_listed_by_what_is_asked(iam, instance, user, name):
    path = f"/list-{name}/"
    arns = [iam.create_policy(PolicyName=f"{name}-{number}", Path=path, PolicyDocument=document())
            ["Policy"]["Arn"] for number in range(3)]
    iam.attach_user_policy(UserName=user, PolicyArn=arns[0])
    instance.admin("policy.boundary", user=user, name=arns[1])

    def found(**members):
        return [policy["Arn"] for policy in
                iam.list_policies(PathPrefix=path, **members)["Policies"]]
    assert found() == found(Scope="Local") == found(Scope="All") == arns
    assert found(Scope="AWS") == []
    assert found(OnlyAttached=True) == found(PolicyUsageFilter="PermissionsPolicy") == arns[:1]
    assert found(PolicyUsageFilter="PermissionsBoundary") == arns[1:2]
    first = iam.list_policies(PathPrefix=path, MaxItems=2)
    assert [policy["Arn"] for policy in first["Policies"]] == arns[:2] and first["IsTruncated"]
    assert found(Marker=first["Marker"]) == arns[2:]
    assert first["Policies"][0]["AttachmentCount"] == 1
    assert first["Policies"][1]["PermissionsBoundaryUsageCount"] == 1
    with fails("ValidationError", 400, "1 validation error detected"):
        iam.list_policies(Scope="Mine")
    instance.admin("policy.boundary", user=user)


def test_a_policy_in_use_is_not_deleted(iam, instance, user, policy):
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    with fails("DeleteConflict", 409, "Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=policy)
    iam.detach_user_policy(UserName=user, PolicyArn=policy)
    instance.admin("policy.boundary", user=user, name=policy)
    with fails("DeleteConflict", 409, "Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=policy)
    instance.admin("policy.boundary", user=user)
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=document())
    with fails("DeleteConflict", 409, "This policy has more than one version."):
        iam.delete_policy(PolicyArn=policy)
    iam.delete_policy_version(PolicyArn=policy, VersionId="v2")
    iam.delete_policy(PolicyArn=policy)
    with fails("NoSuchEntity", 404, f"Policy {policy} was not found."):
        iam.get_policy(PolicyArn=policy)


def test_tags_go_with_their_policy(iam, name):
    members = {"PolicyName": name, "PolicyDocument": document()}
    arn = iam.create_policy(**members, Tags=[{"Key": "a", "Value": "b"}])["Policy"]["Arn"]
    iam.delete_policy(PolicyArn=arn)
    iam.create_policy(**members)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Tags"] == []


# ---- attachments ----

def test_attachments_come_and_go(holder, policy, name):
    def attached(**members):
        return holder.call("list_attached_HOLDER_policies", **members)["AttachedPolicies"]
    holder.call("attach_HOLDER_policy", PolicyArn=policy)
    holder.call("attach_HOLDER_policy", PolicyArn=policy)  # once is enough
    assert attached() == [{"PolicyName": name, "PolicyArn": policy}]
    assert attached(PathPrefix="/other/") == []
    assert holder.iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    holder.call("detach_HOLDER_policy", PolicyArn=policy)
    assert attached() == []
    with fails("NoSuchEntity", 404, f"Policy {policy} was not found."):
        holder.call("detach_HOLDER_policy", PolicyArn=policy)


def test_ten_policies_may_be_attached(holder, iam, name):
    arns = [iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=document())
            ["Policy"]["Arn"] for number in range(11)]
    for arn in arns[:10]:
        holder.call("attach_HOLDER_policy", PolicyArn=arn)
    kind = "User" if holder.kind == "user" else "Group"
    with fails("LimitExceeded", 409, f"Cannot exceed quota for PoliciesPer{kind}: 10"):
        holder.call("attach_HOLDER_policy", PolicyArn=arns[10])
    holder.call("attach_HOLDER_policy", PolicyArn=arns[9])
    page = holder.call("list_attached_HOLDER_policies", MaxItems=9)
    rest = holder.call("list_attached_HOLDER_policies", Marker=page["Marker"])
    assert [p["PolicyArn"] for p in page["AttachedPolicies"] + rest["AttachedPolicies"]] == \
        sorted(arns[:10])


def test_whom_a_policy_applies_to(iam, instance, user, group, policy, name):
    instance.admin("user.create", user=f"limited-{name}")
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    iam.attach_group_policy(GroupName=group, PolicyArn=policy)
    instance.admin("policy.boundary", user=f"limited-{name}", name=policy)

    def entities(**members):
        answer = iam.list_entities_for_policy(PolicyArn=policy, **members)
        assert answer["PolicyRoles"] == []
        return ([entry["GroupName"] for entry in answer["PolicyGroups"]],
                [entry["UserName"] for entry in answer["PolicyUsers"]])
    assert entities() == ([group], [f"limited-{name}", user])
    assert entities(EntityFilter="User") == ([], [f"limited-{name}", user])
    assert entities(EntityFilter="Group") == ([group], [])
    assert entities(EntityFilter="Role") == ([], [])
    assert entities(PolicyUsageFilter="PermissionsPolicy") == ([group], [user])
    assert entities(PolicyUsageFilter="PermissionsBoundary") == ([], [f"limited-{name}"])
    assert entities(PathPrefix="/elsewhere/") == ([], [])
    first = iam.list_entities_for_policy(PolicyArn=policy, MaxItems=1)
    assert first["PolicyGroups"] and not first["PolicyUsers"] and first["IsTruncated"]
    assert entities(Marker=first["Marker"]) == ([], [f"limited-{name}", user])
    with fails("ValidationError", 400, "1 validation error detected"):
        iam.list_entities_for_policy(PolicyArn=policy, EntityFilter="Cat")
    instance.admin("policy.boundary", user=f"limited-{name}")


# ---- versions ----

def versions(iam, policy):
    return [(version["VersionId"], version["IsDefaultVersion"])
            for version in iam.list_policy_versions(PolicyArn=policy)["Versions"]]


def test_the_default_version_counts(iam, instance, user, policy):
    credential = instance.admin("credential.create", user=user)
    raw = message("taro@test1.com", "ana@example.net")

    def may():
        return instance.submit(credential, "taro@test1.com", "ana@example.net", raw).code == 250
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    assert may()
    made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(statement("Deny")))
    assert made["PolicyVersion"]["VersionId"] == "v2"
    assert not made["PolicyVersion"]["IsDefaultVersion"]
    assert may()
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v2")
    assert not may()
    assert versions(iam, policy) == [("v2", True), ("v1", False)]
    assert iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"] == "v2"
    first = iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]
    assert first["Document"] == json.loads(document()) and not first["IsDefaultVersion"]
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v1")
    assert may()
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v1")  # is it already
    made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(statement("Deny")),
                                     SetAsDefault=True)["PolicyVersion"]
    assert made["VersionId"] == "v3" and made["IsDefaultVersion"]
    assert not may()


def test_five_versions_and_no_number_twice(iam, policy):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=document())
    with fails("LimitExceeded", 409, "A managed policy can have up to 5 versions. Before you "
                                     "create a new version, you must delete an existing version."):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=document())
    with fails("DeleteConflict", 409, "Cannot delete the default version of a policy."):
        iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
    iam.delete_policy_version(PolicyArn=policy, VersionId="v5")
    made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=document())
    assert made["PolicyVersion"]["VersionId"] == "v6"
    assert [version for version, _ in versions(iam, policy)] == ["v6", "v4", "v3", "v2", "v1"]
    page = iam.list_policy_versions(PolicyArn=policy, MaxItems=3)
    rest = iam.list_policy_versions(PolicyArn=policy, Marker=page["Marker"])
    assert [version["VersionId"] for version in rest["Versions"]] == ["v2", "v1"]


def test_versions_that_are_not_there(iam, policy):
    for version in ("v2", "v99999999999999999999", "v1.x"):
        text = f"Policy {policy} version {version} does not exist or is not attachable."
        for operation in ("get_policy_version", "delete_policy_version",
                          "set_default_policy_version"):
            with fails("NoSuchEntity", 404, text):
                getattr(iam, operation)(PolicyArn=policy, VersionId=version)
    with fails("ValidationError", 400, "1 validation error detected"):
        iam.get_policy_version(PolicyArn=policy, VersionId="1")
    with fails("MalformedPolicyDocument", 400, "Syntax errors in policy. "):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument="{")


def test_the_administrator_puts_new_versions(iam, instance, name):
    arn = iam.create_policy(PolicyName=name, Path="/team/", PolicyDocument=document())[
        "Policy"]["Arn"]
    for number in range(6):
        answer = instance.put_policy(name, statement(action=f"ses:Send{number}"))
        assert answer["arn"] == arn  # whatever the path
    assert versions(iam, arn) == [("v7", True)] + [(f"v{n}", False) for n in (6, 5, 4, 3)]
    instance.put_policy(name, statement(action="ses:Send5"))  # the same again
    assert versions(iam, arn)[0] == ("v7", True)
    instance.admin("policy.delete", name=name)
    with fails("NoSuchEntity", 404, f"Policy {arn} was not found."):
        iam.get_policy(PolicyArn=arn)


# ---- who may ----

def test_each_operation_asks_for_its_resource(iam, instance, user, policy, name):
    mine = key_of(instance, user)
    with fails("AccessDenied", 403, f"User: arn:aws:iam::{instance.administrator['account']}:"
                                    f"user/{user} is not authorized to perform: "
                                    f"iam:GetPolicy on resource: {policy}"):
        mine.get_policy(PolicyArn=policy)
    instance.put_policy("p", statement(action="iam:GetPolicy", resource=policy),
                        statement(action="iam:CreatePolicy", resource="arn:aws:iam::*:policy/own/*"),
                        user=user)
    assert mine.get_policy(PolicyArn=policy)
    with fails("AccessDenied", 403, "User: "):
        mine.get_policy(PolicyArn=policy + "x")
    with fails("AccessDenied", 403, "User: "):
        mine.create_policy(PolicyName=f"{name}-2", PolicyDocument=document())
    mine.create_policy(PolicyName=f"{name}-2", Path="/own/", PolicyDocument=document())


def test_who_hands_out_some_policies_hands_out_no_others(iam, instance, user, policy, name):
    other = iam.create_policy(PolicyName=f"{name}-other", PolicyDocument=document())["Policy"]["Arn"]
    mine = key_of(instance, user)
    instance.put_policy("p", statement(action="iam:*UserPolicy",
                                       ArnEquals=("iam_PolicyARN", policy)), user=user)
    mine.attach_user_policy(UserName=user, PolicyArn=policy)
    with fails("AccessDenied", 403, "User: "):
        mine.attach_user_policy(UserName=user, PolicyArn=other)
    with fails("AccessDenied", 403, "User: "):
        mine.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document())


def test_who_gives_rights_below_a_boundary_gives_none_without(instance, iam, user, policy, name):
    instance.admin("user.create", user=f"below-{name}")
    mine = key_of(instance, user)
    instance.put_policy("p", statement(action="iam:PutUserPolicy",
                                       StringEquals=("iam_PermissionsBoundary", policy)), user=user)
    members = {"UserName": f"below-{name}", "PolicyName": "q", "PolicyDocument": document()}
    with fails("AccessDenied", 403, "User: "):
        mine.put_user_policy(**members)
    instance.admin("policy.boundary", user=f"below-{name}", name=policy)
    mine.put_user_policy(**members)
    instance.admin("policy.boundary", user=f"below-{name}")


# ---- simulation ----

def simulate(iam, *policies, action="ses:SendRawEmail", entries=(), **members):
    answer = iam.simulate_custom_policy(
        PolicyInputList=list(policies), ActionNames=[action],
        ContextEntries=[{"ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": type_}
                        for key, values, type_ in entries], **members)
    assert not answer["IsTruncated"] and len(answer["EvaluationResults"]) == 1
    return answer["EvaluationResults"][0]


def decision(*arguments, **members):
    return simulate(*arguments, **members)["EvalDecision"]


def test_a_simulation_tells_what_decided_and_where(iam):
    text = '{\n "Version": "2012-10-17",\n "Statement": [\n  {"Effect": "Allow",\n   "Action": ' \
           '"ses:*", "Resource": "*"},\n  {"Effect": "Deny", "Action": "ses:SendBounce", ' \
           '"Resource": "*"}]}'
    allowed = simulate(iam, document(statement(action="iam:*")), text)
    assert allowed["EvalActionName"] == "ses:SendRawEmail" and allowed["EvalResourceName"] == "*"
    assert allowed["EvalDecision"] == "allowed"
    assert allowed["MatchedStatements"] == [{
        "SourcePolicyId": "PolicyInputList.2", "SourcePolicyType": "none",
        "StartPosition": {"Line": 4, "Column": 3}, "EndPosition": {"Line": 5, "Column": 39}}]
    denied = simulate(iam, text, action="ses:SendBounce")
    assert denied["EvalDecision"] == "explicitDeny"
    assert [match["StartPosition"] for match in denied["MatchedStatements"]] == \
        [{"Line": 6, "Column": 3}]
    silent = simulate(iam, text, action="iam:GetUser")
    assert silent["EvalDecision"] == "implicitDeny" and silent["MatchedStatements"] == []
    assert "PermissionsBoundaryDecisionDetail" not in silent


def test_all_statements_that_allow_are_listed(iam):
    result = simulate(iam, document(statement(), statement(action="ses:*")), document())
    assert [match["SourcePolicyId"] for match in result["MatchedStatements"]] == \
        ["PolicyInputList.1", "PolicyInputList.1", "PolicyInputList.2"]


def test_keys_that_policies_need_and_the_request_lacks_are_named(iam):
    text = document(statement(StringLike=("ses_FromAddress", "*@test1.com"),
                              Bool=("aws_MultiFactorAuthPresent", "true"),
                              DateLessThan=("aws_CurrentTime", "2999-01-01T00:00:00Z"),
                              StringEquals=("aws_userid", "${aws:username}")))
    result = simulate(iam, text, entries=[("AWS:userid", ["x"], "string")])
    assert sorted(result["MissingContextValues"]) == \
        ["aws:MultiFactorAuthPresent", "aws:username", "ses:FromAddress"]
    arn = "arn:aws:ses:us-east-1:123456789012:identity/test1.com"
    result = simulate(iam, text, ResourceArns=[arn])
    assert result["MissingContextValues"] == []
    specific, = result["ResourceSpecificResults"]
    assert specific["EvalResourceName"] == arn and len(specific["MissingContextValues"]) == 4
    assert specific["EvalResourceDecision"] == result["EvalDecision"] == "implicitDeny"


def test_keys_of_a_sender_are_read_as_the_gate_reads_them(iam):
    own = document(statement(StringLike=("ses_FromAddress", "*@test1.com")))

    def from_(address, text=own, type_="string"):
        return decision(iam, text, entries=[("ses:FromAddress", [address], type_)])
    assert from_("taro@test1.com") == from_("taro@TEST1.com") == "allowed"
    assert from_("taro@test2.com") == "implicitDeny"
    allow, deny = statement(), statement("Deny", StringEquals=("ses_FromAddress", "taro@test1.com"))
    assert from_("taro@test1.com", document(allow, deny)) == "explicitDeny"
    assert from_("Taro+news@test1.com", document(allow, deny)) == "explicitDeny"
    assert from_("jiro@test1.com", document(allow, deny)) == "allowed"
    # One value, whatever its type is said to be: ${ses:FromAddress} has it.
    named = document(statement(resource="arn:aws:ses:*:*:identity/${ses:FromAddress}"))
    assert decision(iam, named, entries=[("ses:FromAddress", ["taro@test1.com"], "stringList")],
                    ResourceArns=["arn:aws:ses:us-east-1:123456789012:identity/taro@Test1.com"]) \
        == "allowed"
    with fails("InvalidInput", 400, "ContextKeyValues of: ses:FromAddress must be one value"):
        simulate(iam, own, entries=[("ses:FromAddress", ["a@b.c", "d@e.f"], "stringList")])
    several = document(statement(**{"ForAllValues:StringLike": ("ses_Recipients", "*@test1.com")}))
    assert decision(iam, several, entries=[
        ("ses:Recipients", ["a@test1.com", "b@TEST1.COM"], "stringList")]) == "allowed"
    assert decision(iam, several, entries=[
        ("ses:Recipients", ["a@test1.com", "b@test2.com"], "string")]) == "implicitDeny"


def test_the_simulation_and_the_gate_agree(iam, instance, user):
    credential = instance.admin("credential.create", user=user)
    arn = f"arn:aws:iam::{instance.administrator['account']}:user/{user}"
    identity = f"arn:aws:ses:us-east-1:{instance.administrator['account']}:identity/test1.com"
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document(
        statement(StringLike=("ses_FromAddress", "${aws:username}*@test1.com")),
        statement("Deny", StringLike=("ses_FromAddress", "*+x@test1.com"))))
    for address in (f"{user}@test1.com", f"{user}+x@test1.com", f"{user.upper()}@test1.com",
                    "taro@test1.com", f"{user}+X@test1.com"):
        result = iam.simulate_principal_policy(
            PolicySourceArn=arn, ActionNames=["ses:SendRawEmail"], ResourceArns=[identity],
            ContextEntries=[{"ContextKeyName": "ses:FromAddress", "ContextKeyValues": [address],
                             "ContextKeyType": "string"}])["EvaluationResults"][0]
        reply = instance.submit(credential, address, "ana@example.net",
                                message(address, "ana@example.net"))
        assert (result["EvalDecision"] == "allowed") == (reply.code == 250), (address, reply)


def test_a_boundary_is_told_apart(iam):
    boundary = document(statement(action="ses:*"))
    result = simulate(iam, document(statement(action="*")),
                      PermissionsBoundaryPolicyInputList=[boundary])
    assert result["EvalDecision"] == "allowed"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    result = simulate(iam, document(statement(action="*")), action="iam:GetUser",
                      PermissionsBoundaryPolicyInputList=[boundary])
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    with fails("InvalidInput", 400, "PermissionsBoundaryPolicyInputList: takes one policy"):
        simulate(iam, document(), PermissionsBoundaryPolicyInputList=[boundary, boundary])


def test_a_policy_of_the_resource_needs_a_caller(iam):
    caller = "arn:aws:iam::123456789012:user/division/ana"
    of_resource = document({**statement(), "Principal": {"AWS": caller}})
    silent = document(statement(action="iam:*"))
    with fails("InvalidInput", 400, "CallerArn: must be given"):
        simulate(iam, silent, ResourcePolicy=of_resource)
    with fails("InvalidInput", 400, "CallerArn: "):
        simulate(iam, silent, ResourcePolicy=of_resource,
                 CallerArn="arn:aws:iam::123456789012:role/division/ana")
    result = simulate(iam, silent, ResourcePolicy=of_resource, CallerArn=caller)
    assert result["EvalDecision"] == "allowed"
    match, = result["MatchedStatements"]
    assert (match["SourcePolicyId"], match["SourcePolicyType"]) == ("ResourcePolicy", "resource")
    assert decision(iam, silent, ResourcePolicy=of_resource, CallerArn=caller + "x") == \
        "implicitDeny"


def test_results_are_one_an_action_and_resource_in_pages(iam):
    arns = [f"arn:aws:ses:us-east-1:123456789012:identity/{name}.com" for name in "abc"]
    members = {"PolicyInputList": [document(statement(resource=arns[1]))],
               "ActionNames": ["ses:SendRawEmail", "ses:SendEmail"], "ResourceArns": arns}
    results, marker = [], {}
    for _ in range(3):
        page = iam.simulate_custom_policy(**members, MaxItems=2, **marker)
        results += page["EvaluationResults"]
        marker = {"Marker": page.get("Marker")}
    assert not page["IsTruncated"]
    assert [(r["EvalActionName"], r["EvalResourceName"]) for r in results] == \
        [(action, arn) for action in members["ActionNames"] for arn in arns]
    assert [r["EvalDecision"] for r in results] == \
        ["implicitDeny", "allowed"] + ["implicitDeny"] * 4


def test_what_is_costly_comes_in_short_pages_or_not_at_all(iam):
    stars = "arn:aws:ses:*:*:" + "a*" * 50000
    members = {"PolicyInputList": [document(statement(resource=stars))],
               "ActionNames": ["ses:SendRawEmail"]}
    arn = "arn:aws:ses:us-east-1:123456789012:" + "a" * 2000
    page = iam.simulate_custom_policy(**members, ResourceArns=[arn] * 20)
    assert page["IsTruncated"] and 1 <= len(page["EvaluationResults"]) < 20
    with fails("InvalidInput", 400, "ContextEntries: and policies are too long together"):
        iam.simulate_custom_policy(**members, ContextEntries=[
            {"ContextKeyName": "aws:UserAgent", "ContextKeyValues": ["x" * 20000],
             "ContextKeyType": "string"}])


@pytest.mark.parametrize("members, text", [
    ({"action": "ses:*"}, "ActionNames: ses:* is not service:Action"),
    ({"action": "sesSendEmail"}, "ActionNames: sesSendEmail is not service:Action"),
    ({"action": "ses:SendRawEmial"}, "ActionNames: ses:SendRawEmial does not exist"),
    ({"ResourceArns": ["test1.com"]}, "ResourceArns: test1.com is not an ARN"),
    ({"ResourceOwner": "arn:aws:iam::999999999999:root"}, "ResourceOwner: "),
    ({"ResourceHandlingOption": "EC2"}, "ResourceHandlingOption: EC2 is none"),
    ({"entries": [("username", ["x"], "string")]}, "ContextKeyName: username is not"),
    ({"entries": [("aws:a", ["x"], "string"), ("AWS:A", ["x"], "string")]},
     "ContextKeyName: AWS:A is given twice"),
    ({"entries": [("aws:a", ["x", "y"], "string")]}, "ContextKeyValues of: aws:a must be one"),
    ({"entries": [("aws:a", ["x"], "numericList")]}, "ContextKeyValues: x cannot be read"),
    ({"entries": [("aws:a", ["yes"], "boolean")]}, "ContextKeyValues: yes cannot be read"),
    ({"entries": [("aws:a", ["10.0.0"], "ip")]}, "ContextKeyValues: 10.0.0 cannot be read"),
    ({"entries": [("aws:a", ["today"], "date")]}, "ContextKeyValues: today cannot be read"),
    ({"entries": [("aws:a", ["?"], "binary")]}, "ContextKeyValues: ? cannot be read"),
])
def test_a_simulation_that_cannot_be(iam, members, text):
    with fails("InvalidInput", 400, text):
        simulate(iam, document(), **members)


def test_a_policy_that_cannot_be_read_is_not_simulated(iam):
    with fails("InvalidInput", 400, "Invalid policy in PolicyInputList.2: line 1, column 1: "):
        simulate(iam, document(), "[]")
    with fails("ValidationError", 400, "1 validation error detected"):
        simulate(iam, document(), entries=[("aws:a", ["x"], "word")])
    with fails("InvalidInput", 400, "Policies: are too long together"):
        simulate(iam, *[document(statement(action="ses:" + "a" * 120000))] * 9)


def test_a_user_is_simulated_with_all_that_applies(iam, instance, user, group, policy, name):
    arn = f"arn:aws:iam::{instance.administrator['account']}:user/{user}"

    def principal(action="ses:SendRawEmail", **members):
        return iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[action],
                                             **members)["EvaluationResults"][0]
    assert principal()["EvalDecision"] == "implicitDeny"
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    iam.put_group_policy(GroupName=group, PolicyName="g", PolicyDocument=document(
        statement(StringEquals=("aws_username", user)),
        statement(action="iam:GetUser", StringEquals=("aws_PrincipalArn", arn))))
    instance.admin("group.member", group=group, user=user, member=True)
    assert sorted((match["SourcePolicyId"], match["SourcePolicyType"])
                  for match in principal()["MatchedStatements"]) == \
        [("g", "group"), (name, "user-managed")]
    assert principal()["MissingContextValues"] == []
    assert principal("iam:GetUser")["EvalDecision"] == "allowed"
    assert principal("iam:GetUser", CallerArn=arn + "x")["EvalDecision"] == "implicitDeny"
    given = [{"ContextKeyName": "aws:username", "ContextKeyValues": ["other"],
              "ContextKeyType": "string"}]
    assert len(principal(ContextEntries=given)["MatchedStatements"]) == 1
    assert principal(PolicyInputList=[document(statement("Deny"))])["EvalDecision"] == \
        "explicitDeny"
    instance.admin("policy.boundary", user=user, name=policy)
    assert principal()["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"]
    assert principal("iam:GetUser")["EvalDecision"] == "implicitDeny"
    wide = [document(statement(action="*"))]
    assert principal("iam:GetUser", PermissionsBoundaryPolicyInputList=wide)["EvalDecision"] == \
        "allowed"
    instance.admin("policy.boundary", user=user)
    of_group = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{instance.administrator['account']}:group/{group}",
        ActionNames=["ses:SendRawEmail"])["EvaluationResults"][0]
    assert of_group["MissingContextValues"] == ["aws:username", "aws:PrincipalArn"]


def test_nobody_is_not_simulated(iam, instance, user):
    account = instance.administrator["account"]
    for arn in (f"arn:aws:iam::{account}:user/nobody", f"arn:aws:iam::{account}:role/{user}",
                f"arn:aws:iam::{account}:user/{user.upper()}",
                f"arn:aws:iam::999999999999:user/{user}", f"arn:aws:iam::{account}:group/nobody"):
        with fails("NoSuchEntity", 404, f"There is no user or group {arn}."):
            iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["ses:SendEmail"])
    with fails("ValidationError", 400, "Invalid ARN:  Could not be parsed!"):
        iam.simulate_principal_policy(PolicySourceArn="twenty characters or more",
                                      ActionNames=["ses:SendEmail"])
