"""What a step of GLOCAL's training minimises; no truth enters it."""

import torch

from gfn_core.networks.glocal import Glocal, GlocalMotion
from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.training.glocal_losses import (
    GlocalLossSettings,
    global_reconstruction,
    local_reconstruction,
)
from gfn_core.training.losses import endpoint_error
from gfn_core.training.objectives import Objective


def glocal_objective(
    network: Glocal, mixed: MixedMotion, settings: GlocalLossSettings
) -> Objective:
    """Global reconstruction after each look, and local reconstruction after the last."""
    motion: GlocalMotion = network(mixed, len(settings.looks))
    masked = network.settings.global_motion.masked
    each = [
        weight * global_reconstruction(mixed, look, settings, masked=masked).mean()
        for weight, look in zip(settings.looks, motion.looks, strict=True)
    ]
    local = local_reconstruction(mixed, motion.camera, motion.local, settings).mean()
    apart = endpoint_error(motion.camera.flow, mixed.flow) * (2 / mixed.width_px)
    return Objective(
        torch.stack(each).sum() + settings.local_weight * local,
        {
            "global_loss": each[-1].item() / settings.looks[-1],
            "local_loss": local.item(),
            "foreground_share": 1 - motion.camera.background.mean().item(),
            "relevant_share": motion.local.relevance.mean().item(),
            "median_departure": apart.median().item(),
        },
    )
