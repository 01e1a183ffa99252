import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from browser import JIRO, PASSWORD, TARO, Browser  # noqa: E402 - found by the line above
from fixtures import name_server, open_dir, pytest_configure  # noqa: E402, F401
from harness import Instance, Sink  # noqa: E402


@pytest.fixture(scope="module")
def zone(name_server):
    """DNS without what other modules added; example.net receives on loopback."""
    name_server.mail_server("example.net", "mx.example.net", "127.0.0.1")
    yield name_server
    name_server.clear()


@pytest.fixture(scope="module")
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def instance(zone, sink):
    """With an administrator and two people who may sign in."""
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.person("chief", {"Effect": "Allow", "Action": ["iam:*", "ses:*", "postern:*"],
                                  "Resource": "*"})
        instance.keys = {name: instance.grant(name) for name in (TARO, JIRO)}
        iam = instance.api("iam")
        for name in ("chief", TARO, JIRO):
            iam.create_login_profile(UserName=name, Password=PASSWORD)
        yield instance


@pytest.fixture(scope="module")
def browser(instance):
    """Tells stories at the console of the module's `instance`."""
    with Browser(f"http://127.0.0.1:{instance.ports['http']}") as browser:
        yield browser
