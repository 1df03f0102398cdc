import cv2
import numpy as np
import pytest
import torch

from gfn_core.motion.rough_flow import dense_search, rough_flow

CPU = torch.device("cpu")


@pytest.fixture
def shifted():
    """A textured frame (96, 160), and the same moved by (3, -2) px."""
    rng = np.random.default_rng(0)
    texture = cv2.GaussianBlur(rng.uniform(0, 255, (120, 200)).astype(np.float32), (0, 0), 2)
    texture = cv2.normalize(texture, texture, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    return texture[10:106, 10:170].copy(), texture[12:108, 7:167].copy()


def test_a_shift_is_found_to_a_pixel_on_a_grid_of_half_the_size(shifted):
    flow = dense_search(*shifted)
    assert flow.shape == (2, 48, 80)
    assert np.median(flow, axis=(1, 2)) == pytest.approx((3, -2), abs=0.3)


def test_the_way_back_is_that_of_the_pair_swapped(shifted):
    first, second = shifted
    rough = rough_flow([(first, second), (second, first)], CPU)
    torch.testing.assert_close(rough.there[1], rough.back[0], rtol=0, atol=0)
    torch.testing.assert_close(rough.there, rough.swapped.back, rtol=0, atol=0)


@pytest.mark.parametrize("size", [(2, 2), (8, 8), (4, 64), (64, 4), (12, 64), (14, 256), (15, 640)])
def test_frames_too_small_to_search_are_at_rest(size):
    rng = np.random.default_rng(0)
    first, second = (rng.integers(0, 255, size).astype(np.uint8) for _ in range(2))
    assert not dense_search(first, second).any()
