"""Measures what moves by itself, by GLOCAL, under a camera motion that is known already."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
import torch
from torch import Tensor

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.activity import GRID_COLUMNS, GRID_ROWS, Activity, ActivitySettings
from gfn_core.motion.estimator import GrayFrame
from gfn_core.motion.glocal_view import GlocalView, Luma
from gfn_core.motion.guided_estimator import shrunk
from gfn_core.motion.homography import flow, inverse
from gfn_core.motion.model import Motion
from gfn_core.networks.glocal import Glocal
from gfn_core.networks.mixed_motion import MixedMotion

BATCH_FRAMES = 24


@dataclass(frozen=True)
class LocalFlow:
    """What moves by itself between two frames, on the network's own grid."""

    moves: FloatArray  # (h, w) 0 or 1
    velocity: FloatArray  # (h, w, 2) half-widths / s; 0 where nothing moves

    @property
    def speed(self) -> FloatArray:
        """Length of the velocity (h, w)."""
        return np.asarray(np.linalg.norm(self.velocity, axis=-1))


NOTHING = LocalFlow(np.zeros((GRID_ROWS, GRID_COLUMNS)), np.zeros((GRID_ROWS, GRID_COLUMNS, 2)))


class ActivityMeter:
    """Looks at frames whose motion is known; streams, a batch of frames at a time."""

    def __init__(
        self, network: Glocal, device: torch.device, settings: ActivitySettings | None = None
    ) -> None:
        self.settings = settings or ActivitySettings()
        self._view = GlocalView(network, device)

    def measure(self, frames: Iterable[GrayFrame], motion: Motion) -> Activity:
        """Activity of a clip whose camera moved by `motion`, of all its frames."""
        seen = list(self.local_flows(frames, motion))
        return Activity(
            pts_seconds=motion.pts_seconds[: len(seen)],
            moving_share=np.array([each.moves.mean() for each in seen]),
            mean_speed=np.array([_mean_speed(each) for each in seen]),
            peak_speed=np.array([each.speed.max() for each in seen]),
            velocity=np.array([_coarse(each.velocity) for each in seen]).reshape(
                -1, GRID_ROWS, GRID_COLUMNS, 2
            ),
        )

    def local_flows(self, frames: Iterable[GrayFrame], motion: Motion) -> Iterator[LocalFlow]:
        """Yield one local flow a frame; between looks, the last one again."""
        size = motion.geometry.fitted(self.settings.longest_px)
        stream = iter(frames)
        lumas: list[Luma] = []
        last = NOTHING
        while batch := list(islice(stream, BATCH_FRAMES)):
            lumas = lumas[-1:] + [shrunk(frame.luma, size) for frame in batch]
            before = len(lumas) - len(batch)
            due = {
                place: frame.index
                for place, frame in enumerate(batch, start=before)
                if self._is_due(frame.index, motion)
            }
            fresh = dict(zip(due, self._looked(lumas, due, motion), strict=True))
            for place, frame in enumerate(batch, start=before):
                last = NOTHING if motion.shot_start[frame.index] else fresh.get(place, last)
                yield last

    def _is_due(self, index: int, motion: Motion) -> bool:
        """Whether to look at a frame: every few, and as soon as a shot has two."""
        if motion.shot_start[index]:
            return False
        return bool(motion.shot_start[index - 1]) or (index - 1) % self.settings.every_frames == 0

    def _looked(
        self, lumas: list[Luma], due: dict[int, int], motion: Motion
    ) -> Generator[LocalFlow, None, None]:
        """Local flow to the frames at places of `lumas`, `due` by index, from those before."""
        if not due:
            return
        with torch.inference_mode():
            mixed = self._view.mixed(lumas, list(due))
            camera = camera_flow(mixed, motion.homography[list(due.values())], motion.geometry)
            local = self._view.network.local_under(mixed, camera)
        count = len(due)
        relevance = local.relevance[:count, 0].double().cpu().numpy()
        flows_px = local.candidate[:count].permute(0, 2, 3, 1).double().cpu().numpy()
        scale = np.array([2 / mixed.width_px, 2 * motion.geometry.half_height / mixed.height_px])
        for place, index, share, flow_px in zip(
            due, due.values(), relevance, flows_px, strict=True
        ):
            seconds = motion.pts_seconds[index] - motion.pts_seconds[index - 1]
            is_repeated = np.array_equal(lumas[place], lumas[place - 1])
            if seconds <= 0 or is_repeated:
                yield NOTHING
                continue
            velocity = flow_px * scale / seconds
            moves = (share > self.settings.relevance) & (
                np.linalg.norm(velocity, axis=-1) > self.settings.least_speed
            )
            yield LocalFlow(moves.astype(np.float64), velocity * moves[..., None])


def camera_flow(mixed: MixedMotion, homography: FloatArray, geometry: FrameGeometry) -> Tensor:
    """Flow (2B, 2, h, w) px of B motions (B, 3, 3), there and back, on the grid of `mixed`."""
    rows, columns = mixed.flow.shape[2:]
    both = np.concatenate([homography, inverse(homography)])
    points = geometry.grid(columns, rows).reshape(-1, 2)
    scale = np.array([mixed.width_px / 2, mixed.height_px / (2 * geometry.half_height)])
    flows = (flow(both, points) * scale).reshape(len(both), rows, columns, 2)
    return torch.from_numpy(flows).permute(0, 3, 1, 2).to(mixed.flow)


def _mean_speed(seen: LocalFlow) -> float:
    return float(seen.speed.sum() / seen.moves.sum()) if seen.moves.any() else 0.0


def _coarse(velocity: FloatArray) -> FloatArray:
    size = (GRID_COLUMNS, GRID_ROWS)
    return np.asarray(cv2.resize(velocity, size, interpolation=cv2.INTER_AREA), np.float64)
