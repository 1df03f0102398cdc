"""All figures of one stabilized video beside its source."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import islice

import numpy as np

from gfn_core.geometry import SQUARE, FloatArray
from gfn_core.metrics.fidelity import FidelityFigures, fidelity
from gfn_core.metrics.interframe import InterframeFigures, interframe
from gfn_core.metrics.stability import StabilityFigures, stability
from gfn_core.metrics.timing import TimingFigures, timing
from gfn_core.metrics.tracked_path import GrayArray, TrackedPath, tracked_path

COMPARED_FRAMES = 60  # pairs laid over each other, spread evenly over the video


@dataclass(frozen=True)
class Video:
    """What is measured: frames that can be read again and again, and when they are shown."""

    frames: Iterable[GrayArray]  # each (H, W) luma 0 to 255; a new iteration starts anew
    pts_seconds: FloatArray  # (N,)
    pixel_aspect: Fraction = SQUARE

    @property
    def path(self) -> TrackedPath:
        """The path of its picture, tracked anew."""
        return tracked_path(self.frames, pixel_aspect=self.pixel_aspect)


@dataclass(frozen=True)
class Evaluation:
    """Every figure of one stabilized video."""

    stability: StabilityFigures
    fidelity: FidelityFigures
    interframe: InterframeFigures
    timing: TimingFigures

    def as_row(self) -> dict[str, float]:
        """Return all figures by name, for a table."""
        scores = {
            "nus_minimum": self.stability.nus_minimum,
            "nus_average": self.stability.nus_average,
        }
        parts = (self.stability, self.fidelity, self.interframe, self.timing)
        return {name: value for part in parts for name, value in asdict(part).items()} | scores


def evaluate(source: Video, stabilized: Video, compared: int = COMPARED_FRAMES) -> Evaluation:
    """Measure `stabilized`, frame by frame, against the `source` it was made from.

    Raises ValueError where a video has no frames or none of the frames match.
    """
    common = min(len(source.pts_seconds), len(stabilized.pts_seconds))
    stride = max(1, common // compared)
    pairs = zip(source.frames, stabilized.frames, strict=False)
    return Evaluation(
        stability(stabilized.path),
        fidelity(
            islice(pairs, stride // 2, None, stride), source.pixel_aspect, stabilized.pixel_aspect
        ),
        interframe(stabilized.frames),
        timing(np.asarray(source.pts_seconds), np.asarray(stabilized.pts_seconds)),
    )
