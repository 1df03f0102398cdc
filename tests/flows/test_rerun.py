"""What is executed again, and what is not: counted by the stages that each run reports."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from flows.archive_audit import ArchiveAudit
from flows.outcome import Outcome
from flows.request import ArchiveRequest, plan_archive
from flows.run import stabilize_plainly
from flows.settings import RunSettings
from gfn_core.audit.finding import Severity
from gfn_core.errors import GfnError
from gfn_core.smoothing.settings import StageOneSettings
from tasks.render import render
from tasks.report import report
from tasks.smooth import smooth
from tests.tracks_settings import TRACKS


class Collection:
    """Two clips in a tree, and the runs over it."""

    def __init__(self, request: ArchiveRequest) -> None:
        (self.source,), self.out, self.settings = request.sources, request.out, request.settings
        self.runs = 0

    def request(self, crop: float = 0.9) -> ArchiveRequest:
        settings = replace(self.settings, smoothing=StageOneSettings(crop=crop))
        return ArchiveRequest((self.source,), self.out, settings)

    def run(self, crop: float = 0.9) -> dict[str, Outcome]:
        self.runs += 1
        summary = stabilize_plainly(self.request(crop), f"run{self.runs}")
        return {outcome.video: outcome for outcome in summary.outcomes}

    def executed(self, crop: float = 0.9) -> dict[str, tuple[str, ...]]:
        outcomes = self.run(crop)
        assert not [outcome.error for outcome in outcomes.values() if outcome.error]
        return {video: outcome.executed for video, outcome in outcomes.items()}


@pytest.fixture
def collection(finished: ArchiveRequest) -> Collection:
    return Collection(finished)


def test_a_first_run_executes_all(small_clip: Path, tmp_path: Path) -> None:
    summary = stabilize_plainly(ArchiveRequest((small_clip,), tmp_path, TRACKS), "only")
    stages = ("probe", "motion", "trajectory", "render", "report")
    assert [outcome.executed for outcome in summary.outcomes] == [stages]


def test_a_second_run_executes_nothing(collection: Collection) -> None:
    outcomes = collection.run()
    assert {outcome.status for outcome in outcomes.values()} == {"up to date"}
    assert all(outcome.executed == () for outcome in outcomes.values())
    assert not any(item.missing for item in plan_archive(collection.request()))


def test_a_new_crop_executes_what_follows_from_it(collection: Collection) -> None:
    expected = ("trajectory", "render", "report")
    assert set(collection.executed(0.8).values()) == {expected}
    # back again: motion and trajectory are there, video and published tables are not
    assert set(collection.executed(0.9).values()) == {("render", "report")}


@pytest.mark.parametrize("stage", ["motion", "trajectory", "render", "report"])
def test_a_deleted_artifact_is_made_again_alone(collection: Collection, stage: str) -> None:
    first = next(p.clip for p in plan_archive(collection.request()) if p.clip.video == "first.mp4")
    probe = first.archive.path(first.probe).read_text()
    key = getattr(first.chain(probe.split('"sha256": "')[1][:64]), stage)
    first.archive.path(key).unlink()
    assert collection.executed() == {"first.mp4": (stage,), "sub/second.mp4": ()}
    assert first.archive.has(key)


def test_a_deleted_video_is_rendered_again(collection: Collection) -> None:
    (collection.out / "first.mp4").unlink()
    assert collection.executed() == {"first.mp4": ("render",), "sub/second.mp4": ()}
    assert (collection.out / "first.mp4").exists()


def test_a_changed_source_under_the_same_name_is_noticed(
    collection: Collection, other_clip: Path
) -> None:
    shutil.copyfile(other_clip, collection.source / "first.mp4")
    executed = collection.executed()
    # its content is known from second.mp4, so motion and smoothing are there already
    assert executed == {"first.mp4": ("probe", "render", "report"), "sub/second.mp4": ()}


def test_an_edit_that_hides_its_time_is_noticed(collection: Collection) -> None:
    source = collection.source / "first.mp4"
    stat = source.stat()
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 1
    source.write_bytes(content)
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert collection.executed()["first.mp4"][:2] == ("probe", "motion")


def test_a_touched_source_costs_a_probe(collection: Collection) -> None:
    os.utime(collection.source / "first.mp4")
    assert collection.executed() == {"first.mp4": ("probe",), "sub/second.mp4": ()}


def test_a_foreign_file_at_the_outputs_name_is_kept(collection: Collection) -> None:
    output = collection.out / "first.mp4"
    output.write_bytes(b"the owner's own cut")
    outcome = collection.run()["first.mp4"]
    assert outcome.status == "failed"
    assert "not ours to replace" in outcome.error
    assert output.read_bytes() == b"the owner's own cut"


def test_of_two_runs_at_once_the_page_is_that_of_the_video(collection: Collection) -> None:
    """Stages of two runs in turns: the second puts its video over that of the first."""
    runs = [plan_archive(collection.request(crop))[0].clip for crop in (0.8, 0.7)]
    for clip in runs:
        smooth(clip)
        render(clip)
    first, second = runs
    with pytest.raises(GfnError, match="another run has put its own there"):
        report(first)
    report(second)
    found = ArchiveAudit(second.archive).findings()
    assert [f.code for f in found if f.severity > Severity.INFO and f.clip == second.video] == []
    assert plan_archive(collection.request(0.7))[0].missing == ()


def test_another_source_of_the_same_name_is_refused_unless_by_force(
    tmp_path: Path, small_clip: Path, other_clip: Path
) -> None:
    out = tmp_path / "out"
    for name, clip in (("one", small_clip), ("copy", small_clip), ("two", other_clip)):
        (tmp_path / name).mkdir()
        shutil.copyfile(clip, tmp_path / name / "v.mp4")

    def run(name: str, **options: bool) -> Outcome:
        settings = RunSettings(**options)
        request = ArchiveRequest((tmp_path / name,), out, TRACKS, settings)
        return stabilize_plainly(request, name).outcomes[0]

    run("one")
    made = (out / "v.mp4").read_bytes()
    refused = run("two")
    assert f"v.mp4 is in this archive already, of {tmp_path}/one/v.mp4" in refused.error
    assert (out / "v.mp4").read_bytes() == made
    assert run("copy").error == ""  # the same video from elsewhere
    shutil.rmtree(tmp_path / "copy")
    assert run("two").error == ""  # the other one is gone
    assert (out / "v.mp4").read_bytes() != made
    assert "already" in run("one").error
    assert run("one", force=True).error == ""
    assert (out / "v.mp4").read_bytes() == made
