"""What a rough flow shows of two frames, finer than the levels' grid: the rims of what moves.

Which of two motions is the background's shows at their border. The side that is being hidden finds
no match in the other frame, and the way there and back disagree on it. Such strips are a few px
wide, less than a cell of the levels; so they are looked for at half the frame's size.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gfn_core.networks.departure import departed
from gfn_core.networks.feature_pyramid import convolution
from gfn_core.networks.low_pass_filter import LowPassFilter
from gfn_core.networks.resampling import pooled, resized, warped
from gfn_core.networks.subspace_name import Subspace

LUMA_STRIDE = 2  # px of a frame; of the luma and of all clues
STRIDE = 8  # px of a frame; of the features
COARSER = 4  # times: the grid on which the dominant motion is sought
CLUES = 9  # luma, departure, three lengths, two residuals and their difference
WIDTH = 24


@dataclass(frozen=True)
class RoughFlow:
    """Rough flow of all that moves between two frames, in px of the frames, on any grid."""

    there: Tensor  # (B, 2, h, w) from the first frame to the second
    back: Tensor  # (B, 2, h, w) from the second frame to the first

    @classmethod
    def rest(cls, field: Tensor) -> "RoughFlow":
        """Nothing moves, on the grid of `field` (B, C, h, w)."""
        nothing = field.new_zeros(len(field), 2, *field.shape[2:])
        return cls(nothing, nothing)

    def to(self, device: torch.device) -> "RoughFlow":
        """Return the same on `device`."""
        return RoughFlow(self.there.to(device), self.back.to(device))

    @property
    def swapped(self) -> "RoughFlow":
        """The same, for the two frames swapped."""
        return RoughFlow(self.back, self.there)


class Evidence(nn.Module):
    """Features (B, channels, H/8, W/8) of what a rough flow leaves unexplained."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.dominant = LowPassFilter(Subspace.BASES_DCT, 0)
        self.body = nn.Sequential(
            convolution(CLUES, WIDTH, stride=2),
            convolution(WIDTH, WIDTH),
            convolution(WIDTH, channels, stride=2),
            convolution(channels, channels),
        )

    def forward(self, first: Tensor, second: Tensor, rough: RoughFlow, cell: Tensor) -> Tensor:
        """Look at standardised luma (B, 1, H/2, W/2) of two frames; a cell of it is `cell` px."""
        seen: Tensor = self.body(self.clues(first, second, rough, cell))
        return seen

    def clues(self, first: Tensor, second: Tensor, rough: RoughFlow, cell: Tensor) -> Tensor:
        """How each place (B, 9, H/2, W/2) moves, and whether the second frame hides it.

        Beside its flow stands the dominant motion, that of the largest part of the frame.
        """
        rows, columns = first.shape[2:]
        coarse = pooled(rough.there, -(-rows // COARSER), -(-columns // COARSER))
        dominant = self.dominant.robust(coarse)
        there, back, usual = (
            resized(flow, rows, columns) / cell for flow in (rough.there, rough.back, dominant)
        )
        residuals = [(warped(second, flow) - first).abs() for flow in (there, usual)]
        levels = STRIDE // LUMA_STRIDE  # lengths are told in cells of the features
        departure, there_and_back = (there - usual) / levels, there + warped(back, there)
        lengths = [departed(departure), departed(there_and_back / levels), departed(there / levels)]
        return torch.cat(
            [first, departure, *lengths, *residuals, residuals[0] - residuals[1]], dim=1
        )
