"""Prints sigv4_vectors.h: requests as botocore (1.43) signs them, and as they then go over the wire.

    python3 tests/unit/sigv4_vectors.py > tests/unit/sigv4_vectors.h
"""
import datetime
import re
from unittest import mock
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 11, 26, 6, 0, 0)
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
FORM = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
JSON = ("Content-Type", "application/json")
V2 = "/v2/email/"
REGIONS = {"ses": "eu-central-1", "access-analyzer": "eu-central-1", "iam": "us-east-1", "sts": "us-east-1"}


class Listed(SigV4Auth):
    """Signs whatever list of headers it is told to."""
    lines = names = None

    def canonical_headers(self, headers_to_sign):
        return self.lines

    def signed_headers(self, headers_to_sign):
        return self.names


class Unsorted(Listed):
    lines, names = "x-amz-date:20261126T060000Z\nhost:mail.example.org", "x-amz-date;host"


class Absent(Listed):
    lines, names = "absent\nhost:mail.example.org\nx-amz-date:20261126T060000Z", "absent;host;x-amz-date"


def signed(method, path, headers=(), body=b"", service="ses", expires=None, token=None, unsigned=False,
           secret=SECRET, signer=SigV4Auth):
    request = AWSRequest(method, "https://mail.example.org" + path, data=body)
    for name, value in headers:
        request.headers[name] = value
    request.context["payload_signing_enabled"] = not unsigned
    credentials, region = Credentials(KEY, secret, token), REGIONS[service]
    auth = (SigV4QueryAuth(credentials, service, region, expires) if expires
            else signer(credentials, service, region))
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOW, create=True):
        auth.add_auth(request)
    url = urlsplit(request.url)
    target = (url.path or "/") + ("?" + url.query if url.query else "")
    lines = [("Host", url.netloc)] + list(request.headers.items())
    header = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return method, target, header, body


def sent(request, target=lambda text: text, header=lambda text: text):
    """The same request in another spelling of the same meaning."""
    return request[0], target(request[1]), header(request[2]), request[3]


def lower_hex(target):
    return re.sub(r"%..", lambda match: match[0].lower(), target)


VECTORS = [
    ("a list", signed("GET", V2 + "identities")),
    ("an identity with @", signed("GET", V2 + "identities/a%40b.example")),
    ("an identity with @ and +", signed("DELETE", V2 + "identities/a%2Bb%40b.example")),
    ("a policy name with blanks", signed("GET", V2 + "identities/b.example/policies/a%20b%20%20c")),
    ("a path beyond ASCII", signed("GET", V2 + "templates/%E6%9B%B8%E5%BC%8F-%C3%A9")),
    ("a path with reserved characters", signed("GET", V2 + "templates/a(b)!*'~$=:;,")),
    ("a path that ends in a slash", signed("GET", V2 + "identities/")),
    ("a path with a slash too many", signed("GET", "//v2/email//identities/./x")),
    ("a path that goes back", signed("GET", "/v2/email/x/../identities/y/.."), "normalized"),
    ("no path", signed("POST", "", [FORM], b"Action=GetSendQuota&Version=2010-12-01")),
    ("a root", signed("POST", "/", [FORM], b"Action=GetSendQuota&Version=2010-12-01")),
    ("a body in JSON", signed("POST", V2 + "outbound-emails", [JSON],
                              '{"FromEmailAddress":"\u00e9@b.example"}'.encode())),
    ("a body of any bytes", signed("PUT", V2 + "identities/b.example/dkim", [JSON], bytes(range(256)))),
    ("keys that repeat", signed("GET", V2 + "suppression/addresses?Reason=COMPLAINT&Reason=BOUNCE&Reason=A")),
    ("keys that sort by their encoding", signed("GET", V2 + "x?a=1&a-b=2&a%20b=3&A=4&a.b=5&%C3%A9=6")),
    ("values that are empty", signed("GET", V2 + "x?NextToken=&PageSize&Z=%20")),
    ("a value with everything", signed("GET", V2 + "x?StartDate=2026-11-25T00%3A00%3A00%2B01%3A00&N=a%3Db%26c%2Fd%25")),
    ("hexadecimal digits in lower case", sent(signed("GET", V2 + "x?N=a%2Fb%C3%A9"), target=lower_hex)),
    ("a plus for a blank", sent(signed("GET", V2 + "x?N=a%20b"), target=lambda text: text.replace("%20", "+"))),
    ("unreserved characters encoded", sent(signed("GET", V2 + "x?N=a-b"), target=lambda text: text.replace("-", "%2D"))),
    ("headers of one name", signed("GET", V2 + "x", [("X-Amz-Meta", "b"), ("Z", "1"), ("x-amz-meta", " a  b ")])),
    ("blanks in values", signed("GET", V2 + "x", [("My-Header", "  a   b \t c  "), ("Other", '"d   e"'), ("Void", "")])),
    ("a Date header", signed("GET", V2 + "x", [("Date", "now")])),
    ("no blank after commas", sent(signed("GET", V2 + "x"), header=lambda text: text.replace(", Sign", ",Sign"))),
    ("headers in other case", sent(signed("GET", V2 + "x"), header=lambda text: text.replace("X-Amz-Date", "x-AMZ-date"))),
    ("headers not signed", sent(signed("POST", "/", (), b"Action=GetSendQuota"),
                                header=lambda text: text + "Content-Type: text/plain\r\nX-Amz-User-Agent: x\r\n"
                                "amz-sdk-request: attempt=1\r\n"), "loose"),
    ("a payload that is not signed", signed("POST", V2 + "outbound-emails", [JSON], b"{}", unsigned=True), "payload"),
    ("a payload hash", signed("POST", V2 + "outbound-emails", [JSON, (
        "X-Amz-Content-SHA256", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")], b"{}")),
    ("IAM", signed("POST", "/", [FORM], b"Action=ListUsers&Version=2010-05-08", service="iam")),
    ("Access Analyzer", signed("POST", "/policy/validation", [JSON], b"{}", service="access-analyzer")),
    ("a presigned request", signed("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", service="sts", expires=60)),
    ("a presigned path", signed("GET", V2 + "identities/a%40b.example?B=2&A=1", [("X-Id", "c  d")], expires=604800)),
    ("a presigned body", signed("POST", V2 + "x", [JSON], b"", expires=900)),
    ("a session token", signed("GET", V2 + "x", token="IQoJb3JpZ2luX2Vj"), "token"),
    ("a presigned session token", signed("GET", V2 + "x", expires=60, token="IQoJb3JpZ2luX2Vj"), "token"),
    ("an empty secret", signed("GET", V2 + "x", secret=""), "wrong"),
    ("signed headers that are not sorted", signed("GET", V2 + "x", signer=Unsorted), "wrong"),
    ("a signed header that is not there", signed("GET", V2 + "x", signer=Absent), "wrong"),
]


def quoted(text):
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    shown = "".join(chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else
                    {13: r"\r", 10: r"\n"}.get(byte, f"\\{byte:03o}") for byte in data)
    return f'"{shown}"'


print("/* Made by sigv4_vectors.py; what each flag means stands in test_sigv4.c. */\n/* clang-format off */")
for name, (method, target, header, body), *flags in VECTORS:
    lines = "\n     ".join(quoted(line) for line in header.splitlines(keepends=True))
    print(f"""{{{quoted(name)}, {"|".join(flag.upper() for flag in flags) or "PLAIN"},
    S({quoted(method)}), S({quoted(target)}),
    S({lines}),
    S({quoted(body)})}},""")
