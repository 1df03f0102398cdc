"""What training minimises. Flows (B, 2, H, W), weights and masks (B, 1, H, W); losses are (B,)."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from gfn_core.errors import SettingsError
from gfn_core.networks.correlation import offsets

LEAST_WEIGHT = 1e-6  # of a whole field, so that an empty mask yields 0 and not NaN
ROUNDED_PX = 1e-3  # keeps the length of a vector differentiable at 0
SINGULAR = 1e-4  # alphas this near to 0 and 2 use the limits of the formula


@dataclass(frozen=True)
class RobustShape:
    """Shape of the general robust loss."""

    alpha: float  # 2: squares, 1: absolute values, towards 0: logarithm
    scale: float  # error at which squares end


@dataclass(frozen=True)
class RobustSchedule:
    """Anneals the loss from `start` to `end`, geometrically, over `steps` steps."""

    start: RobustShape = RobustShape(0.25, 0.01)
    end: RobustShape = RobustShape(0.01, 0.01)
    steps: int = 10_000

    def __post_init__(self) -> None:
        values = (self.start.alpha, self.start.scale, self.end.alpha, self.end.scale)
        if min(values) <= 0 or self.steps < 1:
            raise SettingsError(f"annealing needs positive shapes and steps, not {self}")

    def at(self, step: int) -> RobustShape:
        """Return the shape at `step`; `end` from the last step on."""
        progress = min(max(step / self.steps, 0.0), 1.0)
        return RobustShape(
            self.start.alpha ** (1 - progress) * self.end.alpha**progress,
            self.start.scale ** (1 - progress) * self.end.scale**progress,
        )


def general_robust(error: Tensor, shape: RobustShape) -> Tensor:
    """General robust loss of `error` (...), elementwise (Barron, CVPR 2019, eq. 1).

    (|a-2|/a) * (((e/c)^2/|a-2| + 1)^(a/2) - 1), as in GlobalFlowNet, sec. 3.3; its limits at
    a = 0 and a = 2.
    """
    squared = (error / shape.scale) ** 2
    alpha = shape.alpha
    if abs(alpha - 2) < SINGULAR:
        return squared / 2
    if abs(alpha) < SINGULAR:
        return torch.log1p(squared / 2)
    spread = abs(alpha - 2)
    penalty: Tensor = ((squared / spread + 1) ** (alpha / 2) - 1) * (spread / alpha)
    return penalty


def endpoint_error(flow: Tensor, truth: Tensor) -> Tensor:
    """Length of the difference of two flows, (B, 1, H, W)."""
    difference = flow - truth
    squared = difference.square().sum(dim=1, keepdim=True)
    return (squared + ROUNDED_PX**2).sqrt() - ROUNDED_PX


def weighted_mean(field: Tensor, weight: Tensor) -> Tensor:
    """Mean of `field` (B, 1, H, W) of each item (B,) under `weight`; 0 where all weight is 0."""
    total = weight.sum(dim=(1, 2, 3)) + LEAST_WEIGHT
    return (field * weight).sum(dim=(1, 2, 3)) / total


def global_flow_error(flow: Tensor, truth: Tensor) -> Tensor:
    """Mean endpoint error of the whole frame, background or not, (B,)."""
    return endpoint_error(flow, truth).mean(dim=(1, 2, 3))


def distillation(
    student: Tensor, teacher: Tensor, frame_skip: Tensor, shape: RobustShape
) -> Tensor:
    """Robust distance of a student's flow to a teacher's, (B,); moving objects are its outliers.

    Divided by `frame_skip` (B,), so that frames further apart do not count more.
    """
    error = endpoint_error(student, teacher) / frame_skip[:, None, None, None]
    return general_robust(error, shape).mean(dim=(1, 2, 3))


def matching_loss(match_logits: Tensor, displacement: Tensor, weight: Tensor) -> Tensor:
    """Cross entropy (B,) of a cost volume (B, D*D, H, W) with the true displacement in cells.

    A displacement (B, 2, H, W) is shared among the four matches around it; one beyond the cost
    volume, or out of the frame, does not count. Trains features directly, which the flow alone
    does slowly from nothing.
    """
    radius = round(match_logits.shape[1] ** 0.5) // 2
    rows, columns = displacement.shape[2:]
    steps = offsets(radius, displacement.device)[:, None, None]
    across = (1 - 2 * (displacement[:, :1] - steps).abs()).clamp_min(0)  # (B, D, H, W)
    down = (1 - 2 * (displacement[:, 1:] - steps).abs()).clamp_min(0)
    target = (down[:, :, None] * across[:, None]).flatten(1, 2)
    x = torch.arange(columns, device=displacement.device) + displacement[:, :1]
    y = torch.arange(rows, device=displacement.device)[:, None] + displacement[:, 1:]
    inside = (x >= 0) & (x <= columns - 1) & (y >= 0) & (y <= rows - 1)
    covered = inside & (displacement.abs().amax(dim=1, keepdim=True) <= steps.max())
    entropy = -(target * functional.log_softmax(match_logits, dim=1)).sum(dim=1, keepdim=True)
    return weighted_mean(entropy, weight * covered)


def background_loss(logit: Tensor, share: Tensor) -> Tensor:
    """Cross entropy (B,) of background logits with the background's share of each cell."""
    entropy = functional.binary_cross_entropy_with_logits(logit, share, reduction="none")
    return entropy.mean(dim=(1, 2, 3))


def confidence_loss(logit: Tensor, error_px: Tensor, tolerance_px: float) -> Tensor:
    """Cross entropy (B,) of confidence with exp(-error / tolerance); no gradient to the error."""
    target = torch.exp(-error_px.detach() / tolerance_px)
    return functional.binary_cross_entropy_with_logits(logit, target, reduction="none")
