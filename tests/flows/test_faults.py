"""Killed anywhere, started twice, interrupted: the next run does what is missing, and no more."""

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

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "stabilize"]
STAGES = ("motion", "trajectory", "render", "report")


def wait_for(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.002)


def processes_about(folder: Path) -> list[str]:
    """Command lines and open files of live processes that mention `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = [str(link.readlink()) for link in (process / "fd").iterdir()]
            words = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if int(process.name) != os.getpid() and str(folder) in " ".join([words, *links]):
            found.append(words)
    return found


@pytest.fixture
def source(tmp_path: Path, small_clip: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(small_clip, folder / "clip.mp4")
    return folder


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("undisturbed")
    stabilize_plainly(ArchiveRequest((small_clip,), out), "only")
    return pd.read_parquet(out / "gfn" / "trajectory").drop(columns="video")


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_killed_in_the_middle_of_a_stage(
    source: Path, tmp_path: Path, stage: str, undisturbed: pd.DataFrame
) -> None:
    out = tmp_path / "out"
    run = subprocess.Popen(
        [*COMMAND, str(source), str(out), "--no-prefect", "-q"], stderr=subprocess.DEVNULL
    )
    locks = out / "gfn" / "locks"
    wait_for(lambda: list(locks.glob(f"{stage}-*.lock")) or run.poll() is not None)
    run.send_signal(signal.SIGKILL)
    run.wait()
    wait_for(lambda: not processes_about(out), seconds=10)

    assert not [path for path in out.glob("*") if path.name not in ("gfn", "clip.mp4")]
    request = ArchiveRequest((source,), out)
    missing = plan_archive(request)[0].missing
    assert missing, "the run had ended before it was killed"
    assert STAGES.index(missing[0]) >= STAGES.index(stage)

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
    run.send_signal(signal.SIGINT)
    _, messages = run.communicate(timeout=5)
    assert run.returncode == 130
    assert "interrupted" in messages
    assert "Traceback" not in messages
    wait_for(lambda: not processes_about(out), seconds=5)
    assert not (out / "clip.mp4").exists()
    outcome = stabilize_plainly(ArchiveRequest((source,), out), "again").outcomes[0]
    assert outcome.status == "done"
    assert "probe" not in outcome.executed


@pytest.mark.slow
def test_two_runs_at_once_make_each_artifact_once(source: Path, tmp_path: Path) -> None:
    request = ArchiveRequest((source,), tmp_path / "out")
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda name: stabilize_plainly(request, name), ("one", "two")))
    executed = [stage for run in runs for stage in run.outcomes[0].executed]
    assert not [run.outcomes[0].error for run in runs if run.outcomes[0].error]
    assert sorted(executed) == sorted(("probe", *STAGES))
