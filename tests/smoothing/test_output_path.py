"""The difference operators, against similarities composed one by one."""

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.output_path import (
    difference,
    from_vector,
    radius,
    to_vector,
    velocity,
)

GEOMETRY = FrameGeometry(640, 360)


def random_similarities(count, seed, size=0.05):
    parameters = np.random.default_rng(seed).normal(scale=size, size=(4, count))
    return Similarity.from_parameters(*parameters)


def test_vector_and_back():
    correction = random_similarities(7, seed=1)
    back = from_vector(to_vector(correction, GEOMETRY), GEOMETRY)
    assert np.allclose(back.linear, correction.linear)
    assert np.allclose(back.translation, correction.translation)


def test_squared_length_is_the_mean_squared_displacement():
    correction = random_similarities(1, seed=2)
    points = GEOMETRY.grid(400, 225) @ np.array([1, 1j])
    moved = correction.linear * points + correction.translation
    length = np.linalg.norm(to_vector(correction, GEOMETRY))
    assert length**2 == pytest.approx(np.mean(np.abs(moved - points) ** 2), rel=1e-4)


def test_velocity_is_that_of_the_composed_similarities():
    motion, correction = random_similarities(5, seed=3), random_similarities(5, seed=4)
    operator = velocity(motion, GEOMETRY)
    values = operator.matrix @ to_vector(correction, GEOMETRY) + operator.offset
    for t in range(1, 5):
        half = motion[t].half()
        now, before = half.inverse() @ correction[t], half @ correction[t - 1]
        linear = (now.linear - before.linear) * radius(GEOMETRY)
        translation = now.translation - before.translation
        expected = [linear.real, linear.imag, translation.real, translation.imag]
        assert np.allclose(values.reshape(-1, 4)[t - 1], expected)


def test_output_that_stands_still_has_no_velocity():
    motion = random_similarities(20, seed=5, size=0.01)
    still = [Similarity.identity()]
    for t in range(1, 20):
        still.append(motion[t] @ still[-1])
    still = Similarity(
        np.array([s.linear for s in still]), np.array([s.translation for s in still])
    )
    operator = velocity(motion, GEOMETRY)
    assert np.allclose(operator.matrix @ to_vector(still, GEOMETRY) + operator.offset, 0)


def test_differences_are_those_of_numpy():
    operator = velocity(random_similarities(9, seed=6), GEOMETRY)
    x = np.random.default_rng(7).normal(size=36)
    values = (operator.matrix @ x + operator.offset).reshape(-1, 4)
    jerk = difference(difference(operator))
    assert np.allclose(jerk.matrix @ x + jerk.offset, np.diff(values, n=2, axis=0).ravel())


def test_fixing_the_first_entries_changes_no_value():
    operator = velocity(random_similarities(6, seed=8), GEOMETRY)
    x = np.random.default_rng(9).normal(size=24)
    rest = operator.after_fixing(x[:8])
    assert np.allclose(rest.matrix @ x[8:] + rest.offset, operator.matrix @ x + operator.offset)
