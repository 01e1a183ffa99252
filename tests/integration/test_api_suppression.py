"""The suppression list: over the API, and what it does to mail that is really sent."""

import email
import email.policy
import time

import pytest

from harness import Instance, Session, Sink, api_refuses, eventually, free_port, message

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
WHY = ("Amazon SES did not send the message to this address because it is on the suppression list "
       "for your account.")


class Bench:
    """Everything goes to one sink, reports too; addresses that begin with `gone` do not exist."""

    def __init__(self, instance, sink, port):
        self.instance, self.sink, self.port = instance, sink, port
        instance.add_domain("test1.com", dkim=False)
        self.manager = instance.person("manager", EVERYTHING)
        self.sesv2 = instance.api("sesv2", self.manager)
        self.ses = instance.api("ses", self.manager)
        sink.rules.append(self.refuse)

    @staticmethod
    def refuse(step, argument, connection):
        if step != "rcpt":
            return None
        argument = argument.lower()
        if argument.startswith("gone"):
            return "550 5.1.1 no such user"
        if argument.startswith("full"):
            return "550 5.2.2 mailbox full"
        if argument.startswith("old-server"):
            return "550 No such user here"
        return None

    def send(self, *recipients, person="taro@test1.com", headers=()):
        """Over SMTP; the id."""
        return self.instance.accept(self.manager, person, list(recipients),
                                    message(from_=person, to=recipients[0], headers=headers))

    def ended(self, id_):
        return eventually(lambda: not {"queued", "leased"} & set(self.instance.state(id_).values())
                          and self.instance.state(id_), what="the end of the message")

    def listed(self, **filters):
        return [one["EmailAddress"] for one in self.sesv2.list_suppressed_destinations(**filters)
                ["SuppressedDestinationSummaries"]]

    def put(self, address, reason="BOUNCE"):
        self.sesv2.put_suppressed_destination(EmailAddress=address, Reason=reason)

    def report(self, person):
        """The last report that this person got."""
        received = self.sink.wait(1, to=person)
        return received[-1].mail_from, email.message_from_bytes(received[-1].raw,
                                                                policy=email.policy.default)


@pytest.fixture(scope="module")
def bench():
    port = free_port()
    with Sink() as sink:
        routes = {"*": {"via": f"smarthost 127.0.0.1:{sink.port}", "tls": "never",
                        "allow_private": "yes"}}
        with Instance(routes=routes, listen__feedback=f"127.0.0.1:{port}") as instance:
            yield Bench(instance, sink, port)


@pytest.fixture(autouse=True)
def empty(bench):
    bench.sesv2.put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])
    while listed := bench.listed():
        for address in listed:
            bench.sesv2.delete_suppressed_destination(EmailAddress=address)
    yield


# ---- the list ----

def test_an_address_is_put_shown_and_deleted(bench):
    bench.put("Ana+News@Example.NET", "COMPLAINT")
    shown = bench.sesv2.get_suppressed_destination(EmailAddress="ana+news@example.net")
    shown = shown["SuppressedDestination"]
    assert shown["EmailAddress"] == "ana+news@example.net" and shown["Reason"] == "COMPLAINT"
    assert abs(shown["LastUpdateTime"].timestamp() - time.time()) < 60
    assert "Attributes" not in shown
    bench.put("ana+news@example.net", "BOUNCE")
    shown = bench.sesv2.get_suppressed_destination(EmailAddress="ANA+NEWS@example.net")
    assert shown["SuppressedDestination"]["Reason"] == "BOUNCE"
    assert bench.listed() == ["ana+news@example.net"]
    bench.sesv2.delete_suppressed_destination(EmailAddress="ana+NEWS@example.net")
    for call in (bench.sesv2.get_suppressed_destination, bench.sesv2.delete_suppressed_destination):
        with api_refuses("NotFoundException",
                         "Email address ana+news@example.net does not exist on your suppression "
                         "list."):
            call(EmailAddress="ana+news@example.net")


def test_what_is_no_address_is_refused(bench):
    with api_refuses("BadRequestException", "Missing final '@domain'"):
        bench.put("ana")
    for text in ("ana@", "@example.net", "a b@example.net", "a@b@example.net", "Ana <a@b.example>"):
        with api_refuses("BadRequestException", "Illegal address in EmailAddress"):
            bench.put(text)
    with api_refuses("BadRequestException"):
        bench.put("ana@example.net", "BOREDOM")
    assert bench.listed() == []


def test_the_list_is_filtered(bench):
    begin = time.time()
    bench.put("a@example.net", "BOUNCE")
    bench.put("b@example.net", "COMPLAINT")
    assert bench.listed(Reasons=["BOUNCE"]) == ["a@example.net"]
    assert bench.listed(Reasons=["COMPLAINT"]) == ["b@example.net"]
    assert bench.listed(Reasons=["COMPLAINT", "BOUNCE"]) == ["a@example.net", "b@example.net"]
    assert bench.listed(StartDate=begin - 60, EndDate=begin + 60) == bench.listed()
    assert bench.listed(StartDate=begin + 60) == [] == bench.listed(EndDate=begin - 60)


def test_the_list_comes_in_pages(bench):
    addresses = [f"a{number}@example.net" for number in range(5)]
    for address in addresses:
        bench.put(address)
    seen, more = [], {}
    while more is not None:
        page = bench.sesv2.list_suppressed_destinations(PageSize=2, **more)
        assert len(page["SuppressedDestinationSummaries"]) <= 2
        seen += [one["EmailAddress"] for one in page["SuppressedDestinationSummaries"]]
        more = {"NextToken": page["NextToken"]} if "NextToken" in page else None
    assert seen == addresses
    for token in ("!", "AAA=", "x" * 3000):
        with api_refuses("InvalidNextTokenException"):
            bench.sesv2.list_suppressed_destinations(NextToken=token)


def test_in_the_sandbox_no_address_is_put(bench):
    bench.put("ana@example.net")
    bench.instance.admin("account.production", on=False)
    try:
        with api_refuses("BadRequestException", "sandbox"):
            bench.put("jiro@example.net")
        assert bench.listed() == ["ana@example.net"]
        bench.sesv2.delete_suppressed_destination(EmailAddress="ana@example.net")
    finally:
        bench.instance.admin("account.production", on=True)
    assert bench.listed() == []


def test_who_may_only_send_cannot_read_or_change_the_list(bench):
    bench.put("ana@example.net")
    sesv2 = bench.instance.api("sesv2", bench.instance.person("sender"))
    for call in (lambda: sesv2.put_suppressed_destination(EmailAddress="b@example.net",
                                                          Reason="BOUNCE"),
                 lambda: sesv2.get_suppressed_destination(EmailAddress="ana@example.net"),
                 lambda: sesv2.delete_suppressed_destination(EmailAddress="ana@example.net"),
                 sesv2.list_suppressed_destinations):
        with api_refuses("AccessDeniedException"):
            call()
    assert bench.listed() == ["ana@example.net"]


# ---- what it does ----

def test_the_first_send_bounces_and_the_second_is_suppressed(bench):
    sent = bench.ses.get_send_quota()["SentLast24Hours"]
    first = bench.send("gone1@example.net")
    assert bench.ended(first) == {"gone1@example.net": "bounced"}
    shown = bench.sesv2.get_suppressed_destination(EmailAddress="gone1@example.net")
    assert shown["SuppressedDestination"]["Reason"] == "BOUNCE"
    assert shown["SuppressedDestination"]["Attributes"]["MessageId"] == first
    asked = len(bench.sink.lines)
    suppressed = bench.instance.metric("postern_suppressed_total")
    second = bench.send("GONE1@example.net")
    # It ended in the commit that accepted it.
    assert bench.instance.state(second) == {"GONE1@example.net": "suppressed"}
    row = bench.instance.queue(second)["recipients"][0]
    assert row["status"] == "5.1.1" and row["reply"] == WHY
    assert not [line for line in bench.sink.lines[asked:] if "GONE1" in str(line)]
    assert bench.instance.metric("postern_suppressed_total") == suppressed + 1
    # Both count for the quota, and only the first is a bounce.
    assert bench.ses.get_send_quota()["SentLast24Hours"] == sent + 2


def test_the_sender_gets_the_report_and_the_others_the_message(bench):
    bench.put("listed@example.net")
    person = "hanako@test1.com"
    id_ = bench.send("here@example.net", "listed@example.net", "too@example.org", person=person)
    assert bench.ended(id_) == {"here@example.net": "delivered", "listed@example.net": "suppressed",
                                "too@example.org": "delivered"}
    mail_from, report = bench.report(person)
    assert mail_from == "" and report["Auto-Submitted"].startswith("auto-")
    raw = bench.sink.wait(1, to=person)[-1].raw.decode()
    assert "listed@example.net" in raw and "here@example.net" not in raw.split("rfc822-headers")[0]
    status = [part for part in report.walk()
              if part.get_content_type() == "message/delivery-status"][0]
    fields = status.get_payload()[1]
    assert fields["Action"] == "failed" and fields["Status"] == "5.1.1"
    assert " ".join(fields["Diagnostic-Code"].split()) == f"x-local; {WHY}"
    assert not [one for one in bench.sink.received if "listed@example.net" in one.recipients]
    bench.instance.check_accounting()


def test_statistics_count_the_attempt_and_no_bounce(bench):
    def total():
        points = bench.ses.get_send_statistics()["SendDataPoints"]
        return (sum(point["DeliveryAttempts"] for point in points),
                sum(point["Bounces"] for point in points))
    bench.put("listed@example.net")
    attempts, bounces = total()
    bench.send("listed@example.net")
    assert total() == (attempts + 1, bounces)


def test_a_long_message_that_nobody_gets_leaves_no_body(bench):
    bench.put("listed@example.net")
    id_ = bench.instance.accept(bench.manager, "taro@test1.com", ["listed@example.net"],
                                message(to="listed@example.net", body="x\r\n" * 300000))
    assert bench.instance.state(id_) == {"listed@example.net": "suppressed"}
    bench.instance.check_accounting()


def test_labels_are_not_stripped(bench):
    bench.put("ana@example.net")
    id_ = bench.send("ana+orders@example.net", "Ana@EXAMPLE.net")
    assert bench.ended(id_) == {"ana+orders@example.net": "delivered",
                                "Ana@example.net": "suppressed"}


def test_only_refusals_of_the_address_are_learned(bench):
    bench.ended(bench.send("full@example.net", "old-server@example.net"))
    assert bench.listed() == ["old-server@example.net"]
    bench.ended(bench.send("bounce@simulator.amazonses.com"))
    assert bench.listed() == ["old-server@example.net"]


def test_a_report_that_bounces_lists_nobody(bench):
    """Mail of our own says nothing about the account's."""
    person = "gone-person@test1.com"
    bench.put("listed@example.net")
    bench.send("listed@example.net", person=person)
    eventually(lambda: [line for line in bench.instance.events("delivery.failed")
                        if person in line], what="a report that bounced")
    assert person not in bench.listed()


def test_reasons_of_the_account_decide(bench):
    bench.put("a@example.net", "BOUNCE")
    bench.put("b@example.net", "COMPLAINT")
    bench.sesv2.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    assert bench.ended(bench.send("a@example.net", "b@example.net")) == {
        "a@example.net": "delivered", "b@example.net": "suppressed"}
    bench.ended(bench.send("gone2@example.net"))
    assert "gone2@example.net" not in bench.listed()
    bench.sesv2.put_account_suppression_attributes(SuppressedReasons=[])
    assert set(bench.ended(bench.send("a@example.net", "b@example.net")).values()) == {"delivered"}


def test_reasons_of_a_configuration_set_go_before_the_accounts(bench):
    bench.put("a@example.net", "BOUNCE")
    bench.put("b@example.net", "COMPLAINT")
    bench.sesv2.create_configuration_set(ConfigurationSetName="own",
                                         SuppressionOptions={"SuppressedReasons": ["COMPLAINT"]})
    own = ["X-SES-CONFIGURATION-SET: own"]
    assert bench.ended(bench.send("a@example.net", "b@example.net", headers=own)) == {
        "a@example.net": "delivered", "b@example.net": "suppressed"}
    bench.ended(bench.send("gone3@example.net", headers=own))
    assert "gone3@example.net" not in bench.listed()
    bench.sesv2.put_configuration_set_suppression_options(ConfigurationSetName="own",
                                                          SuppressedReasons=[])
    assert set(bench.ended(bench.send("a@example.net", "b@example.net", headers=own)).values()) == {
        "delivered"}
    assert bench.ended(bench.send("a@example.net", "b@example.net")) == {
        "a@example.net": "suppressed", "b@example.net": "suppressed"}


# ---- complaints ----

def complaint(kind="abuse"):
    return (b"From: <feedback@example.net>\r\nTo: <return@postern.localhost>\r\n"
            b"Subject: complaint\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/report; report-type=feedback-report;\r\n boundary=\"b\"\r\n"
            b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n\r\n"
            b"--b\r\nContent-Type: message/feedback-report\r\n\r\n"
            b"Feedback-Type: " + kind.encode() + b"\r\nUser-Agent: SomeGenerator/1.0\r\n"
            b"Version: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
            b"From: taro@test1.com\r\n\r\nx\r\n--b--\r\n")


def complain(bench, recipients, kind="abuse"):
    id_ = bench.send(*recipients)
    bench.ended(id_)
    back = [one for one in bench.sink.received if recipients[0] in one.recipients][-1].mail_from
    with Session(bench.port) as session:
        assert session.command("EHLO mx.example.net").code == 250
        assert session.submit("", back, complaint(kind)).code == 250


def test_a_complaint_lists_the_one_who_complained(bench):
    complain(bench, ["angry@example.net"])
    shown = bench.sesv2.get_suppressed_destination(EmailAddress="angry@example.net")
    assert shown["SuppressedDestination"]["Reason"] == "COMPLAINT"
    assert bench.ended(bench.send("angry@example.net")) == {"angry@example.net": "suppressed"}
    points = bench.ses.get_send_statistics()["SendDataPoints"]
    assert sum(point["Complaints"] for point in points) >= 1


def test_of_several_recipients_nobody_complains_in_anothers_name(bench):
    complain(bench, ["one@example.net", "two@example.net"])
    assert bench.listed() == []


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "praise"])
def test_reports_that_complain_of_nothing_list_nobody(bench, kind):
    complain(bench, [f"{kind}@example.net"], kind)
    assert bench.listed() == []


def test_what_is_listed_outlives_a_restart(bench):
    bench.put("listed@example.net")
    bench.instance.stop()
    bench.instance.start()
    assert bench.ended(bench.send("listed@example.net")) == {"listed@example.net": "suppressed"}
