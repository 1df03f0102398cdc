"""The journal of a run: what it did, whether it lives, and what it was doing when it was killed."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from flows.cli import app
from flows.footage import Footage
from flows.morning import morning_of, write_morning_page
from flows.outcome import Outcome
from flows.run_log import RunLog, killed_runs, log_path, read_run_log, run_log
from flows.status import status_of
from gfn_core.errors import GfnError
from gfn_core.store.archive import Archive
from gfn_core.store.inventory import inventory
from gfn_core.store.journal import Journal, read_journal

FOOTAGE = Footage(frames=100, megapixels=2.0, seconds=1800.0, source_bytes=1000)
DONE = Outcome(
    "a.mp4",
    "done",
    executed=("motion", "render"),
    seconds={"motion": 5.0, "render": 12.5},
    footage=FOOTAGE,
    output_bytes=700,
    stored_bytes=50,
)
FAILED = Outcome("<b>bad</b>.mp4", "failed", error="<b>bad</b>.mp4: is no video")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def logged(archive: Archive, run_id: str, *outcomes: Outcome) -> None:
    with run_log(archive, run_id) as log:
        log.begins(clips=5, todo=3, until=None)
        for outcome in outcomes:
            log.clip_ended(outcome)
        log.last_word("ended", seconds=1.0)


def test_what_is_written_is_read(archive: Archive) -> None:
    logged(archive, "one", DONE, FAILED)
    run = read_run_log(log_path(archive, "one"))
    assert (run.clips, run.todo, run.outcomes) == (5, 3, [DONE, FAILED])
    assert (run.is_alive, run.end, run.was_killed) == (False, "ended", False)


def test_a_torn_last_line_is_passed_over(archive: Archive) -> None:
    logged(archive, "one", DONE)
    path = log_path(archive, "one")
    lines = len(read_journal(path))
    path.write_bytes(path.read_bytes()[:-10])
    assert len(read_journal(path)) == lines - 1


def test_an_error_is_an_interruption(archive: Archive) -> None:
    with pytest.raises(KeyboardInterrupt), run_log(archive, "one"):
        raise KeyboardInterrupt
    assert read_run_log(log_path(archive, "one")).end == "interrupted"
    assert not list(killed_runs(archive))


VICTIM = """
import sys, time
from pathlib import Path
from flows.run_log import RunLog
from gfn_core.store.archive import Archive

log = RunLog(Archive(Path(sys.argv[1])), "victim")
log.begins(clips=2, todo=2, until=None)
log._journal.note("stage", video="a.mp4", stage="motion", state="s" * 32)
print("ready", flush=True)
time.sleep(600)
"""


def test_a_killed_run_is_told_from_one_that_lives(archive: Archive) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(archive.root)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        (alive,) = status_of(archive, datetime.now(UTC)).runs
        assert (alive.how, [one.stage for one in alive.working_on]) == ("goes on", ["motion"])
        assert not list(killed_runs(archive))
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    assert [path.stem for path in killed_runs(archive)] == ["victim"]
    (dead,) = status_of(archive, datetime.now(UTC)).runs
    assert (dead.how, dead.working_on) == ("killed", ())
    night = morning_of(archive, datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC))
    assert night.killed_runs == ("victim",)


def test_a_tripod_shot_is_no_doubt_and_a_worse_clip_is(archive: Archive) -> None:
    untouched = replace(DONE, notes=("untouched: copied as it is", "left out: tag handler"))
    logged(archive, "one", untouched, replace(DONE, video="w.mp4", notes=("stage 1 alone: ...",)))
    now = datetime.now(UTC)
    night = morning_of(archive, now - timedelta(hours=1), now)
    assert [clip.video for clip in night.doubtful] == ["w.mp4"]


def test_the_night_is_summed_up(archive: Archive) -> None:
    logged(archive, "one", FAILED, Outcome("c.mp4", "deferred", error="c.mp4: motion takes long"))
    logged(archive, "two", DONE)
    now = datetime.now(UTC)
    night = morning_of(archive, now - timedelta(hours=1), now)
    assert (night.runs, night.done, night.up_to_date) == (2, ("a.mp4",), 2)
    assert [clip.video for clip in night.failed] == [FAILED.video]
    assert [clip.video for clip in night.deferred] == ["c.mp4"]
    assert night.footage_seconds == 1800
    assert [(s.stage, s.seconds, s.slowest_video) for s in night.stages] == [
        ("render", 12.5, "a.mp4"),
        ("motion", 5.0, "a.mp4"),
    ]
    assert (night.output_bytes, night.stored_bytes) == (700, 50)
    later = morning_of(archive, now + timedelta(hours=1), now + timedelta(hours=2))
    assert later.runs == 0


def test_a_killed_run_counts_when_it_was_and_not_when_it_is_buried(archive: Archive) -> None:
    path = log_path(archive, "friday")
    with closing(Journal(path)) as journal:
        journal.note("began", clips=1, todo=1, until=None, pid=1, host="x", software="gfn")
        journal.note("clip", **asdict(DONE))
    died = datetime.now(UTC)
    with closing(Journal(path)) as journal:
        journal.note("buried")
    assert morning_of(archive, died + timedelta(seconds=1), died + timedelta(days=3)).runs == 0
    assert morning_of(archive, died - timedelta(hours=1), died).done == ("a.mp4",)


def test_a_clip_that_failed_and_was_then_done_is_done(archive: Archive) -> None:
    logged(archive, "one", Outcome("a.mp4", "failed", error="a.mp4: bad"))
    logged(archive, "two", DONE)
    now = datetime.now(UTC)
    night = morning_of(archive, now - timedelta(hours=1), now)
    assert (night.done, night.failed) == (("a.mp4",), ())


def test_names_mean_nothing_to_the_page(archive: Archive) -> None:
    logged(archive, "one", FAILED)
    now = datetime.now(UTC)
    page = write_morning_page(archive, morning_of(archive, now - timedelta(hours=1), now))
    text = page.read_text()
    assert "<b>bad</b>" not in text
    assert "&lt;b&gt;bad&lt;/b&gt;.mp4</th><td>is no video" in text


def test_the_figures_are_prometheus_own_format(archive: Archive) -> None:
    logged(archive, "one", DONE, FAILED)
    text = (archive.store / "metrics" / "gfn.prom").read_text()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["gfn_run_clips", "done"] == found["gfn_run_clips", "failed"] == 1
    assert found["gfn_run_stage_seconds_sum", "render"] == 12.5
    assert found["gfn_run_footage_seconds",] == 1800
    assert found["gfn_run_ended",] == 1
    assert found["gfn_run_disk_free_bytes",] > 0


def test_the_commands_say_the_same_as_json(archive: Archive) -> None:
    logged(archive, "one", DONE, FAILED)
    told = CliRunner().invoke(app, ["status", str(archive.root), "--json"])
    assert json.loads(told.stdout)["runs"][0]["counts"] == {"done": 1, "failed": 1}
    told = CliRunner().invoke(app, ["morning", str(archive.root), "--json"])
    assert json.loads(told.stdout)["footage_seconds"] == 1800
    assert json.loads(told.stdout)["stages"][0]["stage"] == "render"


def test_the_commands_read_well(archive: Archive) -> None:
    logged(archive, "one", DONE, FAILED)
    status = CliRunner().invoke(app, ["status", str(archive.root)])
    assert "run one ended: 1 done, 1 failed of 3 clips to do, 5 in all" in status.stdout
    morning = CliRunner().invoke(app, ["morning", str(archive.root)])
    assert "1 done, 2 skipped (up to date), 0 doubtful, 1 failed" in morning.stdout
    assert "failed <b>bad</b>.mp4" in morning.stdout
    assert (archive.store / "report" / "morning.html").exists()


@pytest.mark.parametrize("command", ["status", "morning"])
def test_a_folder_that_is_no_archive_is_named(tmp_path: Path, command: str) -> None:
    told = CliRunner().invoke(app, [command, str(tmp_path / "nothing")])
    assert isinstance(told.exception, GfnError)
    assert "not an archive of gfn" in str(told.exception)


def test_the_audit_knows_all_these_files(archive: Archive) -> None:
    logged(archive, "one", DONE)
    now = datetime.now(UTC)
    write_morning_page(archive, morning_of(archive, now - timedelta(hours=1), now))
    assert {file.role for file in inventory(archive)} == {"run", "metrics", "page"}


def test_a_log_says_at_once_what_is_done(archive: Archive) -> None:
    log = RunLog(archive, "one")
    log.begins(clips=1, todo=1, until=None)
    log.clip_ended(DONE)
    run = read_run_log(log_path(archive, "one"))
    assert (run.is_alive, run.outcomes) == (True, [DONE])
    log.close()
