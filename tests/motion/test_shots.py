import cv2
import numpy as np

from gfn_core.motion.shots import likeness, thumbnail


def texture(seed, height=360, width=640):
    noise = np.random.default_rng(seed).normal(0, 1, (height, width))
    smooth = cv2.GaussianBlur(noise, None, 12)
    return np.clip(128 + 45 * smooth / smooth.std(), 0, 255).astype(np.uint8)


def test_a_place_is_found_again_after_a_fast_pan_and_a_change_of_exposure():
    scene = texture(0, 500, 800)
    first, second = scene[:360, :640], scene[40:400, 60:700]
    darker = (second * 0.5 + 10).astype(np.uint8)
    assert likeness(thumbnail(first), thumbnail(darker)) > 0.9


def test_another_place_is_not_found():
    assert likeness(thumbnail(texture(1)), thumbnail(texture(2))) < 0.5


def test_noise_in_the_dark_is_no_other_place():
    rng = np.random.default_rng(3)
    dark = [np.clip(12 + rng.normal(0, 2, (360, 640)), 0, 255).astype(np.uint8) for _ in range(2)]
    assert likeness(*map(thumbnail, dark)) == 1


def test_thumbnails_keep_the_shape_of_the_frame_and_are_never_enlarged():
    assert thumbnail(texture(0)).shape == (45, 80)
    assert thumbnail(texture(0, 64, 36)).shape == (64, 36)
    assert thumbnail(texture(0, 640, 360)).shape == (80, 45)
