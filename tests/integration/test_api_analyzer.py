"""IAM Access Analyzer by its API: what is wrong in a policy before it is stored."""

import itertools
import json

import pytest

from harness import Instance, api_refuses, failure, without_metadata

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
