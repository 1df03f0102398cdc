"""One fleet for all tests of the deployments."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from tests.deployments.disturbed_run import CLIPS
from tests.deployments.fleet import Fleet, free_port
from tests.tracks_settings import TRACKS


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    with Fleet(folder, free_port()).running() as fleet:
        (fleet.source / "clip.mp4").write_bytes(small_clip.read_bytes())
        yield fleet


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Path:
    """One clip under several names, each with another empty box at its end: as many contents."""
    folder = tmp_path_factory.mktemp("source")
    for name in CLIPS:
        box = b"free" + name.encode()
        size = (4 + len(box)).to_bytes(4, "big")
        (folder / name).write_bytes(small_clip.read_bytes() + size + box)
    return folder


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, source: Path) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("undisturbed")
    stabilize_plainly(ArchiveRequest((source,), out, TRACKS), "only")
    return pd.read_parquet(out / "gfn" / "trajectory")
