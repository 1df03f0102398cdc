"""Analysis on a GPU: the network alone, and the whole estimator beside the processor's.

    python -m benchmarks.gpu --out DIR [--frames 480] [--device cuda]

Frames are a drawn scene of 640x360 in memory, so that nothing is decoded. Utilisation is what the
driver tells five times a second while the estimator works. Writes gpu.csv.
"""

import argparse
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import torch

from gfn_core.geometry import FrameGeometry
from gfn_core.media.gray_frame import GrayFrame
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.guided_estimator import GuidedSettings
from gfn_core.motion.model import Motion
from gfn_core.motion.rough_flow import rough_flow
from gfn_core.networks.device import reckoning
from gfn_core.networks.global_flow_net import GlobalFlowNet
from gfn_core.precision import Precision
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.store.weights import load_global_flow_net
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import render_sequence
from gfn_core.training.scene_settings import SceneSettings

SIZE = FrameGeometry(640, 360)
SCENE_FRAMES = 120  # then the next scene begins
BATCHES = (1, 8, 32, 128)
WARM_UP, REPEATS = 3, 10
CPU = torch.device("cpu")


@dataclass
class Utilisation:
    """Share of the time that the GPU was busy, %, as the driver samples it."""

    samples: list[float] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Sample while the block runs."""
        query = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
        with subprocess.Popen([*query, "-lms", "200"], stdout=subprocess.PIPE, text=True) as smi:
            yield
            smi.terminate()
            self.samples += [float(line) for line in smi.communicate()[0].split()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asked = _arguments().parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    device = torch.device(asked.device)
    frames = drawn_frames(asked.frames)
    rows = [*network_rows(frames, device), *estimator_rows(frames, device)]
    table = pd.DataFrame(rows, columns=["what", "precision", "a second", "note"])
    asked.out.mkdir(parents=True, exist_ok=True)
    table.to_csv(asked.out / "gpu.csv", index=False)
    print(torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu")
    print(table.to_string(index=False))


def drawn_frames(count: int) -> list[GrayFrame]:
    """Frames of drawn scenes with moving objects, a new scene every so often."""
    rng = np.random.default_rng(0)
    library, settings = PhotoLibrary.drawn(rng), SceneSettings.of_difficulty(0.5)
    lumas: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
    while len(lumas) < count:
        size = (SIZE.width, SIZE.height)
        drawn = render_sequence(rng, library, settings, *size, frame_count=SCENE_FRAMES)
        lumas += list(drawn.frames)
    return [GrayFrame(n, n, n / 30, luma) for n, luma in enumerate(lumas[:count])]


def network_rows(
    frames: list[GrayFrame], device: torch.device
) -> Iterator[tuple[str, str, float, str]]:
    """Pairs a second of the network alone, rough flow known."""
    network = load_global_flow_net(SHIPPED_WEIGHTS, device)
    small = [cv2.resize(frame.luma, (256, 144), interpolation=cv2.INTER_AREA) for frame in frames]
    for batch in BATCHES:
        pairs = [(small[n % 100], small[n % 100 + 1]) for n in range(batch)]
        rough = rough_flow(pairs, device)
        first, second = (
            torch.from_numpy(np.stack(each)[:, None]).to(device).float() / 255
            for each in zip(*pairs, strict=True)
        )
        for precision in Precision:

            def run(
                network: GlobalFlowNet = network,
                precision: Precision = precision,
                given: tuple[object, ...] = (first, second, rough),
            ) -> None:
                with torch.inference_mode(), reckoning(device, precision):
                    network(*given)

            seconds = _seconds(run, device)
            yield f"network, {batch} pairs at a time", str(precision), batch / seconds, ""


def estimator_rows(
    frames: list[GrayFrame], device: torch.device
) -> Iterator[tuple[str, str, float, str]]:
    """Frames a second of the whole estimator, and how far its motions lie from the processor's."""
    motions: dict[str, Motion] = {}
    for place in dict.fromkeys((device, CPU)):
        for precision in Precision if place.type == "cuda" else (Precision.FLOAT32,):
            network = load_global_flow_net(SHIPPED_WEIGHTS, place)
            settings = replace(GuidedSettings(), precision=precision)
            estimator = GlobalFlowEstimator(network, place, settings)
            estimate_motion(frames[:24], estimator, SIZE)  # warm-up
            busy, started = Utilisation(), time.perf_counter()
            if place.type == "cuda":
                with busy.watched():
                    motion = estimate_motion(frames, estimator, SIZE)
            else:
                motion = estimate_motion(frames, estimator, SIZE)
            seconds = time.perf_counter() - started
            name = f"{place.type}, {precision}"
            motions[name] = motion
            used = f"GPU busy {np.mean(busy.samples):.0f} %" if busy.samples else ""
            yield "estimator", name, len(frames) / seconds, used
    *others, (_, reference) = motions.items()
    for name, motion in others:
        apart = np.abs(motion.homography - reference.homography).max(axis=(1, 2))
        note = f"median {np.median(apart):.1e}, 95 % {np.quantile(apart, 0.95):.1e}"
        yield "homography, apart from the CPU's", name, float("nan"), note


def _seconds(run: Callable[[], None], device: torch.device) -> float:
    for _ in range(WARM_UP):
        run()
    _synchronized(device)
    started = time.perf_counter()
    for _ in range(REPEATS):
        run()
    _synchronized(device)
    return (time.perf_counter() - started) / REPEATS


def _synchronized(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.gpu", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=480)
    parser.add_argument("--device", default="cuda")
    return parser


if __name__ == "__main__":
    main()
