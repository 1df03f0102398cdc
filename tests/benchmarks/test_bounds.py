"""How far the measures can be brought."""

import cv2
import numpy as np
import pytest

from benchmarks.bounds import softened


def noise():
    return np.random.default_rng(3).integers(0, 256, (4, 90, 120), np.uint8)


@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_pictures_are_softened_as_far_as_asked(share):
    left = [np.abs(cv2.Laplacian(x, cv2.CV_32F)).mean() for x in softened(noise(), share)]
    sharp = [np.abs(cv2.Laplacian(x, cv2.CV_32F)).mean() for x in noise()]
    assert np.mean(left) / np.mean(sharp) == pytest.approx(share, abs=0.05)


def test_what_is_soft_enough_stays():
    assert np.array_equal(softened(noise(), 1.0), noise())
