"""Local motion through the whole chain: measured, published, listed, drawn, audited."""

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from flows.cli import app
from gfn_core.media.rgb_video import write_rgb_video
from tests.conftest import FRAME_RATE, GEOMETRY, shaky_pictures

FRAMES = 36
SIZE = (GEOMETRY.width, GEOMETRY.height)
OBJECT_PX = 80
SPEED_PX = 4  # a frame, to the right


def gfn(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout


def crossed(pictures, texture):
    """The same pictures, with a textured square that moves to the right across the middle."""
    for index, picture in enumerate(pictures):
        left, top = 20 + SPEED_PX * index, 50
        shown = picture.copy()
        shown[top : top + OBJECT_PX, left : left + OBJECT_PX] = texture
        yield shown


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two clips by a shaky camera: nothing moves in one, a square in the other."""
    folder = tmp_path_factory.mktemp("activity")
    source = folder / "in"
    (source / "sub").mkdir(parents=True)
    rng = np.random.default_rng(5)
    texture = cv2.resize(rng.integers(0, 256, (16, 16, 3), np.uint8), (OBJECT_PX, OBJECT_PX))
    still = list(shaky_pictures(7, FRAMES))
    write_rgb_video(source / "still.mp4", still, SIZE, FRAME_RATE)
    write_rgb_video(source / "sub" / "mover.mp4", crossed(still, texture), SIZE, FRAME_RATE)
    gfn("stabilize", source, folder / "out", "--local-motion", "--estimator", "tracks", *QUICK)
    return folder / "out"


QUICK = ("--no-prefect", "--quiet", "--preset", "ultrafast", "--slots", 1)


def test_what_moves_is_told_from_the_camera(out: Path) -> None:
    table = pd.read_parquet(out / "gfn" / "activity")
    still, mover = (
        table[table.video == name].reset_index(drop=True) for name in ("still.mp4", "sub/mover.mp4")
    )
    assert len(still) == len(mover) == FRAMES
    level = [(rows.moving_share * rows.mean_speed).mean() for rows in (still, mover)]
    assert level[0] < 0.1 * level[1]
    seen = mover[mover.moving_share > 0]
    assert len(seen) > FRAMES / 2
    motion = pd.read_parquet(out / "gfn" / "motion" / "sub" / "mover.mp4.parquet")
    own = SPEED_PX / (GEOMETRY.width / 2) - motion.translation_x, -motion.translation_y
    true_speed = np.hypot(*own) * FRAME_RATE  # the square moves in the frame, the camera apart
    looks = [frame for frame in seen.frame_index if frame % 3 == 1]
    ratio = seen.mean_speed[looks] / true_speed[looks]
    assert ratio.median() == pytest.approx(1, abs=0.3)
    assert seen.moving_share.median() == pytest.approx(OBJECT_PX**2 / (SIZE[0] * SIZE[1]), rel=0.6)


def test_where_it_moves(out: Path) -> None:
    table = pd.read_parquet(out / "gfn" / "activity" / "sub" / "mover.mp4.parquet")
    across = np.stack(table.velocity_x).reshape(-1, 9, 16)
    rightwards = across.mean(axis=0)
    row, _ = np.unravel_index(rightwards.argmax(), rightwards.shape)
    assert 2 <= row <= 6  # the square's way
    columns = [np.unravel_index(grid.argmax(), grid.shape)[1] for grid in across if grid.any()]
    assert columns[-1] > columns[0]


def test_most_active_clips_come_first_and_all_rows_are_exported(out: Path, tmp_path: Path) -> None:
    rows = json.loads(gfn("activity", out, "--export", tmp_path / "all.parquet", "--json"))
    assert [row["video"] for row in rows] == ["sub/mover.mp4", "still.mp4"]
    assert rows[0]["level"] > rows[1]["level"]
    assert len(pd.read_parquet(tmp_path / "all.parquet")) == 2 * FRAMES
    again = CliRunner().invoke(app, ["activity", str(out), "--export", f"{tmp_path}/all.parquet"])
    assert "is there already" in str(again.exception)
    assert (out / "gfn" / "report" / "activity.svg").read_text().startswith("<?xml")


def test_an_overlay_shows_colour_where_something_moves(out: Path, tmp_path: Path) -> None:
    gfn("activity", out, "--only", "sub/*", "--overlay", tmp_path, "--quiet")
    with av.open(str(tmp_path / "sub" / "mover.mp4.mp4")) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(pictures) == FRAMES
    colour = np.ptp(pictures[FRAMES // 2].astype(int), axis=-1)
    assert colour.max() > 60
    assert np.median(colour) < 12  # the rest stays gray


def test_sql_sees_it_and_an_audit_finds_it_whole(out: Path) -> None:
    sql = "select video, max(peak_speed) as peak from activity group by video order by peak desc"
    rows = json.loads(gfn("query", out, sql, "--json"))
    assert rows[0]["video"] == "sub/mover.mp4"
    for command in (("activity", out), ("sweep", out, "--crop", "0.9")):
        gfn(*command, "--quiet")  # each writes into the archive
    found = json.loads(CliRunner().invoke(app, ["audit", str(out), "--json"]).stdout)
    codes = {finding["code"] for finding in found["findings"]}
    broken = {"missing", "altered", "truncated", "outdated", "orphan", "missing-column"}
    assert not codes & {*broken, "foreign-file"}


def test_nothing_is_done_twice(out: Path) -> None:
    source = out.parent / "in"
    again = ("stabilize", source, out, "--local-motion", "--estimator", "tracks", *QUICK)
    planned = json.loads(gfn(*again, "--dry-run", "--json"))
    assert [clip["missing"] for clip in planned] == [[], []]


def test_an_archive_without_local_motion_says_so(out: Path, tmp_path: Path) -> None:
    source = out.parent / "in" / "still.mp4"
    gfn("stabilize", source, tmp_path, "--estimator", "tracks", *QUICK)
    result = CliRunner().invoke(app, ["activity", str(tmp_path)])
    assert result.exit_code != 0
    assert "--local-motion" in str(result.exception)


def test_the_estimator_glocal_stabilizes(out: Path, tmp_path: Path) -> None:
    source = out.parent / "in" / "still.mp4"
    gfn("stabilize", source, tmp_path, "--estimator", "glocal", *QUICK)
    motion = pd.read_parquet(tmp_path / "gfn" / "motion")
    reference = pd.read_parquet(out / "gfn" / "motion" / "still.mp4.parquet")
    for name in ("translation_x", "translation_y", "rotation_rad", "log_scale"):
        np.testing.assert_allclose(motion[name], reference[name], atol=2e-3)
    assert motion.confidence.mean() > 0.8
