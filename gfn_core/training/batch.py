"""Pairs of frames with truth, as tensors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gfn_core.motion.rough_flow import rough_flow
from gfn_core.networks.evidence import RoughFlow

TRUTH_STRIDE = 4  # truth is kept at a quarter of the frame: no level is finer


class PairWithTruth(Protocol):
    """A synthetic pair: gray frames (H, W), flows (H, W, 2) in px, background (H, W) 0 to 1."""

    @property
    def first(self) -> NDArray[np.uint8]: ...  # noqa: D102
    @property
    def second(self) -> NDArray[np.uint8]: ...  # noqa: D102
    @property
    def mixed_flow(self) -> NDArray[np.float32]: ...  # noqa: D102
    @property
    def global_flow(self) -> NDArray[np.float32]: ...  # noqa: D102
    @property
    def background(self) -> NDArray[np.float32]: ...  # noqa: D102


@dataclass(frozen=True)
class CompactPair:
    """What training needs of a pair, small enough to send between processes and to keep."""

    frames: NDArray[np.uint8]  # (2, H, W)
    truth: NDArray[np.float32]  # (5, h, w): mixed u, v and global u, v in px, background share

    @classmethod
    def of(cls, pair: PairWithTruth) -> "CompactPair":
        """Reduce the truth of `pair` to cells."""
        height, width = pair.first.shape
        size = (width // TRUTH_STRIDE, height // TRUTH_STRIDE)
        parts = (pair.mixed_flow, pair.global_flow, pair.background)
        cells = [
            cv2.resize(part.astype(np.float32), size, interpolation=cv2.INTER_AREA)
            for part in parts
        ]
        truth = np.dstack(cells).transpose(2, 0, 1)
        return cls(np.stack([pair.first, pair.second]), np.ascontiguousarray(truth))


@dataclass(frozen=True)
class FramePairs:
    """B pairs of frames of one size, of which nothing more is known."""

    first: Tensor  # (B, 1, H, W) 0 to 1
    second: Tensor  # (B, 1, H, W)
    rough: RoughFlow  # to begin with
    frame_skip: Tensor  # (B,) frames from first to second

    def to(self, device: torch.device) -> Self:
        """Return the same pairs on `device`."""
        return replace(self, **{name: each.to(device) for name, each in vars(self).items()})

    @classmethod
    def of_frames(
        cls, frames: NDArray[np.uint8], frame_skip: Sequence[int], device: torch.device
    ) -> "FramePairs":
        """Take `frames` (B, 2, H, W)."""
        scaled = torch.from_numpy(frames).to(device).float() / 255
        skip = torch.tensor(frame_skip, dtype=torch.float32, device=device)
        pairs = ((first, second) for first, second in frames)
        return cls(scaled[:, :1], scaled[:, 1:], rough_flow(pairs, device), skip)


@dataclass(frozen=True)
class Batch(FramePairs):
    """Pairs with truth on a grid of cells; flows in px of the frames."""

    mixed_flow: Tensor  # (B, 2, h, w)
    global_flow: Tensor  # (B, 2, h, w)
    background: Tensor  # (B, 1, h, w) share of each cell

    @classmethod
    def of(cls, pairs: Sequence[CompactPair], device: torch.device) -> "Batch":
        """Stack pairs of one size."""
        frames = np.stack([pair.frames for pair in pairs])
        seen = FramePairs.of_frames(frames, [1] * len(pairs), device)
        truth = torch.from_numpy(np.stack([pair.truth for pair in pairs])).to(device)
        return cls(
            **vars(seen),
            mixed_flow=truth[:, :2],
            global_flow=truth[:, 2:4],
            background=truth[:, 4:],
        )
