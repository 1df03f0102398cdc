"""A small hourglass of convolutions: each cell sees the whole grid, at little cost.

What is background shows only from afar; so most of the layers work on the coarser grids, where
they are cheap.
"""

import torch
from torch import Tensor, nn

from gfn_core.networks.feature_pyramid import convolution
from gfn_core.networks.resampling import resized

HALVINGS = 3
GROUPS = 8  # of channels, each normalised (Wu & He, ECCV 2018): without it training ran away


class ResidualBlock(nn.Module):
    """Two convolutions beside the way straight on (He et al., CVPR 2016); at first adds nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = convolution(width, width, groups=GROUPS)
        self.outer = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(torch.as_tensor(self.outer.bias))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        changed: Tensor = x + self.outer(self.inner(x))
        return changed


class Hourglass(nn.Module):
    """Halves the grid three times and comes back, with the finer features beside (U-Net, 2015)."""

    def __init__(self, inputs: int, width: int, outputs: int) -> None:
        super().__init__()
        self.entry = convolution(inputs, width, groups=GROUPS)
        self.down = nn.ModuleList(
            nn.Sequential(convolution(width, width, 2, groups=GROUPS), ResidualBlock(width))
            for _ in range(HALVINGS)
        )
        self.up = nn.ModuleList(
            nn.Sequential(convolution(2 * width, width, groups=GROUPS), ResidualBlock(width))
            for _ in range(HALVINGS - 1)
        )
        self.exit = convolution(2 * width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, H, W); H and W are free."""
        scales = [self.entry(x)]
        for down in self.down:
            scales.append(down(scales[-1]))
        x = scales.pop()
        for up in (*self.up, self.exit):
            finer = scales.pop()
            x = up(torch.cat([resized(x, *finer.shape[2:]), finer], dim=1))
        return x
