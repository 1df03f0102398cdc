"""What GLOCAL starts from: the motion of all that moves, between two frames and back.

Convention: rows of every tensor are *views*. Of B pairs there are 2B views: view i looks from the
first frame of pair i to the second, view B + i looks back. Whatever is estimated for all views
alike is therefore symmetric in time.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from gfn_core.networks.evidence import RoughFlow
from gfn_core.networks.flow_network import FlowNetwork, FrameFeatures
from gfn_core.networks.resampling import cell_px, pooled, resized, warped

LUMA_FINER = 2  # luma is kept at twice the resolution of the grid
AGREED_PX = 2.0  # the way back differs by no more where nothing is hidden
TRUSTED = 2.5e-3  # half-widths: where the way back misses by this much, half the trust is gone
FULLY_INSIDE = 0.999


@dataclass(frozen=True)
class FrameView:
    """Features of frames, and their luma as losses and residuals see it."""

    features: FrameFeatures
    luma: Tensor  # (B, 1, 2h, 2w) standardised

    def __getitem__(self, frames: slice | list[int]) -> "FrameView":
        """Views of some frames of the batch."""
        return FrameView(self.features[frames], self.luma[frames])


@dataclass(frozen=True)
class MixedMotion:
    """Mixed motion of 2B views on a grid of cells; lengths in px of the frames as given."""

    flow: Tensor  # (2B, 2, h, w) px, from a view's own frame to the other
    hidden: Tensor  # (2B, C, h, w) of the backbone's last level
    luma: Tensor  # (2B, 1, 2h, 2w) standardised, of a view's own frame
    width_px: int  # of the frames
    height_px: int

    def other(self, field: Tensor) -> Tensor:
        """Swap views: each gets what the view back holds."""
        return torch.roll(field, len(self.flow) // 2, dims=0)

    def in_cells(self, flow: Tensor) -> Tensor:
        """Flow (2B, 2, rows, columns) px in cells of its own grid."""
        return flow / cell_px(flow, self.width_px, self.height_px)

    @property
    def disagreement(self) -> Tensor:
        """What a flow and the way back from where it leads add up to (2B, 2, h, w), px."""
        return self.flow + warped(self.other(self.flow), self.in_cells(self.flow))

    @property
    def trust(self) -> Tensor:
        """How far the mixed flow can be relied on (2B, 1, h, w), 0 to 1: the way back agrees.

        It does not where something is hidden, leaves the frame, or has no texture.
        """
        apart: Tensor = self.disagreement.norm(dim=1, keepdim=True) * (2 / self.width_px)
        return 1 / (1 + (apart / TRUSTED) ** 2)

    @property
    def balanced(self) -> "MixedMotion":
        """The same, each flow averaged with the way back: between equal frames nothing moves.

        Where the two differ much, as behind an occlusion, a view keeps its own.
        """
        apart = self.disagreement
        agreed = torch.exp(-apart.square().sum(dim=1, keepdim=True) / AGREED_PX**2)
        return replace(self, flow=self.flow - agreed * apart / 2)

    def unexplained(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Difference of luma (2B, 1, 2h, 2w) once `flow` px is undone, and 1 where it is known."""
        cells = self.in_cells(resized(flow, *self.luma.shape[2:]))
        sampled = torch.cat([self.other(self.luma), torch.ones_like(self.luma)], dim=1)
        there = warped(sampled, cells)
        inside = (there[:, 1:] > FULLY_INSIDE).to(self.luma.dtype)
        return (there[:, :1] - self.luma).abs() * inside, inside

    @property
    def texture(self) -> Tensor:
        """Contrast of each cell (2B, 1, h, w)."""
        detail = (self.luma - functional.avg_pool2d(self.luma, 3, 1, 1)).abs()
        return pooled(detail, *self.flow.shape[2:])


def view(backbone: FlowNetwork, luma: Tensor) -> FrameView:
    """Look at frames (B, 1, H, W) of any range of values; serves both pairs of a frame."""
    features = backbone.features(luma)
    rows, columns = features.levels[-1].shape[2:]
    return FrameView(features, pooled(features.luma, LUMA_FINER * rows, LUMA_FINER * columns))


def mixed_motion(
    backbone: FlowNetwork, first: FrameView, second: FrameView, rough: RoughFlow
) -> MixedMotion:
    """Estimate mixed motion both ways from a rough one."""
    there = backbone.estimate(first.features, second.features, rough)[-1]
    back = backbone.estimate(second.features, first.features, rough.swapped)[-1]
    return MixedMotion(
        torch.cat([there.local_flow, back.local_flow]).float(),
        torch.cat([there.hidden, back.hidden]).float(),
        torch.cat([first.luma, second.luma]).float(),
        first.features.width,
        first.features.height,
    ).balanced
