import numpy as np
import pytest

from gfn_core.motion.coverage import (
    WITNESSES,
    area_share,
    border_weights,
    cells_of,
    coverage_weights,
)


def test_a_dense_object_weighs_no_more_than_its_area():
    rng = np.random.default_rng(0)
    dense = rng.uniform(0.01, 0.11, (300, 2))  # one cell
    sparse = np.array([[-0.9, -0.4], [-0.5, 0.3], [0.9, 0.4]])  # three more
    weights = coverage_weights(np.concatenate([dense, sparse]))
    assert weights[:300].sum() == pytest.approx(weights[300])
    assert weights.mean() == pytest.approx(1)


def test_area_share_counts_cells_not_points():
    apart = [[x, y] for x in (-0.9, -0.6, -0.3, 0.1, 0.4, 0.7) for y in (-0.4, 0.1, 0.4)]
    points = np.array(apart + [[0.95, 0.4]] * 90)  # the last stand in one more cell
    assert area_share(points, np.array([1.0] * 18 + [0.0] * 90)) == pytest.approx(18 / 19)
    assert area_share(np.zeros((0, 2)), np.zeros(0)) == 0


def test_a_few_marks_are_not_the_frame():
    points = np.array([[-0.9, -0.4], [-0.9, -0.4], [0.6, 0.1], [0.1, 0.3]])
    assert area_share(points, np.ones(4)) == pytest.approx(3 / WITNESSES)


def test_points_of_one_cell_share_a_number():
    cells = cells_of(np.array([[0.01, 0.01], [0.05, 0.05], [-0.01, 0.01], [3.0, -40.0]]))
    assert cells[0] == cells[1]
    assert len(set(cells.tolist())) == 3


def test_the_border_counts_more_than_the_centre():
    points = np.array([[0.0, 0.0], [0.5, 0.0], [0.0, 0.55], [1.0, 0.2]])
    weights = border_weights(points, half_height=0.5625)
    assert np.all(np.diff(weights) > 0)
