"""The deadline: nothing is started that would not end, and what is left is left clean."""

import json
import subprocess
import sys
import time
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

import pytest

from flows.deadline import in_time, next_time
from flows.footage import Footage
from flows.outcome import Outcome
from flows.pace import Pace
from flows.plan import PlannedClip
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.settings import RunSettings
from gfn_core.errors import OutOfTime, SettingsError
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.store.archive import Archive
from tasks.clip import Clip, Made
from tasks.motion import motion

TRACKS = StabilizeSettings(motion=MotionSettings(EstimatorName.TRACKS))


@pytest.mark.parametrize(
    ("clock", "now", "expected"),
    [
        ("06:00", "2026-11-21 22:00", "2026-11-22 06:00"),
        ("06:00", "2026-11-22 05:59", "2026-11-22 06:00"),
        ("6:00", "2026-11-22 06:00", "2026-11-23 06:00"),
        ("00:00", "2026-12-31 23:59", "2027-01-01 00:00"),
    ],
)
def test_the_next_time_of_day(clock: str, now: str, expected: str) -> None:
    found = next_time(clock, datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(expected).timestamp()


@pytest.mark.parametrize("clock", ["25:00", "six", "06:00:00", ""])
def test_what_is_no_time_of_day_is_refused(clock: str) -> None:
    with pytest.raises(SettingsError, match="06:00"):
        next_time(clock, datetime.now())


@pytest.mark.parametrize(("seconds_left", "is_begun"), [(5.0, False), (100.0, True)])
def test_a_stage_is_begun_only_if_it_ends_in_time(
    tmp_path: Path, seconds_left: float, is_begun: bool
) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(bytes(1000))
    until = time.time() + seconds_left
    clip = Clip(Archive(tmp_path), source, "a.mp4", TRACKS, until=until)
    pace = Pace()
    footage = Footage(100, 1.0, 4.0, 1000)
    pace.learn(Outcome("a.mp4", "done", seconds={"motion": 30.0}, footage=footage, output_bytes=1))
    begun: list[str] = []

    def submit(stage: object, clip: Clip) -> Future[Made]:
        begun.append(clip.video)
        return Future()

    future = in_time(submit, pace, [PlannedClip(clip, ("motion",))])(motion, clip)
    assert bool(begun) == is_begun
    if not is_begun:
        with pytest.raises(OutOfTime, match=r"motion takes about 0:00:30; the deadline"):
            future.result()
    begun.clear()
    in_time(submit, pace, [PlannedClip(clip, ("render",))])(motion, clip)
    assert begun, "motion is there: it takes no time"


@pytest.mark.slow
def test_a_run_ends_at_its_deadline_and_the_next_goes_on(tmp_path: Path, small_clip: Path) -> None:
    request = ArchiveRequest(
        (small_clip,), tmp_path / "out", TRACKS, RunSettings(until=time.time())
    )
    late = stabilize_plainly(request, "late")
    assert [outcome.status for outcome in late.outcomes] == ["deferred"]
    assert late.exit_code == 4
    assert not (tmp_path / "out" / "small.mp4").exists()
    assert not list((tmp_path / "out" / "gfn" / "tmp").glob("*"))
    whole = ArchiveRequest((small_clip,), tmp_path / "out", TRACKS)
    assert stabilize_plainly(whole, "whole").exit_code == 0
    again = ArchiveRequest(
        (small_clip,), tmp_path / "out", TRACKS, RunSettings(until=time.time() - 1)
    )
    assert stabilize_plainly(again, "again").exit_code == 0, "there was nothing to do"


STOPPED = """
import sys, time
from pathlib import Path
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.settings import RunSettings

if __name__ == "__main__":
    until = time.time() + float(sys.argv[3])
    request = ArchiveRequest((Path(sys.argv[1]),), Path(sys.argv[2]), run=RunSettings(until=until))
    summary = stabilize_plainly(request, "run")
    print(time.time() - until)
    print(summary.to_json())
"""


@pytest.mark.slow
def test_what_runs_at_the_deadline_is_stopped(tmp_path: Path, small_clip: Path) -> None:
    """The pace is unknown, so the stage is begun: the deadline is kept all the same."""
    script = tmp_path / "stopped.py"
    script.write_text(STOPPED)
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, script, small_clip, out, "1.0"],
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    late, _, summary = done.stdout.partition("\n")
    (outcome,) = json.loads(summary)["outcomes"]
    assert outcome["status"] == "deferred"
    assert "deadline" in outcome["error"]
    assert float(late) < 30, "seconds after the deadline"
    assert not list((out / "gfn" / "tmp").glob("*"))
