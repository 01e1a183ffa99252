"""The HTTP listener: health, numbers for this machine alone, and requests that mean two things."""

import http.client
import re
import socket
import ssl
import subprocess
import time

import pytest

from harness import Instance, believing_context, free_port, message


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
    assert instance.metric('postern_recipients{state="delivered"}') >= 2
    assert instance.metric("postern_accounting_difference") == 0
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
    started = time.monotonic()
    assert ask(instance, "GET", "/healthz")[0].status == 200
    assert time.monotonic() - started < 5
    for peer in slow:
        peer.close()


def test_health_tells_when_courier_is_down(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.kill("courier")
        end = time.monotonic() + 20
        while ask(instance, "GET", "/healthz")[0].status != 200:
            assert time.monotonic() < end
            time.sleep(0.05)
