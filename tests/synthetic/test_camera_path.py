import numpy as np
import pytest

from gfn_core.motion.homography import transform
from gfn_core.synthetic.camera_path import HAND_BAND_HZ, shaky_path


def test_the_intended_path_is_a_smooth_pan_and_the_shake_is_not():
    path = shaky_path(240, 30.0, seed=1)
    intended = np.abs(np.diff(path.intended.translation, 2)).mean()
    shaken = np.abs(np.diff(path.pose.translation, 2)).mean()
    assert path.intended.translation.real[-1] - path.intended.translation.real[0] > 1
    assert shaken > 20 * intended


def test_shake_has_the_stated_size():
    shake = shaky_path(6000, 30.0, seed=2).shake
    assert shake.translation.real.std() / 2 == pytest.approx(0.015, rel=0.15)  # of the width
    assert np.rad2deg(shake.rotation_rad.std()) == pytest.approx(1.0, rel=0.1)
    assert shake.log_scale.std() == pytest.approx(0.01, rel=0.1)


def test_rotation_lives_in_the_band_of_a_hand():
    rotation = shaky_path(3000, 30.0, seed=3).shake.rotation_rad
    power = np.abs(np.fft.rfft(rotation * np.hanning(3000))) ** 2
    frequency_hz = np.fft.rfftfreq(3000, 1 / 30)
    inside = (frequency_hz > HAND_BAND_HZ[0] - 0.05) & (frequency_hz < HAND_BAND_HZ[1] + 0.05)
    assert power[inside].sum() > 0.98 * power.sum()


def test_true_motion_keeps_scene_points_in_place():
    path = shaky_path(50, 25.0, seed=4)
    motion, pose = path.true_motion, path.pose.matrix
    assert np.array_equal(motion[0], np.eye(3))
    points = np.array([[0.3, -0.2], [-0.9, 0.5], [0.0, 0.0]])
    for t in range(1, 50):
        seen = transform(motion[t], points)
        assert transform(pose[t], seen) == pytest.approx(transform(pose[t - 1], points))


def test_same_seed_same_path():
    first, again = shaky_path(30, 30.0, 5).pose, shaky_path(30, 30.0, 5).pose
    assert np.array_equal(first.translation, again.translation)
    assert not np.array_equal(first.translation, shaky_path(30, 30.0, 6).pose.translation)
