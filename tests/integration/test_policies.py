"""Policies in every place they can stand, as SMTP obeys them and as `explain` tells them."""

import json

import pytest

from harness import Instance, Refused, message


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.add_domain("test2.com")
        yield instance


USERS = iter(range(1000))


class User:
    """A user with a key and no policy at all."""

    def __init__(self, instance):
        self.instance = instance
        self.name = f"user{next(USERS)}"
        self.arn = instance.admin("user.create", user=self.name)["arn"]
        self.credential = instance.admin("credential.create", user=self.name)

    def allow(self, *statements, name="own"):
        self.instance.put_policy(name, *statements, user=self.name)

    def send(self, from_="taro@test1.com", to="ana@example.net", mail_from=None, headers=()):
        bare = from_.split("<")[-1].rstrip(">")
        return self.instance.submit(self.credential, mail_from or bare, to,
                                    message(from_, to, headers=headers))

    def may(self, from_="taro@test1.com", **more):
        reply = self.send(from_, **more)
        assert reply.code == 250 or reply.text.startswith("Access denied"), reply
        return reply.code == 250

    def explain(self, from_="taro@test1.com", **more):
        return self.instance.admin("decision.explain", user=self.name, **{"from": from_, **more})


@pytest.fixture
def user(instance):
    return User(instance)


def statement(effect="Allow", action="ses:SendRawEmail", resource="*", **conditions):
    made = {"Effect": effect, "Action": action, "Resource": resource}
    if conditions:
        made["Condition"] = {operator: {key.replace("_", ":", 1): value}
                             for operator, (key, value) in conditions.items()}
    return made


def identity_arn(instance, name):
    return f"arn:aws:ses:us-east-1:{instance.administrator['account']}:identity/{name}"


# ---- a user's own ----

def test_without_a_policy_nothing_is_allowed(user):
    assert not user.may()


def test_the_refusal_names_user_action_and_identity_as_ses_does(instance, user):
    account = instance.administrator["account"]
    assert user.send().line == (
        f"554 Access denied: User `arn:aws:iam::{account}:user/{user.name}' is not authorized to "
        f"perform `ses:SendRawEmail' on resource `{identity_arn(instance, 'test1.com')}'")


def test_authorization_comes_before_verification(instance, user):
    reply = user.send("taro@unknown.example")
    assert reply.text.startswith("Access denied"), reply
    assert reply.text.endswith(f"`{identity_arn(instance, 'taro@unknown.example')}'")


def test_the_address_is_compared_as_written_for_allow(user):
    user.allow(statement(StringEquals=("ses_FromAddress", "taro@test1.com")))
    assert user.may("taro@test1.com")
    for other in ("Taro@test1.com", "jiro@test1.com", "taro+x@test1.com", "taro@test2.com"):
        assert not user.may(other), other


def test_a_deny_folds_case_label_and_quotes(user):
    user.allow(statement(), statement("Deny", StringEquals=("ses_FromAddress", "taro@test1.com")))
    for from_ in ("taro@test1.com", "TARO@test1.com", "taro+x@test1.com", '"taro"@test1.com'):
        assert not user.may(from_), from_
    assert user.may("jiro@test1.com")


def test_an_explicit_deny_outweighs_every_allow(user):
    user.allow(statement())
    user.allow(statement("Deny", StringLike=("ses_FromAddress", "*@test2.com")), name="never")
    assert user.may("taro@test1.com")
    assert not user.may("taro@test2.com")
    assert user.explain("taro@test2.com")["reason"] == "explicit_deny"


def test_every_sender_address_must_be_allowed_by_itself(user):
    """Were all addresses one multi-valued key, ForAnyValue would let one open the door for all."""
    user.allow(statement(**{"ForAnyValue:StringLike": ("ses_FromAddress", ["taro@test1.com"])}))
    assert user.may("taro@test1.com")
    assert not user.may("jiro@test1.com", mail_from="taro@test1.com")
    assert not user.may("taro@test1.com", mail_from="jiro@test1.com")
    assert not user.may("taro@test1.com", headers=["Sender: jiro@test1.com"])


def test_recipients_are_a_condition(user):
    user.allow(statement(**{"ForAllValues:StringLike": ("ses_Recipients", ["*@example.net"])}))
    assert user.may(to="ana@example.net")
    assert not user.may(to="ana@example.org")


def test_the_display_name_is_a_condition_decoded(user):
    user.allow(statement(StringLike=("ses_FromDisplayName", "Taro*")))
    assert user.may("Taro Yamada <taro@test1.com>")
    assert user.may("=?utf-8?B?VGFybyBZYW1hZGE=?= <taro@test1.com>")
    assert not user.may("Jiro <taro@test1.com>")
    assert not user.may("taro@test1.com")


def test_smtp_counts_as_version_two_of_the_api(user):
    user.allow(statement(StringEquals=("ses_ApiVersion", "2")))
    assert user.may()
    user.allow(statement(StringEquals=("ses_ApiVersion", "1")))
    assert not user.may()


def test_source_address_and_tls_are_conditions(instance, user):
    user.allow(statement(IpAddress=("aws_SourceIp", "127.0.0.0/30"),
                         Bool=("aws_SecureTransport", "true")))
    with instance.session(user.credential, source="127.0.0.2") as session:
        assert session.submit("taro@test1.com", "ana@example.net", message()).code == 250
    with instance.session(user.credential, source="127.0.0.4") as session:
        assert session.submit("taro@test1.com", "ana@example.net", message()).code == 554


def test_policy_variables_are_filled_in(user):
    user.allow(statement(StringEquals=("ses_FromAddress", "${aws:username}@test1.com")))
    assert user.may(f"{user.name}@test1.com")
    assert not user.may("taro@test1.com")


def test_a_resource_limits_to_an_identity(instance, user):
    user.allow(statement(resource=identity_arn(instance, "test1.com")))
    assert user.may("taro@test1.com")
    assert not user.may("taro@test2.com")


def test_another_action_allows_nothing_over_smtp(user):
    user.allow(statement(action=["ses:SendEmail", "iam:*"]))
    assert not user.may()
    user.allow(statement(action="ses:Send*"))
    assert user.may()


def test_a_changed_policy_holds_for_the_next_message_of_an_open_session(instance, user):
    user.allow(statement())
    with instance.session(user.credential) as session:
        assert session.submit("taro@test1.com", "ana@example.net", message()).code == 250
        instance.admin("policy.delete", user=user.name, name="own")
        assert session.submit("taro@test1.com", "ana@example.net", message()).code == 554


# ---- groups, managed policies, the boundary ----

def test_a_group_gives_and_takes_what_its_policies_allow(instance, user):
    group = f"group-of-{user.name}"
    instance.admin("group.create", group=group)
    instance.put_policy("sending", statement(), group=group)
    assert not user.may()
    instance.admin("group.member", group=group, user=user.name, member=True)
    assert user.may()
    assert user.explain()["policy"] == f"'sending', inline policy of the group {group}"
    instance.admin("group.member", group=group, user=user.name, member=False)
    assert not user.may()


def test_a_managed_policy_is_attached_to_users_and_groups(instance, user):
    name, group = f"managed-{user.name}", f"managed-group-{user.name}"
    arn = instance.put_policy(name, statement())["arn"]
    instance.admin("policy.attach", name=name, user=user.name, attach=True)
    assert user.may()
    instance.admin("policy.attach", name=arn, user=user.name, attach=False)
    assert not user.may()
    instance.admin("group.create", group=group)
    instance.admin("group.member", group=group, user=user.name, member=True)
    instance.admin("policy.attach", name=name, group=group, attach=True)
    assert user.may()
    instance.put_policy(name, statement("Deny"))
    assert not user.may()
    with pytest.raises(Refused):
        instance.admin("policy.delete", name=name)


def test_a_boundary_limits_and_allows_nothing_itself(instance, user):
    name = f"boundary-{user.name}"
    instance.put_policy(name, statement(StringLike=("ses_FromAddress", "*@test1.com")))
    instance.admin("policy.boundary", user=user.name, name=name)
    assert not user.may("taro@test1.com")
    user.allow(statement())
    assert user.may("taro@test1.com")
    assert not user.may("taro@test2.com")
    assert user.explain("taro@test2.com")["reason"] == "boundary"
    instance.admin("policy.boundary", user=user.name)
    assert user.may("taro@test2.com")


# ---- policies of identities ----

def on_identity(instance, identity, effect, principal, **conditions):
    return {**statement(effect, resource=identity_arn(instance, identity), **conditions),
            "Principal": principal}


@pytest.fixture
def clean_identity(instance):
    yield
    for policy in instance.admin("policy.list", identity="test1.com")["policies"]:
        instance.admin("policy.delete", identity="test1.com", name=policy["name"])


def test_a_policy_of_the_identity_allows_the_user_it_names(instance, user, clean_identity):
    other = User(instance)
    instance.put_policy("named", on_identity(instance, "test1.com", "Allow", {"AWS": user.arn}),
                        identity="test1.com")
    assert user.may("taro@test1.com")
    assert not other.may("taro@test1.com")
    assert not user.may("taro@test2.com")


def test_the_account_as_principal_allows_no_user_by_itself(instance, user, clean_identity):
    account = instance.administrator["account"]
    instance.put_policy("account", on_identity(instance, "test1.com", "Allow", {"AWS": account}),
                        identity="test1.com")
    assert not user.may("taro@test1.com")


def test_a_policy_of_the_identity_denies_everybody(instance, user, clean_identity):
    user.allow(statement())
    instance.put_policy("none", on_identity(instance, "test1.com", "Deny", "*"),
                        identity="test1.com")
    assert not user.may("taro@test1.com")
    assert not user.may("taro@sub.test1.com")
    assert user.may("taro@test2.com")


def test_a_deny_in_an_identity_that_is_pending_counts(instance, user):
    user.allow(statement())
    instance.add_domain("sub.test1.com", vouch=False)
    try:
        assert instance.identity("sub.test1.com")["verification"] == "PENDING"
        assert user.may("taro@sub.test1.com"), "the domain above is verified"
        instance.put_policy("none", on_identity(instance, "sub.test1.com", "Deny", "*"),
                            identity="sub.test1.com")
        assert not user.may("taro@sub.test1.com")
        assert user.may("taro@test1.com")
    finally:
        instance.admin("identity.remove", identity="sub.test1.com")


def test_a_deny_of_the_enclosing_domain_counts_for_an_address_identity(instance, user,
                                                                       clean_identity):
    user.allow(statement())
    instance.admin("identity.vouch", identity="own@test1.com")
    try:
        instance.put_policy("none", on_identity(instance, "test1.com", "Deny", "*"),
                            identity="test1.com")
        assert not user.may("own@test1.com")
    finally:
        instance.admin("identity.remove", identity="own@test1.com")


def test_a_policy_of_an_identity_names_that_identity(instance):
    with pytest.raises(Refused):
        instance.put_policy("x", on_identity(instance, "test2.com", "Allow", "*"),
                            identity="test1.com")
    with pytest.raises(Refused):
        instance.put_policy("x", statement(), identity="test1.com")


# ---- explain ----

SITUATIONS = [
    {}, {"from_": "jiro@test1.com"}, {"from_": "Taro@test1.com"}, {"from_": "taro@sub.test1.com"},
    {"from_": "taro@test2.com"}, {"from_": "taro@unknown.example"},
    {"mail_from": "jiro@test1.com"}, {"mail_from": "taro+x@test1.com"},
    {"from_": "Taro <taro@test1.com>"}, {"from_": '"jiro@test1.com" <taro@test1.com>'},
    {"to": "ana@example.org"}, {"to": "blocked@example.net"},
    {"from_": "boss@test1.com"}, {"from_": "boss+x@test1.com"}, {"from_": "anybody@test2.com"},
]


@pytest.fixture(scope="module")
def judged(instance):
    user = User(instance)
    user.allow(
        statement(StringEquals=("ses_FromAddress", ["taro@test1.com", "boss@test1.com",
                                                    "taro@unknown.example"])),
        statement("Deny", StringEquals=("ses_FromAddress", "boss@test1.com")),
        statement("Deny", **{"ForAnyValue:StringEquals": ("ses_Recipients",
                                                          "blocked@example.net")}))
    group = f"group-of-{user.name}"
    instance.admin("group.create", group=group)
    instance.admin("group.member", group=group, user=user.name, member=True)
    instance.put_policy("second", statement(StringLike=("ses_FromAddress", "*@test2.com")),
                        group=group)
    return user


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_explain_says_what_smtp_does(judged, situation):
    reply = judged.send(**situation)
    asked = dict(situation)
    if "to" in asked:
        asked["to"] = [asked["to"]]
    else:
        asked["to"] = ["ana@example.net"]
    explained = judged.explain(**asked)
    assert explained["allowed"] == (reply.code == 250)
    if reply.code != 250:
        assert explained["reply"] == reply.line


def test_explain_shows_the_statement_that_decided(judged):
    allowed = judged.explain("taro@test1.com")
    assert allowed["policy"] == f"'own', inline policy of the user {judged.name}"
    assert allowed["statement"] == 0
    assert json.loads(allowed["statement_text"])["Effect"] == "Allow"
    denied = judged.explain("boss@test1.com")
    assert (denied["reason"], denied["statement"]) == ("explicit_deny", 1)
    shown = json.loads(denied["statement_text"])
    assert shown["Condition"] == {"StringEquals": {"ses:FromAddress": "boss@test1.com"}}
    nothing = judged.explain("jiro@test1.com")
    assert nothing["reason"] == "implicit_deny" and "policy" not in nothing
    assert nothing["check"] == "authorization by policies"


def test_explain_takes_other_fields_of_the_message(judged):
    denied = judged.explain("taro@test1.com", header=["Sender: boss@test1.com"])
    assert (denied["reason"], denied["address"]) == ("explicit_deny", "boss@test1.com")
    named = judged.explain("taro@test1.com", header=["X-SES-FROM-ARN: bogus"])
    assert (named["reason"], named["check"]) == ("arn_mismatch", "sending authorization")
    assert "policy" not in named


def test_documents_are_as_long_as_iam_takes_them(instance, user):
    statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
                 "Condition": {"StringEquals": {"ses:FromAddress": ["a" * 60 + "@test1.com"] * 40}}}
    with pytest.raises(Refused, match="Maximum policy size of 2048 bytes exceeded for user"):
        instance.put_policy("long", statement, user=user.name)
    with pytest.raises(Refused, match=r"line 1, column \d+: Statement\[0\].Resource: must be"):
        instance.put_policy("elsewhere", {**statement, "Principal": "*",
                                          "Resource": "arn:aws:ses:us-east-1:1:identity/x.com"},
                            identity="test1.com")


def test_explain_does_not_send(instance, judged):
    before = len(instance.decisions(user=judged.name, limit=1000))
    judged.explain()
    assert len(instance.decisions(user=judged.name, limit=1000)) == before


def test_the_verb_prints_the_same(instance, judged):
    ran = instance.run("explain", "--as", judged.name, "--from", "boss@test1.com")
    assert ran.returncode == 1, "a script reads the decision from the status"
    assert "explicit_deny" in ran.stdout and '"Effect":"Deny"' in ran.stdout.replace(" ", "")
    ran = instance.run("explain", "--as", judged.name, "--from", "taro@test1.com", "--json")
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    assert answer.pop("ok") and answer == judged.explain("taro@test1.com")


# ---- what is no policy ----

BROKEN = {
    "no JSON": ("{\n  nonsense\n}", r"line 2, column 3"),
    "a key twice": ('{"Version":"2012-10-17",\n"Version":"2012-10-17","Statement":[]}',
                    r"line 2, column 1\b"),
    "an unknown element": ('{"Version":"2012-10-17","Statement":[\n{"Effect":"Allow",\n'
                           '   "Acton":"ses:*","Resource":"*"}]}', r"line 3, column 4"),
    "an unknown effect": ('{"Version":"2012-10-17","Statement":[\n{"Effect":"allow",'
                          '"Action":"ses:*","Resource":"*"}]}', r"line 2, column 11"),
    "an unknown operator": ('{"Version":"2012-10-17","Statement":{"Effect":"Allow",'
                            '"Action":"ses:*","Resource":"*",\n"Condition":{"StringLikes":'
                            '{"ses:FromAddress":"x"}}}}', r"line 2, column 14"),
    "no action": ('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}',
                  r"line 1, column \d+"),
    "another version": ('{\n"Version":"2012-10-18","Statement":[]}', r"line 2, column 11"),
    "a principal in a user's policy": (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow",\n"Principal":"*","Action":"*",'
        '"Resource":"*"}}', r"line 2, column 1\b"),
    "text after the end": ('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",'
                           '"Resource":"*"}}\nx', r"line 2, column 1\b"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_policy_is_refused_by_line_and_column(user, what):
    document, place = BROKEN[what]
    with pytest.raises(Refused, match=place):
        user.instance.admin("policy.put", user=user.name, name="broken", document=document)
    assert not user.instance.admin("policy.list", user=user.name)["policies"]


def test_the_verb_takes_a_policy_from_a_file_and_names_the_place_of_an_error(instance, user,
                                                                             tmp_path):
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement()]}))
    ran = instance.run("policy", "put", "own", "--user", user.name, "--file", file)
    assert ran.returncode == 0, ran.stderr
    assert user.may()
    ran = instance.run("policy", "put", "own", "--user", user.name, text="{\n x")
    assert ran.returncode == 1 and "line 2, column 2" in ran.stderr
    assert user.may(), "the old one still stands"
