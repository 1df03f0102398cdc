"""What past runs tell of the next one."""

from pathlib import Path

import pytest

from flows.estimate import Estimate, duration, estimate, size
from flows.footage import Footage
from flows.ledger import note_run
from flows.outcome import Outcome, RunSummary
from flows.pace import Pace
from flows.plan import PlannedClip
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from tasks.clip import Clip

FOOTAGE = Footage(frames=100, megapixels=2.0, seconds=4.0, source_bytes=1000)
TOOK = {"motion": 10.0, "trajectory": 1.0, "render": 20.0}
DONE = Outcome(
    "a.mp4",
    "done",
    seconds=TOOK,
    footage=FOOTAGE,
    output_bytes=500,
    stored_bytes=200,
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path / "out")
    note_run(archive, "20260101T000000Z-1", RunSummary((DONE,), 31.0))
    return archive


def planned(archive: Archive, name: str, size_bytes: int, *missing: str) -> PlannedClip:
    source = archive.root / name
    source.write_bytes(bytes(size_bytes))
    return PlannedClip(Clip(archive, source, name, StabilizeSettings()), missing)


def test_a_clip_like_the_last_takes_as_long(archive: Archive) -> None:
    pace = Pace.of_past_runs(archive)
    assert {stage: pace.stage_seconds(stage, FOOTAGE) for stage in TOOK} == TOOK


def test_pixels_count_for_motion_and_not_for_smoothing(archive: Archive) -> None:
    pace = Pace.of_past_runs(archive)
    larger = Footage(frames=100, megapixels=8.0)
    assert pace.stage_seconds("motion", larger) == 40.0
    assert pace.stage_seconds("trajectory", larger) == 1.0
    assert pace.stage_seconds("report", larger) is None


def test_a_file_never_seen_is_guessed_by_its_size(archive: Archive) -> None:
    todo = [planned(archive, "new.mp4", 3000, "motion", "trajectory", "render")]
    told = estimate(archive, todo, 1, Pace.of_past_runs(archive))
    assert told.footage_seconds == pytest.approx(12.0)
    assert told.seconds == pytest.approx(93.0)
    assert told.new_bytes == pytest.approx(2100)
    assert estimate(archive, todo, 2, Pace.of_past_runs(archive)).seconds == pytest.approx(46.5)


def test_what_is_there_costs_nothing(archive: Archive) -> None:
    done, todo = planned(archive, "b.mp4", 1000), planned(archive, "c.mp4", 1000, "render")
    told = estimate(archive, [done, todo], 1, Pace.of_past_runs(archive))
    assert (told.clips, told.seconds) == (1, pytest.approx(20.0))


def test_without_a_past_nothing_is_claimed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    told = estimate(archive, [planned(archive, "a.mp4", 10, "motion")], 1, Pace())
    assert (told.clips, told.seconds, told.new_bytes) == (1, None, None)
    assert "time unknown" in str(told)


def test_it_learns_from_failures_what_their_stages_took() -> None:
    pace = Pace()
    pace.learn(Outcome("a.mp4", "failed", seconds={"motion": 10.0}, footage=FOOTAGE, error="bad"))
    assert pace.stage_seconds("motion", FOOTAGE) == 10.0
    assert pace.new_bytes(("render",), FOOTAGE) is None


def test_a_disk_that_is_too_small_is_named() -> None:
    told = Estimate(1, 1.0, 1.0, new_bytes=2e9, free_bytes=10**9)
    assert "THE DISK WILL NOT HOLD IT" in str(told)
    assert "2 GB of 1 GB free" in str(told)


def test_figures_read_well() -> None:
    assert [duration(s) for s in (5, 59.6, 3599, 7230)] == [
        "0:00:05",
        "0:01:00",
        "0:59:59",
        "2:00:00",
    ]
    assert [size(b) for b in (5, 1500, 2.5e12)] == ["5 B", "1.5 kB", "2.5 TB"]
