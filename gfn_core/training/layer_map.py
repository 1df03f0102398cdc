"""Where the points of one layer of a scene lie in one frame, exactly, both ways.

Convention: screen points are half-widths of the frame, layer points half-widths of the layer's
texture, both with the origin at the centre and y down. Points are (2, ...) float32: x, then y.
A map is analytic from screen to layer, which is the direction that rendering needs:

    screen -> (lens) -> (homography, which drifts from row to row) -> (waves) -> layer

and inverted by a fixed-point iteration, which true flow needs.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray

Points = NDArray[np.float32]  # (2, ...)

LARGEST_ERROR = 2e-6  # half-widths: under a thousandth of a pixel of a frame 640 px wide
MOST_STEPS = 30
LARGEST_LENS = 0.15  # far outside the frame distortion must not grow, or the map would fold


@dataclass(frozen=True)
class Waves:
    """A smooth deformation: a sum of N travelling sine waves, frozen at one moment."""

    wave_vector: FloatArray  # (N, 2) rad per half-width of the layer
    amplitude: FloatArray  # (N, 2) half-widths of the layer
    phase_rad: FloatArray  # (N,)

    def displacement(self, points: Points) -> Points:
        """Return the displacement (2, ...) of layer `points` (2, ...)."""
        total = np.zeros_like(points)
        waves = zip(self.wave_vector, self.amplitude, self.phase_rad, strict=True)
        for (kx, ky), (ax, ay), phase in waves:
            wave = np.sin(
                np.float32(kx) * points[0] + np.float32(ky) * points[1] + np.float32(phase)
            )
            total[0] += np.float32(ax) * wave
            total[1] += np.float32(ay) * wave
        return total


@dataclass(frozen=True)
class LayerMap:
    """One layer in one frame."""

    to_layer_matrix: FloatArray  # (3, 3) at the frame's middle row, of screen points without lens
    row_drift: FloatArray = field(default_factory=lambda: np.zeros((3, 3)))  # its change per y
    half_height: float = 1.0  # of the frame, half-widths; rows drift no further than to its rim
    lens: float = 0.0  # radial distortion: correction moves points outward by lens * radius^2
    waves: Waves | None = None

    @property
    def is_projective(self) -> bool:
        """Whether the map is a homography, nothing else."""
        return self.lens == 0.0 and self.waves is None and not self.row_drift.any()

    def to_layer(self, points: Points) -> Points:
        """Take screen points (2, ...) to points of the layer."""
        rows = np.clip(points[1], -self.half_height, self.half_height)
        if self.lens:
            radius2 = points[0] * points[0] + points[1] * points[1]
            outward = np.clip(np.float32(self.lens) * radius2, -LARGEST_LENS, LARGEST_LENS)
            points = points * (1 + outward)
        homogeneous = _homogeneous(self.to_layer_matrix, points)
        if self.row_drift.any():
            homogeneous += rows * _homogeneous(self.row_drift, points)
        layer_points: Points = homogeneous[:2] / homogeneous[2]
        if self.waves is not None:
            layer_points = layer_points + self.waves.displacement(layer_points)
        return layer_points

    def to_screen(self, points: Points, most_steps: int = MOST_STEPS) -> Points:
        """Take layer points (2, ...) to the screen: the inverse of `to_layer`.

        Each step undoes the homography of what is still wrong; lens, rolling shutter and waves
        are contractions beside it, so the error shrinks by a constant factor a step.
        """
        to_screen_matrix = np.asarray(np.linalg.inv(self.to_layer_matrix), np.float64)
        target = _project(to_screen_matrix, points)
        guess = target
        if self.is_projective:
            return guess
        for _ in range(most_steps):
            error = target - _project(to_screen_matrix, self.to_layer(guess))
            guess = np.asarray(guess + error)
            if np.abs(error).max() < LARGEST_ERROR:
                break
        return guess


def flow_between(first: LayerMap, second: LayerMap, points: Points) -> Points:
    """Displacement (2, ...), in half-widths, from frame to frame of what `points` show in one."""
    if first.is_projective and second.is_projective:
        matrix = np.linalg.inv(second.to_layer_matrix) @ first.to_layer_matrix
        return _project(matrix, points) - points
    return second.to_screen(first.to_layer(points)) - points


def _homogeneous(matrix: FloatArray, points: Points) -> Points:
    x, y = points
    mapped = np.empty((3, *x.shape), np.float32)
    for i, (a, b, c) in enumerate(matrix.astype(np.float32)):
        np.multiply(x, a, out=mapped[i])
        mapped[i] += b * y
        mapped[i] += c
    return mapped


def _project(matrix: FloatArray, points: Points) -> Points:
    mapped = _homogeneous(matrix, points)
    return np.asarray(mapped[:2] / mapped[2], np.float32)
