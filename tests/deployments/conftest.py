"""One fleet for all tests of the deployments."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployments.fleet import Fleet


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        fleet = Fleet(folder, probe.getsockname()[1])
    fleet.source.mkdir()
    (fleet.source / "clip.mp4").write_bytes(small_clip.read_bytes())
    try:
        fleet.start_server()
        fleet.set_up()
        fleet.start_worker()
        yield fleet
    finally:
        fleet.stop()
