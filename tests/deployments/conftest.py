"""One fleet for all tests of the deployments."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployments.fleet import Fleet, free_port


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    fleet = Fleet(folder, free_port())
    fleet.source.mkdir()
    (fleet.source / "clip.mp4").write_bytes(small_clip.read_bytes())
    try:
        fleet.start_server()
        fleet.set_up()
        fleet.start_worker()
        yield fleet
    finally:
        fleet.stop()
