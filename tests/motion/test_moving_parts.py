"""What moves by itself, against warps that are known."""

import cv2
import numpy as np
import pytest

from gfn_core.motion.moving_parts import moving_parts

HEIGHT, WIDTH = 180, 320
CAMERA_PX, OBJECT_PX = np.array([2.0, 1.0]), np.array([-4.0, 3.0])
UNKNOWN = np.full((9, 16), 0.5)  # a network that says nothing


def texture(seed):
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.uniform(0, 255, (HEIGHT, WIDTH)), None, 2)
    return cv2.normalize(noise, None, 40, 215, cv2.NORM_MINMAX)


def moved(picture, by_px):
    matrix = np.float64([[1, 0, by_px[0]], [0, 1, by_px[1]]])
    return cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)


def disc(radius=45):
    rows, columns = np.indices((HEIGHT, WIDTH))
    return (np.hypot(columns - 170, rows - 90) < radius).astype(np.float64)


def pair(inside):
    """A disc of `inside` over a texture, each moving in its own way."""
    mask, ground = disc(), texture(0)
    first = np.where(mask > 0, inside, ground)
    second = np.where(
        moved(mask, OBJECT_PX) > 0.5, moved(inside, OBJECT_PX), moved(ground, CAMERA_PX)
    )
    return [frame.round().astype(np.uint8) for frame in (first, second)]


def camera(by_px=CAMERA_PX):
    return np.broadcast_to(by_px, (HEIGHT, WIDTH, 2))


def overlap(found, truth):
    moves = found.any(axis=-1)
    return (moves & truth).sum() / (moves | truth).sum()


def test_a_disc_is_found_to_the_pixel_though_the_network_knows_nothing():
    found = moving_parts(*pair(texture(1)), camera(), UNKNOWN)
    inside = disc() > 0
    assert overlap(found, inside) > 0.9
    wrong = np.linalg.norm(found - (OBJECT_PX - CAMERA_PX), axis=-1)[inside]
    assert np.median(wrong) < 0.2
    assert np.linalg.norm(found, axis=-1)[~inside].mean() < 0.1


def test_a_disc_without_texture_is_cut_out_along_its_edge():
    found = moving_parts(*pair(np.full((HEIGHT, WIDTH), 250.0)), camera(), UNKNOWN)
    assert overlap(found, disc() > 0) > 0.85


def test_where_only_the_camera_moves_nothing_does():
    ground = texture(0)
    frames = [each.round().astype(np.uint8) for each in (ground, moved(ground, CAMERA_PX))]
    found = moving_parts(*frames, camera(), UNKNOWN)
    assert found.any(axis=-1).mean() < 0.01  # at most slivers at the frame's edge


@pytest.mark.parametrize("told", [0.0, 0.5, 1.0])
def test_equal_frames_do_not_move_whatever_the_network_says(told):
    frame = texture(0).astype(np.uint8)
    assert not moving_parts(frame, frame, camera(np.zeros(2)), np.full((9, 16), told)).any()


def test_a_frame_without_any_texture_does_not_move():
    blank = np.full((HEIGHT, WIDTH), 128, np.uint8)
    assert not moving_parts(blank, blank, camera(np.zeros(2)), UNKNOWN).any()


def test_axes_can_be_swapped():
    frames = pair(texture(1))
    found = moving_parts(*frames, camera(), UNKNOWN)
    swapped = [np.ascontiguousarray(frame.T) for frame in frames]
    across = np.broadcast_to(CAMERA_PX[::-1], (WIDTH, HEIGHT, 2))
    again = moving_parts(*swapped, across, UNKNOWN.T).transpose(1, 0, 2)[..., ::-1]
    assert overlap(again, found.any(axis=-1)) > 0.9
    both = found.any(axis=-1) & again.any(axis=-1)
    assert np.median(np.linalg.norm(found - again, axis=-1)[both]) < 0.2


def test_a_run_repeats_itself_whatever_was_drawn_before():
    frames = pair(texture(1))
    first = moving_parts(*frames, camera(), UNKNOWN)
    cv2.setRNGSeed(1234)
    cv2.randu(np.zeros((9, 9)), 0, 1)
    assert np.array_equal(first, moving_parts(*frames, camera(), UNKNOWN))


@pytest.mark.parametrize("size", [(2, 2), (8, 8), (4, 64), (12, 16)])
def test_frames_of_any_size_can_be_looked_at(size):
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 255, size).astype(np.uint8) for _ in range(2)]
    found = moving_parts(*frames, np.zeros((*size, 2)), UNKNOWN)
    assert found.shape == (*size, 2)
    assert np.isfinite(found).all()
