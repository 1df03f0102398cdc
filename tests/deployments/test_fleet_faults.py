"""Server, worker and run are really killed or silenced in the middle of a deployed run.

After each fault the next run does what is missing, and the archive is whole.
"""

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from tests.deployments.fleet import Fleet, journal_lines, wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

CLIPS = ("one.mp4", "two.mp4")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Path:
    """The same clip three times, each with another empty box at its end: three contents."""
    folder = tmp_path_factory.mktemp("source")
    for name in CLIPS:
        box = b"free" + name.encode()
        size = (4 + len(box)).to_bytes(4, "big")
        (folder / name).write_bytes(small_clip.read_bytes() + size + box)
    return folder


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, source: Path) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("undisturbed")
    settings = StabilizeSettings(motion=MotionSettings(EstimatorName.TRACKS))
    stabilize_plainly(ArchiveRequest((source,), out, settings), "only")
    return pd.read_parquet(out / "gfn" / "trajectory")


def begin(fleet: Fleet, source: Path, out: Path) -> str:
    """Trigger a run, and wait until it works on motion."""
    run = trigger(fleet, source, out)
    wait_for(
        lambda: [line for line in journal_lines(out) if line.get("stage") == "motion"], 300, 0.02
    )
    return run


def trigger(fleet: Fleet, source: Path, out: Path) -> str:
    place = {"sources": [str(source)], "out": str(out)}
    look = {"estimator": "tracks"}
    return fleet.run("stabilize/archive-now", place=place, look=look, work={"slots": 1})


def assert_whole(out: Path, undisturbed: pd.DataFrame) -> None:
    assert {path.name for path in out.glob("*.mp4")} == set(CLIPS)
    pd.testing.assert_frame_equal(pd.read_parquet(out / "gfn" / "trajectory"), undisturbed)
    assert not list((out / "gfn" / "tmp").iterdir())


def executed(out: Path) -> list[tuple[str, str]]:
    """Stages that were carried through, of all runs."""
    clips = [line for line in journal_lines(out) if line["event"] == "clip"]
    return [(clip["video"], stage) for clip in clips for stage in clip["executed"]]


def test_the_server_is_killed_in_the_middle(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    """The run goes on without it, and whatever it could not tell, nothing is done twice."""
    begin(fleet, source, tmp_path)
    fleet.signal("server", signal.SIGKILL)
    time.sleep(5)
    fleet.start_server()
    wait_for(lambda: journal_lines(tmp_path)[-1]["event"] == "ended", 1200)
    assert_whole(tmp_path, undisturbed)
    assert fleet.ended(trigger(fleet, source, tmp_path))["type"] == "COMPLETED"
    stages = executed(tmp_path)
    assert len(stages) == len(set(stages)) == 5 * len(CLIPS)


def test_the_server_is_silent_for_a_while(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    run = begin(fleet, source, tmp_path)
    fleet.signal("server", signal.SIGSTOP)
    time.sleep(30)
    fleet.signal("server", signal.SIGCONT)
    assert fleet.ended(run)["type"] == "COMPLETED"
    assert_whole(tmp_path, undisturbed)


def test_a_run_is_cancelled_and_leaves_no_process(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    run = begin(fleet, source, tmp_path)
    (began,) = [line for line in journal_lines(tmp_path) if line["event"] == "began"]
    os.kill(began["pid"], signal.SIGTERM)
    wait_for(lambda: not Path(f"/proc/{began['pid']}").exists(), 60)
    assert fleet.ended(run)["type"] in ("CRASHED", "CANCELLED")
    assert journal_lines(tmp_path)[-1]["event"] == "interrupted"
    assert fleet.ended(trigger(fleet, source, tmp_path))["type"] == "COMPLETED"
    assert_whole(tmp_path, undisturbed)


def test_worker_and_run_are_killed_and_the_zombie_is_marked(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    run = begin(fleet, source, tmp_path)
    (began,) = [line for line in journal_lines(tmp_path) if line["event"] == "began"]
    family = descendants(fleet.processes["worker"].pid)
    assert began["pid"] in family
    for member in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    fleet.processes["worker"].wait()
    wait_for(lambda: not any(Path(f"/proc/{member}").exists() for member in family), 60)

    fleet.start_worker()
    assert fleet.ended(trigger(fleet, source, tmp_path))["type"] == "COMPLETED"
    assert_whole(tmp_path, undisturbed)
    assert fleet.ended(run)["type"] == "CRASHED"
    deaths = [
        json.loads(path.read_text())["deaths"]
        for path in (tmp_path / "gfn" / "quarantine").glob("*.json")
    ]
    assert not deaths, "the clip under way was acquitted when it was done"


def descendants(process: int) -> list[int]:
    """The process and all that it, or they, started."""
    listed = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(child) for thread in listed for child in thread.read_text().split()]
    return [process, *(one for child in children for one in descendants(child))]
