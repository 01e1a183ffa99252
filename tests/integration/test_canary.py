"""Canaries: credentials that nobody has a reason to use, and that look like any other."""

import re

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import http.client
import pytest

from harness import Instance, Refused, eventually, failure, message

ALARMS = "alarms@example.org"


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port, **{"alarm.to": ALARMS, "alarm.interval": "0s"}) \
            as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture
def canary(instance):
    return instance.admin("canary.create")


@pytest.fixture
def powerless(instance):
    """An ordinary key without permission, to compare with."""
    name = f"powerless{len(instance.admin('user.list')['users'])}"
    instance.admin("user.create", user=name)
    return {"user": name, **instance.admin("credential.create", user=name)}


def uses(instance, canary):
    for row in instance.admin("canary.list")["canaries"]:
        if row["key"] == canary["access_key_id"]:
            return row
    raise KeyError(canary["access_key_id"])


def alarms_about(sink, canary):
    return [mail for mail in sink.received
            if ALARMS in mail.recipients and canary["access_key_id"].encode() in mail.raw]


def assert_told(instance, sink, canary, count, *words):
    """In the log, the numbers and by mail, with the words of the last use."""
    row = eventually(lambda: uses(instance, canary)["uses"] >= count and uses(instance, canary),
                     what="uses that are counted")
    assert row["uses"] == count
    for word in words:
        assert word in row["last_use"], row
    lines = [line for line in instance.events("canary.used") if canary["access_key_id"] in line]
    assert len(lines) == count and all(" warn " in line for line in lines)
    mail = eventually(lambda: alarms_about(sink, canary), what="an alarm")[-1]
    assert b"canary" in mail.raw and b"127.0.0.1" in mail.raw


def wrong(credential):
    return {**credential, "smtp_password": "B" + "x" * 43, "secret_access_key": "x" * 40}


def plain(text, credential):
    """Without what differs from key to key."""
    text = text.replace(credential["user"], "USER").replace(credential["access_key_id"], "KEY")
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)


def test_over_smtp_it_logs_in_and_may_nothing_like_any_key_without_permission(
        instance, sink, canary, powerless):
    before = instance.metric("postern_canary_used_total")
    answers = []
    for credential in (canary, powerless):
        with instance.session(credential) as session:
            reply = session.submit("taro@test1.com", "ana@example.net", message())
        answers.append((reply.code, plain(reply.text, credential)))
    assert answers[0] == answers[1] and answers[0][0] == 554
    assert_told(instance, sink, canary, 1, "smtp AUTH", "client.example", "logged in")
    assert instance.metric("postern_canary_used_total") == before + 1


def test_a_wrong_password_is_told_too_and_refused_as_any(instance, sink, canary, powerless):
    answers = []
    for credential in (canary, powerless):
        with instance.session() as session:
            answers.append(session.login(wrong(credential)))
    assert answers[0] == answers[1] and answers[0].code == 535
    assert_told(instance, sink, canary, 1, "smtp AUTH", "refused")


SENDS = {
    "ses": lambda client: client.send_email(
        Source="taro@test1.com", Destination={"ToAddresses": ["ana@example.net"]},
        Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}),
    "sesv2": lambda client: client.send_email(
        FromEmailAddress="taro@test1.com", Destination={"ToAddresses": ["ana@example.net"]},
        Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}}),
}


def refusal(instance, service, credential):
    client = instance.api(service, credential)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        SENDS[service](client)
    error = raised.value.response["Error"]
    return error["Code"], plain(error["Message"], credential), \
        raised.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("service", SENDS)
@pytest.mark.parametrize("altered", [dict, wrong], ids=["right", "wrong"])
def test_over_the_apis_it_is_refused_as_any(instance, sink, canary, powerless, service, altered):
    assert refusal(instance, service, altered(canary)) == \
        refusal(instance, service, altered(powerless))
    assert_told(instance, sink, canary, 1, service, "Boto")


def test_asking_who_it_is_is_told(instance, sink, canary):
    who = instance.api("sts", canary).get_caller_identity()
    assert who["Arn"].endswith(f":user/{canary['user']}")
    assert_told(instance, sink, canary, 1, "sts GetCallerIdentity", "done")


def test_its_owner_is_not_told_by_iam_what_it_is(instance, sink, canary, powerless):
    answers = []
    for credential in (canary, powerless):
        iam = instance.api("iam", credential)
        answers.append([
            (error["Code"], plain(error["Message"], credential)) for error in (
                failure(iam.list_access_keys, UserName=credential["user"]),
                failure(iam.get_user, UserName=credential["user"]))])
    assert answers[0] == answers[1]
    assert_told(instance, sink, canary, 2, "iam GetUser")


def shape(value):
    return {key: shape(inner) for key, inner in value.items()} if isinstance(value, dict) \
        else [shape(inner) for inner in value] if isinstance(value, list) else type(value)


def test_to_an_administrator_of_iam_it_is_a_user_like_any(instance, canary, powerless):
    iam = instance.api("iam")
    answers = []
    for credential in (canary, powerless):
        user = iam.get_user(UserName=credential["user"])["User"]
        keys = iam.list_access_keys(UserName=credential["user"])["AccessKeyMetadata"]
        answers.append((shape(user), shape(keys), keys[0]["Status"]))
    assert answers[0] == answers[1]


def test_a_request_that_fails_before_its_signature_is_looked_at_is_told(instance, sink, canary):
    """Scoped to another region, as somebody tries who does not know where the key is good."""
    credentials = botocore.credentials.Credentials(canary["access_key_id"],
                                                   canary["secret_access_key"])
    url = f"http://127.0.0.1:{instance.ports['http']}/v2/email/account"
    request = botocore.awsrequest.AWSRequest("GET", url)
    botocore.auth.SigV4Auth(credentials, "ses", "eu-west-1").add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", instance.ports["http"], timeout=30)
    connection.request("GET", "/v2/email/account", headers=dict(request.headers))
    assert connection.getresponse().status == 403
    connection.close()
    assert_told(instance, sink, canary, 1, "sesv2")


def test_switched_off_it_still_tells(instance, sink, canary):
    instance.admin("grant.revoke", target=canary["access_key_id"])
    with instance.session() as session:
        assert session.login(canary).code == 535
    assert_told(instance, sink, canary, 1, "refused")


def test_what_locks_others_out_does_not_keep_it_silent(zone, sink):
    with Instance(zone, mx_port=sink.port, **{"alarm.to": ALARMS, "alarm.interval": "0s",
                                              "login.failures": 1}) as instance:
        canary = instance.admin("canary.create")
        for number in range(20):
            with instance.session() as session:
                session.login({"smtp_user_name": f"AKIA{number:016}", "smtp_password": "x"})
        with instance.session() as session:
            session.login(canary)
        assert_told(instance, sink, canary, 1, "locked out")


def test_what_is_sent_with_it_is_held_should_it_ever_be_permitted(instance, sink, canary):
    instance.put_policy("sending", {"Effect": "Allow", "Action": "ses:*", "Resource": "*"},
                        user=canary["user"])
    assert uses(instance, canary)["permitted"] is True
    id_ = instance.accept(canary, "taro@test1.com", "ana@example.net", message())
    assert instance.state(id_) == {"ana@example.net": "held"}
    (row,) = instance.queue(id_)["recipients"]
    assert row["held_by"] == "canary"
    instance.admin("queue.change", change="drop", message=id_)


def test_a_flood_of_tries_is_no_flood_of_mail_and_hides_no_use(zone, sink):
    """What is tried without end is told once within alarm.repeat, what is new at once."""
    with Instance(zone, mx_port=sink.port, **{"alarm.to": ALARMS, "alarm.interval": "0s"}) \
            as instance:
        canary = instance.admin("canary.create")
        for number in range(30):
            with instance.session() as session:
                session.login(wrong(canary))
        assert_told(instance, sink, canary, 30, "refused")
        assert len(alarms_about(sink, canary)) == 1
        with instance.session(canary):
            pass
        eventually(lambda: len(alarms_about(sink, canary)) == 2, what="another alarm")
        assert b"canary credential was tried" in alarms_about(sink, canary)[0].raw
        assert b"canary credential was used" in alarms_about(sink, canary)[1].raw


def told_of(sink, canary):
    """How many uses, in all mails."""
    return sum(1 + int((re.search(rb"And (\d+) times more", mail.raw) or [0, 0])[1])
               for mail in alarms_about(sink, canary))


def test_what_goes_on_is_told_again_with_how_often_it_was(zone, sink):
    with Instance(zone, mx_port=sink.port, **{"alarm.to": ALARMS, "alarm.interval": "0s",
                                              "alarm.repeat": "5s"}) as instance:
        canary = instance.admin("canary.create")
        for number in range(4):
            with instance.session() as session:
                session.login(wrong(canary))
            eventually(lambda: alarms_about(sink, canary), what="an alarm")
        eventually(lambda: told_of(sink, canary) == 4, 30, "another alarm")
        assert len(alarms_about(sink, canary)) > 1


def test_a_use_that_deletes_it_is_told(instance, sink, canary):
    """Whoever was given the right to, and knows how canaries work."""
    instance.put_policy("keys", {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
                        user=canary["user"])
    instance.api("iam", canary).delete_access_key(AccessKeyId=canary["access_key_id"])
    mail = eventually(lambda: alarms_about(sink, canary), what="an alarm")[-1]
    assert b"DeleteAccessKey" in mail.raw


def test_what_a_thief_says_of_itself_is_told_short_and_in_plain_text(instance, sink, canary):
    credentials = botocore.credentials.Credentials(canary["access_key_id"], "wrong")
    request = botocore.awsrequest.AWSRequest(
        "GET", f"http://127.0.0.1:{instance.ports['http']}/v2/email/account")
    botocore.auth.SigV4Auth(credentials, "ses", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", instance.ports["http"], timeout=30)
    connection.request("GET", "/v2/email/account", headers={
        **dict(request.headers), "User-Agent": b"evil \xe2\x80\xae\x9b2J" + b"x" * 2000})
    assert connection.getresponse().status == 403
    connection.close()
    assert_told(instance, sink, canary, 1, "client evil ????")
    row = uses(instance, canary)
    assert len(row["last_use"]) < 300 and row["last_use"].isprintable()
    assert all(byte < 128 for byte in alarms_about(sink, canary)[-1].raw)


def test_it_is_deleted_with_its_user(instance, canary):
    answer = instance.admin("canary.delete", key=canary["access_key_id"])
    assert answer["user_deleted"] is True
    assert canary["user"] not in {user["user"] for user in instance.admin("user.list")["users"]}
    with pytest.raises(KeyError):
        uses(instance, canary)
    with pytest.raises(Refused) as refused:
        instance.admin("canary.delete", key=canary["access_key_id"])
    assert refused.value.error == "not_found"


def test_an_ordinary_key_is_deleted_as_no_canary(instance, powerless):
    with pytest.raises(Refused) as refused:
        instance.admin("canary.delete", key=powerless["access_key_id"])
    assert refused.value.error == "not_found"
    with pytest.raises(Refused) as refused:
        instance.admin("canary.create", user=powerless["user"])
    assert refused.value.error == "conflict"


def test_the_verbs_make_and_list_it(instance, sink):
    made = instance.run("canary", "create", "--user", "backup-robot", check=True).stdout
    assert "backup-robot" in made and "SMTP password" in made
    key = re.search(r"AKIA[A-Z2-7]{16}", made)[0]
    listed = instance.run("canary", "list", check=True).stdout
    assert key in listed and "backup-robot" in listed
    assert instance.run("canary", "delete", key, check=True)
