"""What a step of training minimises, for the teacher and for the student."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from gfn_core.networks.flow_network import FlowNetwork, LevelEstimate
from gfn_core.networks.global_flow_net import GlobalFlow, GlobalFlowNet
from gfn_core.networks.resampling import pooled, resized
from gfn_core.training.batch import Batch, FramePairs
from gfn_core.training.kinds import LossKind
from gfn_core.training.losses import (
    RobustSchedule,
    RobustShape,
    background_loss,
    confidence_loss,
    distillation,
    endpoint_error,
    general_robust,
    global_flow_error,
    matching_loss,
    weighted_mean,
)
from gfn_core.training.teachers import FlowTeacher

ALIKE_PX = 0.3  # an object that moves apart by less cannot be told from the background


PENALTIES = {
    LossKind.ABSOLUTE: RobustShape(1.0, 0.1),
    LossKind.SQUARED: RobustShape(2.0, 1.0),
    LossKind.ROBUST: RobustShape(0.5, 0.1),
}


@dataclass(frozen=True)
class ObjectiveSettings:
    """Weights of the parts of the loss; 0 leaves one out."""

    kind: LossKind = LossKind.ROBUST
    levels: tuple[float, ...] = (0.5, 0.7, 1.0)  # coarse to fine
    global_flow: float = 0.1
    mixed_flow: float = 0.03
    matching: float = 0.1
    background: float = 6.0
    confidence: float = 0.1
    confidence_tolerance_px: float = 1.0
    distillation: float = 0.1
    distillation_schedule: RobustSchedule = field(default_factory=RobustSchedule)


@dataclass(frozen=True)
class Objective:
    """A loss and what a log should show of it."""

    loss: Tensor  # ()
    figures: dict[str, float]


def teacher_objective(network: FlowNetwork, batch: Batch, settings: ObjectiveSettings) -> Objective:
    """Mixed flow and background of an unfiltered network against synthetic truth."""
    levels = network(batch.first, batch.second, batch.rough)
    parts = [
        weight
        * (
            _mixed_loss(level, batch, settings, _purity(level, batch))
            + settings.background * _background_loss(level, batch)
        )
        for weight, level in zip(settings.levels, levels, strict=True)
    ]
    error = endpoint_error(levels[-1].flow, _at(batch.mixed_flow, levels[-1])).mean()
    return Objective(
        torch.stack(parts).sum(dim=0).mean(),
        {"mixed_epe_px": error.item(), **_background_figures(levels[-1], batch)},
    )


def student_objective(
    network: GlobalFlowNet, batch: Batch, settings: ObjectiveSettings
) -> Objective:
    """Global flow, background and confidence of a filtered network against synthetic truth."""
    estimate: GlobalFlow = network(batch.first, batch.second, batch.rough)
    parts = [
        weight
        * (
            settings.global_flow * _global_loss(level, batch, settings.kind)
            + _mixed_loss(level, batch, settings, _at(batch.background, level))
            + settings.background * _background_loss(level, batch)
        )
        for weight, level in zip(settings.levels, estimate.levels, strict=True)
    ]
    error = global_flow_error(estimate.flow, _at(batch.global_flow, estimate.levels[-1]))
    doubt = confidence_loss(estimate.confidence_logit, error, settings.confidence_tolerance_px)
    loss = torch.stack(parts).sum(dim=0) + settings.confidence * doubt
    return Objective(
        loss.mean(),
        {
            "global_epe_px": error.mean().item(),
            "global_epe_median_px": error.median().item(),
            "confidence_loss": doubt.mean().item(),
            **_matching_figures(estimate.levels, batch),
            **_background_figures(estimate.levels[-1], batch),
        },
    )


def distillation_objective(
    network: GlobalFlowNet,
    teacher: FlowTeacher,
    batch: FramePairs,
    settings: ObjectiveSettings,
    step: int,
) -> Objective:
    """Robust agreement with a teacher's flow, which needs no truth (GlobalFlowNet, sec. 3.3)."""
    estimate: GlobalFlow = network(batch.first, batch.second, batch.rough)
    taught = teacher.flow(batch)
    shape = settings.distillation_schedule.at(step)
    skip = batch.frame_skip
    parts = [
        weight * distillation(level.flow, _at(taught, level), skip, shape)
        for weight, level in zip(settings.levels, estimate.levels, strict=True)
    ]
    loss = settings.distillation * torch.stack(parts).sum(dim=0).mean()
    distance = endpoint_error(estimate.flow, _at(taught, estimate.levels[-1]))
    return Objective(
        loss,
        {
            "distillation_loss": loss.item(),
            "distance_to_teacher_px": distance.median().item(),
            "alpha": shape.alpha,
            "scale": shape.scale,
        },
    )


def _global_loss(level: LevelEstimate, batch: Batch, kind: LossKind) -> Tensor:
    """Penalty (B,) on the error of the whole pair: one pair gone wrong is one outlier."""
    return general_robust(
        global_flow_error(level.flow, _at(batch.global_flow, level)), PENALTIES[kind]
    )


def _purity(level: LevelEstimate, batch: Batch) -> Tensor:
    """Weight (B, 1, h, w) of each cell: one of two motions has no one flow."""
    return (2 * _at(batch.background, level) - 1).abs()


def _mixed_loss(
    level: LevelEstimate, batch: Batch, settings: ObjectiveSettings, counted: Tensor
) -> Tensor:
    """Penalty (B,) on matches and unfiltered flow, where `counted` (B, 1, h, w)."""
    truth = _at(batch.mixed_flow, level)
    error = general_robust(endpoint_error(level.local_flow, truth), PENALTIES[settings.kind])
    rows, columns = truth.shape[2:]
    cells = torch.tensor([columns / batch.first.shape[3], rows / batch.first.shape[2]])
    left = (truth - level.start.detach()) * cells.to(truth.device)[:, None, None]
    return settings.mixed_flow * weighted_mean(error, counted) + settings.matching * matching_loss(
        level.match_logits, left, counted
    )


def _background_loss(level: LevelEstimate, batch: Batch) -> Tensor:
    return background_loss(level.background_logit, _background_share(level, batch))


def _background_share(level: LevelEstimate, batch: Batch) -> Tensor:
    """Share (B, 1, h, w) of each cell that moves as the background does."""
    apart = endpoint_error(_at(batch.mixed_flow, level), _at(batch.global_flow, level))
    return torch.maximum(_at(batch.background, level), torch.exp(-((apart / ALIKE_PX) ** 2)))


def _background_figures(level: LevelEstimate, batch: Batch) -> dict[str, float]:
    share = _background_share(level, batch)
    right = (level.background_logit > 0) == (share > 0.5)
    return {
        "background_loss": background_loss(level.background_logit, share).mean().item(),
        "background_accuracy": right.float().mean().item(),
    }


def _at(truth: Tensor, level: LevelEstimate) -> Tensor:
    """Bring a field to the grid of a level, by its mean over each cell."""
    rows, columns = level.flow.shape[2:]
    if truth.shape[2] >= rows:
        return pooled(truth, rows, columns)
    return resized(truth, rows, columns)


def _matching_figures(levels: tuple[LevelEstimate, ...], batch: Batch) -> dict[str, float]:
    """Median error of the unfiltered flow at each level, px."""
    errors = [endpoint_error(each.local_flow, _at(batch.mixed_flow, each)) for each in levels]
    return {f"local_epe_{i}_px": error.median().item() for i, error in enumerate(errors)}
