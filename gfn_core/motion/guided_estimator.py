"""What estimators by a network share: it guides sparse tracks, which make the motion exact.

A network knows what is background and roughly how it moves; tracks started there, and fitted under
its background weights, are exact to a few hundredths of a pixel.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import OrthonormalBases, orthonormal_bases
from gfn_core.motion.estimator import GrayFrame, PairMotion
from gfn_core.motion.following import followed
from gfn_core.motion.frame_pair import TracksSettings
from gfn_core.motion.guide import Guide
from gfn_core.motion.segments import GRAIN_FRAMES
from gfn_core.precision import Precision
from gfn_core.work_ahead import work_ahead

Luma = NDArray[np.uint8]

GlobalView = tuple[Tensor, Tensor, Tensor]  # flow (B, 2, h, w) px, weight (B, 1, h, w), trust (B,)
FIRST_PAIR = 1  # index of the first frame that has one before it


@dataclass(frozen=True)
class GuidedSettings:
    """All that decides what the estimator finds, beside the frames and the weights."""

    longest_px: int = 256  # of the frames that the network sees
    batch_frames: int = GRAIN_FRAMES
    every_frames: int = 8  # between looks, unless there is doubt; what is background changes slowly
    precision: Precision = Precision.FLOAT32
    tracks: TracksSettings = field(default_factory=TracksSettings)


class GuidedEstimator(ABC):
    """A network guides the tracks; streams, a batch of frames ahead of what it yields."""

    name: ClassVar[str]

    def __init__(self, settings: GuidedSettings) -> None:
        self.settings = settings

    @abstractmethod
    def views(self, lumas: list[Luma], places: list[int]) -> GlobalView:
        """Look at the frames at `places` of `lumas` (H, W), each with the frame before it."""

    def trust(self, confidence: float) -> float:
        """What a network of this `confidence` leaves of the tracks' own; by default, all."""
        del confidence
        return 1.0

    def guides(
        self,
        lumas: list[Luma],
        places: list[int],
        geometry: FrameGeometry,
        bases: OrthonormalBases,
    ) -> list[Guide]:
        """Guides to the frames at `places` of `lumas` (H, W), each from the frame before it.

        `geometry` is the source's.
        """
        if not places:
            return []
        flow, weight, confidence = self.views(lumas, places)
        return [
            replace(
                Guide.of_flow(*seen, lumas[0].shape, geometry, bases), trust=self.trust(seen[-1])
            )
            for seen in zip(
                flow.permute(0, 2, 3, 1).double().cpu().numpy(),
                weight[:, 0].double().cpu().numpy(),
                confidence.tolist(),
                strict=True,
            )
        ]

    def pair_motions(
        self, frames: Iterable[GrayFrame], geometry: FrameGeometry
    ) -> Iterator[PairMotion]:
        """Yield one motion a frame, in order."""
        small = geometry.fitted(self.settings.longest_px)
        bases = orthonormal_bases(geometry)

        def look(first: Luma, second: Luma) -> Guide:
            pair = [shrunk(luma, small) for luma in (first, second)]
            return self.guides(pair, [1], geometry, bases)[0]

        guided = work_ahead(
            self._guided(frames, small, geometry, bases), depth=self.settings.batch_frames
        )
        return followed(guided, geometry, self.settings.tracks, look)

    def _guided(
        self,
        frames: Iterable[GrayFrame],
        small: FrameGeometry,
        geometry: FrameGeometry,
        bases: OrthonormalBases,
    ) -> Generator[tuple[GrayFrame, Guide | None], None, None]:
        """Yield each frame, some with a guide from the frame before."""
        stream = iter(frames)
        lumas: list[Luma] = []
        while batch := list(islice(stream, self.settings.batch_frames)):
            lumas = lumas[-1:] + [shrunk(frame.luma, small) for frame in batch]
            before = len(lumas) - len(batch)  # frames of the batch before: 1, or 0 at the start
            due = [
                place
                for place, frame in enumerate(batch, start=before)
                if place and (frame.index - FIRST_PAIR) % self.settings.every_frames == 0
            ]
            fresh = dict(zip(due, self.guides(lumas, due, geometry, bases), strict=True))
            for place, frame in enumerate(batch, start=before):
                yield frame, fresh.get(place)


def shrunk(luma: Luma, size: FrameGeometry) -> Luma:
    """Resample `luma` (H, W) to the network's size."""
    return np.asarray(
        cv2.resize(luma, (size.width, size.height), interpolation=cv2.INTER_AREA), np.uint8
    )
