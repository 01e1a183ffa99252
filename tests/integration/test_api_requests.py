"""Attacks on the API from below: signatures, HTTP, forms, JSON, and what is written about them.

Whatever is sent, one request has one reading or none, an answer can be parsed, a line of the log is
a line, and the service goes on for everybody else.
"""

import base64
import concurrent.futures
import contextlib
import datetime
import hashlib
import hmac
import json
import re
import resource
import socket
import threading
import time
import urllib.parse
import xml.etree.ElementTree

import botocore.exceptions
import pytest

from harness import Instance, eventually, message, sanitized

TARO = "taro@test1.com"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
MEBIBYTE = 1024 * 1024
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def instance(zone, sink):
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files[1], files[1]))
    with Instance(zone, mx_port=sink.port) as instance:
        instance.sink = sink
        instance.add_domain("test1.com")
        instance.owner = instance.person("owner", ALL)
        yield instance
    resource.setrlimit(resource.RLIMIT_NOFILE, files)


# ---- signing by hand, so that everything can be wrong ----

def digest(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def quote(text):
    return urllib.parse.quote(text, safe="-_.~")


class Signed:
    """A request and the headers that sign it; what is wrong with it is changed before or after."""

    def __init__(self, instance, method="POST", path="/", query=(), body=b"", service="ses",
                 region="us-east-1", shift=0, scope_date=None, credential=None, payload=None,
                 presign=None, **headers):
        self.instance, self.method, self.body = instance, method, body
        who = credential or instance.owner
        now = datetime.datetime.utcnow() + datetime.timedelta(seconds=shift)
        stamp, self.query = now.strftime("%Y%m%dT%H%M%SZ"), list(query)
        scope = f"{scope_date or stamp[:8]}/{region}/{service}/aws4_request"
        self.path = path
        self.headers = {"Host": f"127.0.0.1:{instance.ports['http']}"}
        if body and method != "GET":
            self.headers["Content-Type"] = FORM if path == "/" else "application/json"
        self.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        if presign is None:
            self.headers["X-Amz-Date"] = stamp
        if payload:
            self.headers["X-Amz-Content-Sha256"] = payload
        names = ";".join(sorted(name.lower() for name in self.headers))
        if presign is not None:
            self.query += [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                           ("X-Amz-Credential", f"{who['access_key_id']}/{scope}"),
                           ("X-Amz-Date", stamp), ("X-Amz-Expires", str(presign)),
                           ("X-Amz-SignedHeaders", names)]
        canonical = "\n".join([
            method, urllib.parse.quote(path, safe="/-_.~"), self.query_text(sort=True),
            *(f"{name}:{value.strip()}" for name, value in sorted(
                (name.lower(), value) for name, value in self.headers.items())), "", names,
            payload or digest(body)])
        key = f"AWS4{who['secret_access_key']}".encode()
        for part in scope.split("/"):
            key = mac(key, part)
        signature = mac(key, "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                                        digest(canonical.encode())])).hex()
        if presign is None:
            self.headers["Authorization"] = (
                f"AWS4-HMAC-SHA256 Credential={who['access_key_id']}/{scope}, "
                f"SignedHeaders={names}, Signature={signature}")
        else:
            self.query.append(("X-Amz-Signature", signature))

    def query_text(self, sort=False):
        pairs = [f"{quote(name)}={quote(value)}" for name, value in self.query]
        return "&".join(sorted(pairs) if sort else pairs)

    def head(self, **extra):
        target = self.path + (f"?{self.query_text()}" if self.query else "")
        fields = {"Connection": "close", **self.headers, **{name.replace("_", "-"): value for name, value in
                                     extra.items()}}
        return (f"{self.method} {target} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode()

    def bytes(self):
        return self.head(Content_Length=str(len(self.body))) + self.body

    def send(self):
        """Status and body of the answer."""
        return answer_of(exchange(self.instance, self.bytes()))


def exchange(instance, data, seconds=20):
    """All that comes back until the connection ends or nothing more comes."""
    got = b""
    with socket.create_connection(("127.0.0.1", instance.ports["http"]), timeout=seconds) as peer:
        with contextlib.suppress(ConnectionError):
            peer.sendall(data)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while part := peer.recv(65536):
                got += part
    return got


def answer_of(got):
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


def form(**members):
    return urllib.parse.urlencode({"Version": "2010-12-01", **members}).encode()


def query(instance, body, **more):
    return Signed(instance, body=body, **more).send()


def rest(instance, path, body=None, method="POST", **more):
    return Signed(instance, method=method, path=path,
                  body=b"" if body is None else body, **more).send()


def code_of(body):
    return re.search(rb"<Code>(\w+)</Code>", body)[1].decode()


def assert_alive(instance):
    status, body = query(instance, form(Action="GetSendQuota"))
    assert status == 200, body


QUOTA = form(Action="GetSendQuota")


def test_what_is_signed_by_hand_is_understood(instance):
    assert_alive(instance)
    assert rest(instance, "/v2/email/identities", method="GET")[0] == 200


# ---- signatures ----

WRONG = {
    "another region": {"region": "eu-west-1"}, "another service": {"service": "s3"},
    "another date": {"scope_date": "20200101"}, "too old": {"shift": -330},
    "too early": {"shift": 330},
    "an unsigned payload in clear": {"payload": "UNSIGNED-PAYLOAD"},
    "chunks that are signed": {"payload": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
    "another payload": {"payload": digest(b"other")},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_signature_of_something_else_is_refused(instance, what):
    status, body = query(instance, QUOTA, **WRONG[what])
    assert (status, code_of(body)) == (403, "SignatureDoesNotMatch"), body


def test_a_signature_for_one_service_does_not_open_another(instance):
    status, body = query(instance, form(Action="ListUsers"), service="ses")
    assert (status, code_of(body)) == (400, "InvalidAction")
    for service in ("iam", "sts"):
        status, body = query(instance, form(Action="GetSendQuota"), service=service)
        assert status in (400, 403)
        assert rest(instance, "/v2/email/identities", method="GET", service=service)[0] == 403


def changed(request, what):
    if what == "body":
        request.body = request.body.replace(b"GetSendQuota", b"ListIdentities")
    elif what == "method":
        request.method = "PUT"
    elif what == "query":
        request.query = [("Action", "ListIdentities")]
    elif what == "host":
        request.headers["Host"] = "other.example"
    elif what == "content type":
        request.headers["Content-Type"] = FORM + "; charset=utf-16"
    elif what == "unsigned amz header":
        request.headers["X-Amz-Target"] = "x"
    elif what == "token":
        request.headers["X-Amz-Security-Token"] = "x"
    elif what == "signature":
        request.headers["Authorization"] = request.headers["Authorization"][:-1] + "g"
    elif what == "empty signature":
        request.headers["Authorization"] = re.sub("Signature=.*", "Signature=",
                                                  request.headers["Authorization"])
    elif what == "fewer signed headers":
        request.headers["Authorization"] = re.sub(
            "SignedHeaders=[^,]*", "SignedHeaders=host", request.headers["Authorization"])
    elif what == "no host among them":
        request.headers["Authorization"] = request.headers["Authorization"].replace("host;", "")
    elif what == "twice":
        request.headers["AUTHORIZATION"] = request.headers["Authorization"]
    elif what == "date twice":
        request.headers["x-amz-date"] = request.headers["X-Amz-Date"]
    return request


@pytest.mark.parametrize("what", ["body", "method", "query", "host", "content type",
                                  "unsigned amz header", "token", "signature", "empty signature",
                                  "fewer signed headers", "no host among them", "twice",
                                  "date twice"])
def test_what_was_changed_after_signing_is_refused(instance, what):
    status, body = changed(Signed(instance, body=QUOTA), what).send()
    assert status in (400, 403) and b"<Error>" in body, body
    assert_alive(instance)


def test_a_request_may_be_repeated_while_it_is_current(instance):
    """As with the original: who heard it on an unprotected line can say it again for five minutes."""
    request = Signed(instance, body=QUOTA, shift=-200).bytes()
    assert [answer_of(exchange(instance, request))[0] for _ in range(2)] == [200, 200]


SEND = [("Action", "SendEmail"), ("Version", "2010-12-01"), ("Source", TARO),
        ("Message.Subject.Data", "a"), ("Message.Body.Text.Data", "b")]


def test_a_url_that_was_signed_sends_what_it_says_and_nothing_else(instance):
    def url(to, **more):
        return Signed(instance, "GET", query=[*SEND, ("Destination.ToAddresses.member.1", to)],
                      **{"presign": 60, **more})
    assert url("url1@example.net").send()[0] == 200
    for request, code in ((url("url2@example.net", shift=-90), "RequestExpired"),
                          (url("url2@example.net", presign=0), "IncompleteSignature"),
                          (url("url2@example.net", presign=700000), "IncompleteSignature"),
                          (url("url2@example.net", presign=-1), "IncompleteSignature"),
                          (url("url2@example.net", shift=330), "SignatureDoesNotMatch")):
        status, body = request.send()
        assert status in (400, 403) and code_of(body) == code, body
    for index, name in ((2, "Source"), (5, "Destination.ToAddresses.member.1")):
        request = url("url3@example.net")
        request.query[index] = (name, "jiro@test1.com")
        assert request.send()[0] == 403
    request = url("url4@example.net")
    request.query.append(("Destination.BccAddresses.member.1", "x@example.net"))
    assert request.send()[0] == 403
    instance.sink.one("url1@example.net")
    assert not [one for one in list(instance.sink.received)
                if re.match("url[234]", one.recipients[0])]


# ---- one reading ----

def smuggled(instance):
    return Signed(instance, body=form(Action="VerifyDomainIdentity",
                                      Domain="smuggled.example")).bytes()


def two_readings(instance):
    body = QUOTA
    inside = smuggled(instance)
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    one = Signed(instance, body=body)
    length = str(len(body))
    return {
        "both": one.head(Content_Length=length, Transfer_Encoding="chunked") + chunk,
        "two lengths": one.head(Content_Length=f"{length}\r\nContent-Length: 0") + body,
        "two equal": one.head(Content_Length=f"{length}\r\nContent-Length: {length}") + body,
        "hexadecimal": one.head(Content_Length=hex(len(body))) + body,
        "signed": one.head(Content_Length="+" + length) + body,
        "fold": one.head(X_A="b\r\n\tTransfer-Encoding: chunked", Content_Length=length) + body,
        "bare LF": one.head(X_A="b\nTransfer-Encoding: chunked", Content_Length=length) + body,
        "bare CR": one.head(X_A="b\rTransfer-Encoding: chunked", Content_Length=length) + body,
        "NUL": one.head(X_A="b\0", Content_Length=length) + body,
        "coding twice": one.head(Transfer_Encoding="chunked\r\nTransfer-Encoding: identity")
        + chunk,
        "coding list": one.head(Transfer_Encoding="identity, chunked") + chunk,
        "coding tab": one.head(Transfer_Encoding="\x0bchunked") + chunk,
        "long chunk size": one.head(Transfer_Encoding="chunked") + b"00000000" + chunk,
        "negative chunk": one.head(Transfer_Encoding="chunked") + b"-" + chunk,
        "chunk with 0x": one.head(Transfer_Encoding="chunked") + b"0x" + chunk,
        "chunk without CRLF": one.head(Transfer_Encoding="chunked")
        + b"%x\r\n%s0\r\n\r\n" % (len(body), body),
        "chunk LF": one.head(Transfer_Encoding="chunked") + chunk.replace(b"\r\n", b"\n"),
        "chunk extension": one.head(Transfer_Encoding="chunked")
        + chunk.replace(b"\r\n", b";a=\n\r\n", 1),
    }, inside


@pytest.mark.parametrize("what", ["both", "two lengths", "two equal", "hexadecimal", "signed",
                                  "fold", "bare LF", "bare CR", "NUL", "coding twice",
                                  "coding list", "coding tab", "long chunk size", "negative chunk",
                                  "chunk with 0x", "chunk without CRLF", "chunk LF",
                                  "chunk extension"])
def test_a_signed_request_with_two_readings_is_refused_with_all_that_follows(instance, what):
    requests, inside = two_readings(instance)
    got = exchange(instance, requests[what] + inside)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", got) == [b"400"], got
    assert "smuggled.example" not in instance.api("ses", instance.owner).list_identities()[
        "Identities"]


def test_a_body_is_no_request(instance):
    """Nothing within the length that was announced is read as a request of its own."""
    inside = smuggled(instance)
    inside = inside.replace(b"&", b"%26")  # nor is it a parameter
    for body in (QUOTA + b"&x=" + inside, inside):
        got = exchange(instance, Signed(instance, body=body).bytes())
        assert len(re.findall(rb"HTTP/1\.1 (\d+) ", got)) == 1, got
    assert "smuggled.example" not in instance.api("ses", instance.owner).list_identities()[
        "Identities"]


def test_what_a_trailer_says_is_not_heard(instance):
    body = QUOTA
    one = Signed(instance, body=body)
    authorization = one.headers.pop("Authorization")
    got = exchange(instance, one.head(Transfer_Encoding="chunked") + b"%x\r\n%s\r\n0\r\n" % (
        len(body), body) + f"Authorization: {authorization}\r\n\r\n".encode())
    assert answer_of(got)[0] == 403


# ---- forms and JSON ----

def member(index):
    return "Action=GetIdentityVerificationAttributes&Version=2010-12-01&" \
        f"Identities.member.{index}=test1.com"


FORMS = {
    "10,001 pairs": "&".join(["Action=ListIdentities"] + [f"a{i}=b" for i in range(10001)]),
    "10,000 members": "Action=GetIdentityVerificationAttributes&" + "&".join(
        f"Identities.member.{i}=x" for i in range(1, 9990)),
    **{f"index {index}": member(index) for index in (
        "4294967295", "1e9", "18446744073709551616", "0", "-1", "01", "", "x", "+1", "1.1",
        "1.member.1", "999999999999999999999999999999")},
    "index twice": member("1") + "&Identities.member.1=test1.com",
    "a gap": member("1") + "&Identities.member.3=test1.com",
    "a value and a list": member("1") + "&Identities=x",
    "action twice": "Action=GetSendQuota&Action=DeleteIdentity&Identity=test1.com",
    "deep": "Action=SendEmail&" + "Message." * 5000 + "Data=x",
    "many levels": "Action=SendEmail&" + "&".join(
        "Destination.ToAddresses.member.1" + ".member.1" * i + "=x" for i in range(1000)),
    "bad escapes": "Action=DeleteIdentity&Identity=%zz%", "NUL": "Action=DeleteIdentity&Identity=%00",
    "not UTF-8": "Action=DeleteIdentity&Identity=%ff%fe",
    "overlong": "Action=DeleteIdentity&Identity=%c0%ae%c0%ae",
    "no action": "Version=2010-12-01", "nothing": "&&&&=&==&",
    "a long action": "Action=" + "x" * 1000000,
}


@pytest.mark.parametrize("what", FORMS)
def test_a_form_that_is_a_bomb_or_has_two_readings_is_refused(instance, what):
    status, body = query(instance, FORMS[what].encode())
    if what == "10,000 members":  # as many as the model allows: each is unknown
        assert status in (200, 400)
    else:
        assert status == 400, body[:300]
        code_of(body)
    xml.etree.ElementTree.fromstring(body)
    assert "test1.com" in instance.api("ses", instance.owner).list_identities()["Identities"]


JSONS = {
    "deep": b"[" * 200000, "deep objects": b'{"a":' * 100000 + b"1" + b"}" * 100000,
    "deep in a member": b'{"EmailIdentity":' + b"[" * 100 + b"]" * 100 + b"}",
    "many members": b"{" + b",".join(b'"a%d":1' % i for i in range(200000)) + b"}",
    "many elements": b'{"Tags":[' + b",".join([b"{}"] * 300000) + b"]}",
    "a member twice": b'{"EmailIdentity":"a.example","EmailIdentity":"b.example"}',
    "a huge number": b'{"EmailIdentity":' + b"9" * 100000 + b"}",
    "an exponent": b'{"EmailIdentity":1e999999}', "not JSON": b"EmailIdentity=a.example",
    "a comment": b'{"EmailIdentity":"a.example"/**/}', "a comma": b'{"EmailIdentity":"a.example",}',
    "two values": b'{"EmailIdentity":"a.example"}{}', "NaN": b'{"EmailIdentity":NaN}',
    "a list": b"[]", "null": b"null", "a string": b'"x"',
    "NUL": b'{"EmailIdentity":"a\\u0000.example"}', "a bare NUL": b'{"EmailIdentity":"a\0"}',
    "a lone surrogate": b'{"EmailIdentity":"\\ud800"}', "not UTF-8": b'{"EmailIdentity":"\xff"}',
    "a control": b'{"EmailIdentity":"a\n"}', "a BOM": b'\xef\xbb\xbf{"EmailIdentity":"a.example"}',
    "UTF-16": '{"EmailIdentity":"a.example"}'.encode("utf-16"),
}


@pytest.mark.parametrize("what", JSONS)
def test_json_that_is_a_bomb_or_has_two_readings_is_refused(instance, what):
    status, body = rest(instance, "/v2/email/identities", JSONS[what])
    assert status == 400, body[:300]
    json.loads(body)
    identities = instance.api("ses", instance.owner).list_identities()["Identities"]
    assert not [one for one in identities if one.endswith(".example")]


def test_a_text_that_no_pattern_was_made_for_is_refused(instance):
    """Patterns are asked about texts of the length that the limits let through, not megabytes."""
    body = urllib.parse.urlencode({"Action": "GetUser", "Version": "2010-05-08",
                                   "UserName": "a" * (40 * MEBIBYTE)}).encode()
    request = Signed(instance, body=body, service="iam").bytes()
    status, answer = answer_of(exchange(instance, request, seconds=60))
    assert status == 400, answer[:300]


# ---- what is echoed ----

NASTY = ["<b>&amp;\"'</b>", "]]><x/>", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
         "\x01\x02\x1b[31m", "\ufffe\uffff", "\u2028\u2029", "\x7f", "a\r\nX-Injected: b\r\n\r\n",
         "\\\"\\u0000", "\U0001f600" * 1000, "\u00e9" * 1999, "\u00e9" * 2000, "x" * 5000,
         "%s%n%.*s", "{{a}}"]


def echoes(text):
    """Requests that name the text, and are refused or answered with it."""
    yield "ses", form(Action=text)
    yield "ses", form(Action="GetTemplate", TemplateName=text)
    yield "ses", form(Action="DescribeConfigurationSet", ConfigurationSetName=text)
    yield "ses", form(Action="VerifyDomainIdentity", Domain=text)
    yield "ses", form(Action="VerifyEmailIdentity", EmailAddress=text)
    yield "ses", form(Action="GetIdentityDkimAttributes", **{"Identities.member.1": text})
    yield "ses", form(Action="SendEmail", Source=text, **{
        "Message.Subject.Data": text, "Message.Body.Text.Data": text,
        "Destination.ToAddresses.member.1": text})
    yield "ses", form(Action="SendTemplatedEmail", Source=TARO, Template=text, TemplateData=text,
                      **{"Destination.ToAddresses.member.1": "a@example.net"})
    yield "ses", form(Action="TestRenderTemplate", TemplateName="x", TemplateData=text)
    yield "ses", form(Action="ListIdentities", MaxItems=text)
    yield "ses", form(Action="ListIdentities", NextToken=text)
    yield "iam", urllib.parse.urlencode({"Action": text, "Version": text}).encode()
    yield "iam", form(Action="GetUser", UserName=text).replace(b"2010-12-01", b"2010-05-08")
    yield "iam", form(Action="GetPolicy", PolicyArn=text).replace(b"2010-12-01", b"2010-05-08")
    yield "iam", form(Action="CreateUser", UserName="victim", Path=text).replace(
        b"2010-12-01", b"2010-05-08")
    yield "iam", form(Action="SimulateCustomPolicy", **{
        "PolicyInputList.member.1": text, "ActionNames.member.1": text}).replace(
            b"2010-12-01", b"2010-05-08")


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_whatever_is_echoed_leaves_an_answer_that_can_be_read(instance, text):
    for service, body in echoes(text):
        got = exchange(instance, Signed(instance, body=body, service=service).bytes())
        status, answer = answer_of(got)
        assert status < 500, answer
        assert b"X-Injected" not in got.partition(b"\r\n\r\n")[0]
        tree = xml.etree.ElementTree.fromstring(answer.decode())
        assert {"b", "x"}.isdisjoint(one.tag.split("}")[-1] for one in tree.iter())
    quoted = urllib.parse.quote(text, safe="")
    for method, path, data in (
            ("GET", f"/v2/email/identities/{quoted}", None),
            ("GET", f"/v2/email/templates/{quoted}", None),
            ("GET", f"/v2/email/{quoted}", None),
            ("POST", "/v2/email/identities", {"EmailIdentity": text}),
            ("POST", "/v2/email/tags", {"ResourceArn": text,
                                        "Tags": [{"Key": text, "Value": text}]}),
            ("POST", "/v2/email/outbound-emails", {
                "FromEmailAddress": text, "Destination": {"ToAddresses": [text]},
                "Content": {"Simple": {"Subject": {"Data": text},
                                       "Body": {"Text": {"Data": text}}}}})):
        if len(path) > 8000:
            continue
        # What stands in the target is signed as it was escaped.
        body = b"" if data is None else json.dumps(data).encode()
        status, answer = Signed(instance, method, path, body=body).send()
        assert status < 500, answer
        json.loads(answer.decode())


# ---- methods, types, paths ----

def test_only_post_of_a_form_and_get_are_read(instance):
    for type_ in (FORM, FORM.upper(), FORM + "; charset=utf-8", FORM + ";charset=UTF-8"):
        assert query(instance, QUOTA, Content_Type=type_)[0] == 200, type_
    for type_ in ("application/json", "text/plain", "multipart/form-data; boundary=a", "",
                  FORM + "x", "application/x-amz-json-1.1"):
        assert query(instance, QUOTA, Content_Type=type_)[0] == 400, type_
    listing = [("Action", "GetSendQuota"), ("Version", "2010-12-01")]
    assert Signed(instance, "GET", query=listing).send()[0] == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert Signed(instance, method, query=listing).send()[0] in (400, 405), method
    got = exchange(instance, Signed(instance, "HEAD", query=listing).bytes())
    assert got.endswith(b"\r\n\r\n") and answer_of(got)[0] in (400, 404, 405)


@pytest.mark.parametrize("path", [
    "/V2/email/identities", "/v2/Email/identities", "/v2/email/Identities", "/v2/email/identities/",
    "//v2/email/identities", "/v2//email/identities", "/v2/email/./identities",
    "/v2/email/templates/../identities", "/v2/email/identities;a=b", "/v2/email", "/v2/email/",
    "/v2/emails/identities", "/v1/email/identities", "/v3/email/identities", "/v2/email/x",
    "/v2/email/identities/test1.com/x", "/v2/email/identities%2ftest1.com", "/%762/email/identities"])
def test_a_path_has_one_spelling(instance, path):
    status, body = rest(instance, path, method="GET")
    assert status in (403, 404), body
    assert b"test1.com" not in body.replace(b"test1.com/x", b"").replace(b"%2ftest1.com", b"")


# ---- the log ----

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ (debug|info|warn|error) [\w.]+( |$)")


def test_nothing_that_is_sent_makes_a_line_of_the_log(instance):
    forged = "2026-01-01T00:00:00.000Z core info submission.accepted message=forged"
    for text in (f"a\n{forged}", f"a\r\n{forged}", f"a\u2028{forged}", f"a\x1b[2K\r{forged}",
                 f'a" reason="x\n{forged}', f"a\x85{forged}", f"a\x9b2J{forged}", f"a\x08\x08{forged}"):
        query(instance, form(Action=text))
        query(instance, form(Action="GetTemplate", TemplateName=text))
        query(instance, form(Action="SendEmail", Source=text, **{
            "Message.Subject.Data": "a", "Message.Body.Text.Data": "b",
            "Destination.ToAddresses.member.1": text}))
        rest(instance, "/v2/email/identities/" + urllib.parse.quote(text, safe=""), method="GET")
        with contextlib.suppress(UnicodeEncodeError):
            agent = text.replace("\n", "").replace("\r", "").encode().decode("latin-1")
            exchange(instance, Signed(instance, body=QUOTA).head(
                Content_Length=str(len(QUOTA))).replace(
                    b"\r\n\r\n", b"\r\nUser-Agent: " + agent.encode("latin-1") + b"\r\n\r\n")
                + QUOTA)
    log = instance.log_path.read_bytes()
    assert b"forged" in log
    for line in log.decode().split("\n"):
        assert not line or line.startswith("postern: ready: ") or LOG_LINE.match(line), line
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", line), repr(line)
        assert not line.startswith("2026-01-01")


# ---- keys that end ----

def key_of(instance, name):
    credential = instance.person(name, ALL)
    iam = instance.api("iam", instance.owner)

    def switch(status):
        iam.update_access_key(UserName=name, AccessKeyId=credential["access_key_id"],
                              Status=status)
    return credential, switch


def test_a_key_that_is_off_is_refused_at_its_next_call(instance):
    credential, switch = key_of(instance, "off")
    assert query(instance, QUOTA, credential=credential)[0] == 200
    switch("Inactive")
    for service, body in (("ses", QUOTA), ("iam", form(Action="GetUser").replace(
            b"2010-12-01", b"2010-05-08")), ("sts", form(Action="GetCallerIdentity").replace(
                b"2010-12-01", b"2011-06-15"))):
        status, answer = query(instance, body, credential=credential, service=service)
        assert (status, code_of(answer)) == (403, "InvalidClientTokenId")
    assert rest(instance, "/v2/email/identities", method="GET", credential=credential)[0] == 403
    switch("Active")
    assert query(instance, QUOTA, credential=credential)[0] == 200
    instance.api("iam", instance.owner).delete_access_key(
        UserName="off", AccessKeyId=credential["access_key_id"])
    assert query(instance, QUOTA, credential=credential)[0] == 403


def test_a_key_that_goes_off_while_its_request_comes_in_sends_nothing(instance):
    credential, switch = key_of(instance, "halfway")
    raw = message(TARO, to="halfway@example.net", body="x" * 76 + "\r\n" + "y" * 3000000)
    body = json.dumps({"Content": {"Raw": {"Data": base64.b64encode(raw).decode()}}}).encode()
    request = Signed(instance, path="/v2/email/outbound-emails", body=body, credential=credential)
    before = instance.account()["accepted"]
    with socket.create_connection(("127.0.0.1", instance.ports["http"]), timeout=30) as peer:
        head = request.head(Content_Length=str(len(body)))
        peer.sendall(head + body[:len(body) // 2])
        time.sleep(0.3)
        switch("Inactive")
        peer.sendall(body[len(body) // 2:])
        assert b" 403 " in peer.recv(65536)
    assert instance.account()["accepted"] == before


def test_nothing_is_committed_of_a_key_that_is_off_however_many_calls_are_in_the_middle(instance):
    credential, switch = key_of(instance, "middle")
    stop, answers = threading.Event(), []
    after = []

    def send(number):
        while not stop.is_set():
            body = form(Action="SendEmail", Source=TARO, **{
                "Message.Subject.Data": "a", "Message.Body.Text.Data": "b",
                "Destination.ToAddresses.member.1": f"middle{number}@example.net"})
            answers.append(query(instance, body, credential=credential)[0])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        senders = [pool.submit(send, number) for number in range(8)]
        for _ in range(5):
            eventually(lambda: answers.count(200) > 10)
            switch("Inactive")
            after.append(instance.account()["accepted"])
            time.sleep(0.3)
            after.append(instance.account()["accepted"])
            answers.clear()
            switch("Active")
        stop.set()
        for sender in senders:
            sender.result()
    assert after[0::2] == after[1::2]


# ---- many and slow ----

def test_half_requests_and_slow_ones_keep_nobody_out(instance):
    request = Signed(instance, body=QUOTA).bytes()
    with contextlib.ExitStack() as stack:
        peers = []
        for number in range(500):
            peer = stack.enter_context(socket.create_connection(
                ("127.0.0.1", instance.ports["http"]), timeout=30,
                source_address=(f"127.0.0.{2 + number % 3}", 0)))
            peer.sendall(request[:len(request) * (number % 10) // 10 + 1])
            peers.append(peer)
        for _ in range(20):
            assert_alive(instance)
        peer = socket.create_connection(("127.0.0.1", instance.ports["http"]), timeout=30)
        stack.enter_context(peer)
        for start in range(0, len(request), 40):
            peer.sendall(request[start:start + 40])
            time.sleep(0.01)
        assert b" 200 " in peer.recv(65536)
    assert_alive(instance)


# ---- memory ----

@pytest.mark.parametrize("size, end", [(10 * MEBIBYTE, b"\r\n"), (6 * MEBIBYTE, b"\n"),
                                       (6 * MEBIBYTE, b"\r")])
def test_a_message_has_the_length_that_it_goes_out_with(instance, size, end):
    """A line end that becomes two bytes counts as two: version 1 takes 10 MiB."""
    raw = message(TARO) + end * (size // len(end))
    body = urllib.parse.urlencode({"Action": "SendRawEmail", "Version": "2010-12-01",
                                   "RawMessage.Data": base64.b64encode(raw).decode()}).encode()
    status, answer = query(instance, body)
    assert (status, code_of(answer)) == (400, "InvalidParameterValue"), answer
    assert b"Message length is more than" in answer


def large(instance, size, line="x" * 76):
    """A message of so many bytes, as version 2 carries it."""
    raw = message(TARO, to="large@example.net", body=(line + "\r\n") * (size // (len(line) + 2)))
    body = json.dumps({"Content": {"Raw": {"Data": base64.b64encode(raw).decode()}}}).encode()
    return Signed(instance, path="/v2/email/outbound-emails", body=body).bytes()


def test_large_requests_at_once_are_answered_within_the_memory_that_is_documented(instance):
    """As many as there is room for are served; the others hear 503 and may come again."""
    request = large(instance, 30 * 1000 * 1000)

    def send(_):
        got = exchange(instance, request, seconds=120)
        return int(got.split(b" ")[1]) if got else 0  # reset before the answer was read

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(send, range(20)))
    assert set(statuses) <= {200, 503, 0} and 503 in statuses
    assert sanitized() or instance.peak_memory("core") < 450 * MEBIBYTE
    assert_alive(instance)
    eventually(lambda: answer_of(exchange(instance, request, seconds=120))[0] != 503, 60)


def expanding(entries):
    """A few kilobytes that make 8 MB of text and of HTML for each entry."""
    text = "{{#each a}}{{#each ../a}}" + "x" * 50 + "{{/each}}{{/each}}"
    return {"FromEmailAddress": TARO, "DefaultContent": {"Template": {
                "TemplateContent": {"Subject": "a", "Text": text, "Html": text},
                "TemplateData": json.dumps({"a": [1] * 400})}},
            "BulkEmailEntries": [{"Destination": {"ToAddresses": [f"bomb{n}@example.net"]}}
                                 for n in range(entries)]}


def test_a_small_request_makes_no_more_messages_than_there_is_room_for(instance):
    """Also of who may send nothing: what they would send is made before it is decided about."""
    before = instance.peak_memory("core")
    nobody = instance.person("bomber", {"Effect": "Allow", "Action": "ses:None", "Resource": "*"})
    body = json.dumps(expanding(50)).encode()
    status, answer = rest(instance, "/v2/email/outbound-bulk-emails", body, credential=nobody)
    assert status == 403, answer
    status, answer = rest(instance, "/v2/email/outbound-bulk-emails", body)
    results = [entry["Status"] for entry in json.loads(answer)["BulkEmailEntryResults"]]
    assert results[0] == "SUCCESS" and results[-1] == "INVALID_PARAMETER", results
    assert sorted(results, reverse=True) == results
    requests = Signed(instance, path="/v2/email/outbound-bulk-emails", body=body,
                      credential=nobody).bytes()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for got in pool.map(lambda _: exchange(instance, requests, 200), range(4)):
            assert answer_of(got)[0] in (403, 503)
    assert sanitized() or instance.peak_memory("core") < max(before, 700 * MEBIBYTE)
    assert_alive(instance)
