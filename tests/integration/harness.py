"""What the integration tests stand on: a running service, a receiving server, and DNS.

    Instance   postern, made by `postern init` in a directory of its own and served on free ports
    Session    an SMTP client that says exactly what it is told, byte for byte
    Sink       an SMTP server that receives, and can be told to refuse, delay and hang up
    Zone       a real name server (knot), which signs what it serves
    Table      a name server that answers from a table, and can be told to be slow and to refer

All of it lives on loopback. POSTERN_BUILD names the build directory; a sanitizer build works.
"""

import atexit
import base64
import collections
import contextlib
import functools
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import dns.message
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.update

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("POSTERN_BUILD", ROOT / "build" / "test")).resolve()
PROGRAM = BUILD / "src" / "postern"
ROLES = ("front", "core", "courier", "resolver")

CRASHES = ("AddressSanitizer", "LeakSanitizer", "UndefinedBehaviorSanitizer", "runtime error:",
           "WARNING: ThreadSanitizer", "Assertion", "core dumped")


@functools.lru_cache(maxsize=None)
def sanitized():
    """Sanitizers keep freed memory: what a process may take differs."""
    program = PROGRAM.read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


def eventually(condition, seconds=15, what="the expected"):
    """What `condition` returned once it was true."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen in {seconds} s")
        time.sleep(0.02)


def ports_of_this_process():
    """Ports below those that the system gives to clients, so that nobody takes one before it is
    used; and processes that test at the same time begin far from each other."""
    low, high = 15000, 32000
    first = os.getpid() * 997 % (high - low)
    return (low + (first + number) % (high - low) for number in range(high - low))


PORTS = ports_of_this_process()


def free_port():
    """A port that is free on every address, and was not given before."""
    for port in PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:
                continue
    raise AssertionError("no port is left")


@functools.lru_cache(maxsize=None)
def self_signed_certificate():
    """Certificate and key of a receiving server, in one file."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="postern-certificate-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    path = directory / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=mx.example.net", "-days", "2", "-keyout", path, "-out", path,
         "-addext", "subjectAltName=DNS:mx.example.net,DNS:relay.example.net"],
        check=True, capture_output=True)
    return str(path)


def believing_context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def message(from_="Taro Yamada <taro@test1.com>", to="ana@example.net", subject="Hello",
            body="Hello,\r\nthis is Taro.\r\n", headers=()):
    """A message as bytes; `headers` are lines that come before the others."""
    lines = [*headers, f"From: {from_}", f"To: {to}", f"Subject: {subject}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


# ---- SMTP, as a client ----

class Reply(collections.namedtuple("Reply", "code text")):
    @property
    def line(self):
        return f"{self.code} {self.text}"


class Session:
    """One SMTP connection. Commands go out as given; replies come back as Reply."""

    def __init__(self, port, host="127.0.0.1", source=None, tls=False, seconds=30):
        self.socket = socket.create_connection((host, port), timeout=seconds,
                                               source_address=(source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.secure()
        self.buffer = b""
        self.greeting = self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()

    def secure(self):
        self.socket = believing_context().wrap_socket(self.socket)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        texts = []
        while True:
            while b"\n" not in self.buffer:
                got = self.socket.recv(65536)
                if not got:
                    raise ConnectionError("the server closed the connection")
                self.buffer += got
            line, self.buffer = self.buffer.split(b"\n", 1)
            assert line.endswith(b"\r"), f"a reply line ends in a bare LF: {line!r}"
            line = line[:-1].decode()
            texts.append(line[4:])
            if line[3:4] != "-":
                return Reply(int(line[:3]), "\n".join(texts))

    def command(self, line):
        self.send((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
        return self.reply()

    def closed(self):
        """Nothing follows but the end of the connection."""
        try:
            return self.buffer == b"" and self.socket.recv(1) == b""
        except (ConnectionError, ssl.SSLError):
            return True

    def starttls(self):
        assert self.command("EHLO client.example").code == 250
        assert self.command("STARTTLS").line == "220 Ready to start TLS"
        self.secure()

    def login(self, credential):
        secret = f"\0{credential['smtp_user_name']}\0{credential['smtp_password']}"
        return self.command("AUTH PLAIN " + base64.b64encode(secret.encode()).decode())

    def envelope(self, mail_from, recipients):
        reply = self.command(f"MAIL FROM:<{mail_from}>")
        assert reply.code == 250, reply
        for recipient in recipients:
            reply = self.command(f"RCPT TO:<{recipient}>")
            assert reply.code == 250, reply
        reply = self.command("DATA")
        assert reply.code == 354, reply

    def data(self, raw):
        """`raw` is stuffed, so that it arrives as it is; the reply to the final dot."""
        stuffed = raw.replace(b"\r\n.", b"\r\n..")
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        self.send(stuffed + b".\r\n")
        return self.reply()

    def submit(self, mail_from, recipients, raw):
        self.envelope(mail_from, [recipients] if isinstance(recipients, str) else recipients)
        return self.data(raw)


# ---- the service ----

class Refused(Exception):
    """What the administrator's socket refused, with the name of the error."""

    def __init__(self, error, text):
        super().__init__(f"{error}: {text}")
        self.error = error
        self.text = text


class Instance:
    """One service. `settings` are options as `postern serve --set` takes them."""

    QUICK = {
        "process.fronts": 1,
        "process.workers": 2,
        "dkim.key_bits": 1024,
        "quota.production_rate": 100000,
        "quota.production_per_day": "unlimited",
        "quota.sandbox_rate": 1000,
        "quota.changes_rate": 100000,
        "login.failures": 1000,
        "brake.recipients_per_hour": 1000000,  # a test that wants to be stopped says so
        "brake.failure_share": 100,
        "store.low_water": "1m",
    }

    environment = {}  # of the served processes, beside what the tests have

    def __init__(self, zone=None, mx_port=None, production=True, routes=None, directory=None,
                 **settings):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="postern-test-"))
        self.base.chmod(0o755)  # each part of the service runs as a user of its own
        self.dir = directory or self.base / "data"
        self.log_path = self.base / "log"
        self.ports = {kind: free_port() for kind in ("submission", "submissions", "http")}
        self.settings = dict(self.QUICK)
        self.settings["public_url"] = f"http://127.0.0.1:{self.ports['http']}"
        for kind, port in self.ports.items():
            self.settings[f"listen.{kind}"] = f"127.0.0.1:{port}"
        self.settings["listen.feedback"] = "off"
        if mx_port:
            self.settings["delivery.mx_port"] = mx_port
        if routes is None:
            routes = {"*": {"via": "mx", "allow_private": "yes"}}
        for pattern, options in routes.items():
            for name, value in options.items():
                self.settings[f"route.{pattern}.{name}"] = value
        self.settings.update({name.replace("__", "."): value for name, value in settings.items()})
        made = self.run("init", "--json", check=True)
        self.administrator = json.loads(made.stdout)
        self.use_zone(zone)
        self.process = None
        self.expected_deaths = 0
        self.allowed_errors = []
        self.start()
        if production:
            self.admin("account.production", on=True)

    def use_zone(self, zone, anchor=None):
        """Ask this name server only (None: one that is not there), and believe the keys of its
        signed zones, or `anchor`."""
        self.settings["dns.resolver"] = f"127.0.0.1@{zone.port if zone else 9}"
        self.settings["dns.trust_anchor"] = "off"
        if isinstance(zone, Zone):
            path = self.base / "anchor.key"
            path.write_text(anchor or zone.anchors())
            self.settings["dns.trust_anchor"] = str(path)

    def run(self, *arguments, check=False, text=None):
        """A verb of the command line."""
        command = [str(PROGRAM), *map(str, arguments), "--dir", str(self.dir)]
        return subprocess.run(command, capture_output=True, text=True, input=text, check=check,
                              timeout=60)

    def launch(self):
        """Start the process; the offset in the log where it begins to speak."""
        sets = itertools.chain.from_iterable(
            ("--set", f"{name}={value}") for name, value in self.settings.items())
        log = open(self.log_path, "ab")
        from_here = self.log_path.stat().st_size
        self.process = subprocess.Popen(
            [str(PROGRAM), "serve", "--dir", str(self.dir), *sets],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, **self.environment})
        log.close()
        return from_here

    def start(self):
        from_here = self.launch()
        eventually(lambda: "postern.ready" in self.log()[from_here:]
                   or self.process.poll() is not None, 30, "postern.ready")
        assert self.process.poll() is None, self.log()
        self.await_signing_keys()

    def await_signing_keys(self):
        """They are made in the background; a domain takes three of each kind."""
        eventually(lambda: self.admin("account.show")["signing_keys_ready"] >= 3, 60,
                   "a pool of signing keys")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def events(self, name):
        return [line for line in self.log().splitlines() if f" {name} " in line]

    def pids(self, role):
        """Of the processes that run now."""
        running = {}
        for line in self.log().splitlines():
            found = re.search(r" process\.(started|ended) role=(\S+) pid=(\d+)", line)
            if found and found[2] == role:
                running[int(found[3])] = found[1] == "started"
        return [pid for pid, alive in running.items() if alive]

    def kill(self, role):
        """kill -9 of all processes of a role; the service comes back."""
        before = len(self.events("process.started"))
        ready = len(self.events("postern.ready"))
        for pid in self.pids(role):
            os.kill(pid, signal.SIGKILL)
            self.expected_deaths += 1
        eventually(lambda: len(self.events("process.started")) > before, what="a new process")
        return ready

    def peak_memory(self, role):
        """The most memory any process of the role had, in bytes."""
        return max(int(re.search(r"VmHWM:\s+(\d+) kB",
                                 pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024
                   for pid in self.pids(role))

    def stop(self, quick=False):
        """Stop, and see that nothing went wrong inside."""
        if self.process is None:
            return
        if self.process.poll() is None and not quick:
            self.check_accounting()
        self.process.terminate()
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise AssertionError("postern does not stop\n" + self.log()[-4000:])
        self.process = None
        self.check_log()
        assert status == 0, f"postern ended with {status}\n{self.log()[-4000:]}"

    def check_log(self):
        text = self.log()
        for sign in CRASHES:
            assert sign not in text, text[max(0, text.find(sign) - 2000):][:12000]
        deaths = [line for line in text.splitlines() if " warn process.ended " in line]
        assert len(deaths) <= self.expected_deaths, "\n".join(deaths)
        for line in text.splitlines():
            if " postern error " in line:
                assert any(allowed in line for allowed in self.allowed_errors), line

    def check_accounting(self):
        """Every accepted recipient is in exactly one state."""
        assert self.account()["missing"] == 0

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['http']}/metrics",
                                    timeout=10) as answer:
            text = answer.read().decode()
        return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)[1])

    def close(self, failed=False):
        try:
            self.stop(quick=failed)
        finally:
            shutil.rmtree(self.base, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.close(failed=kind is not None)

    # -- the administrator

    def admin(self, operation, **members):
        """An operation over the administrator's socket; Refused when it is."""
        request = json.dumps({"operation": operation, **members}).encode()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(str(self.dir / "postern.sock"))
            connection.sendall(struct.pack("<IB", len(request), 1) + request)
            with connection.makefile("rb") as stream:
                length, kind = struct.unpack("<IB", stream.read(5))
                answer = json.loads(stream.read(length))
        assert kind == 1
        if not answer.pop("ok"):
            raise Refused(answer["error"], answer["message"])
        return answer

    def patiently(self, operation, **members):
        """Signing keys are made in the background: who comes too early comes again."""
        for _ in range(600):
            try:
                return self.admin(operation, **members)
            except Refused as refused:
                if refused.error != "again":
                    raise
                time.sleep(0.1)
        raise AssertionError(f"{operation}: there were no signing keys in a minute")

    def add_domain(self, name, vouch=True, dkim=True, **members):
        answer = self.patiently("domain.add", domain=name, **members)
        if vouch:
            self.admin("identity.vouch", identity=name)
        if not dkim:
            self.admin("dkim.set", domain=name, enabled=False)
        return answer

    def identity(self, name):
        for identity in self.admin("identity.list")["identities"]:
            if identity["name"] == name:
                return identity
        raise KeyError(name)

    def check_until(self, domain, **expected):
        """Ask DNS until the identity is as expected: what was asked before lives for a second."""
        def fits():
            self.admin("domain.check", domain=domain)
            identity = self.identity(domain)
            return all(identity.get(key) == value for key, value in expected.items()) and identity
        return eventually(fits, 20, f"{domain} with {expected}")

    def grant(self, address, **members):
        return self.admin("grant.create", address=address, **members)

    def person(self, name, *statements):
        """A user with a key and one inline policy; without statements: sending as anybody."""
        if not statements:
            statements = ({"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"},)
        self.admin("user.create", user=name)
        self.put_policy("sending", *statements, user=name)
        return self.admin("credential.create", user=name)

    def put_policy(self, name, *statements, **place):
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        return self.admin("policy.put", name=name, document=document, **place)

    def decisions(self, **members):
        return self.admin("decision.list", **members)["decisions"]

    def account(self):
        """How many recipients are in each state, by all of the store."""
        return self.admin("queue.account")

    def queue(self, id_):
        return self.admin("queue.show", message=id_)

    def state(self, id_):
        """The states of a message's recipients, by address."""
        return {row["recipient"]: row["state"] for row in self.queue(id_)["recipients"]}

    def wait_state(self, id_, state, seconds=20):
        return eventually(lambda: set(self.state(id_).values()) == {state} and self.queue(id_),
                          seconds, f"state {state}")

    # -- submitting

    def session(self, credential=None, source=None, tls=False):
        """Over STARTTLS, or in TLS from the start; logged in when a credential is given."""
        session = Session(self.ports["submissions" if tls else "submission"], source=source,
                          tls=tls)
        if not tls:
            session.starttls()
        assert session.command("EHLO client.example").code == 250
        if credential:
            reply = session.login(credential)
            assert reply.line == "235 Authentication successful.", reply
        return session

    def api(self, service, credential=None, attempts=1):
        """A client of the API: "ses", "sesv2", "iam", "sts", "accessanalyzer"; as the administrator by default."""
        who = credential or self.administrator
        return api_client(service, who["access_key_id"], who["secret_access_key"], self, attempts)

    def rest(self, credential, method, path, body=None, service="ses"):
        """A request that Debian's botocore does not know: status and answer."""
        return api_request(credential["access_key_id"], credential["secret_access_key"], self,
                           method, path, body, service)

    def submit(self, credential, mail_from, recipients, raw):
        with self.session(credential) as session:
            return session.submit(mail_from, recipients, raw)

    def accept(self, credential, mail_from, recipients, raw):
        """Submit what must be accepted; the id."""
        reply = self.submit(credential, mail_from, recipients, raw)
        assert reply.code == 250, reply
        return reply.text.removeprefix("Ok ")


# ---- the APIs ----

def api_client(service, key, secret, instance, attempts=1):
    """A boto3 client that asks this instance, once unless told: no retries hide a failure."""
    return boto3.client(
        service, region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{instance.ports['http']}",
        aws_access_key_id=key, aws_secret_access_key=secret,
        config=botocore.config.Config(retries={"total_max_attempts": attempts},
                                      parameter_validation=False))


def api_request(key, secret, instance, method, path, body=None, service="ses"):
    """A signed request of SES v2 or another service, for what Debian's botocore does not know; status and answer."""
    url = f"http://127.0.0.1:{instance.ports['http']}{path}"
    data = b"" if body is None else json.dumps(body).encode()
    request = botocore.awsrequest.AWSRequest(method, url, data=data,
                                             headers={"Content-Type": "application/json"})
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret), service,
                            "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", instance.ports["http"], timeout=30)
    connection.request(method, path, body=data, headers=dict(request.headers))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


# ---- receiving ----

class Received(collections.namedtuple("Received", "mail_from recipients raw tls connection user")):
    @property
    def header(self):
        return self.raw.split(b"\r\n\r\n", 1)[0].decode() + "\r\n"

    @property
    def body(self):
        return self.raw.split(b"\r\n\r\n", 1)[1]

    def fields(self, name):
        """The values of all fields of that name, unfolded."""
        unfolded = re.sub(r"\r\n(?=[ \t])", "", self.header)
        return [line.split(":", 1)[1].strip() for line in unfolded.split("\r\n")
                if line.lower().startswith(name.lower() + ":")]


class Sink:
    """An SMTP server that receives.

    `rules` are asked before each reply, the latest first: rule(step, argument, connection) gives a
    reply, HANG_UP, or None for what would have been said. Steps: connect, ehlo, starttls, auth,
    mail, rcpt, data, body, rset, quit.
    """

    HANG_UP = object()

    def __init__(self, address="127.0.0.1", port=None, starttls=False, tls=False,
                 extensions=("PIPELINING", "8BITMIME", "SIZE 104857600"), login=None):
        self.address, self.port = address, port or free_port()
        self.starttls, self.tls, self.extensions, self.login = starttls, tls, extensions, login
        self.received, self.rules, self.connections, self.lines = [], [], 0, []
        self.lock = threading.Lock()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self_signed_certificate())
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((self.address, self.port))
        self.listener.listen(200)
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        # A thread that waits in accept() keeps a closed socket listening: shut it down first.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                number = self.connections
            threading.Thread(target=self.serve, args=(connection, number), daemon=True).start()

    def answer(self, step, text, only=None, times=None):
        """Answer a step so: for one argument only, or only so many times."""
        left = itertools.count() if times is None else iter(range(times))

        def rule(asked, argument, _):
            if asked != step or (only is not None and argument != only):
                return None
            return text if next(left, None) is not None else None
        self.rules.insert(0, rule)

    def serve(self, connection, number):
        self.open.add(connection)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                connection = self.context.wrap_socket(connection, server_side=True)
            SinkConnection(self, connection, number).run()
        except (OSError, ConnectionError):
            pass
        finally:
            self.open.discard(connection)
            connection.close()

    def wait(self, count=1, seconds=30, to=None):
        """At least `count` messages (to one recipient), in the order they came."""
        def enough():
            found = [one for one in list(self.received) if to is None or to in one.recipients]
            return found if len(found) >= count else None
        return eventually(enough, seconds, f"{count} messages at the receiving server")

    def one(self, to, seconds=30):
        found = self.wait(1, seconds, to)
        assert len(found) == 1, f"{len(found)} messages to {to}"
        return found[0]


class SinkConnection:
    def __init__(self, sink, connection, number):
        self.sink, self.socket, self.number = sink, connection, number
        self.buffer, self.secure, self.user = bytearray(), sink.tls, None
        self.mail_from, self.recipients = None, []

    def say(self, step, argument, text):
        for rule in list(self.sink.rules):
            answer = rule(step, argument, self)
            if answer is Sink.HANG_UP:
                raise ConnectionError("told to hang up")
            if answer is not None:
                text = answer
                break
        self.socket.sendall(text.encode() + b"\r\n")
        return text[0] in "23"

    def line(self):
        while True:
            end = self.buffer.find(b"\r\n")
            if end >= 0:
                line = bytes(self.buffer[:end])
                del self.buffer[:end + 2]
                self.sink.lines.append((self.number, line))
                return line.decode("utf-8", "replace")
            self.fill()

    def fill(self):
        got = self.socket.recv(262144)
        if not got:
            raise ConnectionError("closed")
        self.buffer += got

    def run(self):
        if not self.say("connect", "", "220 mx.example.net ESMTP"):
            return
        while True:
            verb, _, argument = self.line().partition(" ")
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler is None:
                self.socket.sendall(b"500 unknown\r\n")
            elif handler(argument) is False:
                return

    def on_ehlo(self, argument):
        lines = ["mx.example.net", *self.sink.extensions]
        if self.sink.starttls and not self.secure:
            lines.append("STARTTLS")
        if self.sink.login:
            lines.append("AUTH PLAIN LOGIN")
        self.say("ehlo", argument, "\r\n".join(
            f"250{'-' if i + 1 < len(lines) else ' '}{line}" for i, line in enumerate(lines)))

    def on_helo(self, argument):
        self.say("ehlo", argument, "250 mx.example.net")

    def on_starttls(self, argument):
        if self.say("starttls", argument, "220 go ahead"):
            self.socket = self.sink.context.wrap_socket(self.socket, server_side=True)
            self.buffer.clear()
            self.secure = True

    def on_auth(self, argument):
        mechanism, _, initial = argument.partition(" ")
        if mechanism == "PLAIN" and initial:
            _, user, password = base64.b64decode(initial).decode().split("\0")
            good = (user, password) == self.sink.login
            self.user = user if good else None
            self.say("auth", user, "235 yes" if good else "535 5.7.8 no")
        else:
            self.say("auth", argument, "504 5.5.4 only PLAIN")

    def on_mail(self, argument):
        self.recipients = []
        self.mail_from = None
        if self.say("mail", argument, "250 ok"):
            self.mail_from = re.search(r"<(.*?)>", argument)[1]

    def on_rcpt(self, argument):
        address = re.search(r"<(.*)>", argument)[1]
        if self.mail_from is None:
            self.socket.sendall(b"503 MAIL first\r\n")
        elif self.say("rcpt", address, "250 ok"):
            self.recipients.append(address)

    def on_data(self, argument):
        if not self.recipients:
            self.socket.sendall(b"503 no recipients\r\n")
        elif self.say("data", argument, "354 go"):
            self.body()

    def body(self):
        searched = 0
        self.buffer[:0] = b"\r\n"  # the dot may come first
        while (end := self.buffer.find(b"\r\n.\r\n", searched)) < 0:
            searched = max(0, len(self.buffer) - 4)
            self.fill()
        raw = bytes(self.buffer[2:end + 2])
        del self.buffer[:end + 5]
        if raw.startswith(b"."):
            raw = raw[1:]
        raw = raw.replace(b"\r\n.", b"\r\n")
        received = Received(self.mail_from, tuple(self.recipients), raw, self.secure, self.number,
                            self.user)
        if self.say("body", received, "250 2.0.0 taken"):
            self.sink.received.append(received)
        self.recipients = []

    def on_rset(self, argument):
        self.recipients = []
        self.say("rset", argument, "250 ok")

    def on_noop(self, argument):
        self.socket.sendall(b"250 ok\r\n")

    def on_quit(self, argument):
        self.say("quit", argument, "221 bye")
        return False


# ---- DNS ----

class NameServer:
    """A port where questions are heard; what becomes of each is `hear`."""

    def __init__(self):
        self.lock = threading.Lock()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                packet, peer = self.socket.recvfrom(4096)
                self.hear(packet, peer)


class FailingServer(NameServer):
    """Answers SERVFAIL to everything."""

    def hear(self, packet, peer):
        answer = dns.message.make_response(dns.message.from_wire(packet))
        answer.set_rcode(dns.rcode.SERVFAIL)
        self.socket.sendto(answer.to_wire(), peer)


class Table(NameServer):
    """Knows what it was told; `keep_silent` of a name until `speak`, which answers what was asked
    meanwhile, and `refer` for what lies in another zone."""

    def __init__(self):
        self.records, self.asked = {}, []
        self.silent, self.referred, self.kept = set(), set(), []
        super().__init__()

    def mail_server(self, domain, host, address, preference=10):
        self.records[domain, "MX"] = f"{preference} {host}."
        self.records[host, "A"] = address

    def keep_silent(self, name):
        with self.lock:
            self.silent.add(name)

    def speak(self, name):
        with self.lock:
            self.silent.discard(name)
            for question, peer in self.kept:
                if self.name_of(question) == name:
                    self.socket.sendto(self.answer(question).to_wire(), peer)

    def refer(self, zone):
        self.referred.add(zone)

    @staticmethod
    def name_of(question):
        return question.question[0].name.to_text().rstrip(".").lower()

    def hear(self, packet, peer):
        question = dns.message.from_wire(packet)
        name = self.name_of(question)
        with self.lock:
            self.asked.append(name)
            if name in self.silent:
                self.kept.append((question, peer))
            else:
                self.socket.sendto(self.answer(question).to_wire(), peer)

    def answer(self, question):
        answer = dns.message.make_response(question, recursion_available=True)
        name, type_ = self.name_of(question), dns.rdatatype.to_text(question.question[0].rdtype)
        value = self.records.get((name, type_))
        zone = next((zone for zone in self.referred if f".{name}".endswith(f".{zone}")), None)
        if value:
            record = dns.rrset.from_text(name + ".", 1, "IN", type_, value)
            answer.answer.append(record)
        elif zone:
            record = dns.rrset.from_text(zone + ".", 60, "IN", "NS", "ns.elsewhere.example.")
            answer.authority.append(record)
        else:
            soa = "ns.example. hostmaster.example. 1 60 60 60 1"
            answer.authority.append(dns.rrset.from_text(".", 1, "IN", "SOA", soa))
        return answer


SIGNED, PLAIN = True, False


class Zone:
    """A name server on loopback. test1.com is signed; what is no zone here does not exist."""

    ZONES = {"test1.com": SIGNED, "test3.com": SIGNED, "test2.com": PLAIN, "example.net": PLAIN,
             "example.org": PLAIN, "postern.localhost": PLAIN, ".": PLAIN}

    def __init__(self):
        self.port = free_port()
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="postern-zone-"))
        self.write_files()
        self.log = open(self.dir / "log", "wb")
        self.process = subprocess.Popen(["knotd", "-c", str(self.dir / "knot.conf")],
                                        stdout=self.log, stderr=self.log)
        eventually(self.answers, 30, "an answer from knotd")
        self.added = []

    def write_files(self):
        zones = []
        for name, signed in self.ZONES.items():
            file = self.dir / f"{name.strip('.') or 'root'}.zone"
            origin = "" if name == "." else name
            file.write_text(f"$ORIGIN {origin}.\n$TTL 1\n"
                            "@ SOA ns.example.org. hostmaster.example.org. 1 3600 600 86400 1\n"
                            "@ NS ns.example.org.\n")
            zones.append(f"  - domain: {name}\n    file: {file}\n"
                         f"    dnssec-signing: {'on' if signed else 'off'}\n"
                         + ("    dnssec-policy: quick\n" if signed else ""))
        (self.dir / "knot.conf").write_text(
            f"server:\n  rundir: {self.dir}\n  listen: 127.0.0.1@{self.port}\n"
            f"database:\n  storage: {self.dir}\n"
            "log:\n  - target: stderr\n    any: info\n"
            "policy:\n  - id: quick\n    algorithm: ecdsap256sha256\n"
            "    single-type-signing: on\n"
            "acl:\n  - id: tests\n    address: 127.0.0.0/8\n    action: update\n"
            "template:\n  - id: default\n    acl: tests\n    zonefile-sync: -1\n"
            f"    storage: {self.dir}\n"
            "zone:\n" + "".join(zones))

    def ask(self, name, type_):
        query = dns.message.make_query(name + ("" if name.endswith(".") else "."), type_)
        return dns.query.tcp(query, "127.0.0.1", port=self.port, timeout=10)

    def answers(self):
        try:
            return all(self.ask(name, "DNSKEY" if signed else "SOA").answer
                       for name, signed in self.ZONES.items())
        except OSError:
            assert self.process.poll() is None, (self.dir / "log").read_text()
            return False

    def anchors(self):
        """The keys of the signed zones, as a file of trust anchors."""
        return "".join(f"{name}. 3600 IN DNSKEY {key.to_text()}\n"
                       for name, signed in self.ZONES.items() if signed
                       for answer in self.ask(name, "DNSKEY").answer for key in answer
                       if key.flags & 1)

    def wrong_anchors(self):
        """Anchors that fit no key that signs here: everything under them is bogus."""
        return re.sub(r"(DNSKEY 257 3 13 )(....)",
                      lambda found: found[1] + ("AAAA" if found[2] != "AAAA" else "BBBB"),
                      self.anchors())

    def zone_of(self, name):
        fitting = [zone for zone in self.ZONES
                   if zone == "." or name == zone or name.endswith("." + zone)]
        return max(fitting, key=len)

    def update(self, change):
        answer = dns.query.tcp(change, "127.0.0.1", port=self.port, timeout=20)
        assert answer.rcode() == dns.rcode.NOERROR, answer

    @staticmethod
    def quoted(type_, value):
        if type_ != "TXT":
            return value
        raw = value.replace("\\", "\\\\").replace('"', '\\"')
        return " ".join(f'"{raw[i:i + 200]}"' for i in range(0, len(raw), 200))

    def add(self, name, type_, value):
        change = dns.update.Update(self.zone_of(name).strip(".") + ".")
        change.add(name + ".", 1, type_, self.quoted(type_, value))
        self.update(change)
        self.added.append((name, type_))

    def remove(self, name, type_):
        change = dns.update.Update(self.zone_of(name).strip(".") + ".")
        change.delete(name + ".", type_)
        self.update(change)

    def publish(self, records, *purposes):
        """Records as `domain.add` gives them; of some purposes only."""
        for record in records:
            if not purposes or record["purpose"] in purposes:
                value = record["value"]
                if record["type"] == "MX":
                    value += "."
                self.add(record["name"], record["type"], value)

    def mail_server(self, domain, host, address, preference=10):
        self.add(domain, "MX", f"{preference} {host}.")
        self.add(host, "A", address)

    def clear(self):
        """Take away what was added since the start or the last time."""
        for name, type_ in dict.fromkeys(self.added):
            self.remove(name, type_)
        self.added.clear()

    def txt(self, name):
        """As a verifier asks for a key: the value, or nothing."""
        for answer in self.ask(name, "TXT").answer:
            if answer.rdtype == dns.rdatatype.TXT:
                return b"".join(answer[0].strings)
        return None

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)


# ---- what the APIs refuse ----

@contextlib.contextmanager
def api_refuses(code, text=""):
    """What is inside fails with this code, and these words are in the message."""
    try:
        yield
    except botocore.exceptions.ClientError as refused:
        error = refused.response["Error"]
        assert error["Code"] == code and text in error["Message"], error
    else:
        raise AssertionError(f"{code} was expected")


def failure(call, **members):
    """Code, text and further members of the error that this call must end with."""
    try:
        call(**members)
    except botocore.exceptions.ClientError as raised:
        return raised.response["Error"]
    raise AssertionError("an error was expected")


def refused(call, code, text, **members):
    """The call fails with exactly this; the error."""
    error = failure(call, **members)
    assert (error["Code"], error["Message"]) == (code, text)
    return error


def without_metadata(answer):
    """What an operation answered, without what boto3 says of the answer."""
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}
