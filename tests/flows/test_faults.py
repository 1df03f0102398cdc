"""Killed anywhere, started twice, interrupted: the next run does what is missing, and no more."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from flows.request import ArchiveRequest, plan_archive
from flows.run import stabilize_plainly
from tests.tracks_settings import TRACKS

COMMAND = [
    sys.executable,
    "-c",
    "from flows.cli import main; main()",
    "stabilize",
    "--estimator",
    "tracks",
]
STAGES = ("motion", "trajectory", "render", "report")


def wait_for(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.002)


def descendants(process: int) -> list[int]:
    """The process and all that it, or they, started."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):  # any of which may end meanwhile
        try:
            stat = (entry / "stat").read_text()
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end(run: subprocess.Popen[str], number: signal.Signals, *, at_once: bool = False) -> None:
    """Signal the run, and wait until neither it nor anything that it started is left.

    What the run started notices its end a moment later, in which a short stage may still finish;
    `at_once`, all of them are signalled, as when the machine dies.
    """
    family = descendants(run.pid)
    assert len(family) > 2, "the fork server and a stage were to be at work"
    for member in family if at_once else [run.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, number)
    run.wait(timeout=5)
    wait_for(lambda: not any(is_alive(member) for member in family), seconds=10)


@pytest.fixture
def source(tmp_path: Path, small_clip: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(small_clip, folder / "clip.mp4")
    return folder


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("undisturbed")
    stabilize_plainly(ArchiveRequest((small_clip,), out, TRACKS), "only")
    return pd.read_parquet(out / "gfn" / "trajectory").drop(columns="video")


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [True, pytest.param(False, marks=pytest.mark.long)])
@pytest.mark.parametrize("stage", STAGES)
def test_killed_in_the_middle_of_a_stage(
    source: Path, tmp_path: Path, stage: str, undisturbed: pd.DataFrame, at_once: bool
) -> None:
    out = tmp_path / "out"
    run = subprocess.Popen(
        [*COMMAND, str(source), str(out), "--no-prefect", "-q"],
        stderr=subprocess.DEVNULL,
        text=True,
    )
    locks = out / "gfn" / "locks"
    wait_for(lambda: list(locks.glob(f"{stage}-*.lock")) or run.poll() is not None)
    end(run, signal.SIGKILL, at_once=at_once)

    assert not [path for path in out.glob("*") if path.name not in ("gfn", "clip.mp4")]
    request = ArchiveRequest((source,), out, TRACKS)
    missing = plan_archive(request)[0].missing
    assert missing or not at_once, "the run had ended before it was killed"
    assert all(STAGES.index(name) >= STAGES.index(stage) for name in missing)

    outcome = stabilize_plainly(request, "again").outcomes[0]
    assert (outcome.error, outcome.executed) == ("", missing)
    table = pd.read_parquet(out / "gfn" / "trajectory").drop(columns="video")
    pd.testing.assert_frame_equal(table, undisturbed)
    assert not list((out / "gfn" / "tmp").iterdir())


@pytest.mark.slow
def test_an_interrupt_leaves_within_a_second_and_resumes(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = subprocess.Popen(
        [*COMMAND, str(source), str(out), "--no-prefect"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: list((out / "gfn" / "locks").glob("motion-*.lock")))
    end(run, signal.SIGINT)
    _, messages = run.communicate()
    assert run.returncode == 130
    assert "interrupted" in messages
    assert "Traceback" not in messages
    assert not (out / "clip.mp4").exists()
    outcome = stabilize_plainly(ArchiveRequest((source,), out, TRACKS), "again").outcomes[0]
    assert outcome.status == "done"
    assert "probe" not in outcome.executed


@pytest.mark.slow
def test_two_runs_at_once_make_each_artifact_once(source: Path, tmp_path: Path) -> None:
    request = ArchiveRequest((source,), tmp_path / "out", TRACKS)
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda name: stabilize_plainly(request, name), ("one", "two")))
    executed = [stage for run in runs for stage in run.outcomes[0].executed]
    assert not [run.outcomes[0].error for run in runs if run.outcomes[0].error]
    assert sorted(executed) == sorted(("probe", *STAGES))
