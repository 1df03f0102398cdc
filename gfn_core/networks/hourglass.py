"""A small hourglass of convolutions: each cell sees the whole grid, at the cost of two layers."""

import torch
from torch import Tensor, nn

from gfn_core.networks.feature_pyramid import convolution
from gfn_core.networks.resampling import resized


class Hourglass(nn.Module):
    """Halves the grid three times and comes back, with the finer features beside (U-Net, 2015)."""

    def __init__(self, inputs: int, width: int, outputs: int) -> None:
        super().__init__()
        self.entry = convolution(inputs, width)
        self.down = nn.ModuleList(convolution(width, width, stride=2) for _ in range(3))
        self.up = nn.ModuleList(convolution(2 * width, width) for _ in range(2))
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
