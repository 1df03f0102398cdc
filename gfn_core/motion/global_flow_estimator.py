"""Global motion by GlobalFlowNet (WACV 2023), made exact by sparse tracks."""

import numpy as np
import torch

from gfn_core.motion.guided_estimator import GlobalView, GuidedEstimator, GuidedSettings, Luma
from gfn_core.motion.rough_flow import rough_flow
from gfn_core.networks.device import reckoning
from gfn_core.networks.global_flow_net import GlobalFlow, GlobalFlowNet

DOUBTFUL, DOUBT_LEAVES = (0.1, 0.5), (0.2, 1.0)  # docs/decisions/0061


class GlobalFlowEstimator(GuidedEstimator):
    """GlobalFlowNet guides the tracks."""

    name = "globalflownet"

    def __init__(
        self, network: GlobalFlowNet, device: torch.device, settings: GuidedSettings
    ) -> None:
        super().__init__(settings)
        self._device = device
        self._network = network.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def views(self, lumas: list[Luma], places: list[int]) -> GlobalView:
        """Run the network; a frame's features are made once and serve both of its pairs."""
        needed = sorted({place - step for place in places for step in (0, 1)})
        row = {place: n for n, place in enumerate(needed)}
        rough = rough_flow([(lumas[p - 1], lumas[p]) for p in places], self._device)
        with torch.inference_mode(), reckoning(self._device, self.settings.precision):
            seen = torch.from_numpy(np.stack([lumas[place] for place in needed])[:, None])
            features = self._network.features(seen.to(self._device).float() / 255)
            first = features[[row[place - 1] for place in places]]
            second = features[[row[place] for place in places]]
            flow: GlobalFlow = self._network.global_flow(first, second, rough)
            return flow.flow, flow.weight, flow.confidence

    def trust(self, confidence: float) -> float:
        """Doubt what the network doubts: tracks that agree may be those of an object."""
        return float(np.interp(confidence, DOUBTFUL, DOUBT_LEAVES))
