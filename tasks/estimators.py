"""The estimators that a clip's settings name, ready to run."""

from typing import TYPE_CHECKING

from gfn_core.motion.estimator import MotionEstimator
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.motion.tracks_estimator import TracksEstimator
from tasks.clip import Clip

if TYPE_CHECKING:
    import torch

    from gfn_core.motion.activity_meter import ActivityMeter
    from gfn_core.motion.guided_estimator import GuidedSettings

# Imports of torch take seconds, and only a network needs it.


def estimator_of(clip: Clip) -> MotionEstimator:
    """Build the estimator; raises WeightsUnusable, or SettingsError for a device that is absent."""
    if clip.settings.motion.estimator is EstimatorName.TRACKS:
        return TracksEstimator()
    if clip.settings.motion.estimator is EstimatorName.GLOCAL:
        return _glocal_estimator(clip)
    return _global_flow_estimator(clip)


def activity_meter_of(clip: Clip) -> "ActivityMeter":
    """Build what measures local motion; raises as `estimator_of` does."""
    from gfn_core.motion.activity_meter import ActivityMeter  # noqa: PLC0415
    from gfn_core.store.weights import load_glocal  # noqa: PLC0415

    device, settings = _device(clip), clip.settings
    return ActivityMeter(load_glocal(settings.activity_weights, device), device, settings.activity)


def _global_flow_estimator(clip: Clip) -> MotionEstimator:
    from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator  # noqa: PLC0415
    from gfn_core.store.weights import load_global_flow_net  # noqa: PLC0415

    device = _device(clip)
    network = load_global_flow_net(clip.settings.motion.weights_path, device)
    return GlobalFlowEstimator(network, device, _guided(clip))


def _glocal_estimator(clip: Clip) -> MotionEstimator:
    from gfn_core.motion.glocal_estimator import GlocalEstimator  # noqa: PLC0415
    from gfn_core.store.weights import load_glocal  # noqa: PLC0415

    device = _device(clip)
    network = load_glocal(clip.settings.motion.weights_path, device)
    return GlocalEstimator(network, device, _guided(clip))


def _guided(clip: Clip) -> "GuidedSettings":
    from gfn_core.motion.guided_estimator import GuidedSettings  # noqa: PLC0415

    return GuidedSettings(precision=clip.settings.motion.precision)


def _device(clip: Clip) -> "torch.device":
    import torch  # noqa: PLC0415

    from gfn_core.networks.device import device_named  # noqa: PLC0415

    torch.set_num_threads(1)  # sums in one order: the same bytes whatever the number of cores
    return device_named(clip.device)
