"""The HTTP listener: health, numbers for this machine alone, and requests that mean two things."""

import concurrent.futures
import contextlib
import http.client
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from harness import (Instance, believing_context, eventually, free_port, message,
                     sanitized)


def own_addresses():
    """Addresses of this machine that are not loopback."""
    shown = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    return [one for one in shown if ":" not in one]


@pytest.fixture(scope="module")
def instance(zone, sink):
    https, http_ = free_port(), free_port()
    listeners = ",".join(f"{address}:{http_}" for address in ["127.0.0.1", *own_addresses()])
    with Instance(zone, mx_port=sink.port, listen__http=listeners,
                  listen__https=f"127.0.0.1:{https}",
                  public_url=f"http://127.0.0.1:{http_}") as instance:
        instance.ports.update(http=http_, https=https)
        yield instance


def ask(instance, method, target, host="127.0.0.1", headers=(), body=None):
    connection = http.client.HTTPConnection(host, instance.ports["http"], timeout=20)
    connection.request(method, target, body=body, headers=dict(headers))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def raw(instance, request, seconds=10):
    """All that is answered to these bytes until the connection ends, or nothing more comes."""
    answer = b""
    with socket.create_connection(("127.0.0.1", instance.ports["http"]), timeout=seconds) as peer:
        peer.sendall(request)
        while True:
            try:
                got = peer.recv(65536)
            except TimeoutError:
                return answer, False
            except ConnectionError:
                return answer, True
            if not got:
                return answer, True
            answer += got


def test_health_is_good(instance):
    answer, text = ask(instance, "GET", "/healthz")
    assert (answer.status, text) == (200, "ok\n")


def test_head_has_no_body(instance):
    answer, text = ask(instance, "HEAD", "/healthz")
    assert (answer.status, text) == (200, "")
    assert answer.headers["Content-Length"] == "3"


def test_answers_tell_browsers_to_be_careful(instance):
    headers = ask(instance, "GET", "/healthz")[0].headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert headers["Cache-Control"] == "no-store"
    assert "Date" in headers and "Server" not in headers


def test_numbers_count_what_was_done_and_account_for_everything(instance, sink):
    instance.add_domain("test1.com")
    taro = instance.grant("taro@test1.com")
    before = instance.metric("postern_submissions_accepted_total")
    id_ = instance.accept(taro, "taro@test1.com", ["a@example.net", "b@example.net"], message())
    instance.submit(taro, "jiro@test1.com", "a@example.net", message())
    instance.wait_state(id_, "delivered")
    assert instance.metric("postern_submissions_accepted_total") == before + 1
    assert instance.metric("postern_submissions_refused_total") >= 1
    assert instance.metric('postern_recipients{state="queued"}') == 0
    assert instance.metric('postern_recipients{state="held"}') == 0
    assert instance.account()["delivered"] >= 2 and instance.account()["missing"] == 0
    assert instance.metric("postern_accounting_difference") == 0
    assert time.time() - instance.metric("postern_accounting_time_seconds") < 15 * 60
    _, text = ask(instance, "GET", "/metrics")
    named = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}
    for line in text.splitlines():
        assert line.startswith("#") or line.split("{")[0].split(" ")[0] in named


TRICKS = [{}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": "127.0.0.1"},
          {"Forwarded": "for=127.0.0.1"}, {"Host": "127.0.0.1"}]


@pytest.mark.skipif(not own_addresses(), reason="this machine has no address but loopback")
@pytest.mark.parametrize("headers", TRICKS, ids=str)
def test_numbers_are_for_this_machine_alone(instance, headers):
    address = own_addresses()[0]
    assert ask(instance, "GET", "/healthz", address, headers)[0].status == 200
    assert ask(instance, "GET", "/metrics", address, headers)[0].status == 404


@pytest.mark.parametrize("target", ["/", "/x", "/healthz/", "//healthz", "/healthz%00",
                                    "/../metrics", "/verify", "/metrics/..", "/Healthz"])
def test_what_is_not_there_is_not_found(instance, target):
    assert ask(instance, "GET", target)[0].status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"])
def test_other_methods_are_not_allowed(instance, method):
    assert ask(instance, method, "/healthz", body=b"x" if method == "POST" else None)[0].status \
        == 405


def test_a_connection_carries_several_requests_in_their_order(instance):
    answer, _ = raw(instance, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
                    b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                    b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", answer)
    assert statuses == [b"200", b"404", b"200"]


SMUGGLED = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"

TWO_MEANINGS = {
    "both lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 35\r\n\r\n"
                   + SMUGGLED,
    "a list of lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 35\r\n\r\n" + SMUGGLED,
    "a signed length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +35\r\n\r\n" + SMUGGLED,
    "space before the colon": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 35\r\n\r\n"
                              + SMUGGLED,
    "folded": b"POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 35\r\n\r\n" + SMUGGLED,
    "bare LF": b"GET /healthz HTTP/1.1\nHost: a\n\n" + SMUGGLED,
    "bare LF in the header": b"GET /healthz HTTP/1.1\r\nHost: a\nX: y\r\n\r\n" + SMUGGLED,
    "bare CR": b"GET /healthz HTTP/1.1\r\nHost: a\rX: y\r\n\r\n" + SMUGGLED,
    "NUL": b"GET /healthz HTTP/1.1\r\nHost: a\0b\r\n\r\n" + SMUGGLED,
    "another coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                      b"0\r\n\r\n" + SMUGGLED,
    "a hidden coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"
                       b"0\r\n\r\n" + SMUGGLED,
    "coding of 1.0": b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                     + SMUGGLED,
    "bad chunk size": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n"
                      + SMUGGLED,
    "bad chunk end": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                     b"1\r\nab\r\n0\r\n\r\n" + SMUGGLED,
    "chunk ended by LF": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\n\n"
                         + SMUGGLED,
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + SMUGGLED,
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n" + SMUGGLED,
    "no version": b"GET /healthz\r\n\r\n" + SMUGGLED,
    "spaces in the target": b"GET /health z HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
}


@pytest.mark.parametrize("what", TWO_MEANINGS)
def test_a_request_that_means_two_things_is_refused_and_nothing_after_it_is_read(instance, what):
    answer, ended = raw(instance, TWO_MEANINGS[what])
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1 ") == 1 and b"postern_" not in answer
    assert ended


@pytest.mark.parametrize("request_, status", [
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 40000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", None),
    (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n", 417),
], ids=["version 2", "preface of version 2", "long target", "long header", "many fields",
        "large body", "endless body", "expectation"])
def test_limits_are_told(instance, request_, status):
    answer, ended = raw(instance, request_)
    told = int(answer.split(b" ")[1])
    assert told == status if status else told in (400, 413)
    assert ended


# ---- bodies ----

MEBIBYTE = 1024 * 1024
LARGE = 50 * MEBIBYTE
CHUNKED = b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def head(length, *fields):
    lines = ["POST /x HTTP/1.1", "Host: a", f"Content-Length: {length}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def connect(instance):
    return socket.create_connection(("127.0.0.1", instance.ports["http"]), timeout=30)


def answer_on(peer):
    answer = http.client.HTTPResponse(peer)
    answer.begin()
    return answer, answer.read()


def requests_logged(instance):
    """Bytes, status and id of each request that was answered."""
    return [(int(re.search(r" bytes=(\d+)", line)[1]), int(re.search(r" status=(\d+)", line)[1]),
             re.search(r" request=(\S+)", line)[1]) for line in instance.events("http.request")]


def resident(instance, role):
    return max(int(re.search(r"VmRSS:\s+(\d+) kB",
                             pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024
               for pid in instance.pids(role))


def assert_arrived(instance, answer, length):
    """Core had all of it: it says how much, under the id that the answer carries."""
    assert answer.status == 405
    assert (length, 405, answer.headers["x-amzn-RequestId"]) in requests_logged(instance)


def test_a_large_body_arrives_whole_and_is_never_whole_in_front(instance):
    most = 0
    piece = b"x" * (MEBIBYTE // 2)
    with connect(instance) as peer:
        peer.sendall(head(LARGE))
        for _ in range(LARGE // len(piece)):
            peer.sendall(piece)
            time.sleep(0.01)
            most = max(most, resident(instance, "front"))
        assert_arrived(instance, answer_on(peer)[0], LARGE)
        assert sanitized() or most < 30 * MEBIBYTE
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert answer_on(peer)[1] == b"ok\n"


def test_a_large_body_arrives_in_chunks(instance):
    with connect(instance) as peer:
        peer.sendall(CHUNKED)
        for size in (1, 65535, 65536, 65537, 300000, 7 * MEBIBYTE):
            peer.sendall(b"%x\r\n" % size + b"y" * size + b"\r\n")
        peer.sendall(b"0\r\n\r\n")
        assert_arrived(instance, answer_on(peer)[0],
                       1 + 65535 + 65536 + 65537 + 300000 + 7 * MEBIBYTE)


@pytest.mark.parametrize("length", [1, 1000, 65535, 65536, 65537, 262144, 262145])
def test_a_body_of_any_length_arrives(instance, length):
    with connect(instance) as peer:
        for _ in range(3):
            peer.sendall(head(length) + b"x" * length)
            assert_arrived(instance, answer_on(peer)[0], length)


def test_large_bodies_arrive_over_tls_and_at_once(instance):
    def post(size):
        connection = http.client.HTTPSConnection("127.0.0.1", instance.ports["https"],
                                                 context=believing_context(), timeout=60)
        connection.request("POST", "/x", b"z" * size)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer, size
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for answer, size in pool.map(post, range(5 * MEBIBYTE, 5 * MEBIBYTE + 8)):
            assert_arrived(instance, answer, size)


def test_a_slow_body_arrives(instance):
    with connect(instance) as peer:
        request = head(300) + b"x" * 300
        for start in range(0, len(request), 20):
            peer.sendall(request[start:start + 20])
            time.sleep(0.02)
        assert_arrived(instance, answer_on(peer)[0], 300)


def test_who_leaves_in_the_middle_of_a_body_leaves_nothing_behind(instance):
    """Else the room for bodies would be used up."""
    before = len(requests_logged(instance))
    for beginning in (head(LARGE), CHUNKED + b"%x\r\n" % LARGE):
        for _ in range(8):
            with connect(instance) as peer:
                peer.sendall(beginning + b"x" * MEBIBYTE)
    with connect(instance) as peer:
        peer.sendall(head(200000) + b"x" * 200000 + b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        answer, _ = answer_on(peer)
        assert answer.status == 405
    eventually(lambda: len(requests_logged(instance)) > before)
    for _ in range(2):
        test_a_body_of_any_length_arrives(instance, 262145)


def test_requests_with_bodies_follow_each_other_on_one_connection(instance):
    bodies = [0, 10, 200000, 0, 70000, 5]
    with connect(instance) as peer:
        sending = threading.Thread(target=peer.sendall, args=(
            b"".join(head(length) + b"x" * length for length in bodies),))
        sending.start()
        reader = peer.makefile("rb")
        for length in bodies:
            assert reader.readline() == b"HTTP/1.1 405 Method Not Allowed\r\n"
            fields = dict(line.strip().split(b": ") for line in iter(reader.readline, b"\r\n"))
            reader.read(int(fields[b"Content-Length"]))
            id_ = fields[b"x-amzn-RequestId"].decode()
            assert (length, 405, id_) in requests_logged(instance)
        sending.join()


def test_a_body_is_asked_for_when_it_will_be_taken(instance):
    with connect(instance) as peer:
        peer.sendall(head(LARGE, "Expect: 100-continue"))
        assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(b"x" * LARGE)
        assert_arrived(instance, answer_on(peer)[0], LARGE)
    answer, ended = raw(instance, head(57 * MEBIBYTE, "Expect: 100-continue"))
    assert answer.startswith(b"HTTP/1.1 413 ") and ended


def test_when_there_is_no_room_a_body_is_not_asked_for(instance):
    """Three have announced what there is room for; small requests are served as ever."""
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            peer = stack.enter_context(connect(instance))
            peer.sendall(head(LARGE) + b"x")
        time.sleep(0.5)
        answer, ended = raw(instance, head(LARGE, "Expect: 100-continue"))
        assert answer.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: 1\r\n" in answer
        assert b"\r\nx-amzn-RequestId: " in answer and ended
        with connect(instance) as peer:  # who sends it all the same can read the answer too
            peer.sendall(head(LARGE) + b"x" * LARGE)
            assert answer_on(peer)[0].status == 503
        with connect(instance) as peer:
            peer.sendall(head(60000) + b"x" * 60000)
            assert answer_on(peer)[0].status == 405
        assert ask(instance, "POST", "/x", body=b"x")[0].status == 405

    def room():
        answer, _ = raw(instance, head(LARGE, "Expect: 100-continue"), seconds=1)
        return answer.startswith(b"HTTP/1.1 100 ")
    eventually(room, what="room again")


def test_a_chunked_body_has_the_same_limit(instance):
    with connect(instance) as peer:
        with contextlib.suppress(ConnectionError):
            peer.sendall(CHUNKED)
            for _ in range(57):
                peer.sendall(b"%x\r\n" % MEBIBYTE + b"x" * MEBIBYTE + b"\r\n")
        assert answer_on(peer)[0].status == 413


def test_every_answer_has_a_date_and_those_of_core_an_id(instance):
    seen = set()
    for target in ("/healthz", "/nowhere", "/metrics", "/verify?token=x"):
        headers = ask(instance, "GET", target)[0].headers
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["Date"])
        seen.add(headers["x-amzn-RequestId"])
    assert len(seen) == 4 and None not in seen
    assert b"\r\nDate: " in raw(instance, b"GET / HTTP/2.0\r\n\r\n")[0]
    last = instance.events("http.request")[-1]
    assert "path=/verify " in last and "token" not in last


def test_an_idle_connection_costs_little(instance):
    """Also after a large request: nothing of it stays."""
    context = believing_context()

    def opened():
        connection = http.client.HTTPSConnection("127.0.0.1", instance.ports["https"],
                                                 context=context, timeout=20)
        connection.request("POST", "/x", b"x" * 200000, {"X": "y" * 30000})
        connection.getresponse().read()
        return connection
    if sanitized():
        pytest.skip("sanitizers keep what was freed")
    opened().close()
    before, connections = resident(instance, "front"), [opened() for _ in range(300)]
    time.sleep(3)  # the trimming
    cost = (resident(instance, "front") - before) / len(connections)
    for connection in connections:
        connection.close()
    assert cost < 24 * 1024, cost


def test_an_orderly_stop_finishes_what_is_in_work(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.check_accounting()
        with connect(instance) as idle, connect(instance) as half, connect(instance) as work:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert answer_on(idle)[0].status == 200
            half.sendall(b"GET /healthz HTTP/1.1\r\n")
            work.sendall(head(2 * MEBIBYTE) + b"x" * MEBIBYTE)
            time.sleep(0.5)
            instance.process.send_signal(signal.SIGTERM)
            assert idle.recv(1) == b"" and half.recv(1) == b""
            work.sendall(b"x" * MEBIBYTE)
            answer, _ = answer_on(work)
            assert answer.headers["Connection"] == "close"
            assert_arrived(instance, answer, 2 * MEBIBYTE)
            with pytest.raises(ConnectionError):
                connect(instance)
        instance.stop(quick=True)


def test_a_tls_greeting_on_the_clear_port_is_refused(instance):
    with socket.create_connection(("127.0.0.1", instance.ports["http"]), timeout=10) as peer:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            believing_context().wrap_socket(peer)
    assert ask(instance, "GET", "/healthz")[0].status == 200


def test_https_answers_too(instance):
    connection = http.client.HTTPSConnection("127.0.0.1", instance.ports["https"],
                                             context=believing_context(), timeout=20)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok\n"
    connection.close()


def test_a_slow_request_does_not_hold_up_others(instance):
    slow = [socket.create_connection(("127.0.0.1", instance.ports["http"])) for _ in range(50)]
    for peer in slow:
        peer.sendall(b"GET /healthz HTT")
    assert ask(instance, "GET", "/healthz")[0].status == 200
    for peer in slow:
        peer.close()


def test_health_tells_when_courier_is_down(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.kill("courier")
        end = time.monotonic() + 20
        while ask(instance, "GET", "/healthz")[0].status != 200:
            assert time.monotonic() < end
            time.sleep(0.05)
