import numpy as np
import pytest

from gfn_core.metrics.point_matching import by_class, point_matching_error


def test_points_taken_to_their_partners_match():
    rng = np.random.default_rng(0)
    homography = np.eye(3) + rng.normal(0, [[0.02, 0.02, 9], [0.02, 0.02, 9], [1e-5, 1e-5, 0]])
    source = rng.uniform(0, 300, (6, 2))
    mapped = np.c_[source, np.ones(6)] @ homography.T
    target = mapped[:, :2] / mapped[:, 2:]
    points = np.stack([source, target], axis=1)
    assert point_matching_error(homography, points) == pytest.approx(0, abs=1e-9)
    some_swapped = points.copy()
    some_swapped[::2] = some_swapped[::2, ::-1]
    assert point_matching_error(homography, some_swapped) == pytest.approx(0, abs=1e-9)


def test_the_error_is_the_mean_distance():
    points = np.array([[[0, 0], [3, 4]], [[10, 10], [10, 10]]], float)
    assert point_matching_error(np.eye(3), points) == pytest.approx(2.5)


def test_each_class_counts_alike():
    errors = [("RE", 1.0), ("RE", 1.0), ("RE", 1.0), ("LF", 5.0)]
    assert by_class(errors) == {"RE": 1.0, "LF": 5.0, "mean": 3.0}
    assert by_class([]) == {}
