"""The contact sheet: its layout, and that its pictures mean what they say."""

import numpy as np
import pytest

from gfn_core.errors import SettingsError
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import render_pair
from gfn_core.training.scene_preview import contact_sheet, flow_colors, taken_back
from gfn_core.training.scene_settings import SceneSettings

LIBRARY = PhotoLibrary.drawn(np.random.default_rng(0), 3)


def some_pairs(count, truth_stride=1):
    settings = SceneSettings.of_difficulty(0.5)
    return [
        render_pair(
            np.random.default_rng(seed), LIBRARY, settings, 64, 48, truth_stride=truth_stride
        )
        for seed in range(count)
    ]


@pytest.mark.parametrize("truth_stride", [1, 4])
def test_one_row_a_scene_and_six_pictures_a_row(truth_stride):
    sheet = contact_sheet(some_pairs(3, truth_stride), scenes_across=2)
    assert sheet.dtype == np.uint8
    assert sheet.shape == (2 * (48 + 4), 2 * 6 * (64 + 4), 3)
    np.testing.assert_array_equal(sheet[:48, :64, 0], some_pairs(1)[0].first)
    assert not sheet[52:, 6 * 68 :].any()  # the place of the fourth scene stays black


def test_no_scenes_are_refused():
    with pytest.raises(SettingsError):
        contact_sheet([])


def test_color_is_direction_and_speed():
    flow = np.array([[[0, 0], [4, 0], [-4, 0], [0, 4]]], np.float32)
    still, *directions = flow_colors(flow, 4.0)[0].astype(int)
    np.testing.assert_array_equal(still, 255)
    assert all(color.min() == 0 for color in directions)
    assert len({tuple(color) for color in directions}) == 3


def test_taking_back_undoes_a_shift():
    image = np.random.default_rng(0).integers(0, 255, (20, 30)).astype(np.uint8)
    flow = np.broadcast_to(np.float32([3, -2]), (20, 30, 2))
    np.testing.assert_array_equal(taken_back(image, flow)[4:16, 2:20], image[2:14, 5:23])
