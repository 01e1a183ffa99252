"""A browser of the console, as far as the server sees one: it keeps a cookie and sets the header."""

import base64
import functools
import hashlib
import hmac
import http.client
import json
import struct
import time

from harness import believing_context


class Console:
    def __init__(self, instance, headers=None, source="127.0.0.1", tls_port=None):
        self.port = tls_port or instance.ports["http"]
        self.connection = functools.partial(
            http.client.HTTPSConnection, context=believing_context()
        ) if tls_port else http.client.HTTPConnection
        self.headers = {"X-Postern-Console": "1", **(headers or {})}
        self.cookie = None
        self.source = source

    def request(self, method, path, body=None, **headers):
        """Status and object; headers of None are left out."""
        connection = self.connection("127.0.0.1", self.port, timeout=60,
                                     source_address=(self.source, 0))
        sent = {**self.headers, **({"Cookie": self.cookie} if self.cookie else {}), **headers}
        connection.request(method, path, body if body is None or isinstance(body, bytes)
                           else json.dumps(body),
                           {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        text = answer.read()
        self.answer_headers = answer.headers
        set_cookie = answer.headers.get("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.split(";")[0]
        connection.close()
        return answer.status, json.loads(text) if text else None

    def sign_in(self, user, password, code=None):
        return self.request("POST", "/console/session", {"user": user, "password": password,
                                                         **({"code": code} if code else {})})

    def call(self, service, operation, **members):
        return self.request("POST", f"/console/api/{service}/{operation}", members)


def totp(secret, step=0):
    """The code of now, or of so many steps later (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"
