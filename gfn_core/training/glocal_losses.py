"""What GLOCAL's training minimises: two reconstruction losses, neither of which knows any truth.

What the paper states: GME is trained by a *global reconstruction loss*, LME by a *local
reconstruction loss*; both self-supervised. What they consist of is our reading: each function says
so. Rows are views (see `networks.mixed_motion`), so every loss holds both ways; losses are (2B,).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from gfn_core.networks.global_motion_estimator import GlobalMotion
from gfn_core.networks.local_motion_estimator import LocalMotion
from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.networks.resampling import pooled, resized
from gfn_core.training.losses import RobustShape, endpoint_error, general_robust

AGREEMENT = RobustShape(0.0, 2e-3)  # logarithmic: far outliers still pull
PHOTOMETRIC = RobustShape(0.0, 0.15)
LEAST_AREA = 1e-3  # of a mask: keeps its logarithm finite


@dataclass(frozen=True)
class GlocalLossSettings:
    """Weights and scales; lengths in half-widths, luma in standard deviations of a frame."""

    agreement: RobustShape = AGREEMENT
    photometric: RobustShape = PHOTOMETRIC
    photometric_weight: float = 0.3
    foreground_price: float = 1.5  # what a cell costs once it need not be explained
    area_prior: float = 1.0  # 0 leaves price and barrier out
    barrier: float = 0.1  # against a mask without background
    unsureness: float = 0.3  # of cost: how far evidence has to go before the mask is sure
    border_price: float = 0.5  # more at the border, less at the centre, where subjects are
    looks: tuple[float, ...] = (0.5, 1.0)  # weights of the first look to the last
    local_weight: float = 1.0
    local_photometric: float = 0.1


def global_reconstruction(
    mixed: MixedMotion, found: GlobalMotion, settings: GlocalLossSettings, *, masked: bool = True
) -> Tensor:
    """How badly the global motion explains what the mask calls background, (2B,).

    The paper: the global motion has to reconstruct. Our reading: each cell of the background pays
    for the distance of global and mixed motion, as far as the latter can be trusted (logarithmic,
    so that the largest group of cells that moves alike wins), and for the luma that is left once
    the global motion is undone; a cell of the foreground pays a price instead, so that the mask
    neither collapses nor swallows all. Entropy keeps the mask as unsure as its evidence is: without
    it, all cells became background in the first hundred steps, and no gradient brought them back.
    """
    cost = unexplained_cost(mixed, found.flow, settings)
    if not masked:
        return cost.mean(dim=(1, 2, 3))
    background = found.background
    kept = (background * cost).mean(dim=(1, 2, 3))
    unsure = settings.unsureness * entropy(found.background_logit).mean(dim=(1, 2, 3))
    return kept - unsure + settings.area_prior * area_prior(background, settings)


def unexplained_cost(mixed: MixedMotion, flow: Tensor, settings: GlocalLossSettings) -> Tensor:
    """What each cell (2B, 1, h, w) holds against a global `flow` (2B, 2, h, w) px."""
    apart = endpoint_error(flow, mixed.flow) * (2 / mixed.width_px)
    left, _ = mixed.unexplained(flow)
    brightness = pooled(general_robust(left, settings.photometric), *flow.shape[2:])
    agreement = mixed.trust * general_robust(apart, settings.agreement)
    return agreement + settings.photometric_weight * brightness


def entropy(logit: Tensor) -> Tensor:
    """Entropy of a mask (2B, 1, h, w), 0 to log 2, from its logit."""
    share = torch.sigmoid(logit)
    return functional.softplus(logit) - share * logit


def area_prior(background: Tensor, settings: GlocalLossSettings) -> Tensor:
    """Price of foreground (2B,) for a mask of background (2B, 1, h, w), 0 to 1 (our reading).

    Foreground costs by area, and more at the frame's border than at its centre; a mask that
    leaves no background at all costs without bound.
    """
    price = settings.foreground_price * (1 + settings.border_price * border(background))
    foreground = ((1 - background) * price).mean(dim=(1, 2, 3))
    area = background.mean(dim=(1, 2, 3)).clamp_min(LEAST_AREA)
    return foreground - settings.barrier * torch.log(area)


def border(field: Tensor) -> Tensor:
    """Nearness to the border (1, 1, h, w) on the grid of `field`: -1 at the centre, 1 there."""
    rows, columns = field.shape[2:]
    x = (torch.arange(columns, device=field.device) + 0.5) / columns * 2 - 1
    y = (torch.arange(rows, device=field.device) + 0.5) / rows * 2 - 1
    towards = torch.maximum(x.abs().expand(rows, columns), y.abs()[:, None].expand(rows, columns))
    return (2 * towards**2 - 1)[None, None]


def local_reconstruction(
    mixed: MixedMotion, found: GlobalMotion, local: LocalMotion, settings: GlocalLossSettings
) -> Tensor:
    """How badly global and local motion together explain what moves by itself, (2B,).

    The paper: LME reconstructs local motion and leaves out irrelevant regions. Our reading: local
    + global = mixed where the mask sees foreground, local = 0 elsewhere, both in a robust penalty;
    and the sum undoes the luma of the foreground. No gradient reaches GME.
    """
    foreground = 1 - found.background.detach()
    wanted = (mixed.flow - found.flow).detach()
    scale = 2 / mixed.width_px
    missed = general_robust(endpoint_error(local.flow, wanted) * scale, settings.agreement)
    nothing = torch.zeros_like(wanted)
    invented = general_robust(endpoint_error(local.flow, nothing) * scale, settings.agreement)
    agreement = mixed.trust * foreground * missed + (1 - foreground) * invented
    left, _ = mixed.unexplained(found.flow.detach() + local.candidate)
    luma_share = resized(foreground, *left.shape[2:])
    brightness = general_robust(left, settings.photometric) * luma_share
    return agreement.mean(dim=(1, 2, 3)) + settings.local_photometric * brightness.mean(
        dim=(1, 2, 3)
    )
