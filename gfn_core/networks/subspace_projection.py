"""GLOCAL's implicit bottleneck: features projected on a few patterns that they suggest themselves.

X' = V (V^T V)^-1 V^T X, with each channel of X a vector over the cells and V a few learned patterns
over the same cells (the low-rank projection of BasesHomo, Ye et al., ICCV 2021, sec. 3.3). The
paper says that its implicit bottleneck "reduces the feature dimension" so that only dominant
motion survives; this form of it is our reading.
"""

import torch
from torch import Tensor, nn

RIDGE = 1e-4  # of patterns of unit length: two alike do not make the inverse explode
LEAST_LENGTH = 1e-4


class SubspaceProjection(nn.Module):
    """Keeps of (B, C, H, W) what lies in the span of `vectors` patterns over the grid."""

    def __init__(self, channels: int, vectors: int) -> None:
        super().__init__()
        self.patterns = nn.Conv2d(channels, vectors, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Project each channel over the grid; (B, C, H, W) to (B, C, H, W)."""
        with torch.autocast(x.device.type, enabled=False):
            features = x.float()
            patterns = self.patterns(features).flatten(2)  # (B, K, H*W)
            length = patterns.norm(dim=2, keepdim=True)
            basis = patterns / (length + LEAST_LENGTH)
            gram = basis @ basis.mT + RIDGE * torch.eye(basis.shape[1], device=x.device)
            shares = torch.linalg.solve(gram, basis @ features.flatten(2).mT)  # (B, K, C)
            projected: Tensor = (basis.mT @ shares).mT
            return projected.reshape(x.shape).to(x.dtype)
