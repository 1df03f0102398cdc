"""Global motion by GLOCAL (Pattern Recognition Letters, 2024), made exact by sparse tracks."""

import torch

from gfn_core.motion.glocal_view import GlocalView
from gfn_core.motion.guided_estimator import GlobalView, GuidedEstimator, GuidedSettings, Luma
from gfn_core.networks.device import reckoning
from gfn_core.networks.glocal import Glocal


class GlocalEstimator(GuidedEstimator):
    """GLOCAL guides the tracks."""

    name = "glocal"

    def __init__(self, network: Glocal, device: torch.device, settings: GuidedSettings) -> None:
        super().__init__(settings)
        self._device = device
        self._view = GlocalView(network, device)

    def views(self, lumas: list[Luma], places: list[int]) -> GlobalView:
        """Look forward and back; only the forward views guide."""
        with torch.inference_mode(), reckoning(self._device, self.settings.precision):
            camera = self._view.network.global_motion(self._view.mixed(lumas, places))[-1]
            forward = slice(len(places))
            return camera.flow[forward], camera.fit_weight[forward], camera.confidence[forward]
