import cv2
import numpy as np
import pytest

from gfn_core.training.batch import CompactPair
from gfn_core.training.pasting import AREA, pasted
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import render_pair
from gfn_core.training.scene_settings import SceneSettings

LIBRARY = PhotoLibrary.drawn(np.random.default_rng(0))


def rendered(seed):
    rng = np.random.default_rng(seed)
    settings = SceneSettings.of_difficulty(0.0)
    return CompactPair.of(render_pair(rng, LIBRARY, settings, 256, 160))


@pytest.mark.parametrize("seed", range(6))
def test_patch_and_background_keep_their_own_motion(seed):
    pair, other = rendered(seed), rendered(seed + 100)
    made = pasted(pair, other, np.random.default_rng(seed))
    np.testing.assert_array_equal(made.truth[2:4], pair.truth[2:4])
    covered = (pair.truth[4] > 0.99) & (made.truth[4] < 0.01)
    share = ((pair.truth[4] > 0.5) & (made.truth[4] < 0.5)).mean()
    assert AREA[0] / 2 < share < AREA[1] + 0.1
    np.testing.assert_array_equal(made.truth[:2, covered], other.truth[:2, covered])
    untouched = (made.truth[4] == pair.truth[4]) & (pair.truth[4] > 0)
    np.testing.assert_array_equal(made.truth[:2, untouched], pair.truth[:2, untouched])


@pytest.mark.parametrize("seed", range(3))
def test_the_patch_moves_by_its_flow(seed):
    """Inside the patch, the second frame brought back by the mixed flow is the first."""
    made = pasted(rendered(seed), rendered(seed + 100), np.random.default_rng(seed))
    rows, columns = made.frames.shape[1:]
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    u, v, _, _, background = (cv2.resize(channel, (columns, rows)) for channel in made.truth)
    back = cv2.remap(made.frames[1], x + u, y + v, cv2.INTER_LINEAR).astype(float)
    inside = cv2.erode(np.uint8(background < 0.01), np.ones((9, 9)))
    inside[:16] = inside[-16:] = 0
    inside[:, :16] = inside[:, -16:] = 0
    difference = np.abs(back - made.frames[0])[inside > 0]
    assert len(difference) > 500
    assert np.median(difference) < 6
