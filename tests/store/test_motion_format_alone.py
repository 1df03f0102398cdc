"""What docs/motion-format.md says is enough: this file imports nothing of the project.

The paths are rebuilt with pandas and numpy, and the stabilized pictures from the source's.
"""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

PARAMETERS = ("translation_x", "translation_y", "rotation_rad", "log_scale")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Path:
    folder = tmp_path_factory.mktemp("format")
    command = [sys.executable, "-c", "from flows.cli import main; main()", "stabilize"]
    options = ["--crop", "0.8", "--quality", "1", "--no-prefect", "--quiet"]
    subprocess.run([*command, str(small_clip), str(folder), *options], check=True, timeout=240)
    return folder


@pytest.fixture(scope="module")
def tables(out: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    motion = pd.read_parquet(out / "gfn/motion/small.mp4.parquet")
    path = out / "gfn/trajectory/small.mp4.parquet"
    return motion, pd.read_parquet(path), json.loads(pq.read_schema(path).metadata[b"gfn"])


def matrices(table: pd.DataFrame, prefix: str = "") -> np.ndarray:
    x, y, rotation, log_scale = (table[prefix + name].to_numpy() for name in PARAMETERS)
    z = np.exp(log_scale + 1j * rotation)
    zero, one = np.zeros(len(table)), np.ones(len(table))
    rows = [[z.real, -z.imag, x], [z.imag, z.real, y], [zero, zero, one]]
    return np.array(rows).transpose(2, 0, 1)


def test_the_path_follows_from_the_motion(tables: tuple[pd.DataFrame, pd.DataFrame, dict]) -> None:
    motion, trajectory, _ = tables
    steps, corrections = matrices(motion), matrices(trajectory, "correction_")
    smooth, camera = matrices(trajectory, "path_"), np.eye(3)
    assert len(motion) == len(trajectory) == 45
    for t in range(len(motion)):
        camera = np.eye(3) if motion.shot_start[t] else steps[t] @ camera
        np.testing.assert_allclose(smooth[t], np.linalg.inv(corrections[t]) @ camera, atol=1e-9)
    calm, shaky = (np.abs(np.diff(table, 2, axis=0)).mean() for table in (smooth, path(steps)))
    assert calm < 0.5 * shaky


def path(steps: np.ndarray) -> np.ndarray:
    camera = [np.eye(3)]
    for step in steps[1:]:
        camera.append(step @ camera[-1])
    return np.array(camera)


def test_no_frame_shows_less_than_the_crop(
    tables: tuple[pd.DataFrame, pd.DataFrame, dict],
) -> None:
    _, trajectory, facts = tables
    shown = facts["window"] * np.exp(trajectory.correction_log_scale)
    assert shown.min() >= facts["settings"]["crop"] - 1e-9 == 0.8 - 1e-9


def test_the_pictures_follow_from_the_corrections(
    out: Path, small_clip: Path, tables: tuple[pd.DataFrame, pd.DataFrame, dict]
) -> None:
    _, trajectory, facts = tables
    corrections = matrices(trajectory, "correction_")
    source, steady = luma(small_clip), luma(out / "small.mp4")
    for t in range(0, 45, 11):
        seen = sampled(source[t], corrections[t], facts["window"])
        error = np.abs(seen - steady[t])[8:-8, 8:-8].mean()
        assert error < 0.15 * np.abs(source[t] - steady[t]).mean()


def luma(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        frames = container.decode(video=0)
        return [frame.to_ndarray(format="gray").astype(float) for frame in frames]


def sampled(picture: np.ndarray, correction: np.ndarray, window: float) -> np.ndarray:
    """Bilinear samples of the source where the output's pixels lie."""
    height, width = picture.shape
    half = width / 2
    x, y = np.meshgrid(
        (np.arange(width) + 0.5 - half) / half, (np.arange(height) + 0.5 - height / 2) / half
    )
    points = correction[:2, :2] @ (window * np.stack([x.ravel(), y.ravel()])) + correction[:2, 2:]
    column, row = points[0] * half + half - 0.5, points[1] * half + height / 2 - 0.5
    left = np.clip(column.astype(int), 0, width - 2)
    top = np.clip(row.astype(int), 0, height - 2)
    a, b = column - left, row - top
    above = picture[top, left] * (1 - a) + picture[top, left + 1] * a
    below = picture[top + 1, left] * (1 - a) + picture[top + 1, left + 1] * a
    return (above * (1 - b) + below * b).reshape(height, width)
