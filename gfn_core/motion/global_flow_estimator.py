"""Global motion by GlobalFlowNet, made exact by sparse tracks.

The network knows what is background and roughly how it moves (GlobalFlowNet, WACV 2023); tracks
started there, and fitted under its background weights, are exact to a few hundredths of a pixel.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice, pairwise

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
from gfn_core.motion.tracks_estimator import followed
from gfn_core.networks.global_flow_net import GlobalFlow, GlobalFlowNet

Luma = NDArray[np.uint8]

TINY = 1e-6


@dataclass(frozen=True)
class GlobalFlowSettings:
    """All that decides what the estimator finds, beside the frames and the weights."""

    longest_px: int = 256  # of the frames that the network sees
    batch_frames: int = 8
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
        return followed(self._guided(frames, geometry), geometry, self.settings.tracks)

    def _guided(
        self, frames: Iterable[GrayFrame], geometry: FrameGeometry
    ) -> Iterator[tuple[GrayFrame, Guide | None]]:
        """Yield each frame with the guide from the frame before; the first has none."""
        last: Luma | None = None
        small = geometry.fitted(self.settings.longest_px)
        bases = orthonormal_bases(geometry)
        stream = iter(frames)
        while batch := list(islice(stream, self.settings.batch_frames)):
            seen = [shrunk(frame.luma, small) for frame in batch]
            guides: list[Guide | None] = [] if last is not None else [None]
            lumas = seen if last is None else [last, *seen]
            guides += self.guides(lumas, geometry, bases)
            yield from zip(batch, guides, strict=True)
            last = seen[-1]

    def guides(
        self, lumas: list[Luma], geometry: FrameGeometry, bases: OrthonormalBases
    ) -> list[Guide]:
        """Guide for each two successive frames of `lumas` (H, W), of a source of `geometry`."""
        if len(lumas) < 2:
            return []
        height, width = lumas[0].shape
        flow = self._estimate(lumas)
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

    def _estimate(self, lumas: list[Luma]) -> GlobalFlow:
        """Run the network on each two successive frames; features of a frame serve both."""
        rough = np.stack([self._rough_flow.between(*pair) for pair in pairwise(lumas)])
        with torch.inference_mode(), self._precision():
            features = self._network.features(self._tensor(np.stack(lumas)[:, None]) / 255)
            first, second = features[: len(lumas) - 1], features[1 : len(lumas)]
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
