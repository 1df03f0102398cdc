"""The camera of a synthetic scene: its path, its shutter, its lens."""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.training.layer_map import LayerMap, Waves
from gfn_core.training.scene_settings import CameraSettings, heavy_tailed

SHAKE_MEMORY = 0.6  # of one frame's shake in the next, so that shake stays bounded


@dataclass(frozen=True)
class CameraPath:
    """Where a camera looks over N + 1 frames; the last one only says how frame N - 1 moved on."""

    matrices: (
        FloatArray  # (N + 1, 3, 3) world to screen without lens; the world is frame 0's screen
    )
    translation: FloatArray  # (N + 1, 2) half-widths
    readout: float  # time to read a frame, as a share of the time between frames
    lens: float  # radial distortion at the frame's corners, a share of the radius

    @property
    def is_projective(self) -> bool:
        """Whether frames are related by homographies alone."""
        return self.readout == 0.0 and self.lens == 0.0

    def homography(self, t: int) -> FloatArray:
        """Homography (3, 3) on half-widths from frame t to t + 1; of the middle row, no lens."""
        matrix = self.matrices[t + 1] @ np.linalg.inv(self.matrices[t])
        return np.asarray(matrix / matrix[2, 2])

    def layer_map(
        self, layer_to_world: FloatArray, t: int, half_height: float, waves: Waves | None = None
    ) -> LayerMap:
        """Map of frame t for a layer placed by `layer_to_world` (N + 1, 3, 3)."""
        inverse = np.linalg.inv(self.matrices[t : t + 2] @ layer_to_world[t : t + 2])
        now, following = inverse / inverse[:, 2:, 2:]
        # rows are read one after the other: the map drifts with time, hence with y
        drift = (following - now) * self.readout / (2 * half_height)
        lens = self.lens / (1 + half_height**2)  # per squared half-width
        return LayerMap(now, drift, half_height, lens, waves)


def random_path(rng: np.random.Generator, settings: CameraSettings, frames: int) -> CameraPath:
    """Draw a path for `frames` frames: a steady pan mixed with shake.

    The first step has the magnitudes that `settings` ask for, whatever the mixture.
    """
    step = _random_step(rng, settings)
    pan_share = rng.uniform()
    shake = np.zeros(6)
    parameters = [np.zeros(6)]
    for t in range(1, frames + 1):
        fresh = step if t == 1 else step * rng.normal(size=6)
        shake = SHAKE_MEMORY * shake + fresh
        parameters.append(pan_share * t * step + (1 - pan_share) * shake)
    path = np.array(parameters)
    return CameraPath(
        matrices=np.stack([_matrix(row) for row in path]),
        translation=path[:, :2],
        readout=_sometimes(rng, settings.rolling_shutter_chance, settings.readout),
        lens=_sometimes(rng, settings.lens_chance, settings.lens),
    )


def _random_step(rng: np.random.Generator, settings: CameraSettings) -> FloatArray:
    length = 2 * heavy_tailed(rng, settings.translation, settings.shake_exponent)
    direction_rad = rng.uniform(0, 2 * np.pi)
    rest = [
        rng.choice((-1, 1)) * heavy_tailed(rng, limits, settings.shake_exponent)
        for limits in (
            settings.rotation_rad,
            settings.log_scale,
            settings.perspective,
            settings.perspective,
        )
    ]
    return np.array([length * np.cos(direction_rad), length * np.sin(direction_rad), *rest])


def _matrix(parameters: FloatArray) -> FloatArray:
    x, y, rotation_rad, log_scale, perspective_x, perspective_y = parameters
    a, b = np.exp(log_scale) * np.array([np.cos(rotation_rad), np.sin(rotation_rad)])
    similarity = np.array([[a, -b, x], [b, a, y], [0, 0, 1]])
    return np.asarray(
        similarity @ np.array([[1, 0, 0], [0, 1, 0], [perspective_x, perspective_y, 1]])
    )


def _sometimes(rng: np.random.Generator, chance: float, limits: tuple[float, float]) -> float:
    value = rng.uniform(*limits)
    return float(value) if rng.uniform() < chance else 0.0
