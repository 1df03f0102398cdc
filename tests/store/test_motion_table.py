"""Motion and trajectories survive the store bit for bit, and others can read them."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest

from gfn_core.errors import ArtifactDamaged
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.store.archive import Archive
from gfn_core.store.keys import Stage
from gfn_core.store.motion_table import SCALARS, load_motion, save_motion
from gfn_core.store.provenance import read_provenance
from gfn_core.store.published import CurrentArtifacts, is_published, publish
from gfn_core.store.trajectory_table import load_trajectory, save_trajectory

GEOMETRY = FrameGeometry(720, 576, Fraction(16, 15))


def some_motion(frames: int, dct: int = 0) -> Motion:
    rng = np.random.default_rng(frames)
    homography = np.eye(3) + 0.01 * rng.standard_normal((frames, 3, 3))
    homography /= homography[:, 2:, 2:]
    start = np.arange(frames) % 5 == 0
    homography[start] = np.eye(3)
    scalars = {name: rng.random(frames).astype(np.float32).astype(float) for name in SCALARS}
    return Motion(
        geometry=GEOMETRY,
        pts=np.arange(frames) * 512 - 1024,
        pts_seconds=np.arange(frames) / 25 - 0.08,
        homography=homography,
        shot_start=start,
        dct=rng.random((frames, dct)).astype(np.float32).astype(float),
        **scalars,
    )


@pytest.mark.parametrize(("frames", "dct"), [(1, 0), (7, 0), (12, 32)])
def test_motion_round_trip(tmp_path: Path, frames: int, dct: int) -> None:
    motion = some_motion(frames, dct)
    save_motion(tmp_path / "m.parquet", motion, {"estimator": "tracks"})
    back = load_motion(tmp_path / "m.parquet")
    assert back.geometry == motion.geometry
    for name in ("pts", "pts_seconds", "homography", "shot_start", "dct", *SCALARS):
        np.testing.assert_array_equal(getattr(back, name), getattr(motion, name), err_msg=name)
    assert read_provenance(tmp_path / "m.parquet")["estimator"] == "tracks"


def test_trajectory_round_trip_and_path(tmp_path: Path) -> None:
    motion = some_motion(11)
    rng = np.random.default_rng(0)
    correction = Similarity(
        1 + 0.01 * (rng.standard_normal(11) + 1j * rng.standard_normal(11)),
        0.02 * (rng.standard_normal(11) + 1j * rng.standard_normal(11)),
    )
    residual = 0.01 * rng.standard_normal((11, 4))
    trajectory = Trajectory(GEOMETRY, 0.9, correction, residual)
    save_trajectory(tmp_path / "t.parquet", trajectory, motion, {})
    back = load_trajectory(tmp_path / "t.parquet")
    np.testing.assert_array_equal(back.residual, residual)
    assert (back.geometry, back.window) == (GEOMETRY, 0.9)
    np.testing.assert_allclose(back.correction.linear, correction.linear, atol=1e-15)
    np.testing.assert_allclose(back.correction.translation, correction.translation, atol=1e-15)

    # the documented relation: correction after the smooth path is the camera's path
    table = pd.read_parquet(tmp_path / "t.parquet")
    smooth = Similarity.from_parameters(
        *(table[f"path_{n}"].to_numpy() for n in ("translation_x", "translation_y")),
        table["path_rotation_rad"].to_numpy(),
        table["path_log_scale"].to_numpy(),
    )
    camera = back.correction @ smooth
    step = camera[1:] @ camera[:-1].inverse()
    inside = ~motion.shot_start[1:]
    np.testing.assert_allclose(
        step.matrix[inside], motion.similarity[1:].matrix[inside], atol=1e-12
    )


@pytest.mark.parametrize("cut", [0, 10, 500])
def test_a_truncated_table_is_named(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "m.parquet"
    save_motion(path, some_motion(7), {})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ArtifactDamaged, match=r"m\.parquet"):
        load_motion(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.parquet"
    save_motion(path, some_motion(7), {})
    pd.read_parquet(path).drop(columns="homography").to_parquet(path)
    with pytest.raises(ArtifactDamaged, match="homography"):
        load_motion(path)


def test_a_published_archive_reads_as_one_table(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    stage = Stage("motion", version=1, suffix=".parquet")
    for video, frames in (("a/one.mp4", 7), ("two.mov", 12)):
        artifact = stage.artifact(video)
        with archive.claim(artifact) as unfinished:
            assert unfinished is not None
            save_motion(unfinished, some_motion(frames), {"estimator": "tracks"})
        current = CurrentArtifacts(video, video, (artifact,))
        assert not is_published(archive, current)
        publish(archive, current, tmp_path / "unused.html")
        assert is_published(archive, current)
    table = ds.dataset(tmp_path / "gfn" / "motion", format="parquet").to_table().to_pandas()
    assert dict(table.groupby("video").size()) == {"a/one.mp4": 7, "two.mov": 12}
    assert np.stack(table["homography"]).shape == (19, 9)
    view = archive.view("motion", "two.mov", ".parquet")
    assert read_provenance(view)["estimator"] == "tracks"
    np.testing.assert_array_equal(load_motion(view).homography, some_motion(12).homography)
