"""What the tests of tests/integration, tests/crash and tests/browser begin with."""

import pathlib
import shutil
import tempfile

import pytest

from harness import PROGRAM, Zone


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
