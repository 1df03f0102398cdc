"""Speed and memory of stage 1 against the length of a video, on simulated hand shake.

    python -m benchmarks.smoothing [FRAMES ...] [--repeats 3]

Every length runs in a process of its own; the figures are medians of the calls, on one thread.
"""

import argparse
import multiprocessing
import resource
import statistics
import time

import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import smooth

LENGTHS = [450, 2_000, 20_000, 60_000]


def hand_held(frames: int) -> Similarity:
    """Shake of about 4 px, 0.3 degrees and 0.2 % at 1280 px, upon a slowly swaying pan."""
    shake = np.random.default_rng(0).normal(size=(4, frames))
    x, y, rotation, scale = shake * np.array([[0.006], [0.006], [0.005], [0.002]])
    return Similarity.from_parameters(x + 0.01 * np.sin(np.arange(frames) / 90), y, rotation, scale)


def measure(frames: int, repeats: int) -> tuple[float, float, float]:
    """Return seconds of wall clock, seconds of processor and peak memory in MiB."""
    motion, starts = hand_held(frames), np.arange(frames) == 0
    smooth(motion[:10], starts[:10], FrameGeometry(1280, 720), 30.0, StageOneSettings())
    wall, processor = [], []
    for _ in range(repeats):
        wall_start, processor_start = time.perf_counter(), time.process_time()
        smooth(motion, starts, FrameGeometry(1280, 720), 30.0, StageOneSettings())
        wall.append(time.perf_counter() - wall_start)
        processor.append(time.process_time() - processor_start)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return statistics.median(wall), statistics.median(processor), peak_mib


def main() -> None:
    """Print one line for each length."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frames", nargs="*", type=int, default=LENGTHS)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    print("  frames   seconds  frames/s  frames/cpu s  peak MiB")
    for frames in asked.frames:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            wall, processor, peak_mib = pool.apply(measure, (frames, asked.repeats))
        speed, processor_speed = frames / wall, frames / processor
        print(f"{frames:8d}  {wall:8.2f}  {speed:8.0f}  {processor_speed:12.0f}  {peak_mib:8.0f}")


if __name__ == "__main__":
    main()
