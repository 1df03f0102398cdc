"""GLOCAL: global and local motion of two frames at once (Pattern Recognition Letters, 2024).

A frozen flow network sees how everything moves; GME tells the camera's motion from it, LME what
moves by itself. Only those two are trained, by their reconstruction losses, without ground truth.
"""

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from gfn_core.networks.evidence import RoughFlow
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.networks.global_motion_estimator import (
    GlobalMotion,
    GlobalMotionEstimator,
    GlobalMotionSettings,
)
from gfn_core.networks.local_motion_estimator import LocalMotion, LocalMotionEstimator
from gfn_core.networks.mixed_motion import FrameView, MixedMotion, mixed_motion, view


@dataclass(frozen=True)
class GlocalSettings:
    """Sizes of the three parts."""

    backbone: FlowNetworkSettings = field(default_factory=FlowNetworkSettings)
    global_motion: GlobalMotionSettings = field(default_factory=GlobalMotionSettings)
    local_width: int = 24


@dataclass(frozen=True)
class GlocalMotion:
    """Motion of 2B views: mixed, global after each look, local."""

    mixed: MixedMotion
    looks: tuple[GlobalMotion, ...]
    local: LocalMotion

    @property
    def camera(self) -> GlobalMotion:
        """Global motion after the last look."""
        return self.looks[-1]


class Glocal(nn.Module):
    """Estimates mixed, global and local motion, forward and backward."""

    def __init__(self, settings: GlocalSettings) -> None:
        super().__init__()
        self.settings = settings
        self.backbone = FlowNetwork(settings.backbone).requires_grad_(False)
        self.global_motion = GlobalMotionEstimator(
            settings.backbone.hidden[-1], settings.global_motion
        )
        self.local_motion = LocalMotionEstimator(settings.local_width)

    @torch.no_grad()
    def view(self, luma: Tensor) -> FrameView:
        """Look at frames (B, 1, H, W) of any range of values; serves both pairs of a frame."""
        return view(self.backbone, luma)

    @torch.no_grad()
    def mixed(self, first: FrameView, second: FrameView, rough: RoughFlow) -> MixedMotion:
        """Mixed motion of B pairs, both ways; the backbone is frozen."""
        return mixed_motion(self.backbone, first, second, rough)

    def forward(self, mixed: MixedMotion, looks: int | None = None) -> GlocalMotion:
        """Global motion of all views after so many `looks`, and local motion after the last."""
        seen = self.global_motion(mixed, looks)
        return GlocalMotion(mixed, seen, self.local_motion(mixed, seen[-1]))

    def local_under(self, mixed: MixedMotion, camera_flow: Tensor) -> LocalMotion:
        """Local motion where the global flow (2B, 2, h, w) px is known already."""
        camera = replace(self.global_motion.look(mixed, camera_flow), flow=camera_flow)
        local: LocalMotion = self.local_motion(mixed, camera)
        return local
