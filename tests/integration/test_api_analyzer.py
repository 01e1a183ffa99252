"""IAM Access Analyzer by its API: what is wrong in a policy before it is stored, and what is not used."""

import contextlib
import datetime
import itertools
import json
import sqlite3
import urllib.parse
from unittest import mock

import botocore.exceptions
import pytest

from harness import Instance, api_refuses, eventually, failure, message, without_metadata

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture(scope="module")
def analyzer(instance):
    return instance.api("accessanalyzer")


@pytest.fixture(scope="module")
def ask(instance):
    """A signed request: status and answer."""
    def ask(method, path, body=None, credential=None):
        return instance.rest(credential or instance.administrator, method, path, body,
                             service="access-analyzer")
    return ask


@pytest.fixture
def name():
    """One that nothing has yet."""
    return f"name{next(NUMBERS)}"


def statement(effect="Allow", action="ses:SendRawEmail", resource="*", **further):
    return {"Effect": effect, "Action": action, "Resource": resource, **further}


def document(*statements, indent=None):
    return json.dumps({"Version": "2012-10-17", "Statement": statements or [statement()]},
                      indent=indent)


# ---- ValidatePolicy ----

def test_a_good_policy_has_no_findings(analyzer):
    answer = analyzer.validate_policy(policyDocument=document(), policyType="IDENTITY_POLICY")
    assert without_metadata(answer) == {"findings": []}


def test_a_finding_says_what_and_where(analyzer):
    text = document(statement(), statement(action=["ses:SendEmail", "ses:SendMail"]), indent=2)
    finding, = analyzer.validate_policy(policyDocument=text,
                                        policyType="IDENTITY_POLICY")["findings"]
    start = text.index('"ses:SendMail"')
    lines = text[:start].split("\n")
    place = {"line": len(lines), "column": len(lines[-1]), "offset": start}
    assert finding == {
        "findingDetails": "The action ses:SendMail does not exist. Did you mean ses:SendEmail?",
        "findingType": "ERROR",
        "issueCode": "INVALID_ACTION",
        "learnMoreLink": "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
                         "access-analyzer-reference-policy-checks.html"
                         "#access-analyzer-reference-policy-checks-error-invalid-action",
        "locations": [{
            "path": [{"value": "Statement"}, {"index": 1}, {"value": "Action"}, {"index": 1}],
            "span": {"start": place, "end": {"line": place["line"], "column": place["column"] + 14,
                                             "offset": start + 14}},
        }],
    }


def test_each_type_of_policy_has_its_own_rules(analyzer):
    def codes(text, kind, **further):
        answer = analyzer.validate_policy(policyDocument=text, policyType=kind, **further)
        return {finding["issueCode"] for finding in answer["findings"]}
    plain, open_to_all = document(), document(statement(Principal="*"))
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"})
    assert codes(open_to_all, "IDENTITY_POLICY") == {"UNSUPPORTED_PRINCIPAL"}
    assert codes(open_to_all, "RESOURCE_POLICY") == set()
    assert codes(plain, "RESOURCE_POLICY") == {"MISSING_PRINCIPAL"}
    assert codes(open_to_all, "SERVICE_CONTROL_POLICY") == {"SCP_SYNTAX_ERROR_PRINCIPAL"}
    assert codes(trust, "RESOURCE_POLICY",
                 validatePolicyResourceType="AWS::IAM::AssumeRolePolicyDocument") == {
                     "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"}
    with api_refuses("ValidationException", "validatePolicyResourceType"):
        codes(plain, "IDENTITY_POLICY", validatePolicyResourceType="AWS::S3::Bucket")
    with api_refuses("ValidationException", "'policyType'"):
        codes(plain, "GROUP_POLICY")


def test_an_action_is_what_a_call_asks_for(analyzer):
    """Not the name of the operation, where it is another; and some are no operations at all."""
    def codes(action):
        findings = analyzer.validate_policy(policyDocument=document(statement(action=action)),
                                            policyType="IDENTITY_POLICY")["findings"]
        return [finding["issueCode"] for finding in findings]
    assert codes("access-analyzer:ListFindings") == codes("cloudtrail:LookupEvents") == []
    assert codes("access-analyzer:ListFindingsV2") == ["INVALID_ACTION"]
    assert codes("iam:PassRole") == ["PASS_ROLE_WITH_STAR_IN_RESOURCE"]


def test_findings_come_in_pages(analyzer, ask):
    text = document(*(statement(action=f"ses:Nothing{number}") for number in range(7)))
    whole = analyzer.validate_policy(policyDocument=text, policyType="IDENTITY_POLICY")["findings"]
    assert len(whole) == 7
    pages = list(analyzer.get_paginator("validate_policy").paginate(
        policyDocument=text, policyType="IDENTITY_POLICY", maxResults=3))
    sizes = [len(page["findings"]) for page in pages]
    assert sizes == [3, 3, 1]
    assert [finding for page in pages for finding in page["findings"]] == whole
    status, answer = ask("POST", "/policy/validation?nextToken=x", {
        "policyDocument": text, "policyType": "IDENTITY_POLICY"})
    assert (status, answer["reason"]) == (400, "fieldValidationFailed")


def test_what_iam_refuses_has_an_error_and_the_other_way_round(analyzer, instance, name):
    """Not only in the linter's own tests: both are asked as clients ask them."""
    iam = instance.api("iam")
    for number, text in enumerate([
            "{", "{}", document({}), document(statement(effect="allow")),
            document(statement(action=[])), document(statement(resource="x")),
            document(statement(Condition={"Bool": {"aws:SecureTransport": "yes"}})),
            document(statement(Condition={"StringLike": {"ses:FromAddress": "taro@bü*.example"}}))]):
        findings = analyzer.validate_policy(policyDocument=text,
                                            policyType="IDENTITY_POLICY")["findings"]
        assert any(finding["findingType"] == "ERROR" for finding in findings), text
        with api_refuses("MalformedPolicyDocument"):
            iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=text)


def test_who_may_ask_is_a_matter_of_policy(instance, name):
    allowed = instance.person(f"may-{name}", statement(action="access-analyzer:ValidatePolicy"))
    other = instance.person(f"not-{name}", statement(action="access-analyzer:List*"))
    ask = {"policyDocument": document(), "policyType": "IDENTITY_POLICY"}
    assert instance.api("accessanalyzer", allowed).validate_policy(**ask)["findings"] == []
    error = failure(instance.api("accessanalyzer", other).validate_policy, **ask)
    assert error["Code"] == "AccessDeniedException"
    assert "is not authorized to perform: access-analyzer:ValidatePolicy" in error["Message"]


def test_a_request_must_be_signed_for_the_service_whose_path_it_is(instance):
    body = {"policyDocument": document(), "policyType": "IDENTITY_POLICY"}
    status, answer = instance.rest(instance.administrator, "POST", "/policy/validation", body)
    assert status == 403 and "correct service: 'access-analyzer'" in answer["message"]
    status, answer = instance.rest(instance.administrator, "GET", "/v2/email/account",
                                   service="access-analyzer")
    assert status == 403 and "correct service: 'ses'" in answer["message"]


def test_what_is_not_served_says_so(ask):
    status, answer = ask("POST", "/policy/check-no-public-access", {})
    assert (status, answer["message"]) == (
        404, "The operation CheckNoPublicAccess is not served here")
    status, answer = ask("GET", "/policy/nothing")
    assert status == 404 and "Could not find operation" in answer["message"]


# ---- CheckNoNewAccess, CheckAccessNotGranted ----

@pytest.fixture(scope="module")
def no_new_access(ask):
    """The answer about two lists of statements."""
    def no_new_access(changed, existing, kind="IDENTITY_POLICY"):
        status, answer = ask("POST", "/policy/check-no-new-access", {
            "newPolicyDocument": document(*changed), "existingPolicyDocument": document(*existing),
            "policyType": kind})
        assert status == 200, answer
        return answer
    return no_new_access


def from_address(*addresses):
    return {"Condition": {"StringLike": {"ses:FromAddress": addresses}}}


def test_a_policy_that_allows_less_has_no_new_access(no_new_access):
    wide = [statement(action="ses:*", **from_address("*@test1.com"))]
    assert no_new_access([statement(**from_address("taro@test1.com"))], wide) == {
        "result": "PASS", "reasons": [],
        "message": "The modified permissions do not grant new access compared to your existing "
                   "policy."}


def test_new_access_names_the_statements_that_have_it(no_new_access):
    existing = [statement(**from_address("taro@test1.com"))]
    answer = no_new_access([
        *existing, statement(action="iam:GetUser", Sid="Users"),
        statement(**from_address("taro@test1.com", "jiro@test1.com"))], existing)
    assert answer["result"] == "FAIL"
    assert [(reason["statementIndex"], reason.get("statementId")) for reason in answer["reasons"]] \
        == [(1, "Users"), (2, None)]
    assert "statement with sid: Users." in answer["reasons"][0]["description"]
    assert "statement with index: 2." in answer["reasons"][1]["description"]


def test_a_deny_that_is_taken_away_is_new_access(no_new_access):
    denied = statement("Deny", Sid="NotTheBoss", **from_address("boss@test1.com"))
    answer = no_new_access([statement()], [statement(), denied])
    assert answer["result"] == "FAIL"
    assert answer["reasons"][0]["description"].endswith(
        "no Deny takes the place of the existing policy's with sid: NotTheBoss.")
    assert no_new_access([statement(), {**denied, "Condition": {
        "StringLike": {"ses:FromAddress": "*"}}}], [statement(), denied])["result"] == "PASS"


def test_new_access_by_the_policy_of_an_identity(no_new_access, instance):
    user = f"arn:aws:iam::{instance.administrator['account']}:user/taro"
    one, all_of_them = ([statement(Principal=who)] for who in ({"AWS": user}, "*"))
    assert no_new_access(one, all_of_them, "RESOURCE_POLICY")["result"] == "PASS"
    assert no_new_access(all_of_them, one, "RESOURCE_POLICY")["result"] == "FAIL"


def test_access_that_is_not_granted(ask):
    def check(policy, **access):
        status, answer = ask("POST", "/policy/check-access-not-granted", {
            "policyDocument": policy, "access": [access], "policyType": "IDENTITY_POLICY"})
        assert status == 200, answer
        return answer
    policy = document(statement(action="ses:Send*"),
                      statement("Deny", action="ses:SendBulk*"),
                      statement(action="iam:Get*", Sid="Readers",
                                resource="arn:aws:iam::*:user/taro"))
    assert check(policy, actions=["iam:CreateUser", "ses:SendBulkEmail"]) == {
        "result": "PASS", "reasons": [],
        "message": "The policy document does not grant access to perform the listed actions or "
                   "resources."}
    answer = check(policy, actions=["iam:CreateUser", "ses:SendRawEmail"])
    assert answer["result"] == "FAIL"
    assert answer["reasons"] == [{"statementIndex": 0, "description": "One or more of the listed "
                                  "actions or resources in the statement with index: 0."}]
    answer = check(policy, actions=["iam:GetUser"], resources=["arn:aws:iam::*:user/taro"])
    assert [reason["statementId"] for reason in answer["reasons"]] == ["Readers"]
    assert check(policy, actions=["iam:GetUser"],
                 resources=["arn:aws:iam::*:user/jiro"])["result"] == "PASS"
    assert check(policy, resources=["arn:aws:iam::*:user/jiro"])["result"] == "FAIL"


@pytest.mark.parametrize("members, code, words", [
    ({"policyDocument": "{"}, "InvalidParameterException", "policyDocument: "),
    ({"access": [{"actions": ["ses"]}]}, "InvalidParameterException", "access: "),
    ({"access": [{"resources": ["x"]}]}, "InvalidParameterException", "access: "),
    ({"access": []}, "ValidationException", "access must list"),
    ({"access": [{}]}, "ValidationException", "access must list"),
    ({"access": [{"actions": ["ses:x"] * 101}]}, "ValidationException", "actions"),
    ({"policyType": "SERVICE_CONTROL_POLICY"}, "ValidationException", "'policyType'")])
def test_a_check_that_cannot_be_made_says_why(ask, members, code, words):
    status, answer = ask("POST", "/policy/check-access-not-granted", {
        "policyDocument": document(), "access": [{"actions": ["ses:SendEmail"]}],
        "policyType": "IDENTITY_POLICY", **members})
    assert status == 400 and words in answer["message"], answer
    assert ("reason" in answer) == (code == "ValidationException")


# ---- analyzers ----

UNUSED = "ACCOUNT_UNUSED_ACCESS"


@pytest.fixture
def made(analyzer, name):
    """An analyzer of that name: its ARN."""
    yield analyzer.create_analyzer(analyzerName=name, type=UNUSED)["arn"]
    with contextlib.suppress(botocore.exceptions.ClientError):  # the test may have done it
        analyzer.delete_analyzer(analyzerName=name)


def test_an_analyzer_is_made_shown_changed_and_deleted(analyzer, ask, instance, name):
    arn = analyzer.create_analyzer(analyzerName=name, type=UNUSED)["arn"]
    assert arn == (f"arn:aws:access-analyzer:us-east-1:{instance.administrator['account']}"
                   f":analyzer/{name}")
    shown = analyzer.get_analyzer(analyzerName=name)["analyzer"]
    assert (shown["arn"], shown["name"], shown["type"], shown["status"]) == (
        arn, name, UNUSED, "ACTIVE")
    age = datetime.datetime.now(datetime.timezone.utc) - shown["createdAt"]
    assert abs(age.total_seconds()) < 600
    status, answer = ask("PUT", f"/analyzer/{name}", {
        "configuration": {"unusedAccess": {"unusedAccessAge": 30}}})
    assert (status, answer) == (200, {"configuration": {"unusedAccess": {"unusedAccessAge": 30}}})
    status, answer = ask("GET", f"/analyzer/{name}")
    assert answer["analyzer"]["configuration"] == {"unusedAccess": {"unusedAccessAge": 30}}
    analyzer.delete_analyzer(analyzerName=name)
    with api_refuses("ResourceNotFoundException"):
        analyzer.get_analyzer(analyzerName=name)


def test_analyzers_come_in_pages(analyzer, name):
    for number in range(3):
        analyzer.create_analyzer(analyzerName=f"{name}-{number}", type=UNUSED)
    pages = list(analyzer.get_paginator("list_analyzers").paginate(
        type=UNUSED, PaginationConfig={"PageSize": 2}))
    assert [len(page["analyzers"]) for page in pages][0] == 2
    names = [one["name"] for page in pages for one in page["analyzers"]]
    assert names == sorted(names) and {f"{name}-{number}" for number in range(3)} <= set(names)
    assert analyzer.list_analyzers(type="ACCOUNT")["analyzers"] == []
    for number in range(3):
        analyzer.delete_analyzer(analyzerName=f"{name}-{number}")


@pytest.mark.parametrize("members, words", [
    ({"type": "ACCOUNT"}, "type must be ACCOUNT_UNUSED_ACCESS"),
    ({"tags": {"a": "b"}}, "tags are not served here"),
    ({"archiveRules": [{"ruleName": "a", "filter": {}}]}, "archiveRules are not served here"),
    ({"configuration": {"internalAccess": {}}}, "internalAccess is not served here"),
    ({"configuration": {"unusedAccess": {"unusedAccessAge": 0}}}, "must be 1 to 365 days"),
    ({"configuration": {"unusedAccess": {"unusedAccessAge": 366}}}, "must be 1 to 365 days"),
    ({"configuration": {"unusedAccess": {"analysisRule": {"exclusions": [
        {"accountIds": ["123456789012"]}]}}}}, "exclusions is not served here")])
def test_an_analyzer_that_is_not_served_is_not_made(ask, name, members, words):
    status, answer = ask("PUT", "/analyzer", {"analyzerName": name, "type": UNUSED, **members})
    assert status == 400 and words in answer["message"], answer
    assert ask("GET", f"/analyzer/{name}")[0] == 404


def test_one_name_is_one_analyzer(analyzer, ask, made, name):
    status, answer = ask("PUT", "/analyzer", {"analyzerName": name, "type": UNUSED})
    assert (status, answer["resourceId"], answer["resourceType"]) == (409, name, "Analyzer")
    analyzer.delete_analyzer(analyzerName=name)
    with api_refuses("ResourceNotFoundException"):
        analyzer.delete_analyzer(analyzerName=name)
    status, answer = ask("POST", "/findingv2", {"analyzerArn": made})
    assert (status, answer["resourceId"]) == (404, made)


def test_there_are_twenty_analyzers_at_most(analyzer, name):
    already = len(analyzer.list_analyzers()["analyzers"])
    names = [f"{name}-{number}" for number in range(20 - already)]
    for one in names:
        analyzer.create_analyzer(analyzerName=one, type=UNUSED)
    with api_refuses("ServiceQuotaExceededException"):
        analyzer.create_analyzer(analyzerName=name, type=UNUSED)
    for one in names:
        analyzer.delete_analyzer(analyzerName=one)


def test_who_may_ask_about_one_analyzer_may_not_about_another(instance, analyzer, made, name):
    other = analyzer.create_analyzer(analyzerName=f"other-{name}", type=UNUSED)["arn"]
    credential = instance.person(f"one-{name}", statement(
        action=["access-analyzer:Get*", "access-analyzer:ListFindings"], resource=made))

    def findings(arn):
        return instance.rest(credential, "POST", "/findingv2", {"analyzerArn": arn},
                             service="access-analyzer")[0]
    assert (findings(made), findings(other)) == (200, 403)
    mine = instance.api("accessanalyzer", credential)
    assert mine.get_analyzer(analyzerName=name)["analyzer"]["arn"] == made
    with api_refuses("AccessDeniedException", other):
        mine.get_analyzer(analyzerName=f"other-{name}")
    analyzer.delete_analyzer(analyzerName=f"other-{name}")


# ---- findings of unused access ----

HUNDRED_DAYS_MS = 100 * 24 * 3600 * 1000
INSTANTS = {"iam_user": ["created_ms"], "access_key": ["created_ms", "used_ms"],
            "login_profile": ["created_ms", "changed_ms"], "permission_use": ["used_ms"]}


def make_old(instance):
    """As if everything that is there had been a hundred days ago."""
    instance.stop()
    with contextlib.closing(sqlite3.connect(instance.dir / "postern.db")) as database, database:
        for table, columns in INSTANTS.items():
            for column in columns:
                database.execute(f"UPDATE {table} SET {column} = {column} - {HUNDRED_DAYS_MS} "
                                 f"WHERE {column} > 0")
        database.execute("UPDATE setting SET value = CAST(value AS INTEGER) - ? "
                         "WHERE name = 'permission_uses_ms'", [HUNDRED_DAYS_MS])
    instance.start()


def quoted(arn):
    return urllib.parse.quote(arn, safe="")


class Analyzed:
    """An instance with users of all kinds, and what an analyzer of 90 days finds."""

    def __init__(self, instance):
        self.instance, self.key = instance, {}
        instance.add_domain("test1.com")
        mail = statement(action=["ses:SendRawEmail", "ses:SendEmail", "ses:GetSendQuota"])
        for user in ("busy", "caller", "idle", "off", "console", "allowed-nothing"):
            self.key[user] = instance.person(user, mail)
        iam = instance.api("iam")
        iam.update_access_key(UserName="off", AccessKeyId=self.key["off"]["access_key_id"],
                              Status="Inactive")
        iam.create_login_profile(UserName="console", Password="long enough for this")
        instance.put_policy("nothing", statement("Deny", action="*"), user="allowed-nothing")
        self.quota("idle")
        make_old(instance)
        self.key["fresh"] = instance.person("fresh", mail)
        instance.accept(self.key["busy"], "taro@test1.com", ["ana@example.net"],
                        message())
        instance.api("sesv2", self.key["caller"]).send_email(
            FromEmailAddress="taro@test1.com", Destination={"ToAddresses": ["ana@example.net"]},
            Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}})
        self.quota("console")
        self.arn = instance.api("accessanalyzer").create_analyzer(
            analyzerName="unused", type=UNUSED)["arn"]

    def quota(self, user):
        self.instance.api("ses", self.key[user]).get_send_quota()

    def ask(self, method, path, body=None):
        return self.instance.rest(self.instance.administrator, method, path, body,
                                  service="access-analyzer")

    def list(self, **members):
        status, answer = self.ask("POST", "/findingv2", {"analyzerArn": self.arn, **members})
        assert status == 200, answer
        return answer

    def pages(self, **members):
        page = self.list(**members)
        yield page["findings"]
        while "nextToken" in page:
            page = self.list(nextToken=page["nextToken"], **members)
            yield page["findings"]

    def findings(self, **members):
        return [finding for page in self.pages(**members) for finding in page]

    def of(self, user):
        """Details by type of finding."""
        found = {}
        for finding in self.findings(filter={"resource": {"contains": [f":user/{user}"]}}):
            status, answer = self.ask(
                "GET", f"/findingv2/{finding['id']}?analyzerArn={quoted(self.arn)}")
            assert status == 200, answer
            details = answer.pop("findingDetails")
            answer.pop("analyzedAt"), finding.pop("analyzedAt")
            assert answer == finding
            found.setdefault(finding["findingType"], []).append(details)
        return found


@pytest.fixture(scope="module")
def analyzed(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        yield Analyzed(instance)


def test_who_does_nothing_has_an_unused_key_and_unused_permissions(analyzed):
    found = analyzed.of("off")
    assert found == {"UnusedPermission": [[{"unusedPermissionDetails": {
        "serviceNamespace": "ses", "actions": []}}]]}
    found = analyzed.of("idle")
    (key,), = found["UnusedIAMUserAccessKey"]
    key = key["unusedIamUserAccessKeyDetails"]
    assert key.pop("lastAccessed") and key == {
        "accessKeyId": analyzed.key["idle"]["access_key_id"]}
    (permissions,), = found["UnusedPermission"]
    permissions = permissions["unusedPermissionDetails"]
    assert permissions.pop("lastAccessed") and permissions == {
        "serviceNamespace": "ses", "actions": []}


@pytest.mark.parametrize("user, unused", [
    ("busy", ["ses:GetSendQuota", "ses:SendEmail"]),
    ("caller", ["ses:GetSendQuota", "ses:SendRawEmail"])])
def test_who_works_has_only_what_the_work_does_not_need(analyzed, user, unused):
    """One sends over SMTP, one by the API."""
    def settled():
        (details,), = analyzed.of(user)["UnusedPermission"]
        return details["unusedPermissionDetails"]["actions"] and details
    assert eventually(settled, what="the permission that was used") == {"unusedPermissionDetails": {
        "serviceNamespace": "ses", "lastAccessed": mock.ANY,
        "actions": [{"action": action} for action in unused]}}
    assert set(analyzed.of(user)) == {"UnusedPermission"}


def test_a_password_that_nothing_asks_for_is_unused(analyzed):
    found = analyzed.of("console")
    assert found["UnusedIAMUserPassword"] == [[{"unusedIamUserPasswordDetails": {}}]]
    assert "UnusedIAMUserAccessKey" not in found


def test_what_is_new_or_denied_is_not_unused(analyzed):
    assert analyzed.of("fresh") == {}
    assert set(analyzed.of("allowed-nothing")) == {"UnusedIAMUserAccessKey"}


def test_findings_have_all_that_clients_read(analyzed):
    account = analyzed.instance.administrator["account"]
    for finding in analyzed.findings():
        assert finding["resource"].startswith(f"arn:aws:iam::{account}:user/")
        assert (finding["resourceType"], finding["resourceOwnerAccount"], finding["status"]) == (
            "AWS::IAM::User", account, "ACTIVE")
        created, analyzed_at = (datetime.datetime.fromisoformat(finding[name].replace("Z", "+00:00"))
                                for name in ("createdAt", "analyzedAt"))
        assert 9 <= (analyzed_at - created).days <= 10


def test_pages_of_findings_are_the_whole_list(analyzed):
    whole = [finding["id"] for finding in analyzed.findings()]
    assert len(whole) == len(set(whole)) >= 7
    for size in (1, 2, 3):
        pages = list(analyzed.pages(maxResults=size))
        assert all(len(page) <= size for page in pages)
        assert [finding["id"] for page in pages for finding in page] == whole


def test_findings_are_filtered(analyzed):
    def types(**filter_):
        return {finding["findingType"] for finding in analyzed.findings(filter=filter_)}
    assert types(findingType={"eq": ["UnusedIAMUserPassword"]}) == {"UnusedIAMUserPassword"}
    assert "UnusedPermission" not in types(findingType={"neq": ["UnusedPermission"]})
    assert types(status={"eq": ["RESOLVED", "ARCHIVED"]}) == set()
    assert types(resource={"exists": False}) == set()
    for members, words in [({"filter": {"isPublic": {"eq": ["true"]}}}, "filter: "),
                           ({"sort": {"attributeName": "id"}}, "sort is not served"),
                           ({"nextToken": "eHl6"}, "nextToken")]:
        status, answer = analyzed.ask("POST", "/findingv2", {"analyzerArn": analyzed.arn,
                                                             **members})
        assert status == 400 and words in answer["message"], answer


def test_a_finding_that_is_none_is_not_found(analyzed):
    arn = quoted(analyzed.arn)
    for id_ in (analyzed.key["fresh"]["access_key_id"], "x", "x-permissions", "AIDA-password"):
        status, answer = analyzed.ask("GET", f"/findingv2/{id_}?analyzerArn={arn}")
        assert (status, answer["resourceId"], answer["resourceType"]) == (404, id_, "Finding")


def test_more_users_than_a_page_looks_at(analyzed):
    """Those who have nothing unused fill pages without findings, which are not the last."""
    for number in range(30):
        analyzed.instance.admin("user.create", user=f"crowd{number:02}")
    pages = list(analyzed.pages())
    assert len(pages) == 2
    assert analyzed.key["idle"]["access_key_id"] in {
        finding["id"] for page in pages for finding in page}


def test_what_was_used_stays_with_a_user_who_is_renamed_and_goes_with_one_who_is_deleted(analyzed):
    iam = analyzed.instance.api("iam")
    before = analyzed.of("console")
    iam.update_user(UserName="console", NewUserName="terminal")
    assert analyzed.of("terminal") == before
    iam.delete_access_key(UserName="terminal",
                          AccessKeyId=analyzed.key["console"]["access_key_id"])
    iam.delete_login_profile(UserName="terminal")
    iam.delete_user_policy(UserName="terminal", PolicyName="sending")
    iam.delete_user(UserName="terminal")
    iam.create_user(UserName="terminal")
    assert analyzed.of("terminal") == {}
    with contextlib.closing(sqlite3.connect(
            f"file:{analyzed.instance.dir}/postern.db?mode=ro", uri=True)) as database:
        assert database.execute("SELECT count(*) FROM permission_use WHERE user_id NOT IN "
                                "(SELECT id FROM iam_user)").fetchone() == (0,)


# ---- the command line ----

def test_the_administrator_validates_a_file(instance, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(document())
    bad.write_text(document(statement(action="ses:SendMail"), indent=1))
    ran = instance.run("policy", "validate", good)
    assert (ran.returncode, ran.stdout) == (0, "Nothing was found.\n")
    ran = instance.run("policy", "validate", bad)
    assert (ran.returncode, ran.stdout) == (
        1, "line 6, column 14: ERROR INVALID_ACTION: The action ses:SendMail does not exist. "
           "Did you mean ses:SendEmail?\n")
    ran = instance.run("policy", "validate", "-", "--type", "RESOURCE_POLICY", "--json",
                       text=document())
    assert ran.returncode == 1
    assert [one["issueCode"] for one in json.loads(ran.stdout)["findings"]] == ["MISSING_PRINCIPAL"]
    assert instance.run("policy", "validate", good, "--type", "x").returncode == 1
    assert instance.run("policy", "validate", tmp_path / "none").returncode != 0


def test_the_administrator_asks_what_is_unused(instance, name):
    def ask(operation, **members):
        ran = instance.run("api", "accessanalyzer", operation, json.dumps(members))
        assert ran.returncode == 0, ran
        return json.loads(ran.stdout)
    arn = ask("CreateAnalyzer", analyzerName=name, type=UNUSED,
              configuration={"unusedAccess": {"unusedAccessAge": 60}})["arn"]
    shown, = (one for one in ask("ListAnalyzers")["analyzers"] if one["name"] == name)
    assert (shown["arn"], shown["configuration"]) == (arn, {"unusedAccess": {"unusedAccessAge": 60}})
    assert ask("ListFindingsV2", analyzerArn=arn) == {"findings": []}
    ask("DeleteAnalyzer", analyzerName=name)
