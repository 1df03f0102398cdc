import pytest

from gfn_core.errors import SettingsError
from gfn_core.smoothing.settings import StageOneSettings, StageTwoSettings


@pytest.mark.parametrize("crop", [0.0, 0.29, 1.01, float("nan"), -1.0])
def test_a_crop_out_of_range_is_refused_in_one_line(crop):
    with pytest.raises(SettingsError, match=r"crop is .*; it can be 0\.3 to 1") as caught:
        StageOneSettings(crop=crop)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "setting",
    [
        {"velocity_seconds": -0.1},
        {"acceleration_seconds": 11.0},
        {"jerk_seconds": float("nan")},
        {"intended_seconds": -1.0},
        {"swing_weight": 1e4},
        {"zoom_share": 0.95},
        {"zoom_use": 0.0},
        {"norm": "l3"},
        {"removed_share": 1.0},
    ],
)
def test_other_settings_out_of_range_are_refused(setting):
    with pytest.raises(SettingsError, match="can be"):
        StageOneSettings(**setting)


def test_the_ends_of_each_range_are_allowed():
    StageOneSettings(crop=1.0, acceleration_seconds=0.0, jerk_seconds=0.0, zoom_share=0.0)
    StageOneSettings(crop=0.3, velocity_seconds=10.0, zoom_share=0.9, zoom_use=1.0, norm="l1")


@pytest.mark.parametrize(
    "setting",
    [
        {"method": "median"},
        {"mean_seconds": -1.0},
        {"acceleration_seconds": float("nan")},
        {"jelly_half_widths": 11.0},
    ],
)
def test_settings_of_stage_two_out_of_range_are_refused(setting):
    with pytest.raises(SettingsError, match="can be"):
        StageTwoSettings(**setting)
