"""GLOCAL's view of pairs among gray frames; a frame's features are made once."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gfn_core.motion.rough_flow import rough_flow
from gfn_core.networks.glocal import Glocal
from gfn_core.networks.mixed_motion import MixedMotion

Luma = NDArray[np.uint8]


class GlocalView:
    """Shows frames to the network."""

    def __init__(self, network: Glocal, device: torch.device) -> None:
        self.network = network.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._device = device

    def mixed(self, lumas: list[Luma], places: list[int]) -> MixedMotion:
        """Mixed motion of the pairs that end at `places` of `lumas` (H, W), and start before."""
        needed = sorted({place - step for place in places for step in (0, 1)})
        row = {place: n for n, place in enumerate(needed)}
        pairs = [(lumas[place - 1], lumas[place]) for place in places]
        there = [rough_flow(*pair) for pair in pairs]
        back = [rough_flow(*reversed(pair)) for pair in pairs]
        seen = self.network.view(self._tensor([lumas[place] for place in needed])[:, None] / 255)
        first = seen[[row[place - 1] for place in places]]
        second = seen[[row[place] for place in places]]
        mixed: MixedMotion = self.network.mixed(
            first, second, self._tensor(there), self._tensor(back)
        )
        return mixed

    def _tensor(self, values: list[Luma] | list[NDArray[np.float32]]) -> Tensor:
        return torch.from_numpy(np.stack(values)).to(self._device).float()
