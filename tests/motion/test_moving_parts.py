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
    assert overlap(found, disc() > 0) > 0.95  # its rim alone is an eighth of it


def test_where_only_the_camera_moves_nothing_does():
    ground = texture(0)
    frames = [each.round().astype(np.uint8) for each in (ground, moved(ground, CAMERA_PX))]
    found = moving_parts(*frames, camera(), UNKNOWN)
    assert found.any(axis=-1).mean() < 0.01  # at most slivers at the frame's edge


def test_a_sky_that_the_search_cannot_follow_does_not_move_in_a_pan():
    """There a search closes, back and forth, on anything."""
    pan = np.array([12.0, 2.0])
    ground = texture(0)
    ground[: HEIGHT // 2] = np.linspace(200, 240, HEIGHT // 2)[:, None]
    frames = [each.round().astype(np.uint8) for each in (ground, moved(ground, pan))]
    found = moving_parts(*frames, camera(pan), UNKNOWN)
    assert found[: HEIGHT // 2 - 12, 24:-24].any(axis=-1).mean() < 0.02


def test_in_doubt_the_network_s_word_counts():
    """Something of little contrast: it moves where the network says so, else it does not."""
    rng = np.random.default_rng(3)
    mask, faint, by_px = disc(), (texture(1) - 128) * 0.15 + 128, np.array([2.0, 1.0])
    first = np.where(mask > 0, faint, texture(0))
    second = np.where(moved(mask, by_px) > 0.5, moved(faint, by_px), texture(0))
    frames = [
        np.clip(each + rng.normal(0, 1, each.shape), 0, 255).round().astype(np.uint8)
        for each in (first, second)
    ]
    relevance = cv2.resize(mask, (32, 18), interpolation=cv2.INTER_AREA)
    told, denied = (
        moving_parts(*frames, camera(np.zeros(2)), word) for word in (relevance, 1 - relevance)
    )
    assert overlap(told, mask > 0) > 0.8
    assert overlap(denied, mask > 0) < 0.1


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


@pytest.mark.parametrize("size", [(2, 2), (8, 8), (4, 64), (14, 256), (15, 640), (16, 640)])
def test_frames_of_any_size_can_be_looked_at(size):
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 255, size).astype(np.uint8) for _ in range(2)]
    found = moving_parts(*frames, np.zeros((*size, 2)), UNKNOWN)
    assert found.shape == (*size, 2)
    assert np.isfinite(found).all()
