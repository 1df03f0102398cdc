"""A sweep over a small store that no video belongs to: it needs none."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.sweep import SweepRequest, sweep
from gfn_core.errors import SettingsError
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.style import Style
from gfn_core.store.archive import Archive
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import save_motion
from gfn_core.store.published import CurrentArtifacts, publish
from gfn_core.synthetic.camera_path import shaky_path
from tasks.clip import MOTION

CROPS = (0.7, 0.8, 0.95)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    archive, time, sure = Archive(tmp_path / "out"), np.arange(90), np.ones(90)
    for seed, video in enumerate(("a.mp4", "sub/b.mp4", "sub/$c.mp4")):
        homography = shaky_path(90, 30, seed).true_motion
        motion = Motion(
            *(FrameGeometry(640, 360), time, time / 30, homography, time == 0, *[sure] * 6),
            dct=np.zeros((90, 0)),
        )
        table = MOTION.artifact(video)
        archive.path(table).parent.mkdir(parents=True, exist_ok=True)
        save_motion(archive.path(table), motion, {"source_sha256": video})
        settings = plain(StabilizeSettings())
        publish(archive, CurrentArtifacts(video, video, (table,), "", settings), Path())
    return tmp_path / "out"


def test_processes_find_what_one_finds(out: Path) -> None:
    jobs = SweepRequest(out, CROPS).jobs()
    alone = {clip.video: clip for clip in sweep(jobs, slots=1)}
    assert {clip.video: clip for clip in sweep(jobs, slots=2)} == alone
    for clip in alone.values():
        assert [each.window for each in clip.by_crop] == list(CROPS)
        lost = [each.lost_view for each in clip.by_crop]
        assert lost == sorted(lost, reverse=True)
        assert clip.shake_left[0] < 0.5 * clip.shake_left[-1] < 0.5


def test_a_style_may_be_tried(out: Path) -> None:
    usual, tripod = (
        SweepRequest(out, CROPS, style=style).jobs()[0].smoothing for style in (None, Style.TRIPOD)
    )
    assert Style.of(usual) is Style.STEADY
    assert Style.of(tripod) is Style.TRIPOD


def test_a_damaged_clip_costs_itself_alone(out: Path) -> None:
    jobs = SweepRequest(out, CROPS).jobs()
    jobs[1] = replace(jobs[1], motion=out / "nowhere")
    errors = [bool(clip.error) for clip in sweep(jobs, slots=1)]
    assert errors == [False, True, False]


def test_the_command_tells_and_draws(out: Path) -> None:
    words = ["sweep", str(out), "--crop", "0.7,0.8,0.95", "--only", "sub/*", "--json", "--quiet"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["knee"] in CROPS
    assert [clip["video"] for clip in answer["clips"]] == ["sub/$c.mp4", "sub/b.mp4"]
    plot = (out / "gfn/report/sweep.svg").read_text()
    assert plot.startswith("<?xml")


@pytest.mark.parametrize("crops", [(), (0.8, 1.2), (0.1,)])
def test_crops_that_cannot_be(out: Path, crops: tuple[float, ...]) -> None:
    with pytest.raises(SettingsError):
        SweepRequest(out, crops)
