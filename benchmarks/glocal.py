"""GLOCAL against known truth: homographies by class of scene, and what moves by itself.

    python -m benchmarks.glocal --images DIR --out DIR [--weights FILE ...] [--scenes N] [--skip N]

Scenes are synthetic, of photographs that no training saw (`gfn_core/training/evaluation_set.py`).
The classes are those of DHE: regular, low texture, dark ("low light"), small and large foreground.
Figures are px of a frame 640 px wide.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import torch

from benchmarks.accuracy import GRID, SIZE, endpoint_error_px
from benchmarks.machine import record
from flows.homography_evaluation import homography_methods
from gfn_core.geometry import FloatArray
from gfn_core.media.gray_frame import GrayFrame
from gfn_core.motion.activity_meter import ActivityMeter
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.glocal_estimator import GlocalEstimator
from gfn_core.motion.glocal_view import GlocalView, Luma
from gfn_core.motion.guided_estimator import GuidedSettings, shrunk
from gfn_core.motion.homography import flow_px
from gfn_core.motion.pair_methods import lk_homography
from gfn_core.settings import GLOCAL_WEIGHTS
from gfn_core.store.weights import load_glocal
from gfn_core.training.evaluation_set import (
    EVALUATION_SEED,
    HEIGHT_PX,
    WIDTH_PX,
    evaluation_settings,
)
from gfn_core.training.photographs import PhotoLibrary, PhotoSplit, PhotoUse
from gfn_core.training.scene import ScenePair, render_pair
from gfn_core.training.scene_settings import SceneSettings

CPU = torch.device("cpu")
MOVES_PX = 1.0  # from which on the difference of two flows counts as motion
FRAME_RATE = 25.0  # of the clip that a pair stands for: what is very slow does not count as moving
FOREGROUND = 0.5  # share of a pixel
DARK, DARK_GAIN, DARK_NOISE = "LL", 0.15, 2.0  # noise in gray levels


@dataclass(frozen=True)
class SceneClass:
    """One class of DHE, as scenes that can be rendered."""

    name: str
    settings: SceneSettings
    seed: int


def scene_classes() -> list[SceneClass]:
    """All five, from the settings on which accuracy is reported."""
    still, small, large = (evaluation_settings(area) for area in (0.0, 0.1, 0.4))
    faded = replace(
        still,
        backdrop=replace(still.backdrop, faded_chance=1.0, blurred_chance=1.0, sky_chance=0.5),
    )
    classes = {"RE": still, "LT": faded, DARK: still, "SF": small, "LF": large}
    return [SceneClass(name, each, n) for n, (name, each) in enumerate(classes.items())]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 when done."""
    asked = _arguments().parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    library = PhotoLibrary.load(asked.images, PhotoUse.MEASURING, PhotoSplit.HELD_OUT)
    asked.out.mkdir(parents=True, exist_ok=True)
    pages = []
    if "homography" in asked.parts:
        pages.append(homography_page(library, asked.skip, asked.scenes))
    if "local" in asked.parts:
        pages.append(local_page(library, asked.skip, asked.scenes, asked.weights))
    machine = "\n".join(f"- {name}: {value}" for name, value in record().items())
    (asked.out / "glocal.md").write_text("\n\n".join([*pages, machine]) + "\n")
    return 0


def rendered(
    library: PhotoLibrary, scene: SceneClass, skip: int, scenes: int
) -> Iterator[ScenePair]:
    """Scenes of a class by number."""
    for index in range(skip, skip + scenes):
        rng = np.random.default_rng([EVALUATION_SEED, 7_000 + scene.seed, index])
        pair = render_pair(rng, library, scene.settings, WIDTH_PX, HEIGHT_PX)
        yield darkened(pair, rng) if scene.name == DARK else pair


def darkened(pair: ScenePair, rng: np.random.Generator) -> ScenePair:
    """Both frames at a seventh of their light, with the noise of a sensor that amplifies it."""
    frames = [
        np.clip(rng.normal(luma * DARK_GAIN, DARK_NOISE), 0, 255).round().astype(np.uint8)
        for luma in (pair.first, pair.second)
    ]
    return replace(pair, first=frames[0], second=frames[1])


def homography_page(library: PhotoLibrary, skip: int, scenes: int) -> str:
    """Error of every method in every class, median / mean over pairs."""
    methods, rows = homography_methods(CPU), []
    for scene in scene_classes():
        for index, pair in enumerate(rendered(library, scene, skip, scenes)):
            truth = cv2.resize(pair.global_flow, GRID, interpolation=cv2.INTER_AREA)
            for name, method in methods.items():
                cv2.setRNGSeed(0)
                error = endpoint_error_px(method(pair.first, pair.second), truth.astype(np.float64))
                rows.append((scene.name, index, name, error))
            print(f"{scene.name} {index}", file=sys.stderr)
    table = pd.DataFrame(rows, columns=["class", "pair", "method", "error_px"])
    return _markdown(table, "class", "method", ["error_px"])


def local_page(library: PhotoLibrary, skip: int, scenes: int, weights: Sequence[Path]) -> str:
    """Local motion inside and outside of what moves, by method and moving area."""
    methods = {f"GLOCAL {path.stem}": GlocalLocal(path) for path in weights}
    methods |= {f"gfn {path.stem}": MeteredLocal.of(path) for path in weights}
    rows = []
    for area in (0.1, 0.25, 0.4):
        scene = SceneClass(f"{area:.0%} moving", evaluation_settings(area), round(1000 * area))
        for index, pair in enumerate(rendered(library, scene, skip, scenes)):
            truth = pair.mixed_flow - pair.global_flow
            for name, method in {"DIS minus LK homography": dis_minus_lk, **methods}.items():
                found, moves = method(pair.first, pair.second)
                rows.append((scene.name, index, name, *_local_figures(found, moves, truth, pair)))
            print(f"{scene.name} {index}", file=sys.stderr)
    figures = ["inside_px", "false_px", "iou"]
    table = pd.DataFrame(rows, columns=["scene", "pair", "method", *figures])
    return _markdown(table, "scene", "method", figures)


def dis_minus_lk(first: Luma, second: Luma) -> tuple[FloatArray, FloatArray]:
    """Dense flow less the homography of sparse tracks, and where it is more than a pixel."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    mixed = search.calc(first, second, np.empty(0, np.float32))
    cv2.setRNGSeed(0)
    local = mixed - flow_px(lk_homography(first, second), SIZE, WIDTH_PX, HEIGHT_PX)
    return local, np.linalg.norm(local, axis=-1) > MOVES_PX


@dataclass(frozen=True)
class GlocalLocal:
    """GLOCAL alone, by its own global motion."""

    weights: Path

    def __call__(self, first: Luma, second: Luma) -> tuple[FloatArray, FloatArray]:
        """Local flow (H, W, 2) px, and where it is relevant."""
        size = SIZE.fitted(GuidedSettings().longest_px)
        view = GlocalView(load_glocal(self.weights, CPU), CPU)
        with torch.inference_mode():
            motion = view.network(view.mixed([shrunk(each, size) for each in (first, second)], [1]))
        local = motion.local.flow[0].permute(1, 2, 0).numpy() * (WIDTH_PX / size.width)
        full = (WIDTH_PX, HEIGHT_PX)
        return cv2.resize(local, full), cv2.resize(motion.local.relevance[0, 0].numpy(), full) > 0.5


@dataclass(frozen=True)
class MeteredLocal:
    """Local motion as the pipeline stores it: by the estimator's motion, to the pixel."""

    estimator: GlocalEstimator
    meter: ActivityMeter

    @classmethod
    def of(cls, weights: Path) -> "MeteredLocal":
        """Build both from one network."""
        network = load_glocal(weights, CPU)
        return cls(GlocalEstimator(network, CPU, GuidedSettings()), ActivityMeter(network, CPU))

    def __call__(self, first: Luma, second: Luma) -> tuple[FloatArray, FloatArray]:
        """Local flow (H, W, 2) px, and where it is not 0."""
        pair = enumerate((first, second))
        frames = [GrayFrame(i, i, i / FRAME_RATE, luma) for i, luma in pair]
        cv2.setRNGSeed(0)
        motion = estimate_motion(frames, self.estimator, SIZE)
        seen = list(self.meter.local_flows(frames, motion))[-1]
        if seen.velocity.shape[:2] != first.shape:  # taken for a cut: nothing is said
            return np.zeros((*first.shape, 2)), np.zeros(first.shape, np.bool_)
        return seen.velocity * (WIDTH_PX / 2 / FRAME_RATE), seen.speed > 0


def _local_figures(
    found: FloatArray, moves: FloatArray, truth: FloatArray, pair: ScenePair
) -> tuple[float, float, float]:
    """Endpoint error inside objects, false motion outside, and intersection over union."""
    foreground = pair.background < FOREGROUND
    error = np.linalg.norm(found - truth, axis=-1)
    outside = np.linalg.norm(found, axis=-1)[~foreground]
    shared = (moves & foreground).sum() / max(1, (moves | foreground).sum())
    return float(error[foreground].mean()), float(outside.mean()), float(shared)


def _markdown(table: pd.DataFrame, across: str, down: str, figures: Sequence[str]) -> str:
    """Median / mean of each figure: a row a method, a column a class and figure."""
    columns = list(dict.fromkeys(table[across]))
    heads = [f"{c}, {f}" if len(figures) > 1 else str(c) for c in columns for f in figures]
    lines = ["| method | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for method, rows in table.groupby(down, sort=False):
        cells = [
            f"{part[f].median():.3f} / {part[f].mean():.2f}"
            for c in columns
            for part in [rows[rows[across] == c]]
            for f in figures
        ]
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.glocal", description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, nargs="*", default=[GLOCAL_WEIGHTS])
    parser.add_argument("--parts", nargs="*", default=["homography", "local"])
    parser.add_argument("--scenes", type=int, default=20, help="per class")
    parser.add_argument("--skip", type=int, default=20, help="scenes used in development")
    return parser


if __name__ == "__main__":
    sys.exit(main())
