"""What stage 2 removes that stage 1 leaves, at an equal window, measured on the pictures.

    python -m benchmarks.stage_two CLIP... --out DIR

Each clip's motion is estimated once; its frames are then warped, as they would be rendered but
without an encoder between, and measured as `docs/measures.md` says.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.results import Results
from benchmarks.video_frames import GrayFrames
from gfn_core.geometry import FloatArray
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.metrics.stability import StabilityFigures, stability
from gfn_core.metrics.tracked_path import tracked_path
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.model import Motion
from gfn_core.motion.tracks_estimator import TracksEstimator
from gfn_core.render.warp import plane_warp, warp_plane
from gfn_core.smoothing.settings import BendMethod, StageOneSettings, StageTwoSettings
from gfn_core.smoothing.smoother import smooth_motion

METHODS: tuple[BendMethod, ...] = ("off", "mean", "program")
MEASURED = {"local": "local_jitter_px", "jitter": "jitter_px", "acceleration": "acceleration_px"}
SEED = 0  # of OpenCV's robust fits


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the clips, and write stage_two.parquet and stage_two.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--crop", type=float, default=0.9)
    asked = parser.parse_args(arguments)
    results = Results(asked.out, "stage_two", opencv=SEED)
    rows: list[dict[str, str | float]] = []
    for clip in asked.clips:
        rows.append(measured(clip, asked.crop))
        table = pd.DataFrame(rows)
        results.save(table, markdown(table, asked.crop))  # after each: it takes minutes
        print(rows[-1], file=sys.stderr)


def measured(clip: Path, crop: float) -> dict[str, str | float]:
    """Return one row: every figure of every method."""
    motion = motion_of(clip)
    row: dict[str, str | float] = {"clip": clip.name, "confidence": motion.confidence.mean()}
    for method in METHODS:
        settings = StageOneSettings(crop=crop, bend=StageTwoSettings(method))
        warps = smooth_motion(motion, settings).output_to_source
        figures = figures_of(clip, motion, warps)
        row |= {f"{short}_{method}": getattr(figures, name) for short, name in MEASURED.items()}
    return row


def motion_of(clip: Path) -> Motion:
    """Estimate the motion as `--estimator tracks` does."""
    info = probe(clip)
    reader = open_reader(clip, info, info.geometry.fitted(640), 1)
    return estimate_motion(reader, TracksEstimator(), info.geometry)


def figures_of(clip: Path, motion: Motion, warps: FloatArray) -> StabilityFigures:
    """Measure the clip's luma, warped by `warps` (N, 3, 3)."""
    cv2.setRNGSeed(SEED)
    return stability(tracked_path(_warped(clip, motion, warps)))


def markdown(table: pd.DataFrame, crop: float) -> str:
    """Format the table, with the geometric mean of stage 2's share of stage 1's local jitter."""
    lines = [
        f"Window {crop}; px of a frame 1920 px wide; ratios are to stage 1 alone.",
        "",
        "| clip | confidence | local jitter, stage 1 | mean | program "
        "| jitter, stage 1 | mean | program |",
        "|" + "---|" * 8,
    ]
    for _, row in table.iterrows():
        cells = [f"{row['confidence']:.2f}"]
        for figure in ("local", "jitter"):
            alone = row[f"{figure}_off"]
            cells.append(f"{alone:.2f}")
            cells += [f"x {row[f'{figure}_{method}'] / alone:.2f}" for method in METHODS[1:]]
        lines.append(f"| {row['clip']} | " + " | ".join(cells) + " |")
    means = {
        method: np.exp(np.log(table[f"local_{method}"] / table["local_off"]).mean())
        for method in METHODS[1:]
    }
    summary = ", ".join(f"{method} x {value:.2f}" for method, value in means.items())
    return "\n".join([*lines, "", f"Local jitter, geometric mean: {summary}."])


def _warped(clip: Path, motion: Motion, warps: FloatArray) -> Iterator[NDArray[np.uint8]]:
    for luma, warp in zip(GrayFrames(clip), warps, strict=True):
        yield warp_plane(luma, plane_warp(warp, motion.geometry, np.eye(3)))


if __name__ == "__main__":
    main()
