"""GLOCAL's view of pairs among gray frames; a frame's features are made once."""

import numpy as np
import torch
from numpy.typing import NDArray

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
        frames = torch.from_numpy(np.stack([lumas[place] for place in needed])[:, None])
        seen = self.network.view(frames.to(self._device).float() / 255)
        first = seen[[row[place - 1] for place in places]]
        second = seen[[row[place] for place in places]]
        mixed: MixedMotion = self.network.mixed(first, second, rough_flow(pairs, self._device))
        return mixed
