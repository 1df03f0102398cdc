"""GME of GLOCAL: mixed motion, implicit bottleneck, explicit bottleneck, global motion.

The mask depends on what the global motion is, and the global motion on the mask. So the estimator
looks a few times, each time at what the global motion so far does not explain; all looks share
their weights. That, and the form of both bottlenecks, is our reading of the paper.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gfn_core.errors import SettingsError
from gfn_core.networks.departure import departed
from gfn_core.networks.feature_pyramid import convolution
from gfn_core.networks.global_fit import global_fit, global_flow
from gfn_core.networks.hourglass import GROUPS, Hourglass
from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.networks.resampling import pooled
from gfn_core.networks.subspace_projection import SubspaceProjection

CLUES = 9  # two flows, two lengths, two residuals, texture
START_LOGIT = 1.0  # before training, most is background


@dataclass(frozen=True)
class GlobalMotionSettings:
    """Size of the estimator, and what an ablation leaves out of it."""

    width: int = 32
    vectors: int = 16  # of the implicit bottleneck; 0 leaves it out
    looks: int = 6  # in use; training needs fewer, since all share their weights
    masked: bool = True  # False: background or not, every cell counts in the fit

    def __post_init__(self) -> None:
        if self.looks < 1 or self.vectors < 0:
            raise SettingsError(f"needs one look or more, and no fewer than 0 vectors: {self}")
        if self.width % GROUPS:
            raise SettingsError(f"width {self.width}: choose a multiple of {GROUPS}")


@dataclass(frozen=True)
class GlobalMotion:
    """Global motion of 2B views after one look."""

    basis_weights: Tensor  # (2B, 8)
    flow: Tensor  # (2B, 2, h, w) px
    background_logit: Tensor  # (2B, 1, h, w)
    fit_weight: Tensor  # (2B, 1, h, w) of each cell in the fit, 0 to 1

    @property
    def background(self) -> Tensor:
        """How surely a cell moves with the camera (2B, 1, h, w), 0 to 1."""
        return torch.sigmoid(self.background_logit)

    @property
    def confidence(self) -> Tensor:
        """How far the motion can be trusted (2B,), 0 to 1: the share that it explains."""
        return self.background.mean(dim=(1, 2, 3))


class GlobalMotionEstimator(nn.Module):
    """Estimates global motion from mixed motion, look by look."""

    def __init__(self, hidden: int, settings: GlobalMotionSettings) -> None:
        super().__init__()
        self.settings = settings
        width = settings.width
        self.entry = nn.Sequential(convolution(hidden + CLUES, width), convolution(width, width))
        self.implicit = (
            SubspaceProjection(width, settings.vectors) if settings.vectors else nn.Identity()
        )
        self.body = Hourglass(width, width, width)
        self.head = nn.Conv2d(width, 1, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(torch.as_tensor(self.head.bias), START_LOGIT)

    def forward(self, mixed: MixedMotion, looks: int | None = None) -> tuple[GlobalMotion, ...]:
        """Global motion after each of so many `looks`; the last one counts."""
        so_far = global_flow(mixed, global_fit(mixed, mixed.trust))
        seen: list[GlobalMotion] = []
        for _ in range(looks or self.settings.looks):
            seen.append(self.look(mixed, so_far))
            so_far = seen[-1].flow
        return tuple(seen)

    def look(self, mixed: MixedMotion, so_far: Tensor) -> GlobalMotion:
        """Global motion, given the one `so_far` (2B, 2, h, w) px."""
        seen = torch.cat([clues(mixed, so_far), mixed.hidden], dim=1)
        logit = self.head(self.body(self.implicit(self.entry(seen)))).float()
        weight = mixed.trust * (torch.sigmoid(logit) if self.settings.masked else 1.0)
        basis_weights = global_fit(mixed, weight)
        return GlobalMotion(basis_weights, global_flow(mixed, basis_weights), logit, weight)


def clues(mixed: MixedMotion, global_flow_px: Tensor) -> Tensor:
    """What tells whether a cell moves by itself (2B, 9, h, w), given the global flow so far."""
    grid = mixed.flow.shape[2:]
    departure = mixed.in_cells(mixed.flow - global_flow_px)
    residuals = [pooled(mixed.unexplained(flow)[0], *grid) for flow in (mixed.flow, global_flow_px)]
    lengths = [departed(departure), departed(mixed.in_cells(mixed.disagreement))]
    flows = [mixed.in_cells(mixed.flow), departure]
    return torch.cat([*flows, *lengths, *residuals, mixed.texture], dim=1)
