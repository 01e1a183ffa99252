import pathlib
import shutil
import tempfile

import pytest

from harness import PROGRAM, Sink, Zone


def pytest_configure(config):
    if not PROGRAM.exists():
        raise pytest.UsageError(f"{PROGRAM} is not built; POSTERN_BUILD names the build directory")


@pytest.fixture
def open_dir():
    """A directory that other users may look into, unlike those of pytest."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="postern-open-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def name_server():
    zone = Zone()
    yield zone
    zone.close()


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
