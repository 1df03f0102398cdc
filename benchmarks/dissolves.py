"""What becomes of a dissolve: which picture is followed, and what a cut in its middle would do.

    python -m benchmarks.dissolves CLIP CLIP... --out DIR

Each clip dissolves into the next, the last into the first. The motion found is compared with that
of the picture that rules, as found where it is alone; and the jump of the output in the middle is
given for one smooth path, as gfn makes it, and for two that meet there. Writes dissolves.md.
"""

import argparse
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.motion_methods import CPU
from benchmarks.video_frames import GrayFrames
from gfn_core.audit.shake import HALF_WIDTH_PX, POINT_COLUMNS, POINT_ROWS, source_steps
from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.media.gray_frame import GrayFrame
from gfn_core.motion.estimator import MotionEstimator, estimate_motion
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.guided_estimator import GuidedSettings
from gfn_core.motion.homography import transform
from gfn_core.motion.model import Motion
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.store.weights import load_global_flow_net

SIZE = FrameGeometry(640, 360)
FRAMES, FRAME_RATE = 70, 25
LENGTHS = (12, 25)  # of a dissolve, frames
HEAD = """\
| dissolve | frames | cuts | error, median | mean | confidence | jump | jump if cut |
|---|---|---|---|---|---|---|---|"""
Pictures = NDArray[np.float32]  # (N, H, W)


@dataclass(frozen=True)
class DissolveFigures:
    """One dissolve; px of a frame 1920 px wide."""

    clips: str
    length: int
    cuts: int  # found
    median_error_px: float  # of the steps within, to those of the picture that rules
    mean_error_px: float
    confidence: float  # mean of those steps
    jump_px: float  # of the output in the middle
    jump_if_cut_px: float

    @property
    def row(self) -> str:
        """One row of the table under `HEAD`."""
        clips, length, cuts, *figures = astuple(self)
        return f"| {clips} | {length} | {cuts} | {' | '.join(f'{f:.2f}' for f in figures)} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all pairs of clips."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    network = load_global_flow_net(SHIPPED_WEIGHTS, CPU)
    estimator = GlobalFlowEstimator(network, CPU, GuidedSettings())
    shots = {clip.name: pictures(clip) for clip in asked.clips}
    alone = {name: motion_of(shot, estimator) for name, shot in shots.items()}
    rows = [
        measured(estimator, names, shots, alone, length)
        for names in pairwise([*shots, next(iter(shots))])
        for length in LENGTHS
    ]
    table = "\n".join([HEAD, *(figures.row for figures in rows)])
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "dissolves.md").write_text(f"{table}\n")
    print(table)


def measured(
    estimator: MotionEstimator,
    names: tuple[str, str],
    shots: dict[str, Pictures],
    alone: dict[str, Motion],
    length: int,
) -> DissolveFigures:
    """Let one shot dissolve into another; `alone` is how each moves by itself."""
    first, second = names
    begin = len(shots[first]) - length
    middle, end = begin + length // 2, begin + length
    found = motion_of(dissolved(shots[first], shots[second], length), estimator)
    steps = [source_steps(alone[name]) for name in names]
    ruling = np.concatenate([steps[0][:middle], steps[1][middle - begin :]])
    errors_px = np.linalg.norm(source_steps(found) - ruling, axis=-1).mean(axis=-1) * HALF_WIDTH_PX
    cut = found.shot_start.copy()
    cut[middle] = True
    return DissolveFigures(
        " to ".join(names),
        length,
        int(found.shot_start.sum()) - 1,
        float(np.median(errors_px[begin:end])),
        float(errors_px[begin:end].mean()),
        float(found.confidence[begin:end].mean()),
        jump_px(found, middle),
        jump_px(replace(found, shot_start=cut), middle),
    )


def dissolved(first: Pictures, second: Pictures, length: int) -> Pictures:
    """Mix the last `length` pictures of the first shot with as many of the second."""
    share = np.linspace(0, 1, length + 2, dtype=np.float32)[1:-1, None, None]
    mixed = first[-length:] * (1 - share) + second[:length] * share
    return np.concatenate([first[:-length], mixed, second[length:]])


def jump_px(motion: Motion, place: int) -> float:
    """How far what is shown of the source moves at `place` by correction, px of 1920."""
    warps = smooth_motion(motion, StageOneSettings()).output_to_source[place - 1 : place + 1]
    points = motion.geometry.grid(POINT_COLUMNS, POINT_ROWS).reshape(-1, 2)
    seen: FloatArray = transform(warps, points)
    return float(np.linalg.norm(seen[1] - seen[0], axis=-1).mean() * HALF_WIDTH_PX)


def motion_of(shot: Pictures, estimator: MotionEstimator) -> Motion:
    """Estimate the motion of pictures."""
    stream = (
        GrayFrame(i, i, i / FRAME_RATE, picture.round().astype(np.uint8))
        for i, picture in enumerate(shot)
    )
    return estimate_motion(stream, estimator, SIZE)


def pictures(clip: Path) -> Pictures:
    """Read the first pictures of a clip, all of one size."""
    size = (SIZE.width, SIZE.height)
    frames = islice(GrayFrames(clip), FRAMES)
    return np.array([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames], np.float32)


if __name__ == "__main__":
    main()
