"""The console's files, as front serves them."""

import gzip
import http.client

import pytest

from harness import Instance


@pytest.fixture(scope="module")
def instance(zone):
    with Instance(zone) as instance:
        yield instance


def get(instance, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", instance.ports["http"], timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, answer.headers, text


@pytest.fixture(scope="module")
def script(instance):
    """The path of the first script that the page loads."""
    page = get(instance, "/console/")[2].decode()
    return page.split('src="', 1)[1].split('"', 1)[0]


def test_the_page_may_load_nothing_that_is_not_ours(instance):
    status, headers, page = get(instance, "/console/")
    assert status == 200 and headers["Content-Type"] == "text/html;charset=utf-8"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"
    assert b"<script>" not in page and b"<style" not in page and b"onload=" not in page


def test_what_has_its_hash_in_its_name_is_kept_for_good(instance, script):
    status, headers, text = get(instance, script)
    assert status == 200 and "immutable" in headers["Cache-Control"]
    assert headers["Content-Type"] == "text/javascript;charset=utf-8" and len(text) > 1000


def test_it_comes_compressed_as_the_client_can_read_it(instance, script):
    plain = get(instance, script)[2]
    status, headers, packed = get(instance, script, **{"Accept-Encoding": "gzip, deflate"})
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(packed) == plain
    status, headers, brotli = get(instance, script, **{"Accept-Encoding": "gzip, br;q=1.0"})
    assert headers["Content-Encoding"] == "br" and len(brotli) < len(packed) < len(plain)
    for refused in ("br;q=0, gzip;q=0", "identity", "", "brr"):
        headers = get(instance, script, **{"Accept-Encoding": refused})[1]
        assert headers["Content-Encoding"] is None and headers["Vary"] == "Accept-Encoding"


def test_what_the_browser_has_is_not_sent_again(instance):
    tag = get(instance, "/console/")[1]["ETag"]
    status, headers, text = get(instance, "/console/", **{"If-None-Match": tag})
    assert (status, text) == (304, b"") and headers["ETag"] == tag
    assert get(instance, "/console/", **{"If-None-Match": '"other"'})[0] == 200


@pytest.mark.parametrize("path", [
    "/console/../postern.conf", "/console/assets/", "/console/assets/..", "/console/index.html",
    "/console/%2e%2e/master.key", "/console//", "/consolex", "/console/x?y", "/console/api",
    "/console/assets/" + "a" * 5000])
def test_there_is_nothing_else(instance, path):
    assert get(instance, path)[0] == 404


def test_other_methods(instance):
    assert get(instance, "/console")[0] == 308
    assert get(instance, "/console")[1]["Location"] == "/console/"
    status, headers, text = get(instance, "/console/", "HEAD")
    assert status == 200 and text == b"" and int(headers["Content-Length"]) > 100
    assert get(instance, "/console/", "POST", b"x")[0] == 405
    assert get(instance, "/console/", "GET", b"x" * 100000)[0] == 200


def test_many_files_over_one_connection(instance, script):
    connection = http.client.HTTPConnection("127.0.0.1", instance.ports["http"], timeout=30)
    for number in range(20):
        connection.request("GET", script if number % 2 else "/console/")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.read()
        connection.request("POST", "/console/session", "{}")
        assert connection.getresponse().read() and answer.status == 200
    connection.close()
