"""How far one motion departs from another, as networks are told of it."""

import torch
from torch import Tensor

NOTICED_CELLS = 0.02  # a departure of which this is the order of magnitude


def departed(flow_cells: Tensor) -> Tensor:
    """How far a flow (B, 2, H, W) departs from none, (B, 1, H, W), on a logarithmic scale.

    Whether two motions are one shows in tenths of a pixel, though they may differ by tens.
    """
    return torch.log1p((flow_cells / NOTICED_CELLS).square().sum(dim=1, keepdim=True))
