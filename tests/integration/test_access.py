"""Who may send as whom, read off the policies without sending: `postern access`, `who-can-send-as`,
and what a change would do."""

import json

import pytest

from harness import Instance, Refused, message


@pytest.fixture
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.await_signing_keys()
        yield instance


def verb(instance, *words, status=0, text=None):
    ran = instance.run(*words, text=text)
    assert ran.returncode == status, (words, ran.stdout, ran.stderr)
    return ran.stdout


def grants_of(instance, user):
    (one,) = instance.admin("access.report", user=user)["users"]
    assert one["user"] == user and one["complete"]
    return one["grants"]


def holders(instance, address):
    return {one["user"]: one["conditions"]
            for one in instance.admin("access.holders", address=address)["holders"]}


def findings(instance):
    return sorted((one["kind"], *one["users"])
                  for one in instance.admin("access.check")["findings"])


def statement(effect="Allow", action="ses:SendRawEmail", resource="*", **condition):
    made = {"Effect": effect, "Action": action, "Resource": resource}
    return {**made, "Condition": condition} if condition else made


def test_one_person_one_address_is_seen_to_hold(instance):
    for name in ("taro", "jiro"):
        instance.grant(f"{name}@test1.com")
    (grant,) = grants_of(instance, "taro@test1.com")
    assert grant["address"] == grant["addresses"] == "taro@test1.com"
    assert grant["limited"] and not grant["conditional"]
    assert grant["actions"] == ["ses:SendRawEmail", "ses:SendEmail"]
    assert holders(instance, "taro@TEST1.com") == {"taro@test1.com": ""}
    assert holders(instance, "TARO@test1.com") == {}
    assert findings(instance) == []
    assert "Each address is one principal's" in verb(instance, "access", "--check")
    shown = verb(instance, "access")
    assert "taro@test1.com" in shown and "jiro@test1.com" in shown
    assert "taro@test1.com" in verb(instance, "who-can-send-as", "taro@test1.com")


def test_nobody_can_send_under_what_is_not_verified(instance):
    instance.grant("taro@test1.com")
    instance.put_policy("own", statement(), user="taro@test1.com")
    assert holders(instance, "taro@test2.com") == {}
    assert "No identity covers it" in verb(instance, "who-can-send-as", "taro@test2.com")
    instance.admin("domain.add", domain="test2.com")
    assert "not verified" in verb(instance, "who-can-send-as", "taro@test2.com")
    instance.admin("identity.vouch", identity="test2.com")
    assert list(holders(instance, "taro@test2.com")) == ["taro@test1.com"]


def test_each_way_to_break_the_rule_is_found_and_tells_monitoring(instance):
    instance.grant("taro@test1.com")
    assert findings(instance) == []
    instance.person("twin", statement(StringEquals={"ses:FromAddress": "taro@test1.com"}))
    assert findings(instance) == [("shared", "taro@test1.com", "twin")]
    instance.person("both", statement(StringLike={
        "ses:FromAddress": ["anna@test1.com", "mari@test1.com"]}))
    assert ("several", "both") in findings(instance)
    instance.person("wild", statement(StringLike={"ses:FromAddress": "sales-*@test1.com"}))
    assert {("not_granted", "wild"), ("several", "wild")} <= set(findings(instance))
    instance.person("anybody", statement())
    assert ("unlimited", "anybody") in findings(instance)
    shown = verb(instance, "access", "--check", status=1)
    assert "anybody is not limited: any address of test1.com" in shown
    assert "sales-*@test1.com" in shown
    before = instance.admin("access.check")["senders"]
    for user in ("twin", "both", "wild", "anybody"):
        instance.admin("grant.revoke", target=user)
    after = instance.admin("access.check")
    assert after["senders"] == before - 4 and after["identities"] == 1
    assert findings(instance) == []  # who has no active key cannot send
    assert "no active key" in verb(instance, "access", "--as", "anybody")


def test_sets_that_meet_in_an_address_that_neither_names_are_shared(instance):
    instance.person("one", statement(StringLike={"ses:FromAddress": "a*@test1.com"}))
    instance.person("two", statement(StringLike={"ses:FromAddress": "*z@test1.com"}))
    shared = [one for one in instance.admin("access.check")["findings"] if one["kind"] == "shared"]
    assert shared and set(shared[0]["users"]) == {"one", "two"}
    assert set(holders(instance, shared[0]["address"])) == {"one", "two"}
    instance.person("three", statement(StringLike={"ses:FromAddress": "b*y@test1.com"}))
    assert not [one for one in instance.admin("access.check")["findings"]
                if one["kind"] == "shared" and "three" in one["users"]]


def test_conditions_are_named_and_never_dropped(instance):
    instance.person("anna", statement(
        StringEquals={"ses:FromAddress": "anna@test1.com"},
        IpAddress={"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]},
        DateLessThan={"aws:CurrentTime": "2999-01-01T00:00:00Z"}), statement(
        "Deny", **{"ForAnyValue:StringLike": {"ses:Recipients": "*@example.org"}}))
    (grant,) = grants_of(instance, "anna")
    assert grant["conditional"]
    assert [one["condition"] for one in grant["only_if"]] == [
        "aws:SourceIp IpAddress 192.0.2.0/24, 2001:db8::/32",
        "aws:CurrentTime DateLessThan 2999-01-01T00:00:00Z"]
    assert len(grant["unless"]) == 1
    assert "aws:SourceIp IpAddress" in verb(instance, "who-can-send-as", "anna@test1.com")


def test_what_has_ended_is_gone_from_the_report(instance):
    instance.person("anna", statement(StringEquals={"ses:FromAddress": "anna@test1.com"},
                                      DateLessThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}))
    assert grants_of(instance, "anna") == []


def test_a_condition_that_is_true_for_want_of_its_key_is_flagged(instance):
    instance.person("anna", statement(StringEquals={"ses:FromAddress": "anna@test1.com"},
                                      **{"ForAllValues:StringEquals": {"aws:TagKeys": "mail"}}))
    (grant,) = grants_of(instance, "anna")
    assert [one["condition"] for one in grant["vacuous"]] == [
        "aws:TagKeys ForAllValues:StringEquals mail"]
    assert "also holds when the key is missing" in verb(instance, "access", "--as", "anna")


def test_denies_and_boundaries_are_taken_away(instance):
    instance.person("anybody", statement(),
                    statement("Deny", StringLike={"ses:FromAddress": "jiro@test1.com"}))
    (grant,) = grants_of(instance, "anybody")
    assert grant["addresses"] == "any address of test1.com but not jiro@test1.com"
    for address in ("jiro@test1.com", "JIRO@test1.com", "jiro+x@test1.com"):
        assert holders(instance, address) == {}, address
    assert list(holders(instance, "taro@test1.com")) == ["anybody"]
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        statement(action="ses:*", StringLike={"ses:FromAddress": "t*@test1.com"})]})
    instance.admin("policy.put", name="limit", document=document)
    instance.admin("policy.boundary", user="anybody", name="limit")
    assert list(holders(instance, "taro@test1.com")) == ["anybody"]
    assert holders(instance, "anna@test1.com") == {}


def test_what_an_identity_of_its_own_says_holds_for_that_address_alone(instance):
    instance.person("anybody", statement())
    instance.admin("identity.vouch", identity="boss@test1.com")
    account = instance.admin("account.show")["account"]
    arn = f"arn:aws:ses:us-east-1:{account}:identity/boss@test1.com"
    instance.put_policy("mine", {**statement("Deny", "ses:*", arn), "Principal": "*"},
                        identity="boss@test1.com")
    assert holders(instance, "boss@test1.com") == {} == holders(instance, "boss+x@test1.com")
    assert list(holders(instance, "taro@test1.com")) == ["anybody"]
    assert "but not boss@test1.com" in verb(instance, "access", "--as", "anybody")


# ---- a change, looked at before it is made ----

def changes(instance, text):
    answer = verb(instance, "access", "--with", "-", "--json", text=text)
    return [(one["change"], one["user"], one["addresses"]) for one in json.loads(answer)["changes"]]


def test_a_change_shows_what_is_gained_and_lost_and_is_not_made(instance, tmp_path):
    instance.grant("taro@test1.com")
    before = instance.admin("access.report")
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": [
        statement(StringLike={"ses:FromAddress": ["sales@test1.com", "taro@test1.com"]})]}))
    assert changes(instance, "revoke taro@test1.com\n") == [
        ("lost", "taro@test1.com", "taro@test1.com")]
    assert changes(instance, f"""
        # what a second policy would add
        postern policy put second --user taro@test1.com --file '{policy}'
    """) == [("gained", "taro@test1.com", "sales@test1.com")]
    assert changes(instance, "grant anna@test1.com\n") == [
        ("gained", "anna@test1.com", "anna@test1.com")]
    assert changes(instance, "domain remove test1.com\n") == [
        ("lost", "taro@test1.com", "taro@test1.com")]
    assert changes(instance, "domain add test9.com\nverify test9.com\n") == []
    assert changes(instance, "revoke taro@test1.com\nrestore taro@test1.com\n") == []
    assert instance.admin("access.report") == before
    assert [one["name"] for one in instance.admin("identity.list")["identities"]] == ["test1.com"]
    instance.accept(instance.grant("mari@test1.com"), "mari@test1.com", ["ana@example.net"],
                    message(from_="mari@test1.com"))


def test_a_new_identity_gives_who_is_not_limited_all_of_it(instance):
    instance.person("anybody", statement())
    instance.grant("taro@test1.com")
    assert changes(instance, "domain add test2.com\nverify test2.com\n") == [
        ("gained", "anybody", "any address of test2.com")]
    assert changes(instance, "policy delete sending --user anybody\n") == [
        ("lost", "anybody", "any address of test1.com")]


def test_a_change_that_cannot_be_made_says_which_line_and_why(instance):
    assert "change 1: " in instance.run("access", "--with", "-", text="revoke nobody@test1.com\n"
                                        ).stderr
    for text in ("queue drop all\n", "status\n"):
        assert "does not change who may send" in instance.run("access", "--with", "-",
                                                              text=text).stderr
    assert "no command that changes" in instance.run("access", "--with", "-", text="fly\n").stderr
    assert "quote" in instance.run("access", "--with", "-", text="revoke 'x\n").stderr
    with pytest.raises(Refused):
        instance.admin("access.compare", changes=[{"operation": "access.compare"}])
    with pytest.raises(Refused):
        instance.admin("access.compare", changes=[])
