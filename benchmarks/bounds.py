"""How far the measures of quality can be brought, beside what `benchmarks.unencoded` found.

`python -m benchmarks.bounds CLIP... --out DIR`, after `benchmarks.unencoded` into the same DIR.

- `ruled`: stabilized by the motion that the ruler itself measures in the source, every bit of it
  believed. What is left of acceleration is the ruler's own error, objects that it follows, and what
  the window does not hold; no estimator can be told apart from a better one below that. Whether
  frames are more alike (PSNR) says if that motion is better, or only measured by itself.
- `softened`: gfn's output blurred until it is as soft as vidstab-30's, for pictures that have lost
  detail are more alike.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from benchmarks.results import Results
from benchmarks.unencoded import FULL, SEED, ClipBench, Lumas
from gfn_core.metrics.interframe import interframe
from gfn_core.metrics.stability import stability
from gfn_core.metrics.tracked_path import tracked_path
from gfn_core.motion.model import Motion
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.smoother import smooth_motion

PEER = "vidstab-30"
SIGMAS_PX = np.arange(0.0, 2.0, 0.05)
LOOKED_AT = 10  # frames, for the softness


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the clips, and write bounds.parquet and bounds.md."""
    asked = _arguments().parse_args(arguments)
    found = pd.read_parquet(asked.out / "unencoded.parquet").set_index(["clip", "method"])
    results, rows = Results(asked.out, "bounds", opencv=SEED), []
    for clip in asked.clips:
        bench = ClipBench(clip, asked.frames, asked.out)
        rows.append(_row(bench, found.loc[(clip.name, PEER)], found.loc[(clip.name, FULL)]))
        table = pd.DataFrame(rows)
        page = f"# Bounds\n\n```\n{table.round(2).to_string(index=False)}\n```"
        results.save(table, page)


def _row(bench: ClipBench, peer: "pd.Series[Any]", own: "pd.Series[Any]") -> dict[str, str | float]:
    """Measure one clip, of which `peer` and `own` were found before."""
    settings = StageOneSettings(crop=min(1.0, float(peer["cropping_ratio"])))
    cv2.setRNGSeed(SEED)
    lumas, _ = bench.delivered(smooth_motion(ruled(bench), settings))
    steady, alike = stability(tracked_path(lumas)), interframe(lumas)
    lumas, _ = bench.delivered(smooth_motion(bench.motion, settings))
    soft = softened(lumas, min(1.0, float(peer["sharpness"] / own["sharpness"])))
    return {
        "clip": bench.clip.name,
        "acceleration": own["acceleration_px"] / peer["acceleration_px"],
        "acceleration_ruled": steady.acceleration_px / peer["acceleration_px"],
        "jitter": own["jitter_px"] / peer["jitter_px"],
        "jitter_ruled": steady.jitter_px / peer["jitter_px"],
        "psnr_db": own["psnr_db"] - peer["psnr_db"],
        "psnr_ruled_db": alike.psnr_db - peer["psnr_db"],
        "psnr_softened_db": interframe(soft).psnr_db - peer["psnr_db"],
    }


def ruled(bench: ClipBench) -> Motion:
    """Return the source's motion as the ruler sees it."""
    path = tracked_path(bench.source)
    return replace(
        bench.motion,
        homography=path.homography,
        confidence=path.tracked.astype(np.float64),
        background_share=np.ones(len(path)),
    )


def softened(lumas: Lumas, sharpness: float) -> Lumas:
    """Blur `lumas` (N, H, W) by the Gaussian that leaves this share of their mean |Laplacian|."""
    sample = lumas[:: max(1, len(lumas) // LOOKED_AT)]
    sharp = _sharpness(sample)
    left = [_sharpness(_blurred(sample, sigma)) / sharp for sigma in SIGMAS_PX]
    return _blurred(lumas, float(np.interp(-sharpness, -np.array(left), SIGMAS_PX)))


def _blurred(lumas: Lumas, sigma_px: float) -> Lumas:
    if sigma_px == 0:
        return lumas
    return np.stack([np.asarray(cv2.GaussianBlur(x, (0, 0), sigma_px), np.uint8) for x in lumas])


def _sharpness(lumas: Lumas) -> float:
    return float(np.mean([np.abs(cv2.Laplacian(x, cv2.CV_32F)).mean() for x in lumas]))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=150)
    return parser


if __name__ == "__main__":
    main()
