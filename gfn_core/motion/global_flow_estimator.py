"""Global motion by GlobalFlowNet, made exact by sparse tracks.

The network knows what is background and roughly how it moves (GlobalFlowNet, WACV 2023); tracks
started there, and fitted under its background weights, are exact to a few hundredths of a pixel.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import OrthonormalBases, orthonormal_bases
from gfn_core.motion.estimator import GrayFrame, PairMotion
from gfn_core.motion.flow_fit import homography_of_flow
from gfn_core.motion.frame_pair import TracksSettings
from gfn_core.motion.guide import Guide
from gfn_core.motion.rough_flow import RoughFlow
from gfn_core.motion.segments import GRAIN_FRAMES
from gfn_core.motion.tracks_estimator import followed
from gfn_core.networks.global_flow_net import GlobalFlow, GlobalFlowNet
from gfn_core.work_ahead import work_ahead

Luma = NDArray[np.uint8]

TINY = 1e-6
FIRST_PAIR = 1  # index of the first frame that has one before it


@dataclass(frozen=True)
class GlobalFlowSettings:
    """All that decides what the estimator finds, beside the frames and the weights."""

    longest_px: int = 256  # of the frames that the network sees
    batch_frames: int = GRAIN_FRAMES
    every_frames: int = 3  # between looks; what is background changes slowly, and tracks go on
    reduced_precision: bool = False  # bfloat16
    tracks: TracksSettings = field(default_factory=TracksSettings)


class GlobalFlowEstimator:
    """GlobalFlowNet guides the tracks; streams, a batch of frames ahead of what it yields."""

    name = "globalflownet"

    def __init__(
        self, network: GlobalFlowNet, device: torch.device, settings: GlobalFlowSettings
    ) -> None:
        self.settings = settings
        self._device = device
        self._network = network.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._rough_flow = RoughFlow()

    def pair_motions(
        self, frames: Iterable[GrayFrame], geometry: FrameGeometry
    ) -> Iterator[PairMotion]:
        """Yield one motion a frame, in order."""
        guided = work_ahead(self._guided(frames, geometry), depth=self.settings.batch_frames)
        return followed(guided, geometry, self.settings.tracks)

    def _guided(
        self, frames: Iterable[GrayFrame], geometry: FrameGeometry
    ) -> Generator[tuple[GrayFrame, Guide | None], None, None]:
        """Yield each frame with the latest guide; the first frame has none."""
        small = geometry.fitted(self.settings.longest_px)
        bases = orthonormal_bases(geometry)
        stream = iter(frames)
        lumas: list[Luma] = []
        guide: Guide | None = None
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
                guide = fresh.get(place, guide)
                yield frame, guide

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
        height, width = lumas[0].shape
        flow = self._estimate(lumas, places)
        half_widths = np.array([2 / width, 2 * geometry.half_height / height])
        return [
            Guide(
                homography_of_flow(global_flow * half_widths, geometry, bases),
                weight / max(weight.max(), TINY),
                trust,
            )
            for global_flow, weight, trust in zip(
                flow.flow.permute(0, 2, 3, 1).double().cpu().numpy(),
                flow.weight[:, 0].double().cpu().numpy(),
                flow.confidence.tolist(),
                strict=True,
            )
        ]

    def _estimate(self, lumas: list[Luma], places: list[int]) -> GlobalFlow:
        """Run the network; a frame's features are made once and serve both of its pairs."""
        needed = sorted({place - step for place in places for step in (0, 1)})
        row = {place: n for n, place in enumerate(needed)}
        rough = np.stack([self._rough_flow.between(lumas[p - 1], lumas[p]) for p in places])
        with torch.inference_mode(), self._precision():
            seen = self._tensor(np.stack([lumas[place] for place in needed])[:, None])
            features = self._network.features(seen / 255)
            first = features[[row[place - 1] for place in places]]
            second = features[[row[place] for place in places]]
            flow: GlobalFlow = self._network.global_flow(first, second, self._tensor(rough))
            return flow

    def _tensor(self, values: NDArray[np.uint8] | NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(values).to(self._device).float()

    def _precision(self) -> AbstractContextManager[None]:
        return torch.autocast(
            self._device.type, torch.bfloat16, enabled=self.settings.reduced_precision
        )


def shrunk(luma: Luma, size: FrameGeometry) -> Luma:
    """Resample `luma` (H, W) to the network's size."""
    return np.asarray(
        cv2.resize(luma, (size.width, size.height), interpolation=cv2.INTER_AREA), np.uint8
    )
