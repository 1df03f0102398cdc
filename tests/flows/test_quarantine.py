"""A file that crashes its process every time costs a few tries, and no night."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from flows.pipeline import Runner
from flows.request import ArchiveRequest
from flows.run import run_stages
from flows.settings import RunSettings
from gfn_core.errors import SourceError, StageCrashed
from gfn_core.store.quarantine import MOST_TRIES, suspects
from tasks.clip import Clip, Made


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., ArchiveRequest]:
    source = tmp_path / "in"
    source.mkdir()
    for name in ("good.mp4", "poison.mp4"):
        (source / name).write_text(name)
    return lambda **run: ArchiveRequest((source,), tmp_path / "out", run=RunSettings(**run))


def met_by(error: Exception) -> Runner:
    """An engine in which one clip always ends so, and the other is no video."""

    def submit(stage: object, clip: Clip) -> Future[Made]:
        future: Future[Made] = Future()
        is_poison = clip.video == "poison.mp4"
        future.set_exception(error if is_poison else SourceError("good.mp4: is no video"))
        return future

    return Runner(submit, slots=2, threads=lambda processes: 1)


CRASH = StageCrashed("poison.mp4: motion: its process was killed by SIGSEGV")


def statuses(summary) -> dict[str, str]:
    return {outcome.video: outcome.status for outcome in summary.outcomes}


def test_after_some_crashes_it_is_left_alone(request_of, tmp_path: Path) -> None:
    for night in range(MOST_TRIES):
        assert (
            statuses(run_stages(request_of(), f"n{night}", met_by(CRASH)))["poison.mp4"] == "failed"
        )
    summary = run_stages(request_of(), "last", met_by(AssertionError("it was tried again")))
    assert statuses(summary) == {"good.mp4": "failed", "poison.mp4": "quarantined"}
    (held,) = [outcome for outcome in summary.outcomes if outcome.status == "quarantined"]
    assert "killed by SIGSEGV" in held.error
    assert "--retry" in held.error
    assert summary.exit_code == 1


def test_retry_tries_it_again_from_the_start(request_of) -> None:
    for night in range(MOST_TRIES):
        run_stages(request_of(), f"n{night}", met_by(CRASH))
    assert (
        statuses(run_stages(request_of(retry=True), "r", met_by(CRASH)))["poison.mp4"] == "failed"
    )
    (suspect,) = suspects(request_of().archive).values()
    assert len(suspect.deaths) == 1


def test_another_file_at_its_name_is_innocent(request_of, tmp_path: Path) -> None:
    for night in range(MOST_TRIES):
        run_stages(request_of(), f"n{night}", met_by(CRASH))
    (tmp_path / "in" / "poison.mp4").write_text("mended")
    summary = run_stages(request_of(), "last", met_by(CRASH))
    assert statuses(summary)["poison.mp4"] == "failed"


def test_a_file_that_says_what_is_wrong_is_never_suspected(request_of) -> None:
    for night in range(MOST_TRIES + 1):
        summary = run_stages(request_of(), f"n{night}", met_by(SourceError("poison.mp4: is bad")))
    assert statuses(summary)["poison.mp4"] == "failed"
    assert not suspects(request_of().archive)


KILLER = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from flows.request import ArchiveRequest
from flows.run import run_stages
from flows.runner import opened_runner
from flows.settings import RunSettings
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings

def main():
    settings = StabilizeSettings(motion=MotionSettings(EstimatorName.TRACKS))
    source, out, run = Path(sys.argv[1]), Path(sys.argv[2]), RunSettings(slots=1)
    request = ArchiveRequest((source,), out, settings, run)
    with opened_runner(run) as runner:

        def submit(stage, clip):
            if clip.video == "poison.mp4" and stage.makes.name == "motion":
                os.kill(os.getpid(), signal.SIGKILL)
            return runner.submit(stage, clip)

        print(run_stages(request, sys.argv[3], replace(runner, submit=submit)).to_json())

if __name__ == "__main__":
    main()
"""


@pytest.mark.slow
def test_a_file_that_takes_the_whole_run_with_it(
    tmp_path: Path, small_clip: Path, other_clip: Path
) -> None:
    """The run is really killed, each night at the same file; then the night goes on without it."""
    source, out, script = tmp_path / "in", tmp_path / "out", tmp_path / "killer.py"
    source.mkdir()
    script.write_text(KILLER)
    shutil.copyfile(small_clip, source / "poison.mp4")
    shutil.copyfile(other_clip, source / "zebra.mp4")

    def night(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, script, source, out, name]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)

    for name in "abc"[:MOST_TRIES]:
        assert night(name).returncode == -signal.SIGKILL
    last = night("last")
    assert last.returncode == 0, last.stderr
    ends = {one["video"]: one["status"] for one in json.loads(last.stdout)["outcomes"]}
    assert ends == {"poison.mp4": "quarantined", "zebra.mp4": "done"}
    assert (out / "zebra.mp4").exists()
