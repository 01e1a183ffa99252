import functools
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from faults import FaultyInstance  # noqa: E402 - found by the line above
from harness import PROGRAM, Zone  # noqa: E402


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


@pytest.fixture
def faulty(open_dir):
    """Makes an instance whose disk, clock and power are at the test's command."""
    return functools.partial(FaultyInstance, base=open_dir)


@pytest.fixture(scope="session")
def name_server():
    zone = Zone()
    yield zone
    zone.close()


@pytest.fixture
def zone(name_server):
    yield name_server
    name_server.clear()
