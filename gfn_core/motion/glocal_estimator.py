"""Global motion by GLOCAL (Pattern Recognition Letters, 2024), made exact by sparse tracks."""

import torch

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import OrthonormalBases
from gfn_core.motion.glocal_view import GlocalView
from gfn_core.motion.guide import Guide
from gfn_core.motion.guided_estimator import GuidedEstimator, GuidedSettings, Luma
from gfn_core.networks.glocal import Glocal


class GlocalEstimator(GuidedEstimator):
    """GLOCAL guides the tracks."""

    name = "glocal"

    def __init__(self, network: Glocal, device: torch.device, settings: GuidedSettings) -> None:
        super().__init__(settings)
        self._view = GlocalView(network, device)

    def guides(
        self,
        lumas: list[Luma],
        places: list[int],
        geometry: FrameGeometry,
        bases: OrthonormalBases,
    ) -> list[Guide]:
        """Guides by the views forward; see `GuidedEstimator`."""
        if not places:
            return []
        with torch.inference_mode():
            camera = self._view.network.global_motion(self._view.mixed(lumas, places))[-1]
        return [
            Guide.of_flow(*found, lumas[0].shape, geometry, bases)
            for found in zip(
                camera.flow[: len(places)].permute(0, 2, 3, 1).double().cpu().numpy(),
                camera.fit_weight[: len(places), 0].double().cpu().numpy(),
                camera.confidence[: len(places)].tolist(),
                strict=True,
            )
        ]
