"""GLOCAL's explicit bottleneck: eight weights of the homography flow bases.

The paper estimates "weights of global motion bases" under a foreground mask. Our reading of how:
they are pooled from all cells by a weighted least-squares fit, in closed form and differentiable,
so that the network only has to say which cells count.
"""

import torch
from torch import Tensor

from gfn_core.networks.mixed_motion import MixedMotion

BASES = 8
RIDGE = 3e-4  # of a mean weight of 1: decides only what the weights leave open
LEAST_MEAN_WEIGHT = 1e-3


def global_fit(mixed: MixedMotion, weight: Tensor) -> Tensor:
    """Weights (2B, 8) of the bases that fit the mixed flow under `weight` (2B, 1, h, w).

    Both views of a pair are fitted to the correspondences of both, so that global motion there and
    back are each other's inverse to first order, and none where the mixed motion is none.
    """
    points = grid_points(mixed)
    flow = mixed.flow.float() * (2 / mixed.width_px)
    there = points + flow
    own = _normal_equations(points.expand_as(flow), flow, weight)
    back = _normal_equations(mixed.other(there), -mixed.other(flow), mixed.other(weight))
    normal, right = own[0] + back[0], own[1] + back[1]
    total = (weight + mixed.other(weight)).mean(dim=(1, 2, 3)).double()
    ridge = RIDGE * total.clamp_min(LEAST_MEAN_WEIGHT) * weight[0].numel()
    identity = torch.eye(BASES, device=flow.device, dtype=torch.float64)
    solved: Tensor = torch.linalg.solve(normal + ridge[:, None, None] * identity, right)
    return solved[..., 0].float()


def global_flow(mixed: MixedMotion, basis_weights: Tensor) -> Tensor:
    """Flow (2B, 2, h, w) px of weights (2B, 8) of the bases."""
    points = grid_points(mixed)
    flow = torch.einsum("dkhw,bk->bdhw", flow_bases(points)[0], basis_weights)
    return flow * (mixed.width_px / 2)


def grid_points(mixed: MixedMotion) -> Tensor:
    """Cell centres (1, 2, h, w) in half-widths; see `gfn_core.geometry`."""
    rows, columns = mixed.flow.shape[2:]
    device = mixed.flow.device
    x = (torch.arange(columns, device=device) + 0.5) / columns * 2 - 1
    y = ((torch.arange(rows, device=device) + 0.5) / rows * 2 - 1) * (
        mixed.height_px / mixed.width_px
    )
    down, across = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([across, down])[None]


def flow_bases(points: Tensor) -> Tensor:
    """Evaluate the bases at `points` (B, 2, h, w): (B, 2, 8, h, w), in the paper's order."""
    x, y = points[:, 0], points[:, 1]
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    across = torch.stack([one, zero, x, zero, y, zero, x * x, x * y], dim=1)
    down = torch.stack([zero, one, zero, x, zero, y, x * y, y * y], dim=1)
    return torch.stack([across, down], dim=1)


def _normal_equations(points: Tensor, flow: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Matrix (2B, 8, 8) and right side (2B, 8, 1) of the fit of `flow` at `points`."""
    design = flow_bases(points).double().permute(0, 1, 3, 4, 2).flatten(1, 3)  # (2B, 2hw, 8)
    counted = weight.double().expand_as(flow).flatten(1)[..., None]  # (2B, 2hw, 1)
    weighted = (design * counted).mT
    return weighted @ design, weighted @ flow.double().flatten(1)[..., None]
