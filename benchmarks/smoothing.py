"""Speed and memory of smoothing, both stages, against the length of a video, on simulated shake.

    python -m benchmarks.smoothing [FRAMES ...] [--repeats 3] [--plot FILE]

Every length runs in a process of its own; the figures are medians of the calls, on one thread.
"""

import argparse
import multiprocessing
import resource
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.chart import chart
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.settings import StageOneSettings, StageTwoSettings
from gfn_core.smoothing.smoother import smooth_motion

LENGTHS = [450, 2_000, 9_600, 20_000, 60_000, 216_000]
STAGE_ONE = StageOneSettings(bend=StageTwoSettings("off"))
BOTH = StageOneSettings()
TARGET = 2_000  # frames a second

Measured = tuple[float, float, float, float]  # seconds, of the processor, of stage 1; MiB


def hand_held(frames: int) -> Motion:
    """Shake of about 4 px, 0.3 degrees and 0.2 % at 1280 px, upon a slowly swaying pan.

    Some shear and perspective besides, which stage 2 has to bend away.
    """
    rng = np.random.default_rng(0)
    x, y, rotation, scale = rng.normal(size=(4, frames)) * [[0.006], [0.006], [0.005], [0.002]]
    sway = x + 0.01 * np.sin(np.arange(frames) / 90)
    homography = Similarity.from_parameters(sway, y, rotation, scale).matrix
    homography[:, 0, 1] += rng.normal(0, 0.001, frames)
    homography[:, 2, :2] += rng.normal(0, 0.001, (frames, 2))
    ones, zeros, time_seconds = np.ones(frames), np.zeros(frames), np.arange(frames) / 30
    return Motion(
        geometry=FrameGeometry(1280, 720),
        pts=np.arange(frames),
        pts_seconds=time_seconds,
        homography=homography,
        shot_start=np.arange(frames) == 0,
        confidence=ones,
        background_share=ones,
        inlier_share=ones,
        residual=zeros,
        sharpness=zeros,
        luminance_change=zeros,
        dct=np.zeros((frames, 0)),
    )


def measure(frames: int, repeats: int) -> Measured:
    """Smooth so many frames: medians over the repeats, and the process's peak memory."""
    motion = hand_held(frames)
    smooth_motion(motion[:10], BOTH)  # imports what it needs
    both = [_timed(motion, BOTH) for _ in range(repeats)]
    first = [_timed(motion, STAGE_ONE) for _ in range(repeats)]
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, processor = (statistics.median(column) for column in zip(*both, strict=True))
    return wall, processor, statistics.median(wall for wall, _ in first), peak_mib


def _timed(motion: Motion, settings: StageOneSettings) -> tuple[float, float]:
    """Seconds of wall clock and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    smooth_motion(motion, settings)
    return time.perf_counter() - wall, time.process_time() - processor


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line for each length."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("frames", nargs="*", type=int, default=LENGTHS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args(arguments)
    print("  frames   seconds  frames/s  frames/cpu s  stage 1 alone, s  peak MiB")
    found = []
    for frames in asked.frames:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            wall, processor, first, peak_mib = pool.apply(measure, (frames, asked.repeats))
        speeds = f"{frames / wall:8.0f}  {frames / processor:12.0f}"
        print(f"{frames:8d}  {wall:8.2f}  {speeds}  {first:16.2f}  {peak_mib:8.0f}", flush=True)
        found.append(wall)
    if asked.plot:
        _draw(asked.frames, found, asked.plot)


def _draw(frames: Sequence[int], seconds: Sequence[float], path: Path) -> None:
    target = np.array(frames) / TARGET
    with chart(path) as panel:
        panel.loglog(frames, seconds, "o-", label="both stages, one thread")
        panel.loglog(frames, target, "--", color="gray", label="2,000 frames a second")
        panel.set(xlabel="frames", ylabel="seconds")
        panel.grid(alpha=0.3)
        panel.legend()


if __name__ == "__main__":
    main()
