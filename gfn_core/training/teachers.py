"""Where a student's flow to imitate comes from: three flow estimators behind one protocol."""

from typing import Protocol

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from gfn_core.errors import SettingsError, WeightsUnusable
from gfn_core.networks.flow_network import FlowNetwork
from gfn_core.networks.resampling import resized
from gfn_core.training.batch import FramePairs

RAFT_SMALLEST_PX = 128  # below, RAFT's coarsest correlation level vanishes
RAFT_MULTIPLE = 8


class FlowTeacher(Protocol):
    """Estimates mixed flow, whatever moves it."""

    @property
    def name(self) -> str:
        """What logs and model cards call it."""

    def flow(self, pairs: FramePairs) -> Tensor:
        """Flow (B, 2, H, W) in px from the first frames to the second."""


class NetworkTeacher:
    """The project's own flow network, frozen."""

    name = "network"

    def __init__(self, network: FlowNetwork) -> None:
        self.network = network.eval().requires_grad_(False)

    @torch.no_grad()
    def flow(self, pairs: FramePairs) -> Tensor:
        """Upsample the finest level to the frame."""
        rows, columns = pairs.first.shape[2:]
        levels = self.network(pairs.first, pairs.second, pairs.rough)
        return resized(levels[-1].local_flow, rows, columns)


class DisTeacher:
    """OpenCV's dense inverse search (Kroeger et al., ECCV 2016): needs no weights."""

    name = "dis"

    def __init__(self, preset: int = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM) -> None:
        self._dis = cv2.DISOpticalFlow.create(preset)

    def flow(self, pairs: FramePairs) -> Tensor:
        """Frame by frame, on the CPU."""
        flows = [
            self._dis.calc(_as_uint8(before), _as_uint8(after), np.empty(0, np.float32))
            for before, after in zip(pairs.first, pairs.second, strict=True)
        ]
        return torch.from_numpy(np.stack(flows)).permute(0, 3, 1, 2).to(pairs.first.device)


class RaftTeacher:
    """torchvision's RAFT (Teed & Deng, ECCV 2020) from a weights file that the user has."""

    name = "raft"

    def __init__(self, network: nn.Module) -> None:
        self.network = network.eval().requires_grad_(False)

    @classmethod
    def of(cls, state: dict[str, Tensor]) -> "RaftTeacher":
        """Build from a state dict of torchvision's `raft_large` or `raft_small`.

        Raises SettingsError without torchvision, WeightsUnusable where the state is another's.
        """
        try:
            from torchvision.models.optical_flow import (  # type: ignore[import-not-found]  # noqa: PLC0415
                raft_large,
                raft_small,
            )
        except ImportError:
            raise SettingsError("the teacher 'raft' needs torchvision: pip install it") from None
        large = any(name.startswith("mask_predictor") for name in state)
        network = (raft_large if large else raft_small)(weights=None)
        try:
            network.load_state_dict(state)
        except RuntimeError as error:
            raise WeightsUnusable("the teacher's weights are not torchvision's RAFT") from error
        return cls(network)

    @torch.no_grad()
    def flow(self, pairs: FramePairs) -> Tensor:
        """Run at a size that RAFT takes, and scale the flow back."""
        height, width = pairs.first.shape[2:]
        rows, columns = (
            max(RAFT_SMALLEST_PX, round(side / RAFT_MULTIPLE) * RAFT_MULTIPLE)
            for side in (height, width)
        )
        pair = [
            resized(frame, rows, columns).expand(-1, 3, -1, -1) * 2 - 1
            for frame in (pairs.first, pairs.second)
        ]
        flow = resized(self.network(*pair)[-1], height, width)
        scale = torch.tensor([width / columns, height / rows], device=flow.device)
        return flow * scale[:, None, None]


def _as_uint8(frame: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray((frame[0] * 255).round().clamp(0, 255).cpu().numpy(), np.uint8)
