"""Global motion by GlobalFlowNet (WACV 2023), made exact by sparse tracks."""

from contextlib import AbstractContextManager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gfn_core.motion.guided_estimator import GlobalView, GuidedEstimator, GuidedSettings, Luma
from gfn_core.motion.rough_flow import rough_flow
from gfn_core.networks.global_flow_net import GlobalFlow, GlobalFlowNet


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
        rough = np.stack([rough_flow(lumas[p - 1], lumas[p]) for p in places])
        with torch.inference_mode(), self._precision():
            seen = self._tensor(np.stack([lumas[place] for place in needed])[:, None])
            features = self._network.features(seen / 255)
            first = features[[row[place - 1] for place in places]]
            second = features[[row[place] for place in places]]
            flow: GlobalFlow = self._network.global_flow(first, second, self._tensor(rough))
            return flow.flow, flow.weight, flow.confidence

    def _tensor(self, values: NDArray[np.uint8] | NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(values).to(self._device).float()

    def _precision(self) -> AbstractContextManager[None]:
        return torch.autocast(
            self._device.type, torch.bfloat16, enabled=self.settings.reduced_precision
        )
