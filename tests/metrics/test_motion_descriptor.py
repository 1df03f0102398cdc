import numpy as np
import pytest

from gfn_core.metrics.motion_descriptor import DIMENSION, DIRECTIONS, REGIONS, motion_descriptor


def constant(x, y, frames=6):
    return [np.broadcast_to([x, y], (18, 32, 2)).astype(float)] * frames


def test_motion_in_one_direction_fills_one_bin():
    for direction in range(DIRECTIONS):
        angle = 2 * np.pi * direction / DIRECTIONS
        vector = motion_descriptor(constant(0.5 * np.cos(angle), 0.5 * np.sin(angle)))
        histogram = vector.reshape(-1, DIRECTIONS + 2)
        assert histogram.shape[0] == 2 * len(REGIONS)
        np.testing.assert_allclose(
            histogram[:, :DIRECTIONS],
            np.eye(DIRECTIONS)[[direction]] + np.zeros((10, 1)),
            atol=1e-6,
        )


def test_rest_is_rest():
    vector = motion_descriptor(constant(0.01, 0.0)).reshape(-1, DIRECTIONS + 2)
    assert not vector[:, :DIRECTIONS].any()
    np.testing.assert_array_equal(vector[:, DIRECTIONS], 1)


def test_halves_and_quarters_are_apart():
    frames = [np.zeros((18, 32, 2)) for _ in range(6)]
    for frame in frames[3:]:
        frame[:9, 16:, 0] = 1.0
    vector = motion_descriptor(frames).reshape(2, len(REGIONS), DIRECTIONS + 2)
    share_moving = 1 - vector[..., DIRECTIONS]
    np.testing.assert_allclose(share_moving[0], 0)
    np.testing.assert_allclose(share_moving[1], [0.25, 0, 1, 0, 0])


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_any_number_of_frames(frames):
    assert motion_descriptor(constant(1, 0, frames)).shape == (DIMENSION,)
