"""The ledger: everything that somebody did, or that became of it, has its record; whoever changes one is
found out; and it outlives those it tells of."""

import contextlib
import csv
import http.server
import io
import json
import shutil
import sqlite3
import ssl
import threading
import time
import uuid

import pytest

from harness import Instance, Refused, Sink, eventually, message, self_signed_certificate


@pytest.fixture(scope="module")
def instance(zone, sink):
    for domain in ("test1.com", "refuses.example.net"):  # before anybody asks, who would remember
        zone.mail_server(domain, f"mx.{domain}", sink.address)
    with Instance(zone, mx_port=sink.port, ledger__head_file="heads",
                  ledger__head_interval="1s") as instance:
        instance.add_domain("test1.com")
        sink.rules.append(lambda step, argument, _: f"550 5.1.1 <{argument}> unknown"
                          if step == "rcpt" and argument.endswith("@refuses.example.net") else None)
        yield instance


@pytest.fixture
def person(instance):
    return instance.grant(f"p{uuid.uuid4().hex[:12]}@test1.com")


def export(instance, *arguments):
    made = instance.run("ledger", "export", *arguments)
    assert made.returncode == 0, made.stderr
    return made.stdout


def records(instance, **fields):
    """Those that have these fields."""
    found = [json.loads(line) for line in export(instance).splitlines()]
    return [record for record in found
            if all(record.get(name) == value for name, value in fields.items())]


def wait_for(instance, count=1, **fields):
    return eventually(lambda: len(found := records(instance, **fields)) >= count and found,
                      what=f"records of {fields}")


def verify(instance, *arguments):
    made = instance.run("ledger", "verify", *arguments)
    assert made.returncode == 0, made.stderr
    return made.stdout


def name(credential):
    return credential["smtp_user_name"]


# ---- what is recorded ----

def send(instance, credential, to="ana@example.net", who=None):
    who = who or credential["address"]
    with instance.session(credential) as session:
        return session.submit(who, to, message(from_=who))


def accept(instance, credential, to="ana@example.net"):
    reply = send(instance, credential, to)
    assert reply.code == 250, reply
    return reply.text.split()[-1]


def test_an_allowed_submission_its_attempt_and_its_end_have_records(instance, person):
    id_ = accept(instance, person)
    instance.wait_state(id_, "delivered")
    login = records(instance, kind="login", access_key=name(person))[0]
    assert (login["source"], login["service"], login["client"]) == \
        ("127.0.0.1", "smtp", "client.example")
    assert login["result"] == "ok" and login["tls"].startswith("TLSv1.")
    decision, = records(instance, kind="decision", message=id_)
    who = person["address"]
    assert decision["result"] == "allowed" and decision["what"] == "ses:SendRawEmail"
    assert decision["principal"] == who and decision["access_key"] == name(person)
    assert decision["from"] == who and decision["recipients"] == 1
    assert decision["signatures"].startswith("test1.com/")
    assert decision["resource"].endswith(":identity/test1.com")
    outcome, = records(instance, kind="outcome", message=id_)
    assert outcome["what"] == "delivered" and outcome["recipient"] == "ana@example.net"
    assert outcome["remote"] == "mx.example.net [127.0.0.1]" and outcome["tls"] == "none"
    assert outcome["reply"].startswith("250 2.0.0") and outcome["attempt"] == 1
    assert login["number"] < decision["number"] < outcome["number"]
    verify(instance)


def test_a_refused_submission_has_a_record_with_its_reason(instance, person):
    assert send(instance, person, who="jiro@test1.com").code == 554
    decision = wait_for(instance, kind="decision", access_key=name(person))[0]
    assert decision["result"] == "implicit_deny" and decision["from"] == "jiro@test1.com"
    assert decision["address"] == "jiro@test1.com" and "not authorized" in decision["reply"]


def test_a_wrong_password_of_somebody_known_has_a_record_and_of_a_stranger_has_none(instance, person):
    with instance.session() as session:
        assert session.login({**person, "smtp_password": "wrong"}).code == 535
    with instance.session() as session:
        assert session.login({"smtp_user_name": "AKIASTRANGER", "smtp_password": "x"}).code == 535
    failed = wait_for(instance, kind="login", access_key=name(person))
    assert [record["result"] for record in failed] == ["wrong_password"]
    assert "AKIASTRANGER" not in export(instance)


def test_an_inactive_key_that_logs_in_has_a_record(instance, person):
    instance.admin("grant.revoke", target=name(person))
    with instance.session() as session:
        assert session.login(person).code == 535
    assert wait_for(instance, kind="login", access_key=name(person))[0]["result"] == "inactive_key"


def test_calls_that_write_read_and_are_denied_have_records(instance):
    boss = instance.person("boss" + uuid.uuid4().hex[:6],
                           {"Effect": "Allow", "Action": ["iam:CreateUser", "iam:GetUser"],
                            "Resource": "*"})
    iam = instance.api("iam", boss)
    made = "made" + uuid.uuid4().hex[:6]
    iam.create_user(UserName=made)
    iam.get_user(UserName=made)
    with pytest.raises(Exception, match="AccessDenied"):
        iam.delete_user(UserName=made)
    calls = wait_for(instance, 3, kind="call", access_key=boss["access_key_id"])
    assert [(call["what"], call["result"]) for call in calls] == [
        ("iam:CreateUser", "ok"), ("iam:GetUser", "ok"), ("iam:DeleteUser", "AccessDenied")]
    assert all(f"UserName={made}" in call["subject"] for call in calls)
    assert all(call["request"] and call["client"].startswith("Boto3/") for call in calls)


def test_who_asks_in_a_loop_is_counted_and_does_not_fill_the_disk(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        asking = instance.person("asking", {"Effect": "Allow", "Action": "iam:GetUser",
                                            "Resource": "*"})
        iam = instance.api("iam", asking)
        for _ in range(25):
            iam.get_user()
        iam.get_user(UserName="asking")
        instance.stop()
        calls = records(instance, kind="call", access_key=asking["access_key_id"])
        assert [call.get("count") for call in calls] == 10 * [None] + [16]
        assert calls[-1]["what"] == "iam:GetUser" and calls[-1]["result"] == "ok"
        verify(instance)
        instance.start()


def test_who_says_each_time_to_be_another_client_is_counted_too(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        asking = instance.person("asking", {"Effect": "Allow", "Action": "iam:GetUser",
                                            "Resource": "*"})
        iam, number = instance.api("iam", asking), iter(range(1000))

        def another(request, **_):
            request.headers["User-Agent"] = f"client {next(number)}"
        iam.meta.events.register("before-send.iam.*", another)
        for _ in range(230):
            iam.get_user()
        instance.stop()
        calls = records(instance, kind="call", access_key=asking["access_key_id"])
        assert sum(call.get("count", 1) for call in calls) == 230
        assert len(calls) < 230 and "count" in calls[-1] and "client" not in calls[-1]
        verify(instance)
        instance.start()


def test_a_forged_signature_with_a_known_key_is_a_failed_login(instance, person):
    forged = {**person, "secret_access_key": "x" * 40}
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        instance.api("iam", forged).get_user()
    failed = wait_for(instance, kind="login", access_key=name(person), service="api")
    assert failed[0]["result"] == "SignatureDoesNotMatch"


def test_mail_that_the_api_sends_has_the_record_of_its_decision(instance, person):
    sent = instance.api("ses", person).send_raw_email(
        RawMessage={"Data": message(from_=person["address"])}, Destinations=["ana@example.net"])
    decision, = records(instance, kind="decision", message=sent["MessageId"])
    assert decision["service"] == "api" and decision["client"].startswith("Boto3/")
    assert not records(instance, kind="call", access_key=name(person))


def test_what_the_administrator_did_and_failed_to_do_has_records(instance):
    unknown = "nobody" + uuid.uuid4().hex[:6]
    with pytest.raises(Refused):
        instance.admin("user.delete", user=unknown)
    instance.admin("user.create", user=unknown)
    made, = records(instance, what="user.create", subject=f"user={unknown}")
    assert made["result"] == "ok" and made["principal"] == "administrator"
    failed = wait_for(instance, what="user.delete", subject=f"user={unknown}")[0]
    assert failed["result"] == "not_found"


def test_suspensions_and_grants_with_an_end_have_records(instance, person):
    who = person["address"]
    instance.run("suspend", who, "--reason", "seen at a stranger's", "--until", "2100-01-01T00:00Z",
                 check=True)
    with instance.session() as session:
        assert session.login(person).code == 535
    with pytest.raises(Exception, match="InvalidClientTokenId"):
        instance.api("iam", person).get_user()
    instance.run("resume", who, check=True)
    helper = f"h{uuid.uuid4().hex[:8]}"
    instance.run("grant", who, "--user", helper, "--also", "--until", "2100-01-01T00:00Z",
                 "--from-network", "192.0.2.0/24", check=True)
    said = {record["what"]: record["subject"] for record in records(instance, kind="call")
            if who in record.get("subject", "")}
    assert said["suspension.put"] == \
        f"target={who} hold=false until=2100-01-01T00:00Z reason=seen at a stranger's"
    assert said["suspension.end"] == f"target={who}"
    assert said["grant.create"] == (f"address={who} user={helper} until=2100-01-01T00:00Z also=true"
                                    " from_network=192.0.2.0/24")
    logins = wait_for(instance, 2, kind="login", access_key=name(person))
    assert [(login["service"], login["result"]) for login in logins] == \
        [("smtp", "suspended"), ("api", "suspended")]


def test_what_a_suspension_holds_has_its_outcome(instance, person):
    id_ = accept(instance, person, "ana@nowhere.example")
    eventually(lambda: instance.queue(id_)["recipients"][0]["attempts"], what="an attempt")
    instance.run("suspend", person["address"], "--reason", "spam", "--hold", check=True)
    instance.wait_state(id_, "held")
    assert records(instance, kind="outcome", message=id_)[-1]["what"] == "held"


def test_a_change_that_is_only_looked_at_leaves_no_record_but_that_of_the_look(instance, person,
                                                                               open_dir):
    changes = open_dir / "changes"
    changes.write_text(f"revoke {person['address']} --hold\n")
    id_ = accept(instance, person, "ana@nowhere.example")
    eventually(lambda: instance.queue(id_)["recipients"][0]["attempts"], what="an attempt")
    instance.run("access", "--with", changes, check=True)
    assert {record["what"] for record in records(instance, message=id_)} == \
        {"ses:SendRawEmail", "deferred"}
    assert records(instance, what="access.compare")
    verify(instance)


def test_a_brake_what_it_holds_and_its_release_have_records(zone, sink):
    with Instance(zone, mx_port=sink.port, brake__recipients_per_hour=5, brake__least_per_hour=5,
                  brake__learning="0s") as instance:
        instance.add_domain("test1.com")
        taro = instance.grant("taro@test1.com")
        waits = instance.accept(taro, "taro@test1.com", "ana@nowhere.example", message())
        eventually(lambda: instance.queue(waits)["recipients"][0]["attempts"], what="an attempt")
        many = [f"r{number}@example.net" for number in range(20)]
        trips = instance.accept(taro, "taro@test1.com", many, message())
        braked, = records(instance, what="braked")
        assert braked["kind"] == "service" and braked["access_key"] == name(taro)
        assert braked["principal"] == "taro@test1.com" and braked["result"] == "recipients"
        assert [record["recipient"] for record in records(instance, kind="outcome", message=trips,
                                                          what="held")] == many
        assert records(instance, kind="outcome", message=waits)[-1]["what"] == "held"
        later = instance.accept(taro, "taro@test1.com", "ana@example.net", message())
        assert records(instance, kind="outcome", message=later)[-1]["what"] == "held"
        instance.run("queue", "drop", waits, check=True)
        instance.run("brake", "release", name(taro), check=True)
        assert len(records(instance, kind="outcome", message=trips, what="released")) == 20
        assert [record["what"] for record in records(instance, kind="outcome", message=waits)] == \
            ["deferred", "held", "dropped"]
        assert {"braked", "brake.release"} <= {record["what"] for record in
                                               trace(instance, name(taro))["records"]}
        instance.wait_state(trips, "delivered")
        verify(instance)


def test_a_bounce_has_its_outcome_and_its_report(instance, person):
    id_ = accept(instance, person, "bob@refuses.example.net")
    instance.wait_state(id_, "bounced")
    outcome, = records(instance, kind="outcome", message=id_)
    assert outcome["what"] == "bounced" and outcome["status"] == "5.1.1"
    report, = records(instance, kind="decision", about=id_)
    assert report["principal"] == "system" and report["service"] == "system"


def test_what_the_administrator_does_to_a_recipient_has_its_outcome(instance, person, zone):
    id_ = accept(instance, person, "ana@nowhere.example")
    eventually(lambda: instance.queue(id_)["recipients"][0]["attempts"], what="an attempt")
    for change in ("hold", "release", "hold", "drop"):
        instance.admin("queue.change", message=id_, change=change)
    outcomes = [record["what"] for record in records(instance, kind="outcome", message=id_)]
    assert outcomes[0] == "deferred"
    assert [what for what in outcomes if what != "deferred"] == ["held", "released", "held", "dropped"]


# ---- what is exported ----

def test_the_two_forms_of_export_say_the_same(instance, person):
    since = records(instance)[-3]["time"]
    as_json = [json.loads(line) for line in export(instance, "--since", since).splitlines()]
    as_csv = list(csv.DictReader(io.StringIO(export(instance, "--format", "csv", "--since", since),
                                             newline="")))
    upto = min(len(as_json), len(as_csv))
    assert upto >= 3
    for one, other in zip(as_json, as_csv):
        assert {key: str(value) for key, value in one.items()} == \
            {key: value for key, value in other.items() if value}


def test_what_a_stranger_says_is_no_formula_in_a_spreadsheet(instance, person):
    iam = instance.api("iam", person)
    iam.meta.events.register("before-send.iam.*", lambda request, **_: request.headers.update(
        {"User-Agent": "=HYPERLINK(\"http://example.org\")"}))
    with pytest.raises(Exception, match="AccessDenied"):
        iam.get_user()
    wait_for(instance, kind="call", access_key=name(person))
    rows = csv.DictReader(io.StringIO(export(instance, "--format", "csv"), newline=""))
    client, = {row["client"] for row in rows
               if row["kind"] == "call" and row["access_key"] == name(person)}
    assert client.startswith("'=HYPERLINK")


def test_a_span_of_time_is_what_is_asked_for(instance):
    before = records(instance)[-1]["time"]
    time.sleep(0.01)
    instance.admin("account.pause", on=False)
    after = [json.loads(line) for line in export(instance, "--since", before).splitlines()]
    assert after[0]["time"] >= before
    assert not [json.loads(line) for line in export(instance, "--until", before).splitlines()
                if json.loads(line)["time"] >= before]


# ---- CloudTrail ----

def auditor(instance, *actions):
    return instance.person("auditor" + uuid.uuid4().hex[:6],
                           {"Effect": "Allow", "Action": list(actions), "Resource": "*"})


def test_cloudtrail_clients_look_events_up(instance, person):
    id_ = accept(instance, person)
    instance.wait_state(id_, "delivered")
    trail = instance.api("cloudtrail", auditor(instance, "cloudtrail:LookupEvents"))
    by_key = trail.lookup_events(LookupAttributes=[{"AttributeKey": "AccessKeyId",
                                                    "AttributeValue": name(person)}])["Events"]
    assert [event["EventName"] for event in by_key] == ["SendRawEmail", "login"]
    sent = by_key[0]
    assert sent["Username"] == person["address"] and sent["EventSource"] == "ses.amazonaws.com"
    assert sent["ReadOnly"] == "false" and abs(sent["EventTime"].timestamp() - time.time()) < 600
    whole = json.loads(sent["CloudTrailEvent"])
    assert whole["sourceIPAddress"] == "127.0.0.1" and whole["eventID"] == sent["EventId"]
    assert whole["userIdentity"]["accessKeyId"] == name(person)
    assert whole["additionalEventData"]["message"] == id_ and "errorCode" not in whole
    for key, value in (("EventId", sent["EventId"]), ("ResourceName", id_)):
        found = trail.lookup_events(LookupAttributes=[{"AttributeKey": key,
                                                       "AttributeValue": value}])["Events"]
        assert sent["EventId"] in [event["EventId"] for event in found]
    of_message = trail.lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName",
                                                        "AttributeValue": id_}])["Events"]
    assert "delivered" in [event["EventName"] for event in of_message]


def test_events_come_page_by_page_the_newest_first(instance, person):
    for _ in range(3):
        with instance.session(person):
            pass
    wait_for(instance, 3, kind="login", access_key=name(person))
    trail = instance.api("cloudtrail", auditor(instance, "cloudtrail:LookupEvents"))
    wanted = [{"AttributeKey": "Username", "AttributeValue": person["address"]}]
    pages = trail.get_paginator("lookup_events").paginate(
        LookupAttributes=wanted, PaginationConfig={"PageSize": 2})
    events = [event for page in pages for event in page["Events"]]
    assert len({event["EventId"] for event in events}) == len(events) == 3
    times = [event["EventTime"] for event in events]
    assert times == sorted(times, reverse=True)
    assert trail.lookup_events(LookupAttributes=wanted, StartTime=time.time() + 60)["Events"] == []
    assert trail.lookup_events(LookupAttributes=wanted, EndTime=time.time() - 3600)["Events"] == []


def test_looking_events_up_needs_permission_and_is_recorded_itself(instance):
    with pytest.raises(Exception, match="AccessDeniedException"):
        instance.api("cloudtrail", auditor(instance, "cloudtrail:DescribeTrails")).lookup_events()
    someone = auditor(instance, "cloudtrail:LookupEvents")
    trail = instance.api("cloudtrail", someone)
    trail.lookup_events()
    assert wait_for(instance, access_key=someone["access_key_id"],
                    what="cloudtrail:LookupEvents")[0]["result"] == "ok"
    with pytest.raises(Exception, match="InvalidTimeRangeException"):
        trail.lookup_events(StartTime=2, EndTime=1)
    with pytest.raises(Exception, match="InvalidLookupAttributesException"):
        trail.lookup_events(LookupAttributes=2 * [{"AttributeKey": "EventName",
                                                   "AttributeValue": "x"}])
    with pytest.raises(Exception, match="UnknownOperationException"):
        trail.describe_trails()


# ---- trace ----

def trace(instance, what, *arguments):
    made = instance.run("trace", what, "--json", *arguments)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_a_trace_tells_key_user_address_and_message_apart(instance, person):
    to = f"t{uuid.uuid4().hex[:8]}@example.net"
    id_ = accept(instance, person, to)
    instance.wait_state(id_, "delivered")
    key = trace(instance, name(person))
    assert "key" in key["as"] and key["keys"][0]["active"] is True
    assert [record["kind"] for record in key["records"]] == ["login", "decision", "outcome"]
    user = trace(instance, person["address"].upper())
    assert {"user", "sender"} <= set(user["as"])
    assert key["records"][-1] in user["records"]
    recipient = trace(instance, to)
    assert recipient["as"] == ["recipient"]
    assert [record["kind"] for record in recipient["records"]] == ["decision", "outcome"]
    whole = trace(instance, id_)
    assert "message" in whole["as"]
    assert whole["message"]["recipients"] == [{"recipient": to, "state": "delivered",
                                               "attempts": 1}]
    since = instance.run("trace", name(person), "--since", "2100-01-01T00:00Z")
    assert since.returncode == 0 and id_ not in since.stdout
    assert instance.run("trace", "nobody@nowhere.example").returncode == 1


def test_a_trace_of_a_message_is_its_whole_life(instance, person):
    id_ = accept(instance, person, ["ana@refuses.example.net", "bob@nowhere.example"])
    eventually(lambda: instance.state(id_)["ana@refuses.example.net"] == "bounced", what="a bounce")
    eventually(lambda: all(r["attempts"] for r in instance.queue(id_)["recipients"]),
               what="an attempt")
    life = [record for record in trace(instance, id_)["records"] if record["kind"] != "call"]
    decision, report = (record for record in life if record["kind"] == "decision")
    assert decision["policy"].startswith("'grant-") and decision["statement"] == 0
    assert decision["signatures"].startswith("test1.com/") and decision["recipients"] == 2
    assert report["about"] == id_ and report["principal"] == "system"
    outcomes = {record["recipient"]: record for record in life if record["kind"] == "outcome"}
    bounced, waits = outcomes["ana@refuses.example.net"], outcomes["bob@nowhere.example"]
    assert bounced["what"] == "bounced" and bounced["tls"] == "none"
    assert bounced["reply"].startswith("550 5.1.1")
    said = bounced["dialogue"].splitlines()
    assert said[0].startswith(("S: 220 ", "C: MAIL FROM:<"))  # in a session that was used before
    assert "C: RCPT TO:<ana@refuses.example.net>" in said
    assert any(line.startswith("S: 550 5.1.1") for line in said)
    shown = instance.run("trace", id_).stdout
    assert "\n    C: RCPT TO:<ana@refuses.example.net>\n" in shown
    assert waits["what"] == "deferred" and waits["next"] > waits["time"]


def test_a_trace_of_one_recipient_shows_nobody_else(instance, person):
    one, other = (f"r{uuid.uuid4().hex[:8]}@example.net" for _ in range(2))
    id_ = accept(instance, person, [one, other])
    instance.wait_state(id_, "delivered")
    shown = json.dumps(trace(instance, one))
    assert id_ in shown and other not in shown


def test_a_dialogue_shows_the_recipient_it_is_about_and_no_other(instance, person, sink):
    one, other = (f"d{uuid.uuid4().hex[:8]}@example.net" for _ in range(2))
    sink.rules.append(lambda step, argument, _: f"550 5.1.1 {argument}, not {other}"
                      if step == "rcpt" and argument == one else None)
    id_ = accept(instance, person, [one, other])
    eventually(lambda: instance.state(id_) == {one: "bounced", other: "delivered"},
               what="two outcomes")
    (record,) = [record for record in trace(instance, one)["records"]
                 if record["kind"] == "outcome" and record["what"] == "bounced"]
    assert one in record["dialogue"] and other not in json.dumps(record["dialogue"])
    assert "MAIL FROM:<" in record["dialogue"] and "RCPT TO:<...>" in record["dialogue"]
    (taken,) = [record for record in trace(instance, other)["records"]
                if record["kind"] == "outcome"]
    assert taken["what"] == "delivered" and "dialogue" not in taken


# ---- what is forgotten, and what is not ----

def test_the_records_of_a_deleted_user_stay(instance):
    gone = instance.grant("gone@test1.com")
    id_ = instance.accept(gone, "gone@test1.com", "ana@example.net", message(from_="gone@test1.com"))
    instance.wait_state(id_, "delivered")
    instance.admin("credential.delete", key=name(gone))
    policy, = instance.admin("policy.list", user="gone@test1.com")["policies"]
    instance.admin("policy.delete", user="gone@test1.com", name=policy["name"])
    instance.admin("user.delete", user="gone@test1.com")
    assert [record["message"] for record in records(instance, kind="decision",
                                                    access_key=name(gone))] == [id_]
    for what in ("gone@test1.com", name(gone)):
        traced = instance.run("trace", what)
        assert traced.returncode == 0 and "is not there any more" in traced.stdout
        assert id_ in traced.stdout and "delivered" in traced.stdout


def live_rows(instance):
    """Everything that the store has, of every table."""
    with contextlib.closing(sqlite3.connect(f"file:{instance.dir}/postern.db?mode=ro",
                                            uri=True)) as db:
        db.text_factory = bytes
        tables = [name.decode() for name, in
                  db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return b"\n".join(value for table in tables for row in db.execute(f"SELECT * FROM {table}")
                          for value in row if isinstance(value, bytes))


def test_an_erased_address_is_in_no_row_and_the_ledger_is_whole(instance, person):
    to = f"forget{uuid.uuid4().hex[:8]}@refuses.example.net"
    id_ = accept(instance, person, to)
    instance.wait_state(id_, "bounced")
    assert to.encode() in live_rows(instance)
    instance.api("sesv2", auditor(instance, "ses:*")).delete_suppressed_destination(EmailAddress=to)
    report, = records(instance, kind="decision", about=id_)
    instance.wait_state(report["message"], "delivered")
    erased = instance.run("ledger", "erase", to.upper())
    assert erased.returncode == 0 and "and 1 messages" in erased.stdout, erased
    assert to.encode() not in live_rows(instance)
    assert to not in export(instance)
    verify(instance, "--head", instance.dir / "heads")
    outcome, = records(instance, kind="outcome", message=id_)
    erasure, = records(instance, kind="erasure", number=outcome["erased"])
    assert outcome["status"] == "5.1.1" and "recipient" not in outcome
    assert erasure["count"] == 2, "what became of it, and the call that took it off the list"


# ---- whether it is whole ----

def test_a_head_is_added_to_the_file_and_one_from_elsewhere_is_refused(instance, open_dir):
    heads = instance.dir / "heads"
    eventually(lambda: heads.exists() and heads.read_text().count("signature: ") >= 2, what="heads")
    verify(instance, "--head", heads)
    other = open_dir / "head"
    made = instance.run("ledger", "head")
    assert made.returncode == 0 and made.stdout.startswith("postern ledger head\nnumber: ")
    other.write_text(made.stdout.replace("number: ", "number: 1", 1))
    refused = instance.run("ledger", "verify", "--head", other)
    assert refused.returncode == 1 and "signature is not valid" in refused.stderr


class Taker(http.server.BaseHTTPRequestHandler):
    """Takes heads; what it answers is the server's."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.path, self.headers["Host"], text))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def taker(tls=False, answer=204):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    server.got, server.answer = [], answer
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed_certificate())
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_heads_are_posted_and_verify_the_ledger(zone, sink, open_dir):
    zone.add("keeper.example.net", "A", "127.0.0.1")
    with taker() as keeper:
        url = f"http://keeper.example.net:{keeper.server_port}/heads?of=mail"
        with Instance(zone, mx_port=sink.port, ledger__head_url=url,
                      ledger__head_interval="1s") as instance:
            eventually(lambda: len({text for *_, text in keeper.got}) >= 2, what="two heads")
            path, host, text = keeper.got[-1]
            assert path == "/heads?of=mail" and host == f"keeper.example.net:{keeper.server_port}"
            kept = open_dir / "heads"
            kept.write_text(text)
            verify(instance, "--head", kept)


def test_heads_are_mailed_and_verify_the_ledger(zone, open_dir):
    with Sink() as keeper:
        zone.mail_server("keeps.example.org", "mx.keeps.example.org", keeper.address)
        with Instance(zone, mx_port=keeper.port, ledger__head_interval="1s",
                      ledger__head_mail="heads@keeps.example.org") as instance:
            eventually(lambda: len(keeper.received) >= 2, what="two mails")
            mail = keeper.received[-1]
            assert mail.recipients == ("heads@keeps.example.org",)
            kept = open_dir / "heads"
            kept.write_text(mail.raw.decode().replace("\r\n", "\n").partition(
                "postern ledger head\n")[2].join(["postern ledger head\n", ""]))
            verify(instance, "--head", kept)


def test_heads_are_posted_to_whom_their_certificate_names_alone(zone, sink, open_dir):
    zone.add("relay.example.net", "A", "127.0.0.1")
    zone.add("other.example.net", "A", "127.0.0.1")  # not in the certificate
    authority = open_dir / "authority.pem"
    shutil.copy(self_signed_certificate(), authority)
    authority.chmod(0o644)
    for name, takes in (("relay.example.net", True), ("other.example.net", False)):
        with taker(tls=True) as keeper, Instance(
                zone, mx_port=sink.port, delivery__tls_ca=authority, ledger__head_interval="1s",
                ledger__head_url=f"https://{name}:{keeper.server_port}/") as instance:
            if takes:
                eventually(lambda: keeper.got, what="a head")
            else:
                eventually(lambda: instance.events("ledger.head_not_posted"), what="a refusal")
                assert not keeper.got


def test_a_head_that_is_not_taken_is_an_error_in_the_log(zone, sink):
    with taker(answer=503) as keeper, Instance(
            zone, mx_port=sink.port, ledger__head_interval="1s",
            ledger__head_url=f"http://127.0.0.1:{keeper.server_port}/") as instance:
        said = eventually(lambda: instance.events("ledger.head_not_posted"), what="an error")
        assert "the answer is 503" in str(said[0])
        keeper.answer = 200
        eventually(lambda: instance.events("ledger.head_posted"), what="a later one")


def test_an_address_that_is_none_is_refused_at_the_start(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.stop()
        refused = instance.run("serve", "--set", "ledger.head_url=gopher://example.org")
        assert refused.returncode != 0 and "ledger.head_url" in refused.stderr
        instance.start()


def test_what_is_changed_in_the_store_is_found(zone, sink, open_dir):
    with Instance(zone, mx_port=sink.port, ledger__head_interval="1d") as instance:
        instance.add_domain("test1.com")
        taro = instance.grant("taro@test1.com")
        id_ = instance.accept(taro, "taro@test1.com", "ana@example.net", message())
        instance.wait_state(id_, "delivered")
        head = open_dir / "head"
        head.write_text(instance.run("ledger", "head", check=True).stdout)
        instance.stop()
        last = records(instance)[-1]["number"]
        changes = {
            "UPDATE ledger SET record = replace(record, 'allowed', 'refused') WHERE number ="
            f" {records(instance, message=id_)[0]['number']}": "does not follow",
            "DELETE FROM ledger WHERE number = 3": "records 3 to 3 are missing",
            "DELETE FROM ledger WHERE number = 1": "records 1 to 1 are missing",
            f"DELETE FROM ledger WHERE number > {last - 6}": "a head was signed for",
            "UPDATE ledger SET details = x'' WHERE details <> x''": "its details",
            f"UPDATE ledger SET number = number + 1 WHERE number = {last}": "missing",
            "UPDATE ledger SET number = -1 WHERE number = 1": "before the beginning",
            "DELETE FROM ledger": "a head was signed for",
            "UPDATE setting SET value = replace(value, 'number: ', 'number: 1')"
            " WHERE name = 'ledger_head'": "signature is not valid",
        }
        store = instance.dir / "postern.db"
        whole = store.read_bytes()
        for change, found in changes.items():
            with sqlite3.connect(store) as db:
                db.execute(change)
            db.close()
            verified = instance.run("ledger", "verify", "--head", head)
            assert verified.returncode == 1 and found in verified.stderr, (change, verified)
            for suffix in ("-wal", "-shm"):
                (instance.dir / f"postern.db{suffix}").unlink(missing_ok=True)
            store.write_bytes(whole)
        verify(instance, "--head", head)
        instance.start()


def verified(instance, **members):
    """As the console asks: some records at a time, to the end."""
    after = {}
    for steps in range(1, 100):
        answer = instance.admin("ledger.verify", **members, **after)
        if "next" not in answer:
            return {**answer, "steps": steps}
        assert not answer["whole"] and answer["verified"] < answer["last"]
        after = {"after": answer["next"]}
    raise AssertionError("it never ends")


def listed(instance, **members):
    found, before = [], {}
    while True:
        answer = instance.admin("ledger.list", **members, **before)
        found += answer["records"]
        if "next" not in answer:
            return found
        before = {"before": answer["next"]}


def test_it_is_read_and_verified_through_the_service(instance, person):
    id_ = accept(instance, person)
    wait_for(instance, message=id_, what="delivered")
    answer = verified(instance)
    assert answer["whole"] and answer["first"] == 1 and answer["verified"] == answer["last"]
    head = instance.run("ledger", "head", check=True).stdout
    assert verified(instance, heads=head)["heads"] >= 2
    with pytest.raises(Refused, match="heads: there is no postern ledger head"):
        instance.admin("ledger.verify", heads="\n")
    with pytest.raises(Refused, match="heads: "):
        instance.admin("ledger.verify", heads=head.replace("number: ", "number: 1"))
    for text in ("x", "1:2:3:00", "1:2:3:" + "0" * 64 + ":x", "-1:2:3:" + "0" * 64):
        with pytest.raises(Refused, match="not where a verification stood"):
            instance.admin("ledger.verify", after=text)
    # What somebody claims to have verified is held against what is there.
    wrong = instance.admin("ledger.verify", after="1:1:0:" + "0" * 64)
    assert not wrong["whole"] and "does not follow" in wrong["why"]


def test_records_are_found_by_what_they_are_about(instance, person):
    id_ = accept(instance, person)
    wait_for(instance, message=id_, what="delivered")
    key = person["access_key_id"]
    all_of_it = listed(instance, about=id_)
    assert [record["kind"] for record in all_of_it] == ["outcome", "decision"]
    assert {record["kind"] for record in listed(instance, about=key)} >= {"decision", "login"}
    assert [record["what"] for record in listed(instance, about=key, kind="decision")] \
        == ["ses:SendRawEmail"]
    assert listed(instance, about=person["user"].upper(), kind="decision")
    assert listed(instance, about=id_, limit=1) == all_of_it
    numbers = [record["number"] for record in listed(instance, limit=7)]
    assert numbers == sorted(numbers, reverse=True) and numbers[-1] == 1
    assert listed(instance, until="2020-01-01T00:00Z") == []
    assert listed(instance, since="2100-01-01T00:00Z") == []
    assert len(listed(instance, until="2100-01-01T00:00Z")) == numbers[0]
    for members, words in (({"kind": "x"}, "kind must be service"), ({"limit": -1}, "limit must"),
                           ({"before": "0"}, "before must be")):
        with pytest.raises(Refused, match=words):
            instance.admin("ledger.list", **members)


def test_the_service_finds_what_was_changed(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        id_ = accept(instance, instance.grant("taro@test1.com"))
        number = wait_for(instance, message=id_)[0]["number"]
        instance.stop()
        with sqlite3.connect(instance.dir / "postern.db") as db:
            db.execute("UPDATE ledger SET record = replace(record, 'allowed', 'refused') WHERE"
                       " number = ?", (number,))
        db.close()
        instance.start()
        answer = instance.admin("ledger.verify")
        assert not answer["whole"] and "next" not in answer
        assert answer["why"] == f"record {number} does not follow from the one before it"


def test_kill_9_leaves_it_whole(instance, person):
    for _ in range(3):
        accept(instance, person)
        ready = instance.kill("core")
        eventually(lambda: len(instance.events("postern.ready")) > ready, 30, "the service again")
        verify(instance, "--head", instance.dir / "heads")


def test_a_restored_backup_goes_on_with_a_whole_ledger(zone, sink, open_dir):
    with Instance(zone, mx_port=sink.port) as instance:
        backup = open_dir / "backup.db"
        instance.run("backup", backup, check=True)
        instance.admin("account.pause", on=False)
        head = open_dir / "head"
        head.write_text(instance.run("ledger", "head", check=True).stdout)
        instance.stop()
        for suffix in ("", "-wal", "-shm"):
            (instance.dir / f"postern.db{suffix}").unlink(missing_ok=True)
        instance.run("restore-backup", backup, check=True)
        instance.start()
        verify(instance)
        assert [record["what"] for record in records(instance, kind="service")] == [
            "started", "restored", "started"]
        refused = instance.run("ledger", "verify", "--head", head)
        assert refused.returncode == 1, "what came after the backup is lost, and that is found"
