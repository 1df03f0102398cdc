import numpy as np
import pandas as pd
import pytest

from gfn_core.errors import ArtifactDamaged
from gfn_core.motion.activity import GRID_COLUMNS, GRID_ROWS, Activity
from gfn_core.store.activity_table import SPEED_DIGITS, load_activity, save_activity
from gfn_core.store.provenance import read_provenance


def some_activity(frames):
    rng = np.random.default_rng(frames)
    share, mean, peak = rng.random((3, frames)).astype(np.float32).astype(float)
    velocity = rng.normal(size=(frames, GRID_ROWS, GRID_COLUMNS, 2)).round(SPEED_DIGITS)
    return Activity(np.arange(frames) / 25, share, mean, peak, velocity)


@pytest.mark.parametrize("frames", [0, 1, 7])
def test_round_trip(tmp_path, frames):
    activity = some_activity(frames)
    save_activity(tmp_path / "a.parquet", activity, {"motion_key": "abc"})
    back = load_activity(tmp_path / "a.parquet")
    for name in ("pts_seconds", "moving_share", "mean_speed", "peak_speed"):
        np.testing.assert_array_equal(getattr(back, name), getattr(activity, name), err_msg=name)
    np.testing.assert_allclose(back.velocity, activity.velocity, atol=1e-6)
    facts = read_provenance(tmp_path / "a.parquet")
    assert facts["motion_key"] == "abc" and facts["schema"] == "gfn.activity"


def test_the_grid_is_row_major_as_documented(tmp_path):
    activity = some_activity(3)
    save_activity(tmp_path / "a.parquet", activity, {})
    table = pd.read_parquet(tmp_path / "a.parquet")
    grid = np.stack(table.velocity_x).reshape(3, GRID_ROWS, GRID_COLUMNS)
    np.testing.assert_allclose(grid, activity.velocity[..., 0], atol=1e-6)


def test_a_truncated_table_is_named(tmp_path):
    path = tmp_path / "a.parquet"
    save_activity(path, some_activity(3), {})
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ArtifactDamaged, match=r"a\.parquet"):
        load_activity(path)
