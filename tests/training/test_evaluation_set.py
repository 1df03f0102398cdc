"""The evaluation set: fixed, and as it is described."""

import numpy as np
import pytest

from gfn_core.errors import SettingsError
from gfn_core.training.evaluation_set import (
    HEIGHT_PX,
    MOVING_AREAS,
    WIDTH_PX,
    EvaluationScene,
    evaluation_scenes,
)
from gfn_core.training.photographs import PhotoLibrary

LIBRARY = PhotoLibrary.drawn(np.random.default_rng(0), 6)


def test_fewer_scenes_are_the_first_of_each_row():
    many, few = list(evaluation_scenes(5)), list(evaluation_scenes(2))
    assert len(many) == 5 * len(MOVING_AREAS)
    assert set(few) < set(many)
    with pytest.raises(SettingsError):
        list(evaluation_scenes(0))


def test_scenes_are_fixed():
    scene = EvaluationScene(0.25, 3)
    first, again = scene.rendered(LIBRARY), scene.rendered(LIBRARY)
    np.testing.assert_array_equal(first.second, again.second)
    assert np.any(first.first != EvaluationScene(0.25, 4).rendered(LIBRARY).first)


def test_rows_are_as_described():
    motions = []
    for scene in evaluation_scenes(4):
        pair = scene.rendered(LIBRARY)
        assert pair.first.shape == (HEIGHT_PX, WIDTH_PX)
        assert pair.is_homography
        assert pair.moving_area == pytest.approx(scene.moving_area, abs=0.02)
        motions.append(np.linalg.norm(pair.global_flow, axis=-1).mean())
    assert 10 < np.mean(motions) < 19  # 14 px on average, give or take what 20 scenes tell
