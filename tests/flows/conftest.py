"""One fork server for all tests of flows, and one finished archive that tests take copies of."""

import shutil
from pathlib import Path

import pytest

from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.stabilizing import NETWORK_PRELOADED, PRELOADED
from gfn_core.media.encoding import Encoding
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.settings import StageOneSettings
from tasks.supervisor import start_early
from tests.tracks_settings import BY_TRACKS

SETTINGS = StabilizeSettings(
    BY_TRACKS, StageOneSettings(crop=0.9), Encoding(quality=30, preset="ultrafast")
)


@pytest.fixture(scope="session", autouse=True)
def fork_server() -> None:
    start_early(PRELOADED + NETWORK_PRELOADED)


@pytest.fixture(scope="session")
def finished_once(
    tmp_path_factory: pytest.TempPathFactory, small_clip: Path, other_clip: Path
) -> Path:
    """Folder of `in`, two clips in a tree, and `out`, the archive made of them."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "in" / "sub").mkdir(parents=True)
    shutil.copyfile(small_clip, folder / "in" / "first.mp4")
    shutil.copyfile(other_clip, folder / "in" / "sub" / "second.mp4")
    summary = stabilize_plainly(request_for(folder), "first")
    assert summary.count("done") == 2
    return folder


@pytest.fixture
def finished(finished_once: Path, tmp_path: Path) -> ArchiveRequest:
    """Request for a finished archive of the test's own."""
    folder = tmp_path / "finished"
    shutil.copytree(finished_once, folder)
    request = request_for(folder)
    outcomes = stabilize_plainly(request, "moved").outcomes
    # copies have times of their own, and pages say where their sources lie
    assert {outcome.executed for outcome in outcomes} == {("probe", "report")}
    return request


def request_for(folder: Path) -> ArchiveRequest:
    return ArchiveRequest((folder / "in",), folder / "out", SETTINGS)
