import functools
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from faults import FaultyInstance  # noqa: E402 - found by the line above
from fixtures import name_server, open_dir, pytest_configure  # noqa: E402, F401


@pytest.fixture
def faulty(open_dir):
    """Makes an instance whose disk, clock and power are at the test's command."""
    return functools.partial(FaultyInstance, base=open_dir)


@pytest.fixture
def zone(name_server):
    yield name_server
    name_server.clear()
