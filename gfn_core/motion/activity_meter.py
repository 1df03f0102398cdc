"""Measures what moves by itself under a camera motion that is known already.

GLOCAL says where, in cells; a dense search and a cut make it exact (`moving_parts`).
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
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
from gfn_core.motion.homography import flow_px, inverse
from gfn_core.motion.model import Motion
from gfn_core.motion.moving_parts import moving_parts
from gfn_core.networks.glocal import Glocal
from gfn_core.networks.mixed_motion import MixedMotion

BATCH_FRAMES = 24
PEAK_FINER = 4  # times the stored grid: a single pixel's speed is noise


@dataclass(frozen=True)
class Summary:
    """What is kept of one frame's local flow."""

    moving_share: float  # of the frame's area
    mean_speed: float  # half-widths / s, of what moves
    peak_speed: float  # of the fastest of small cells
    velocity: FloatArray  # (9, 16, 2) mean of each cell


@dataclass(frozen=True, eq=False)
class LocalFlow:
    """What moves by itself between two frames, on their own pixels."""

    velocity: FloatArray  # (H, W, 2) half-widths / s; 0 where nothing moves

    @property
    def speed(self) -> FloatArray:
        """Length of the velocity (H, W)."""
        return np.asarray(np.linalg.norm(self.velocity, axis=-1))

    @cached_property
    def summary(self) -> Summary:
        """The same in a few numbers; frames that repeat a look share them."""
        speed = self.speed
        moving = speed[speed > 0]
        return Summary(
            moving_share=moving.size / speed.size,
            mean_speed=float(moving.mean()) if moving.size else 0.0,
            peak_speed=float(in_cells(speed, finer=PEAK_FINER).max()),
            velocity=in_cells(self.velocity),
        )


NOTHING = LocalFlow(np.zeros((GRID_ROWS, GRID_COLUMNS, 2)))


class ActivityMeter:
    """Looks at frames whose motion is known; streams, a batch of frames at a time."""

    def __init__(
        self, network: Glocal, device: torch.device, settings: ActivitySettings | None = None
    ) -> None:
        self.settings = settings or ActivitySettings()
        self._view = GlocalView(network, device)

    def measure(self, frames: Iterable[GrayFrame], motion: Motion) -> Activity:
        """Activity of a clip whose camera moved by `motion`, of all its frames."""
        seen = [each.summary for each in self.local_flows(frames, motion)]
        return Activity(
            pts_seconds=motion.pts_seconds[: len(seen)],
            moving_share=np.array([each.moving_share for each in seen]),
            mean_speed=np.array([each.mean_speed for each in seen]),
            peak_speed=np.array([each.peak_speed for each in seen]),
            velocity=np.array([each.velocity for each in seen]).reshape(
                -1, GRID_ROWS, GRID_COLUMNS, 2
            ),
        )

    def local_flows(self, frames: Iterable[GrayFrame], motion: Motion) -> Iterator[LocalFlow]:
        """Yield one local flow a frame; between looks, the last one again."""
        stream = iter(frames)
        lumas: list[Luma] = []
        last = NOTHING
        while batch := list(islice(stream, BATCH_FRAMES)):
            lumas = lumas[-1:] + [frame.luma for frame in batch]
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
        relevance = self._relevance(lumas, due, motion)
        for (place, index), relevant in zip(due.items(), relevance, strict=True):
            yield self._local_flow(lumas[place - 1], lumas[place], relevant, index, motion)

    def _local_flow(
        self, first: Luma, second: Luma, relevance: FloatArray, index: int, motion: Motion
    ) -> LocalFlow:
        """Local flow from the frame before to that at `index`."""
        seconds = motion.pts_seconds[index] - motion.pts_seconds[index - 1]
        is_repeated = np.array_equal(first, second)
        if seconds <= 0 or is_repeated:
            return NOTHING
        rows, columns = first.shape
        seen = motion.geometry.scaled(columns, rows)
        camera_px = flow_px(motion.homography[index], seen, columns, rows)
        local_px = moving_parts(first, second, camera_px, relevance)
        velocity = local_px / np.diag(seen.to_pixels)[:2] / seconds
        is_quick = np.linalg.norm(velocity, axis=-1) > self.settings.least_speed
        return LocalFlow(velocity * is_quick[..., None])

    def _relevance(self, lumas: list[Luma], due: dict[int, int], motion: Motion) -> FloatArray:
        """How surely something moves in the frames before those that are `due` (B, h, w)."""
        size = motion.geometry.fitted(self.settings.longest_px)
        with torch.inference_mode():
            mixed = self._view.mixed([shrunk(luma, size) for luma in lumas], list(due))
            camera = camera_flow(mixed, motion.homography[list(due.values())], motion.geometry)
            local = self._view.network.local_under(mixed, camera)
        return np.asarray(local.relevance[: len(due), 0].double().cpu().numpy())


def camera_flow(mixed: MixedMotion, homography: FloatArray, geometry: FrameGeometry) -> Tensor:
    """Flow (2B, 2, h, w) px of B motions (B, 3, 3), there and back, on the grid of `mixed`."""
    rows, columns = mixed.flow.shape[2:]
    both = np.concatenate([homography, inverse(homography)])
    flows = flow_px(both, geometry.scaled(mixed.width_px, mixed.height_px), columns, rows)
    return torch.from_numpy(flows).permute(0, 3, 1, 2).to(mixed.flow)


def in_cells(field: FloatArray, finer: int = 1) -> FloatArray:
    """Mean of each cell of a field (H, W[, 2]), on a grid so many times finer than is stored."""
    size = (finer * GRID_COLUMNS, finer * GRID_ROWS)
    return np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_AREA), np.float64)
