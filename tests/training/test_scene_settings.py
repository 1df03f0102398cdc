"""Settings refuse what makes no sense, at the place where it is written."""

import numpy as np
import pytest

from gfn_core.errors import SettingsError
from gfn_core.training.scene_settings import (
    BackdropSettings,
    CameraSettings,
    DegradationSettings,
    ObjectSettings,
    SceneSettings,
    heavy_tailed,
)

SETTINGS = (CameraSettings, ObjectSettings, BackdropSettings, DegradationSettings)
FIELDS = [(kind, name, value) for kind in SETTINGS for name, value in vars(kind()).items()]


@pytest.mark.parametrize(("kind", "name", "value"), FIELDS)
def test_every_field_is_checked(kind, name, value):
    is_range = isinstance(value, tuple)
    for wrong in ((1e6, -1e6), -1e6, 1e6, float("nan")):
        bad = (wrong if isinstance(wrong, tuple) else (wrong, wrong)) if is_range else wrong
        if not is_range and isinstance(bad, tuple):
            continue
        with pytest.raises(SettingsError, match=name):
            kind(**{name: bad})


@pytest.mark.parametrize("kind", SETTINGS)
def test_ranges_run_upward(kind):
    for name, value in vars(kind()).items():
        if isinstance(value, tuple) and value[0] < value[1]:
            with pytest.raises(SettingsError, match=name):
                kind(**{name: value[::-1]})


def test_difficulty_widens_ranges():
    mild, hard = SceneSettings.of_difficulty(0.0), SceneSettings.of_difficulty(1.0)
    assert mild.camera.translation[1] < hard.camera.translation[1]
    assert mild.objects.moving_area[1] < hard.objects.moving_area[1]
    assert mild.degradation.noise[1] < hard.degradation.noise[1]
    assert hard.objects.count == (0, 6)
    assert hard.objects.moving_area[1] >= 0.6


@pytest.mark.parametrize("difficulty", [-0.1, 1.1, float("nan")])
def test_difficulty_is_checked(difficulty):
    with pytest.raises(SettingsError, match="difficulty"):
        SceneSettings.of_difficulty(difficulty)


def test_heavy_tails_stay_in_range_and_favour_the_least():
    rng = np.random.default_rng(0)
    drawn = np.array([heavy_tailed(rng, (1.0, 3.0), 3.0) for _ in range(4000)])
    assert drawn.min() >= 1
    assert drawn.max() <= 3
    assert drawn.mean() == pytest.approx(1 + 2 / 4, abs=0.05)  # E[u^3] = 1/4
