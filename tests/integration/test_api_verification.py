"""Custom verification mail over both generations of the SES API, and the link that it carries."""

import email
import email.policy
import http.client
import re
import sqlite3
import time
import urllib.parse

import botocore.exceptions
import pytest

from harness import Instance, failure, refused, without_metadata

ALL = {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}
CONTENT = "<html><head></head><body style='color:red'><h1>Ready?</h1></body></html>"


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.owner = instance.person("owner", ALL)
        instance.arn = f"arn:aws:ses:us-east-1:{instance.administrator['account']}:"
        yield instance


def template(name, **changes):
    return {"TemplateName": name, "FromEmailAddress": "Example <hello@test1.com>",
            "TemplateSubject": "Please confirm", "TemplateContent": CONTENT,
            "SuccessRedirectionURL": "https://www.example.com/ok?x=1",
            "FailureRedirectionURL": "https://www.example.com/failed", **changes}


# ---- templates ----

def test_v1_a_template_is_made_read_changed_listed_and_deleted(v1):
    v1.create_custom_verification_email_template(**template("one"))
    assert without_metadata(v1.get_custom_verification_email_template(
        TemplateName="one")) == template("one")
    v1.update_custom_verification_email_template(TemplateName="one", TemplateSubject="Other")
    changed = template("one", TemplateSubject="Other")
    assert without_metadata(v1.get_custom_verification_email_template(
        TemplateName="one")) == changed
    del changed["TemplateContent"]
    assert changed in v1.list_custom_verification_email_templates()[
        "CustomVerificationEmailTemplates"]
    v1.delete_custom_verification_email_template(TemplateName="one")
    v1.delete_custom_verification_email_template(TemplateName="one")  # idempotent
    for call in (v1.get_custom_verification_email_template,
                 v1.update_custom_verification_email_template):
        error = refused(call, "CustomVerificationEmailTemplateDoesNotExist",
                        "Custom verification email template one does not exist.",
                        TemplateName="one")
        assert error["CustomVerificationEmailTemplateName"] == "one"


def test_v2_a_template_is_made_read_changed_listed_and_deleted(instance, v2):
    def ask(method, body=None):
        path = "/v2/email/custom-verification-email-templates"
        return instance.rest(instance.owner, method, path + ("" if method == "POST" else "/two"),
                             body)
    given = template("two", Tags=[{"Key": "a", "Value": "b"}])
    assert ask("POST", given) == (200, {})
    assert ask("GET") == (200, given)
    v2.update_custom_verification_email_template(**template("two", TemplateSubject="Other"))
    assert v2.get_custom_verification_email_template(TemplateName="two")["TemplateSubject"] == \
        "Other"
    page = v2.list_custom_verification_email_templates(PageSize=1)
    assert len(page["CustomVerificationEmailTemplates"]) == 1
    v2.delete_custom_verification_email_template(TemplateName="two")
    for call in (v2.get_custom_verification_email_template,
                 v2.delete_custom_verification_email_template):
        refused(call, "NotFoundException", "Custom verification email template two does not "
                "exist.", TemplateName="two")


def test_lists_come_page_by_page(v1, v2):
    names = [f"page-{number}" for number in range(3)]
    for name in names:
        v1.create_custom_verification_email_template(**template(name))
    seen, token = [], {}
    while True:
        page = v1.list_custom_verification_email_templates(MaxResults=2, **token)
        seen += [one["TemplateName"] for one in page["CustomVerificationEmailTemplates"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == sorted(set(seen)) and set(names) <= set(seen)
    assert failure(v1.list_custom_verification_email_templates, MaxResults=51)["Code"] == \
        "ValidationError"
    refused(v2.list_custom_verification_email_templates, "BadRequestException",
            "The NextToken is not one that was given out here.", NextToken="?")


def test_a_name_is_taken_once(v1, v2):
    v1.create_custom_verification_email_template(**template("taken"))
    error = refused(v1.create_custom_verification_email_template,
                    "CustomVerificationEmailTemplateAlreadyExists",
                    "Custom verification email template taken already exists.",
                    **template("taken"))
    assert error["CustomVerificationEmailTemplateName"] == "taken"
    assert failure(v2.create_custom_verification_email_template, **template("taken"))["Code"] == \
        "AlreadyExistsException"


@pytest.mark.parametrize("member, value, code", [
    ("TemplateName", "a b", "InvalidParameterValue"),
    ("TemplateSubject", "x\r\nBcc: y@example.net", "InvalidParameterValue"),
    ("FromEmailAddress", "nobody@else.example", "FromEmailAddressNotVerified"),
    ("FromEmailAddress", "a@test1.com, b@else.example", "InvalidParameterValue"),
    ("FromEmailAddress", "nothing", "InvalidParameterValue"),
    ("SuccessRedirectionURL", "javascript:alert(1)", "InvalidParameterValue"),
    ("SuccessRedirectionURL", "//www.example.com", "InvalidParameterValue"),
    ("SuccessRedirectionURL", "https://a.example/\r\nSet-Cookie: a=b", "InvalidParameterValue"),
    ("FailureRedirectionURL", "ftp://a.example/", "InvalidParameterValue"),
    ("FailureRedirectionURL", "https://a.example/ b", "InvalidParameterValue"),
    ("FailureRedirectionURL", "https://a.example/" + "a" * 2000, "InvalidParameterValue"),
    ("TemplateContent", "<p>x</p><img src=\"https://evil.example/?",
     "CustomVerificationEmailInvalidContent"),
    ("TemplateContent", "<style>a[href^=h]{background:url(//evil.example)}</style>",
     "CustomVerificationEmailInvalidContent"),
    ("TemplateContent", "<!-- ", "CustomVerificationEmailInvalidContent"),
    ("TemplateContent", "x" * 307_201, "CustomVerificationEmailInvalidContent"),
])
def test_what_would_harm_is_refused_when_it_is_made_and_when_it_is_changed(v1, member, value,
                                                                           code):
    changed = template("harm", **{member: value})
    error = failure(v1.create_custom_verification_email_template, **changed)
    assert error["Code"] == code, error
    if code == "FromEmailAddressNotVerified":
        assert error["FromEmailAddress"] == value
    if member != "TemplateName":
        name = f"unharmed-{abs(hash((member, value)))}"
        v1.create_custom_verification_email_template(**template(name))
        assert failure(v1.update_custom_verification_email_template, TemplateName=name,
                       **{member: value})["Code"] == code
        assert without_metadata(v1.get_custom_verification_email_template(TemplateName=name)) == \
            template(name)
        v1.delete_custom_verification_email_template(TemplateName=name)


# ---- sending, and the link ----

@pytest.fixture(scope="module")
def ready(v1):
    v1.create_custom_verification_email_template(**template("ready"))
    return "ready"


def link_in(received):
    message = email.message_from_bytes(received.raw, policy=email.policy.default)
    assert message.get_content_type() == "text/html"
    html = message.get_content()
    links = re.findall(r'href="([^"]+)"', html)
    assert len(links) == 1 and html.rstrip().endswith("</body></html>")
    return message, links[0]


def follow(instance, link):
    """Status, and where it leads."""
    parts = urllib.parse.urlsplit(link)
    assert parts.netloc == f"127.0.0.1:{instance.ports['http']}"
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["Location"]


def ask_owner(instance, client, sink, address, name="ready"):
    id_ = client.send_custom_verification_email(EmailAddress=address,
                                                TemplateName=name)["MessageId"]
    instance.wait_state(id_, "delivered")
    return link_in([one for one in sink.received if address in one.recipients][-1])


@pytest.mark.parametrize("generation", ["v1", "v2"])
def test_the_owner_of_an_address_confirms_it_by_the_link(instance, v1, v2, sink, ready,
                                                         generation):
    address = f"{generation}@example.net"
    message, link = ask_owner(instance, v1 if generation == "v1" else v2, sink, address)
    assert message["From"] == "Example <hello@test1.com>"
    assert message["Subject"] == "Please confirm" and message["To"] == address
    assert instance.identity(address)["verification"] == "PENDING"
    ok = (302, "https://www.example.com/ok?x=1")
    assert follow(instance, link) == ok
    assert instance.identity(address)["verification"] == "SUCCESS"
    assert follow(instance, link) == ok  # a program may have looked ahead of the person
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert follow(instance, forged) == (404, None)


def test_no_report_can_carry_the_link_back(instance, v2, sink, ready):
    ask_owner(instance, v2, sink, "silent@example.net")
    assert sink.one("silent@example.net").mail_from in ("", "<>")


def test_a_newer_link_ends_the_older_and_leads_nowhere(instance, v2, sink, ready):
    _, first = ask_owner(instance, v2, sink, "again@example.net")
    _, second = ask_owner(instance, v2, sink, "again@example.net")
    assert follow(instance, first) == (404, None)
    assert instance.identity("again@example.net")["verification"] == "PENDING"
    assert follow(instance, second)[0] == 302
    assert instance.identity("again@example.net")["verification"] == "SUCCESS"


def test_an_expired_link_leads_to_where_failures_go(instance, v2, sink, ready):
    _, link = ask_owner(instance, v2, sink, "late@example.net")
    with sqlite3.connect(instance.dir / "postern.db", timeout=30) as database:
        database.execute("UPDATE verification SET expires_ms = ? WHERE address = ?",
                         (int(time.time() * 1000) - 1, "late@example.net"))
    database.close()
    assert follow(instance, link) == (302, "https://www.example.com/failed")
    assert instance.identity("late@example.net")["verification"] == "PENDING"


def test_asking_again_takes_nothing_from_a_verified_address(instance, v2, sink, ready):
    _, link = ask_owner(instance, v2, sink, "stays@example.net")
    follow(instance, link)
    ask_owner(instance, v2, sink, "stays@example.net")
    assert instance.identity("stays@example.net")["verification"] == "SUCCESS"


def test_what_cannot_be_sent_leaves_no_identity(instance, v1, v2, ready):
    def identities():
        return {one["name"] for one in instance.admin("identity.list")["identities"]}
    before = identities()
    refused(v1.send_custom_verification_email, "CustomVerificationEmailTemplateDoesNotExist",
            "Custom verification email template nowhere does not exist.",
            EmailAddress="left@example.net", TemplateName="nowhere")
    refused(v2.send_custom_verification_email, "NotFoundException",
            "Custom verification email template nowhere does not exist.",
            EmailAddress="left@example.net", TemplateName="nowhere")
    refused(v1.send_custom_verification_email, "InvalidParameterValue", "Missing final '@domain'",
            EmailAddress="left", TemplateName=ready)
    for address in ("a@b@c", "x@example.net, y@example.net", "x@example.net\r\nBcc: y@b.example"):
        assert failure(v1.send_custom_verification_email, EmailAddress=address,
                       TemplateName=ready)["Code"] == "InvalidParameterValue"
    refused(v1.send_custom_verification_email, "ConfigurationSetDoesNotExist",
            "Configuration set <nowhere> does not exist.", EmailAddress="left@example.net",
            TemplateName=ready, ConfigurationSetName="nowhere")
    assert identities() == before


def test_the_from_address_must_be_verified_when_it_is_sent(instance, v1):
    instance.add_domain("test2.com")
    v1.create_custom_verification_email_template(
        **template("lapsed", FromEmailAddress="hello@test2.com"))
    instance.admin("identity.remove", identity="test2.com")
    error = refused(v1.send_custom_verification_email, "FromEmailAddressNotVerified",
                    "From email address <hello@test2.com> is not verified.",
                    EmailAddress="left@example.net", TemplateName="lapsed")
    assert error["FromEmailAddress"] == "hello@test2.com"


# ---- who may ----

def test_the_gate_is_asked_for_the_sender_and_the_template(instance, ready):
    send = {"Effect": "Allow", "Action": "ses:SendCustomVerificationEmail"}
    identity, named = instance.arn + "identity/test1.com", \
        instance.arn + "custom-verification-email-template/ready"

    def outcome(name, service, *statements):
        client = instance.api(service, instance.person(name, *statements))
        try:
            client.send_custom_verification_email(EmailAddress=f"{name}@example.net",
                                                  TemplateName=ready)
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return "sent"

    assert outcome("g1", "ses", {**send, "Resource": identity}) == "sent"
    assert outcome("g2", "sesv2", {**send, "Resource": identity}) == "AccessDeniedException"
    assert outcome("g3", "sesv2", {**send, "Resource": named}) == "AccessDeniedException"
    assert outcome("g4", "sesv2", {**send, "Resource": [identity, named]}) == "sent"
    assert outcome("g5", "ses", {**send, "Resource": "*", "Condition": {
        "StringEquals": {"ses:FromAddress": "else@test1.com"}}}) == "AccessDenied"
    assert outcome("g6", "ses", {**send, "Resource": "*", "Condition": {
        "StringEquals": {"ses:FromAddress": "hello@test1.com"}}}) == "sent"
    assert outcome("g7", "ses", {"Effect": "Allow", "Action": ["ses:SendEmail",
                                                               "ses:SendRawEmail"],
                                 "Resource": "*"}) == "AccessDenied"
    with pytest.raises(KeyError):
        instance.identity("g7@example.net")
    with pytest.raises(KeyError):
        instance.identity("g2@example.net")
    assert instance.identity("g1@example.net")["verification"] == "PENDING"


def test_in_the_sandbox_nobody_is_asked(zone, sink):
    with Instance(zone, mx_port=sink.port, production=False) as instance:
        instance.add_domain("test1.com")
        credential = instance.person("owner", ALL)
        v1, v2 = instance.api("ses", credential), instance.api("sesv2", credential)
        v1.create_custom_verification_email_template(**template("ready"))
        text = ("Production access is not granted: custom verification emails cannot be sent from "
                "the sandbox.")
        refused(v1.send_custom_verification_email, "ProductionAccessNotGranted", text,
                EmailAddress="x@example.net", TemplateName="ready")
        refused(v2.send_custom_verification_email, "BadRequestException", text,
                EmailAddress="x@example.net", TemplateName="ready")
        with pytest.raises(KeyError):
            instance.identity("x@example.net")
