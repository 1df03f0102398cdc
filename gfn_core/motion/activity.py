"""What moves by itself in a clip, the camera's motion removed: one entry a frame.

Convention: places of frame t-1, as a grid of cells over the frame; speeds in half-widths per
second, so that neither resolution nor frame rate matters.
"""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray

GRID_ROWS, GRID_COLUMNS = 9, 16


@dataclass(frozen=True)
class ActivitySettings:
    """All that decides what is measured, beside the frames, their motion and the weights."""

    longest_px: int = 256  # of the frames that the network sees
    every_frames: int = 3  # between looks; the frames between repeat what was seen last
    least_speed: float = 0.02  # half-widths / s: what is slower cannot be told from the camera


@dataclass(frozen=True)
class Activity:
    """Local motion of N frames; the first frame of a shot has none."""

    pts_seconds: FloatArray  # (N,)
    moving_share: FloatArray  # (N,) of the frame's area, 0 to 1
    mean_speed: FloatArray  # (N,) of what moves; 0 where nothing does
    peak_speed: FloatArray  # (N,) of the fastest cell of a grid four times as fine
    velocity: FloatArray  # (N, 9, 16, 2) mean of each cell, x to the right, y down

    def __len__(self) -> int:
        return len(self.pts_seconds)

    @property
    def level(self) -> FloatArray:
        """How much goes on in each frame (N,): mean speed over the whole frame."""
        return self.moving_share * self.mean_speed

    @property
    def heat(self) -> FloatArray:
        """Where something moves: mean speed of each cell over all frames (9, 16)."""
        speed = np.linalg.norm(self.velocity, axis=-1)
        return np.asarray(speed.mean(axis=0)) if len(self) else np.zeros((GRID_ROWS, GRID_COLUMNS))
