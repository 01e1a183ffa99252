"""The account over the APIs: quotas, statistics, sending on and off, production access; what is
told of a message; import jobs, of which there are none."""

import datetime
import json

import pytest

from harness import Instance, Refused, api_refuses, eventually

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DETAILS = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://test1.com/", "ContactLanguage": "EN",
           "UseCaseDescription": "Orders.", "AdditionalContactEmailAddresses": ["taro@test1.com"]}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture(scope="module")
def manager(instance):
    return instance.person("manager", EVERYTHING)


@pytest.fixture(scope="module")
def ses(instance, manager):
    return instance.api("ses", manager)


@pytest.fixture(scope="module")
def sesv2(instance, manager):
    return instance.api("sesv2", manager)


@pytest.fixture(scope="module")
def nobody(instance):
    """May send and nothing else."""
    return instance.person("nobody")


def send(sesv2, *recipients, **members):
    return sesv2.send_email(
        FromEmailAddress="Taro <taro@test1.com>", Destination={"ToAddresses": list(recipients)},
        Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hi"}}}},
        **members)["MessageId"]


def statistics(ses):
    points = ses.get_send_statistics()["SendDataPoints"]
    names = ("DeliveryAttempts", "Bounces", "Complaints", "Rejects")
    return {name: sum(point[name] for point in points) for name in names}


def test_quota_counts_recipients(ses, sesv2):
    before = ses.get_send_quota()
    assert before["Max24HourSend"] == -1.0 and before["MaxSendRate"] == 100000.0
    send(sesv2, "a@example.net", "b@example.net")
    assert ses.get_send_quota()["SentLast24Hours"] == before["SentLast24Hours"] + 2
    assert sesv2.get_account()["SendQuota"] == {
        key: value for key, value in ses.get_send_quota().items() if key != "ResponseMetadata"}


def test_statistics_count_attempts_and_bounces(ses, sesv2, instance, sink):
    before = statistics(ses)
    def refuse(step, argument, connection):
        return "550 5.1.1 no such user" if step == "rcpt" and "gone" in argument else None
    sink.rules.append(refuse)
    id_ = send(sesv2, "here@example.net", "gone@example.net", "bounce@simulator.amazonses.com")
    eventually(lambda: "queued" not in instance.state(id_).values() and
               "leased" not in instance.state(id_).values())
    sink.rules.remove(refuse)
    assert sorted(instance.state(id_).values()) == ["bounced", "bounced", "delivered"]
    after = statistics(ses)
    # The mailbox simulator counts for neither.
    assert after["DeliveryAttempts"] == before["DeliveryAttempts"] + 2
    assert after["Bounces"] == before["Bounces"] + 1
    assert after["Complaints"] == before["Complaints"] and after["Rejects"] == 0
    newest = max(point["Timestamp"] for point in ses.get_send_statistics()["SendDataPoints"])
    now = datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(0) <= now - newest < datetime.timedelta(minutes=31)
    assert newest.minute % 15 == 0 and newest.second == 0


def test_account_is_healthy(sesv2):
    account = sesv2.get_account()
    assert account["EnforcementStatus"] == "HEALTHY" and account["SendingEnabled"]
    assert account["ProductionAccessEnabled"] and not account["DedicatedIpAutoWarmupEnabled"]
    assert account["SuppressionAttributes"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}


def test_pausing_is_the_same_setting_in_both_generations_and_for_the_administrator(
        ses, sesv2, instance):
    ses.update_account_sending_enabled(Enabled=False)
    assert ses.get_account_sending_enabled()["Enabled"] is False
    assert sesv2.get_account()["SendingEnabled"] is False
    assert instance.admin("account.show")["paused"] is True
    with api_refuses("SendingPausedException"):
        send(sesv2, "a@example.net")
    sesv2.put_account_sending_attributes(SendingEnabled=True)
    assert ses.get_account_sending_enabled()["Enabled"] is True
    assert instance.admin("account.show")["paused"] is False
    instance.admin("account.pause", on=True)
    assert ses.get_account_sending_enabled()["Enabled"] is False
    instance.admin("account.pause", on=False)
    send(sesv2, "a@example.net")


def test_who_has_no_permission_changes_nothing(instance, nobody):
    ses, sesv2 = instance.api("ses", nobody), instance.api("sesv2", nobody)
    for ask in (ses.get_send_quota, ses.get_send_statistics, ses.get_account_sending_enabled,
                lambda: ses.update_account_sending_enabled(Enabled=False)):
        with api_refuses("AccessDenied", "is not authorized to perform"):
            ask()
    for ask in (sesv2.get_account, lambda: sesv2.put_account_details(**DETAILS),
                lambda: sesv2.put_account_sending_attributes(SendingEnabled=False),
                lambda: sesv2.put_account_suppression_attributes(SuppressedReasons=[]),
                sesv2.list_import_jobs):
        with api_refuses("AccessDeniedException", "is not authorized to perform"):
            ask()
    assert instance.admin("account.show")["paused"] is False


def test_reasons_for_suppression_are_kept(sesv2):
    sesv2.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    assert sesv2.get_account()["SuppressionAttributes"]["SuppressedReasons"] == ["COMPLAINT"]
    sesv2.put_account_suppression_attributes(SuppressedReasons=[])
    assert sesv2.get_account()["SuppressionAttributes"]["SuppressedReasons"] == []
    sesv2.put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])
    with api_refuses("BadRequestException"):
        sesv2.put_account_suppression_attributes(SuppressedReasons=["DISLIKE"])
    assert len(sesv2.get_account()["SuppressionAttributes"]["SuppressedReasons"]) == 2


def test_insights_tell_what_became_of_each_recipient(sesv2, instance, manager, sink):
    def refuse(step, argument, connection):
        return "550 5.2.2 mailbox full" if step == "rcpt" and "full" in argument else None
    sink.rules.append(refuse)
    id_ = send(sesv2, "here@example.net", "full@example.net",
               EmailTags=[{"Name": "campaign", "Value": "spring"}])
    eventually(lambda: sorted(instance.state(id_).values()) == ["bounced", "delivered"])
    sink.rules.remove(refuse)
    status, told = instance.rest(manager, "GET", f"/v2/email/insights/{id_}")
    # The published model has a slash at the end, older clients have none.
    assert instance.rest(manager, "GET", f"/v2/email/insights/{id_}/") == (status, told)
    assert status == 200
    assert told["FromEmailAddress"] == "taro@test1.com" and told["Subject"] == "Hello"
    assert told["EmailTags"] == [{"Name": "campaign", "Value": "spring"}]
    events = {one["Destination"]: one["Events"] for one in told["Insights"]}
    assert [event["Type"] for event in events["here@example.net"]] == ["SEND", "DELIVERY"]
    assert [event["Type"] for event in events["full@example.net"]] == ["SEND", "BOUNCE"]
    bounce = events["full@example.net"][1]["Details"]["Bounce"]
    assert bounce["BounceType"] == "PERMANENT" and "mailbox full" in bounce["DiagnosticCode"]
    assert events["full@example.net"][1]["Timestamp"] >= events["full@example.net"][0]["Timestamp"]


def test_insights_of_what_is_unknown_are_not_found(instance, manager):
    for id_ in ("x", "0100018c40f0e6d8-e9683548-4dde-4320-8ff3-3fd4103c7274-000000"):
        status, told = instance.rest(manager, "GET", f"/v2/email/insights/{id_}")
        assert status == 404 and told["message"] == f"Message {id_} does not exist"


def test_import_jobs_are_refused_clearly(sesv2, instance, manager):
    with api_refuses("BadRequestException", "There is no S3 here"):
        sesv2.create_import_job(
            ImportDestination={"SuppressionListDestination": {
                "SuppressionListImportAction": "PUT"}},
            ImportDataSource={"S3Url": "s3://bucket/object.csv", "DataFormat": "CSV"})
    with api_refuses("NotFoundException", "Import job abc does not exist"):
        sesv2.get_import_job(JobId="abc")
    assert sesv2.list_import_jobs()["ImportJobs"] == []
    newer = "/v2/email/import-jobs/list"
    assert instance.rest(manager, "POST", newer, {}) == (200, {"ImportJobs": []})
    status, told = instance.rest(manager, "POST", newer, {"NextToken": "x"})
    assert status == 400 and "NextToken is not one" in told["message"]


# ---- production access ----

@pytest.fixture
def sandboxed(zone, sink):
    with Instance(zone, mx_port=sink.port, production=False) as instance:
        yield instance


def request_access(sesv2, wanted=True):
    sesv2.put_account_details(**DETAILS, ProductionAccessEnabled=wanted)


def review(sesv2):
    return sesv2.get_account()["Details"].get("ReviewDetails", {}).get("Status")


def test_asking_for_production_access_does_not_grant_it(sandboxed):
    sesv2 = sandboxed.api("sesv2", sandboxed.person("manager", EVERYTHING))
    assert "Details" not in sesv2.get_account()
    request_access(sesv2, wanted=False)
    shown = sesv2.get_account()
    assert shown["Details"] == DETAILS and not shown["ProductionAccessEnabled"]
    request_access(sesv2)
    assert review(sesv2) == "PENDING" and not sesv2.get_account()["ProductionAccessEnabled"]
    assert sandboxed.admin("account.show")["production"] is False
    with api_refuses("ConflictException", "pending"):
        request_access(sesv2)
    sandboxed.admin("account.production", on=False)
    assert review(sesv2) == "DENIED"
    request_access(sesv2)
    sandboxed.admin("account.production", on=True)
    assert review(sesv2) == "GRANTED" and sesv2.get_account()["ProductionAccessEnabled"]
    request_access(sesv2, wanted=False)  # neither grants nor takes away
    assert review(sesv2) == "GRANTED"
    with api_refuses("BadRequestException"):
        sesv2.put_account_details(**{**DETAILS, "MailType": "CHAIN_LETTER"})


def test_the_administrators_own_request_is_its_answer(sandboxed):
    sesv2 = sandboxed.api("sesv2", sandboxed.person("manager", EVERYTHING))
    request_access(sesv2)
    sandboxed.admin("api.call", service="sesv2", name="PutAccountDetails",
                    input=json.dumps({**DETAILS, "ProductionAccessEnabled": True}))
    assert review(sesv2) == "GRANTED"
    assert sandboxed.admin("account.show")["production"] is True
    with pytest.raises(Refused):
        sandboxed.admin("api.call", service="sesv2", name="PutAccountDetails", input="{}")
