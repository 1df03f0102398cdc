"""One fork server for all tests of flows, with the stages' modules imported once."""

import pytest

from flows.stabilizing import NETWORK_PRELOADED, PRELOADED
from tasks.supervisor import start_early


@pytest.fixture(scope="session", autouse=True)
def fork_server() -> None:
    start_early(PRELOADED + NETWORK_PRELOADED)
