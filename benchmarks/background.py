"""Shake of the background alone, behind large objects whose masks are known.

`python -m benchmarks.background CLIP... --masks DIR --out DIR`; DIR holds a folder for each clip,
with a mask for each frame as PNG. Corners are tracked outside of the masks in the *source*; how the
background of the output moves follows from that and from the corrections that gfn would deliver,
so no object on the output can be taken for background.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.results import Results
from benchmarks.unencoded import ClipBench
from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.metrics.stability import stability
from gfn_core.metrics.tracked_path import (
    CELL_COLUMNS,
    CELL_ROWS,
    TrackedPath,
    matched_corners,
    robust_homography,
    scaled_for_tracking,
)
from gfn_core.motion.homography import from_pixels, inverse
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.smoothing.trajectory import Trajectory, Treatment

GROWN_PX = 9  # around objects: a corner's window reaches so far
SEED = 0  # of OpenCV's robust fits
FIGURES = ("acceleration_px", "jitter_px")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the clips, and write background.parquet and background.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--masks", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--crop", type=float, default=0.9)
    asked = parser.parse_args(arguments)
    results = Results(asked.out, "background", opencv=SEED)
    rows: list[dict[str, str | float]] = []
    for clip in asked.clips:
        masks = sorted((asked.masks / clip.stem).glob("*.png"))
        rows.append(measured(ClipBench(clip, len(masks), asked.out), masks, asked.crop))
        table = pd.DataFrame(rows)
        results.save(table, markdown(table))  # after each: it takes minutes


def measured(bench: ClipBench, mask_files: Sequence[Path], crop: float) -> dict[str, str | float]:
    """Return one row: the background's figures in the source and as delivered."""
    cv2.setRNGSeed(SEED)
    source = background_path(zip(bench.source, _masks(mask_files), strict=True))
    trajectory = smooth_motion(bench.motion, StageOneSettings(crop=crop))
    _, treatment = bench.delivered(trajectory)
    before, after = stability(source), stability(shown(source, trajectory, treatment))
    object_share = float(np.mean([mask.mean() for mask in _masks(mask_files)]))
    row: dict[str, str | float] = {"clip": bench.clip.name, "objects": object_share}
    row |= {"treatment": treatment, "untracked": before.failures, "window": crop}
    for name in FIGURES:
        row |= {f"{name}_before": getattr(before, name), f"{name}_after": getattr(after, name)}
    return row


def background_path(frames: Iterator[tuple[NDArray[np.uint8], NDArray[np.bool_]]]) -> TrackedPath:
    """Measure the motion of what the masks (H, W) leave of successive lumas (H, W)."""
    steps: list[FloatArray | None] = []
    before: NDArray[np.uint8] | None = None
    objects = np.zeros((1, 1), np.bool_)
    for luma, mask in frames:
        after = scaled_for_tracking(luma)
        if before is not None:
            start, end = matched_corners(before, after)
            column, row = start.round().astype(int).T
            behind = ~objects[row, column]
            steps.append(robust_homography(start[behind], end[behind]))
        before, objects = after, _grown(mask, after.shape)
    if before is None:
        raise ValueError("no frame to track")
    geometry = FrameGeometry(before.shape[1], before.shape[0])
    found = [np.eye(3) if step is None else from_pixels(step, geometry) for step in steps]
    tracked = np.array([False, *(step is not None for step in steps)])
    nothing = np.zeros((len(tracked), CELL_ROWS, CELL_COLUMNS, 2))
    return TrackedPath(geometry, np.stack([np.eye(3), *found]), tracked, nothing)


def shown(source: TrackedPath, trajectory: Trajectory, treatment: str) -> TrackedPath:
    """Path of the background in the output, of the source's path and what was rendered."""
    warp = trajectory.treated(Treatment(treatment)).output_to_source
    moved = source.homography.copy()
    moved[1:] = inverse(warp[1:]) @ moved[1:] @ warp[:-1]
    return replace(source, homography=moved)


def markdown(table: pd.DataFrame) -> str:
    """Format the table: px of 1920 in the picture as shown, enlarged by the crop."""
    headings = ["clip", "objects", "window", "treatment"]
    for name in FIGURES:
        headings += [f"{name.removesuffix('_px')}, {what}" for what in ("source", "output")]
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    for _, row in table.iterrows():
        cells = [row["clip"], f"{row['objects']:.0%}", f"{row['window']:.3f}", row["treatment"]]
        for name in FIGURES:
            cells += [f"{row[f'{name}_{when}']:.2f}" for when in ("before", "after")]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _masks(files: Sequence[Path]) -> Iterator[NDArray[np.bool_]]:
    for file in files:
        mask = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        if mask is None:
            raise ValueError(f"{file}: no picture")
        yield np.asarray(mask, np.uint8) > 0


def _grown(mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    size = (shape[1], shape[0])
    scaled = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    kernel = np.ones((2 * GROWN_PX + 1, 2 * GROWN_PX + 1), np.uint8)
    return np.asarray(cv2.dilate(scaled, kernel)) > 0


if __name__ == "__main__":
    main()
