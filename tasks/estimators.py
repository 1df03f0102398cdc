"""The estimator that a clip's settings name, ready to run."""

from gfn_core.motion.estimator import MotionEstimator
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.motion.tracks_estimator import TracksEstimator
from tasks.clip import Clip


def estimator_of(clip: Clip) -> MotionEstimator:
    """Build the estimator; raises WeightsUnusable, or SettingsError for a device that is absent."""
    if clip.settings.motion.estimator is EstimatorName.TRACKS:
        return TracksEstimator()
    return _network_estimator(clip)


def _network_estimator(clip: Clip) -> MotionEstimator:
    import torch  # noqa: PLC0415  (takes seconds; only a network needs it)

    from gfn_core.motion.global_flow_estimator import (  # noqa: PLC0415
        GlobalFlowEstimator,
        GlobalFlowSettings,
    )
    from gfn_core.networks.device import device_named  # noqa: PLC0415
    from gfn_core.store.weights import load_global_flow_net  # noqa: PLC0415

    torch.set_num_threads(1)  # sums in one order: the same bytes whatever the number of cores
    device = device_named(clip.device)
    network = load_global_flow_net(clip.settings.motion.weights_path, device)
    return GlobalFlowEstimator(network, device, GlobalFlowSettings())
