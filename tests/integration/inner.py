"""A core without the rest of the service: the test plays its parent and its peers.

    LonelyCore   postern-core in an initialised directory, attached to nobody but the test
    Peer         one channel to it, over which anything can be said (net/protocol.h)
    Front        one of a front, with what an honest front would say

What is encoded here is what net/wire.h and net/channel.h read.
"""

import os
import re
import select
import signal
import socket
import struct
import subprocess

from harness import BUILD, Instance, eventually

PARENT_FD = 3

CONFIGURE, LISTEN, ATTACH, START, RELOAD, READY = range(1, 7)
(AUTHENTICATE, SUBMIT, BODY, SUBMIT_END, SUBMIT_ABORT, SESSION_END, CALL, CALL_BODY,
 CALL_ABORT) = range(20, 29)
AUTHENTICATED, CREDIT, SUBMITTED, RETURN, DROP = range(40, 45)
DELIVER, OUTCOME, RESOLVE, RESOLVED = 60, 70, 80, 81
ROLE_FRONT, ROLE_COURIER, ROLE_RESOLVER = 1, 3, 4

ENVELOPE_RECIPIENTS_MAX = 1000
BODY_PIECE_MAX, BODY_CREDIT = 64 * 1024, 256 * 1024
CALL_LINE_MAX, CALL_HEADER_MAX, CALL_BODY_MAX = 8 * 1024, 32 * 1024, 56 * 1024 * 1024
CALL_LENGTH_UNKNOWN = 2**64 - 1
CALL_BODY_WHOLE, CALL_BODY_FOLLOWS, CALL_BODY_AWAITED = range(3)
PAYLOAD_MAX = 1024 * 1024


def number(value):
    return struct.pack("<Q", value)


def counted(value):
    value = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<I", len(value)) + value


def frame(type_, payload):
    return struct.pack("<IB", len(payload), type_) + payload


def authenticate(connection, user, password, mechanism="PLAIN", source="127.0.0.1",
                 tls="TLSv1.3", client="client.example"):
    texts = (mechanism, user, password, source, tls, client)
    return number(connection) + b"".join(map(counted, texts))


def submit(submission, session, reverse_path, recipients):
    return (number(submission) + number(session) + counted(reverse_path)
            + struct.pack("<I", len(recipients)) + b"".join(map(counted, recipients)))


def body(submission, piece, last=False):
    return number(submission) + counted(piece) + struct.pack("<B", last)


def call(call_, line, header=b"Host: postern.localhost\r\n", content=b"", source="127.0.0.1",
         how=CALL_BODY_WHOLE, length=None):
    length = len(content) if length is None else length
    return (number(call_) + b"".join(map(counted, (source, "", line, header)))
            + struct.pack("<QB", length, how) + counted(content))


def credit(number_, bytes_):
    return struct.pack("<QI", number_, bytes_)


def outcome(lease, kind, reply, status):
    """Of a lease with one recipient."""
    nobody = counted("") * 4
    return (number(lease) + nobody + struct.pack("<IIB", 1, 0, kind) + counted(reply)
            + counted(status))


def resolve(query, name, type_=1):
    return number(query) + struct.pack("<I", type_) + counted(name)


def resolved(query, status):
    """An answer without records."""
    return number(query) + struct.pack("<BBI", status, 0, 60) + counted("") + struct.pack("<I", 0)


class Closed(Exception):
    """Core closed the channel."""


class Peer:
    """One end of a channel."""

    def __init__(self, fd):
        self.socket = fd
        self.socket.settimeout(20)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def say(self, type_, payload):
        self.throw(frame(type_, payload))

    def throw(self, data):
        """Bytes, framed or not. What core said before it hung up is still to be read."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None

    def hear(self, *types):
        """The next message of one of these types; others are passed over."""
        while True:
            while len(self.buffer) < 5 or len(self.buffer) < 5 + self.length():
                self.fill()
            end = 5 + self.length()
            type_, payload = self.buffer[4], self.buffer[5:end]
            self.buffer = self.buffer[end:]
            if not types or type_ in types:
                return type_, payload

    def length(self):
        return struct.unpack("<I", self.buffer[:4])[0]

    def fill(self):
        try:
            got = self.socket.recv(65536)
        except ConnectionResetError:
            got = b""
        if not got:
            raise Closed
        self.buffer += got

    def closed(self):
        """Core has closed it: nothing but that follows, whatever was said before."""
        try:
            while True:
                self.hear()
        except Closed:
            return True
        except TimeoutError:
            return False

    def drain(self):
        """Throw away what core said, so that it never waits for us to read."""
        while select.select([self.socket], [], [], 0)[0]:
            self.fill()
        self.buffer = b""

    def hung_up(self):
        """Core has closed it, whatever is still to be read."""
        poll = select.poll()
        poll.register(self.socket, 0)
        return any(events & select.POLLHUP for _, events in poll.poll(0))


class Front(Peer):
    """With the numbers an honest front would give."""

    def __init__(self, fd):
        super().__init__(fd)
        self.last = 0

    def next(self):
        self.last += 1
        return self.last

    def login(self, credential):
        """A session number as core gives it; 0: refused."""
        connection = self.next()
        self.say(AUTHENTICATE, authenticate(connection, credential["smtp_user_name"],
                                            credential["smtp_password"]))
        _, payload = self.hear(AUTHENTICATED)
        answered, session, _ = struct.unpack("<QQB", payload)
        assert answered == connection
        return session

    def submission(self, session, reverse_path, recipients, raw):
        """A whole submission as a front would hand it over; the reply."""
        submission = self.next()
        self.say(SUBMIT, submit(submission, session, reverse_path, recipients))
        for start in range(0, len(raw), BODY_PIECE_MAX):
            self.say(BODY, body(submission, raw[start:start + BODY_PIECE_MAX]))
        self.say(SUBMIT_END, number(submission))
        return self.reply(submission)

    def reply(self, submission):
        while True:
            _, payload = self.hear(SUBMITTED)
            if struct.unpack("<Q", payload[:8])[0] == submission:
                return payload[12:].decode()

    def answered(self, call_):
        """Status, content type, header and body of the answer to a call."""
        while True:
            _, payload = self.hear(RETURN)
            answered, status = struct.unpack("<QI", payload[:12])
            if answered == call_:
                rest, texts = payload[12:], []
                for _ in range(3):
                    length = struct.unpack("<I", rest[:4])[0]
                    texts.append(rest[4:4 + length])
                    rest = rest[4 + length:]
                return status, *texts

    def returned(self, call_):
        """Status and body of the answer to a call."""
        status, _, _, text = self.answered(call_)
        return status, text

    def credited(self, call_):
        """Bytes that core grants next for a call or submission."""
        while True:
            _, payload = self.hear(CREDIT)
            credited, granted = struct.unpack("<QI", payload)
            if credited == call_:
                return granted


    def metric(self, name):
        asked = self.next()
        self.say(CALL, call(asked, b"GET /metrics HTTP/1.1"))
        _, text = self.returned(asked)
        return float(re.search(rf"^{re.escape(name)} (\S+)$", text.decode(), re.M)[1])


class LonelyCore(Instance):
    """An Instance of which only core runs. `attach` gives channels to it."""

    def start(self):
        self.number = 0
        self.parent, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [str(BUILD / "src" / "postern-core")], cwd=self.dir, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, pass_fds=(PARENT_FD,),
            preexec_fn=lambda: os.dup2(theirs.fileno(), PARENT_FD))
        log.close()
        theirs.close()
        self.parent.settimeout(30)
        self.tell(CONFIGURE, self.configuration().encode())
        self.tell(START)
        heard = self.parent.recv(64)
        assert heard == bytes([READY]), self.log()
        eventually(lambda: self.admin("account.show")["signing_keys_ready"] >= 3, 60,
                   "a pool of signing keys")

    def configuration(self):
        """What `init` wrote, and the settings of this instance, which come last."""
        sections = {"": {}}
        section = ""
        for line in (self.dir / "postern.conf").read_text().splitlines():
            name, equals, value = line.partition(" = ")
            if line.startswith("["):
                section = line[1:-1]
            elif equals and not line.startswith("#"):
                sections.setdefault(section, {})[name] = value
        for name, value in self.settings.items():
            section, _, name = name.rpartition(".")
            sections.setdefault(section.replace("route.", "route "), {})[name] = value
        return "".join((f"[{section}]\n" if section else "")
                       + "".join(f"{name} = {value}\n" for name, value in values.items())
                       for section, values in sections.items())

    def tell(self, type_, payload=b"", fd=None):
        rights = [] if fd is None else [
            (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("<i", fd))]
        self.parent.sendmsg([bytes([type_]) + payload], rights)

    def attach(self, role=ROLE_FRONT):
        self.number += 1
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        self.tell(ATTACH, struct.pack("<BI", role, self.number), theirs.fileno())
        theirs.close()
        return Front(ours) if role == ROLE_FRONT else Peer(ours)

    def pids(self, role):
        return [self.process.pid] if role == "core" else []

    def stop(self, quick=False):
        """A worker ends when its parent's socket closes."""
        if self.process is None:
            return
        self.parent.close()
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            raise AssertionError("core does not stop\n" + self.log()[-4000:])
        self.process = None
        self.check_log()
        assert status == 0, f"core ended with {status}\n{self.log()[-4000:]}"
