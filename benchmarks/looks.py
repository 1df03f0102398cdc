"""How often a network need look: the motion of whole clips under a known shake.

    python -m benchmarks.looks CLIP... --out DIR [--every 1,3,8] [--frames 90]

Clips are of a fixed camera, before which things move. Each frame is put under a motion of its own:
mildly, as a hand shakes, or so hard that the frame is blurred by it, too.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import torch

from benchmarks.accuracy import GRID, SEED, SHAKE, SIZE, endpoint_error_px, moved_view
from benchmarks.motion_methods import CPU, Luma
from gfn_core.geometry import FloatArray
from gfn_core.media.frame_reader import GrayFrame, open_reader
from gfn_core.media.probe import probe
from gfn_core.motion.bases import NESTED, homography_of
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.guided_estimator import GuidedSettings
from gfn_core.motion.homography import flow, inverse, normalized
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.store.weights import load_global_flow_net

STRENGTHS = {"hand": 0.5, "jolts": 2.0}  # of `SHAKE`, a frame
LONGEST_SMEAR_PX = 12


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write looks.csv."""
    asked = _arguments().parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    network = load_global_flow_net(SHIPPED_WEIGHTS, CPU)
    rows = []
    for shake in STRENGTHS:
        for clip in asked.clips:
            frames, true_flows = shaken(clip, shake, asked.frames)
            for every in asked.every:
                settings = replace(GuidedSettings(), every_frames=every)
                estimator = GlobalFlowEstimator(network, CPU, settings)
                started = time.process_time()
                found = list(estimator.pair_motions(iter(frames), SIZE))
                cost_ms = 1e3 * (time.process_time() - started) / len(frames)
                pairs = zip(found[1:], true_flows, strict=True)
                errors_px = [endpoint_error_px(pair.homography, true) for pair, true in pairs]
                figures = np.median(errors_px), np.mean(errors_px), cost_ms
                rows.append((shake, clip.name, every, *figures))
    columns = ["shake", "clip", "every", "median px", "mean px", "ms a frame"]
    table = pd.DataFrame(rows, columns=columns)
    asked.out.mkdir(parents=True, exist_ok=True)
    table.to_csv(asked.out / "looks.csv", index=False)
    print(table.pivot(index=["shake", "clip"], columns="every").round(3).to_string())


def shaken(clip: Path, shake: str, count: int) -> tuple[list[GrayFrame], list[FloatArray]]:
    """Frames of a still clip, moved, and the true flow (rows, columns, 2) px of each pair."""
    rng = np.random.default_rng(SEED)
    frames, motions = [], []
    for frame in islice(_frames(clip), count):
        motions.append(homography_of(NESTED @ rng.normal(0, STRENGTHS[shake] * SHAKE)))
        view = moved_view(frame.luma, motions[-1])
        if shake == "jolts":
            view = _smeared(view, rng)
        frames.append(replace(frame, luma=view))
    steps = [normalized(b @ inverse(a)) for a, b in pairwise(motions)]
    return frames, [flow(step, SIZE.grid(*GRID)) * SIZE.width / 2 for step in steps]


def _frames(clip: Path) -> Iterator[GrayFrame]:
    info = probe(clip)
    return iter(open_reader(clip, info, info.geometry.fitted(SIZE.width * 2), threads=1))


def _smeared(luma: Luma, rng: np.random.Generator) -> Luma:
    """Blur along a line, as long exposures do."""
    length = int(rng.integers(1, LONGEST_SMEAR_PX))
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    middle = (length / 2 - 0.5, length / 2 - 0.5)
    turn = cv2.getRotationMatrix2D(middle, float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(line, turn, (length, length))
    return np.asarray(cv2.filter2D(luma, -1, kernel / kernel.sum()), np.uint8)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.looks", description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+", help="fixed-camera clips")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--every", type=lambda text: [int(n) for n in text.split(",")], default=[1, 3, 8]
    )
    parser.add_argument("--frames", type=int, default=90)
    return parser


if __name__ == "__main__":
    main()
