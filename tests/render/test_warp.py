"""Warped planes against closed forms and against quintic splines."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import affine_transform

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import transform
from gfn_core.motion.similarity import Similarity
from gfn_core.render.warp import plane_to_luma, plane_warp, warp_plane

GEOMETRY = FrameGeometry(320, 180)
SIMILARITY = Similarity.from_parameters(0.02, -0.01, 0.03, np.log(0.9)).matrix
HOMOGRAPHY = SIMILARITY.copy()
HOMOGRAPHY[2, :2] = 0.01, -0.02


def pixel_centres(shape: tuple[int, int]) -> np.ndarray:
    rows, columns = np.indices(shape)
    return np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(float)


def photograph(seed: int) -> np.ndarray:
    """Noise with the spectrum of photographs, (180, 320) uint8."""
    noise = np.random.default_rng(seed).normal(size=(180, 320))
    frequency = np.hypot(np.fft.fftfreq(180)[:, None], np.fft.fftfreq(320))
    picture = np.fft.ifft2(np.fft.fft2(noise) / (frequency + 0.01)).real
    return np.clip(128 + 30 * picture / picture.std(), 0, 255).round().astype(np.uint8)


@pytest.mark.parametrize("warp", [SIMILARITY, HOMOGRAPHY])
def test_every_pixel_shows_the_point_that_it_should(warp: np.ndarray) -> None:
    """A plane that holds its own coordinates is warped to the coordinates of what is shown."""
    to_plane = plane_warp(warp, GEOMETRY, plane_to_luma((0, 0)))
    centres = pixel_centres((180, 320))
    expected = transform(to_plane, centres)
    inside = np.all((expected > 4) & (expected < np.array([315, 175])), axis=1)
    for axis in (0, 1):
        ramp = (centres[:, axis] * 200).reshape(180, 320).astype(np.uint16)
        shown_px = warp_plane(ramp, to_plane, bit_depth=16).ravel() / 200
        assert np.abs(shown_px - expected[:, axis])[inside].max() < 0.05


@pytest.mark.parametrize("seed", range(4))
def test_pictures_come_nearer_to_the_ideal_than_by_the_bicubic_kernel(seed: int) -> None:
    plane = photograph(seed)
    rng = np.random.default_rng(seed)
    pose = Similarity.from_parameters(*(rng.normal(size=3) * 0.02), np.log(0.9))
    matrix = plane_warp(pose.matrix, GEOMETRY, plane_to_luma((0, 0)))
    swapped = matrix[:2, :2][::-1, ::-1]  # scipy takes (row, column)
    ideal = affine_transform(plane.astype(float), swapped, matrix[1::-1, 2], order=5)
    size, flags = (320, 180), cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    bicubic = cv2.warpAffine(plane, matrix[:2], size, flags=flags)

    def error(result: np.ndarray) -> float:
        return float(np.square(result - ideal)[20:-20, 20:-20].mean())

    assert error(warp_plane(plane, matrix)) < error(bicubic)


@pytest.mark.parametrize("chroma_location", ["left", "center", "topleft"])
@pytest.mark.parametrize("subsampling", [(1, 1), (1, 0), (2, 2)])
def test_chroma_moves_with_luma(chroma_location: str, subsampling: tuple[int, int]) -> None:
    """Chroma samples hold the luma coordinates of where they lie, before and after."""
    to_luma = plane_to_luma(subsampling, chroma_location)
    shape = (180 >> subsampling[1], 320 >> subsampling[0])
    centres = pixel_centres(shape)
    luma_px = transform(to_luma, centres)
    luma_warp = plane_warp(SIMILARITY, GEOMETRY, plane_to_luma((0, 0)))
    expected = transform(luma_warp, luma_px)
    inside = np.all((expected > 20) & (expected < np.array([300, 160])), axis=1)
    plane = (luma_px[:, 0] * 150 + 1000).reshape(shape).round().astype(np.uint16)
    warped = warp_plane(plane, plane_warp(SIMILARITY, GEOMETRY, to_luma), bit_depth=16)
    shown_px = (warped.ravel() - 1000.0) / 150
    assert np.abs(shown_px - expected[:, 0])[inside].max() < 0.05 * (1 << subsampling[0])


@pytest.mark.parametrize("bit_depth", [8, 10, 12, 16])
def test_no_sample_exceeds_its_bit_depth(bit_depth: int) -> None:
    """At hard edges the kernels overshoot; a 10-bit sample of 1030 would be black."""
    white = (1 << bit_depth) - 1
    stripes = (np.indices((90, 160)).sum(axis=0) // 4 % 2 * white).astype(
        np.uint8 if bit_depth == 8 else np.uint16
    )
    warped = warp_plane(
        stripes, plane_warp(SIMILARITY, FrameGeometry(160, 90), np.eye(3)), bit_depth
    )
    assert warped.dtype == stripes.dtype
    assert 0.99 * white < warped.max() <= white


def test_a_warp_that_moves_nothing_changes_nothing() -> None:
    plane = photograph(1)
    assert np.array_equal(warp_plane(plane, np.eye(3)), plane)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (17, 33)])
def test_planes_of_any_size(shape: tuple[int, int]) -> None:
    plane = np.full(shape, 77, np.uint8)
    warp = np.diag([0.9, 0.9, 1.0])
    assert np.array_equal(warp_plane(plane, warp), plane)


def test_the_widest_frame_that_can_be_read() -> None:
    plane = np.full((4, 16384), 77, np.uint8)
    assert np.array_equal(warp_plane(plane, np.diag([0.999, 0.999, 1.0])), plane)
