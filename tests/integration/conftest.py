import pytest

from fixtures import name_server, open_dir, pytest_configure  # noqa: F401 - pytest finds them here
from harness import Sink


@pytest.fixture(scope="module")
def zone(name_server):
    """DNS without what other modules added; example.net and example.org receive on loopback."""
    name_server.mail_server("example.net", "mx.example.net", "127.0.0.1")
    name_server.mail_server("example.org", "mx.example.org", "127.0.0.1")
    yield name_server
    name_server.clear()


@pytest.fixture(scope="module")
def sink():
    with Sink() as sink:
        yield sink


# ---- what the `owner` of a module's instance asks the APIs of SES ----

@pytest.fixture(scope="module")
def v1(instance):
    return instance.api("ses", instance.owner)


@pytest.fixture(scope="module")
def v2(instance):
    return instance.api("sesv2", instance.owner)


@pytest.fixture
def rest(instance):
    def ask(method, path, body=None):
        return instance.rest(instance.owner, method, path, body)
    return ask
