"""SQL over an archive: the cookbook's answers, and what a query cannot do."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gfn_core.audit.shake import shake_px
from gfn_core.errors import SettingsError
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.store.archive import Archive
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import save_motion
from gfn_core.store.published import CurrentArtifacts, publish
from gfn_core.store.query import query, videos_where
from gfn_core.store.trajectory_table import save_trajectory
from tasks.clip import MOTION, TRAJECTORY
from tasks.smooth import smooth_motion

COOKBOOK = (Path(__file__).parents[2] / "docs" / "audit.md").read_text().split("## Cookbook")[1]
RATE, FRAMES = 30, 240
GEOMETRY = FrameGeometry(1280, 720)


def motion_of(x: np.ndarray, confidence: float = 0.9, cuts: tuple[int, ...] = ()) -> Motion:
    """A camera whose picture lies at `x` (N,), half-widths."""
    homography = np.tile(np.eye(3), (FRAMES, 1, 1))
    homography[1:, 0, 2] = np.diff(x)
    start = np.isin(np.arange(FRAMES), (0, *cuts))
    homography[start] = np.eye(3)
    time, one = np.arange(FRAMES), np.ones(FRAMES)
    return Motion(
        *(GEOMETRY, time, time / RATE, homography, start, confidence * one, one, one),
        *(0 * one, 0.1 * one, 0 * one),
        dct=np.zeros((FRAMES, 0)),
    )


CLIPS = {
    "calm.mp4": motion_of(np.zeros(FRAMES)),
    "holiday/pan.mp4": motion_of(0.3 * np.arange(FRAMES) / RATE),
    "holiday/shaky.mp4": motion_of(0.02 * np.sin(np.arange(FRAMES) * 1.1)),
    "cut.mp4": motion_of(0.001 * np.sin(np.arange(FRAMES) * 0.5), cuts=(60, 120)),
    "fog's end.mp4": motion_of(0.003 * np.sin(np.arange(FRAMES)), confidence=0.3),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = Archive(tmp_path_factory.mktemp("archive"))
    settings = StabilizeSettings(smoothing=StageOneSettings(crop=0.8))
    for index, (video, motion) in enumerate(CLIPS.items()):
        tables = MOTION.artifact(video), TRAJECTORY.artifact(video)
        facts = {"source_sha256": f"{index // 2:064}", "estimator": "tracks", "software": "gfn 0"}
        for table in tables:
            made.path(table).parent.mkdir(parents=True, exist_ok=True)
        save_motion(
            made.path(tables[0]), motion, facts | {"weights_sha256": "old"[: 3 * (index % 2)]}
        )
        trajectory = smooth_motion(motion, settings.smoothing)
        facts = {"settings": plain(settings.smoothing), "software": "gfn 0"}
        save_trajectory(made.path(tables[1]), trajectory, motion, facts)
        current = CurrentArtifacts(video, video, tables, f"/in/{video}", plain(settings))
        publish(made, current, Path("unused"))
        before, after = shake_px(motion, trajectory)
        page = made.view("report", video, ".html")
        page.parent.mkdir(parents=True, exist_ok=True)
        card = {"treatment": "stabilized", "shake_before_px": before, "shake_after_px": after}
        page.write_text(f'<script type="application/json" id="card">{json.dumps(card)}</script>')
    return made


def recipe(title: str) -> str:
    return COOKBOOK.split(f"**{title}", 1)[1].split("```sql\n", 1)[1].split("```", 1)[0]


def rows(archive: Archive, title: str) -> list[dict[str, Any]]:
    return query(archive, recipe(title)).to_pylist()


def test_the_cookbook_has_ten_questions() -> None:
    assert COOKBOOK.count("```sql") == len(re.findall(r"^\*\*", COOKBOOK, re.MULTILINE)) == 10


def test_shakiest(archive: Archive) -> None:
    found = rows(archive, "The ten shakiest clips")
    assert [row["video"] for row in found[:2]] == ["holiday/shaky.mp4", "fog's end.mp4"]
    expected = 960 * np.abs(np.diff(0.02 * np.sin(np.arange(FRAMES) * 1.1), 2)).mean()
    assert found[0]["acceleration_px"] == pytest.approx(expected, rel=0.01)
    assert found[-1]["acceleration_px"] == 0


def test_least_gained(archive: Archive) -> None:
    found = rows(archive, "Where was least gained?")
    assert {row["video"] for row in found} == {"holiday/shaky.mp4", "fog's end.mp4", "cut.mp4"}
    left_over = [row["left_over"] for row in found]
    assert left_over == sorted(left_over, reverse=True)
    assert 0 < found[-1]["left_over"] < 0.5


def test_doubtful(archive: Archive) -> None:
    (row,) = rows(archive, "Which clips are doubtful?")
    assert row == {
        "video": "fog's end.mp4",
        "confidence": pytest.approx(0.3),
        "doubtful_share": 1.0,
    }
    seconds = rows(archive, "Where in them?")
    assert [row["second"] for row in seconds] == list(range(FRAMES // RATE))


def test_weights(archive: Archive) -> None:
    found = {row["weights"]: row["clips"] for row in rows(archive, "What was made with which")}
    assert found == {"": 3, "old": 2}


def test_minutes_of_pan(archive: Archive) -> None:
    (row,) = rows(archive, "Minutes of pan")
    assert row["video"] == "holiday/pan.mp4"
    assert row["minutes"] == pytest.approx((FRAMES - 1) / RATE / 60)


def test_sizes(archive: Archive) -> None:
    (row,) = rows(archive, "How much footage")
    assert (row["width_px"], row["height_px"], row["clips"]) == (1280, 720, 5)
    assert row["hours"] == pytest.approx(5 * (FRAMES - 1) / RATE / 3600)


def test_cuts(archive: Archive) -> None:
    (row,) = rows(archive, "Which clips are cut")
    assert (row["video"], row["shots"]) == ("cut.mp4", 3)


def test_a_milder_crop(archive: Archive) -> None:
    found = {row["video"] for row in rows(archive, "Where would a milder crop do?")}
    assert "calm.mp4" in found
    assert all(np.abs(CLIPS[v].homography[:, 0, 2]).max() < 0.03 for v in found)


def test_twice(archive: Archive) -> None:
    found = sorted(row["videos"] for row in rows(archive, "Which sources are there twice?"))
    assert found == [["calm.mp4", "holiday/pan.mp4"], ["cut.mp4", "holiday/shaky.mp4"]]


def python_answer(archive: Archive, number: int) -> Any:
    code = COOKBOOK.split("```python\n")[number].split("```")[0]
    scope: dict[str, Any] = {"OUT": archive.root}
    exec(code, scope)
    return scope["answer"]


def test_pandas_says_the_same(archive: Archive) -> None:
    found = python_answer(archive, 1)
    expected = {row["video"]: row["acceleration_px"] for row in rows(archive, "The ten shakiest")}
    assert list(found.index[:2]) == list(expected)[:2]
    assert found.to_dict() == pytest.approx(expected)


def test_pyarrow_says_the_same(archive: Archive) -> None:
    assert python_answer(archive, 2).column("video").to_pylist() == ["fog's end.mp4"]


@pytest.mark.parametrize(
    "sql",
    [
        "copy motion to 'stolen.csv'",
        "create table t as select 1",
        "attach 'other.db'",
        "install httpfs",
        "set enable_external_access = true",
        "select 1; select 2",
        "select * from read_text('/etc/hostname')",
        "select * from '/etc/hostname'",
        "select * from glob('/*')",
        "select * from archive",
        "nonsense",
        "",
    ],
)
def test_only_a_select_over_the_tables(
    archive: Archive, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError):
        query(archive, sql)
    assert not list(tmp_path.iterdir())


def test_a_name_with_a_quote(archive: Archive) -> None:
    assert videos_where(archive, "video = 'fog''s end.mp4'") == {"fog's end.mp4"}
