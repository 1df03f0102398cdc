"""U-Net whose skip connections pass through additive attention gates.

Gates after Oktay et al., "Attention U-Net" (MIDL 2018), eq. 1 and 2: what the coarse features know
decides which of the fine ones are let through.
"""

import torch
from torch import Tensor, nn

from gfn_core.networks.feature_pyramid import convolution
from gfn_core.networks.resampling import resized

SCALES = 2  # below the grid itself


class AttentionGate(nn.Module):
    """Weighs fine features by how well they go with coarse ones."""

    def __init__(self, fine: int, coarse: int, inner: int) -> None:
        super().__init__()
        self.fine = nn.Conv2d(fine, inner, 1)
        self.coarse = nn.Conv2d(coarse, inner, 1)
        self.score = nn.Conv2d(inner, 1, 1)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        """Return `fine` (B, F, H, W) times a weight of each cell; `coarse` (B, C, H, W)."""
        together = torch.relu(self.fine(fine) + self.coarse(coarse))
        weight: Tensor = torch.sigmoid(self.score(together))
        return fine * weight


class AttentionUNet(nn.Module):
    """Maps (B, inputs, H, W) to (B, outputs, H, W); the last layer starts at 0."""

    def __init__(self, inputs: int, width: int, outputs: int) -> None:
        super().__init__()
        widths = [width * 2**scale for scale in range(SCALES + 1)]
        self.entry = nn.Sequential(convolution(inputs, width), convolution(width, width))
        self.down = nn.ModuleList(
            nn.Sequential(convolution(wide, 2 * wide, stride=2), convolution(2 * wide, 2 * wide))
            for wide in widths[:-1]
        )
        self.gates = nn.ModuleList(
            AttentionGate(wide, 2 * wide, wide) for wide in reversed(widths[:-1])
        )
        self.up = nn.ModuleList(convolution(3 * wide, wide) for wide in reversed(widths[:-1]))
        self.head = nn.Conv2d(width, outputs, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(torch.as_tensor(self.head.bias))

    def forward(self, x: Tensor) -> Tensor:
        """H and W are free."""
        scales = [self.entry(x)]
        for down in self.down:
            scales.append(down(scales[-1]))
        x = scales.pop()
        for gate, up in zip(self.gates, self.up, strict=True):
            fine = scales.pop()
            coarse = resized(x, *fine.shape[2:])
            x = up(torch.cat([gate(fine, coarse), coarse], dim=1))
        answer: Tensor = self.head(x)
        return answer
