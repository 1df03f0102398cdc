"""LME of GLOCAL: what is left of the mixed motion where it matters, and nothing elsewhere.

An attention U-Net over cat[mixed - global, global], as in GLM-Net (2021), of the same authors' line
of work; that it also sees what the global motion leaves unexplained, and predicts a correction of
the difference rather than the local flow itself, is our reading.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gfn_core.networks.attention_unet import AttentionUNet
from gfn_core.networks.global_motion_estimator import CLUES, GlobalMotion, clues
from gfn_core.networks.mixed_motion import MixedMotion

INPUTS = CLUES + 3  # global flow, background logit


@dataclass(frozen=True)
class LocalMotion:
    """Local motion of 2B views: what moves by itself, the camera's motion removed."""

    candidate: Tensor  # (2B, 2, h, w) px, of every cell, relevant or not
    relevance_logit: Tensor  # (2B, 1, h, w)

    @property
    def relevance(self) -> Tensor:
        """How surely something moves by itself (2B, 1, h, w), 0 to 1."""
        return torch.sigmoid(self.relevance_logit)

    @property
    def flow(self) -> Tensor:
        """Local flow (2B, 2, h, w) px: the candidate where it is relevant, 0 elsewhere."""
        return self.candidate * self.relevance


class LocalMotionEstimator(nn.Module):
    """Estimates local motion from mixed and global motion."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.network = AttentionUNet(INPUTS, width, 3)

    def forward(self, mixed: MixedMotion, found: GlobalMotion) -> LocalMotion:
        """Local motion of all views of `mixed`, given their global motion."""
        known = [mixed.in_cells(found.flow), found.background_logit]
        out = self.network(torch.cat([clues(mixed, found.flow), *known], dim=1)).float()
        moves = out[:, 2:] - found.background_logit
        cell_px = mixed.flow.new_tensor(mixed.width_px / mixed.flow.shape[3])
        return LocalMotion(mixed.flow - found.flow + out[:, :2] * cell_px, moves)
