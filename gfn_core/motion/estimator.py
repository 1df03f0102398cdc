"""What every motion estimator is: gray frames in, one motion a frame out, streaming."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.model import Motion


class GrayFrame(Protocol):
    """A decoded frame, scaled for analysis."""

    @property
    def index(self) -> int:
        """Number of the frame in presentation order."""

    @property
    def pts(self) -> int:
        """Presentation time, ticks."""

    @property
    def pts_seconds(self) -> float:
        """Presentation time, s."""

    @property
    def luma(self) -> NDArray[np.uint8]:
        """Luma (H, W)."""


@dataclass(frozen=True)
class PairMotion:
    """Motion from the frame before to this one; the fields are those of `Motion`, of one frame."""

    homography: FloatArray = field(default_factory=lambda: np.eye(3))
    shot_start: bool = False
    confidence: float = 1.0
    background_share: float = 1.0
    inlier_share: float = 1.0
    residual: float = 0.0
    sharpness: float = 0.0
    luminance_change: float = 0.0
    dct: FloatArray = field(default_factory=lambda: np.zeros(0))


class MotionEstimator(Protocol):
    """Estimates global motion; `settings` is a frozen dataclass, all of which the result needs."""

    @property
    def name(self) -> str:
        """What users and keys call it."""

    @property
    def settings(self) -> Any:  # noqa: ANN401 - each estimator has its own dataclass
        """What, beside the frames, decides the result."""

    def pair_motions(
        self, frames: Iterable[GrayFrame], geometry: FrameGeometry
    ) -> Iterator[PairMotion]:
        """Yield one motion a frame, in order; `geometry` is the source's, before scaling.

        Frames are consumed as a stream, a bounded number ahead of what is yielded.
        """


def estimate_motion(
    frames: Iterable[GrayFrame], estimator: MotionEstimator, geometry: FrameGeometry
) -> Motion:
    """Run `estimator` over the frames of one video whose source has `geometry`."""
    pts: list[int] = []
    pts_seconds: list[float] = []

    def noted() -> Iterator[GrayFrame]:
        for frame in frames:
            pts.append(frame.pts)
            pts_seconds.append(frame.pts_seconds)
            yield frame

    pairs = list(estimator.pair_motions(noted(), geometry))
    return Motion(
        geometry=geometry,
        pts=np.array(pts, np.int64),
        pts_seconds=np.array(pts_seconds, np.float64),
        homography=np.array([pair.homography for pair in pairs]).reshape(-1, 3, 3),
        shot_start=np.array([pair.shot_start for pair in pairs], np.bool_),
        confidence=np.array([pair.confidence for pair in pairs]),
        background_share=np.array([pair.background_share for pair in pairs]),
        inlier_share=np.array([pair.inlier_share for pair in pairs]),
        residual=np.array([pair.residual for pair in pairs]),
        sharpness=np.array([pair.sharpness for pair in pairs]),
        luminance_change=np.array([pair.luminance_change for pair in pairs]),
        dct=_rows([pair.dct for pair in pairs]),
    )


def _rows(values: list[FloatArray]) -> FloatArray:
    """Stack arrays; zeros where one is empty (a frame without motion)."""
    length = max((len(value) for value in values), default=0)
    return np.array([value if len(value) else np.zeros(length) for value in values]).reshape(
        len(values), length
    )
