"""Accuracy of global motion against known truth, all methods in one run.

    python -m benchmarks.accuracy --images DIR --clips CLIP... --out DIR [--weights FILE]

Truth is known twice over: synthetic scenes of photographs that no training saw, by the area that
moves by itself; and real clips from a fixed camera, whose objects really move, under a known shake.
Figures are mean endpoint errors of the global flow, in px of a frame 640 px wide.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import torch

from benchmarks.accuracy_plot import draw
from benchmarks.accuracy_table import markdown
from benchmarks.motion_methods import Luma, motion_methods
from benchmarks.results import Results
from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.motion.bases import NESTED, homography_of
from gfn_core.motion.homography import flow, in_pixels, inverse, normalized
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.training.evaluation_set import evaluation_scenes
from gfn_core.training.photographs import PhotoLibrary, PhotoSplit, PhotoUse

SIZE = FrameGeometry(640, 360)
GRID = (32, 18)  # cells at whose centres the flow's error is taken
# Deviations of: translation, zoom, turn, stretch, shear, perspective. 8 px, 0.6 degrees, 0.6 %.
SHAKE = np.array([0.025, 0.025, 0.006, 0.01, 0.0006, 0.0006, 0.001, 0.001])
SHOWN = 0.8  # of a static frame, so that no border enters
FRAMES_APART = 3  # between the pairs taken from a clip
SEED = 0


@dataclass(frozen=True)
class KnownPair:
    """Two frames whose global flow is known."""

    material: str  # what the table's row is called
    index: int
    first: Luma
    second: Luma
    true_flow: FloatArray  # (rows, columns, 2) px, on the cell centres of `GRID`


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 when done."""
    asked = _arguments().parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    methods = motion_methods(asked.weights, asked.teacher)
    results = Results(asked.out, "accuracy", shake=SEED, opencv=SEED)
    rows = []
    for pair in known_pairs(asked):
        for name, method in methods.items():
            cv2.setRNGSeed(SEED)
            started = time.perf_counter()
            found = method(pair.first, pair.second)
            seconds = time.perf_counter() - started
            error = endpoint_error_px(found, pair.true_flow)
            rows.append((pair.material, pair.index, name, error, seconds))
        print(f"{pair.material} {pair.index}", file=sys.stderr)
    table = pd.DataFrame(rows, columns=["material", "pair", "method", "error_px", "seconds"])
    results.save(table, markdown(table))
    draw(table, asked.out / "accuracy.png")
    return 0


def known_pairs(asked: argparse.Namespace) -> Iterator[KnownPair]:
    """Yield the synthetic pairs, then those of the static clips."""
    if asked.images is not None:
        yield from scene_pairs(asked.images, asked.skip, asked.scenes)
    for clip in asked.clips:
        yield from _shaken(clip, asked.pairs)


def scene_pairs(images: Path, skip: int, scenes: int) -> Iterator[KnownPair]:
    """Yield so many `scenes` of each moving area, after the first `skip` of it."""
    library = PhotoLibrary.load(images, PhotoUse.MEASURING, PhotoSplit.HELD_OUT)
    for scene in evaluation_scenes(skip + scenes):
        if scene.index < skip:
            continue
        pair = scene.rendered(library)
        truth = cv2.resize(pair.global_flow, GRID, interpolation=cv2.INTER_AREA)
        name = f"scenes, {scene.moving_area:.0%} moving"
        yield KnownPair(name, scene.index, pair.first, pair.second, truth.astype(np.float64))


def _shaken(clip: Path, pairs: int) -> Iterator[KnownPair]:
    """Yield pairs of successive frames of a static clip, each under a known motion of its own."""
    info = probe(clip)
    rng = np.random.default_rng(SEED)
    size = info.geometry.fitted(SIZE.width * 2)
    last: Luma | None = None
    taken = 0
    for frame in open_reader(clip, info, size, threads=1):
        if last is not None and frame.index % FRAMES_APART == 0 and taken < pairs:
            motions = [homography_of(NESTED @ rng.normal(0, SHAKE / np.sqrt(2))) for _ in range(2)]
            views = [
                moved_view(luma, m) for luma, m in zip((last, frame.luma), motions, strict=True)
            ]
            motion = normalized(motions[1] @ inverse(motions[0]))
            yield KnownPair(clip.name, taken, *views, flow(motion, SIZE.grid(*GRID)) * 320)
            taken += 1
        last = frame.luma


def moved_view(luma: Luma, motion: FloatArray) -> Luma:
    """Show the middle of `luma`, moved by `motion`, at the size of the benchmark."""
    height, width = luma.shape
    scale = min(width / SIZE.width, height / SIZE.height) * SHOWN
    middle = np.array(
        [
            [scale, 0, (width - 1) / 2 - scale * (SIZE.width - 1) / 2],
            [0, scale, (height - 1) / 2 - scale * (SIZE.height - 1) / 2],
            [0, 0, 1.0],
        ]
    )
    to_source = middle @ in_pixels(inverse(motion), SIZE)
    blurred = cv2.GaussianBlur(luma, (0, 0), 0.4 * scale) if scale > 1 else luma
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    view = cv2.warpPerspective(blurred, to_source, (SIZE.width, SIZE.height), flags=flags)
    return np.asarray(view, np.uint8)


def endpoint_error_px(found: FloatArray, true_flow: FloatArray) -> float:
    """Mean distance, over the frame, of the flow of `found` (3, 3) from the truth."""
    found_flow = flow(found, SIZE.grid(*GRID)) * SIZE.width / 2
    return float(np.hypot(*np.moveaxis(found_flow - true_flow, -1, 0)).mean())


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--images", type=Path, help="photographs, of which a tenth is held out")
    parser.add_argument("--clips", type=Path, nargs="*", default=[], help="fixed-camera clips")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=SHIPPED_WEIGHTS)
    parser.add_argument("--teacher", type=Path, help="weights of an unfiltered flow network")
    parser.add_argument("--scenes", type=int, default=40, help="per moving area")
    parser.add_argument("--skip", type=int, default=20, help="scenes used in development")
    parser.add_argument("--pairs", type=int, default=24, help="per clip")
    return parser


if __name__ == "__main__":
    sys.exit(main())
