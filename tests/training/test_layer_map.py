"""Maps between screen and layer: closed forms, and the inverse that true flow rests on."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import flow, transform
from gfn_core.training.layer_map import LayerMap, Waves, flow_between
from gfn_core.training.scene_layer import screen_points

GEOMETRY = FrameGeometry(64, 36)


def random_homography(rng, spread):
    matrix = np.eye(3) + rng.normal(0, spread, (3, 3))
    matrix[2, :2] *= 0.1
    matrix[2, 2] = 1
    return matrix


def random_waves(rng):
    wave_vector = rng.normal(0, 2.5, (2, 2))
    steepness = 0.15 / np.maximum(1, np.linalg.norm(wave_vector, axis=1, keepdims=True))
    return Waves(wave_vector, steepness * rng.uniform(-0.7, 0.7, (2, 2)), rng.uniform(0, 6, 2))


def as_rows(points):
    return np.moveaxis(points, 0, -1).reshape(-1, 2).astype(float)


def test_without_lens_shutter_and_waves_it_is_the_homography():
    rng = np.random.default_rng(0)
    matrix = random_homography(rng, 0.1)
    points = screen_points(GEOMETRY)
    mapped = LayerMap(matrix).to_layer(points)
    np.testing.assert_allclose(as_rows(mapped), transform(matrix, as_rows(points)), atol=2e-6)


def test_flow_of_homographies_is_their_closed_form():
    rng = np.random.default_rng(1)
    first, second = random_homography(rng, 0.05), random_homography(rng, 0.05)
    points = screen_points(GEOMETRY)
    moved = flow_between(LayerMap(first), LayerMap(second), points)
    expected = flow(np.linalg.inv(second) @ first, as_rows(points))
    np.testing.assert_allclose(as_rows(moved), expected, atol=5e-6)


def test_lens_is_a_radial_polynomial():
    points = screen_points(GEOMETRY)
    radius2 = (points**2).sum(axis=0)
    corrected = LayerMap(np.eye(3), lens=0.05).to_layer(points)
    np.testing.assert_allclose(corrected, points * (1 + 0.05 * radius2), atol=1e-6)


def test_rows_see_the_layer_at_their_own_time():
    drift = np.zeros((3, 3))
    drift[0, 2] = 0.3  # the layer slides sideways while rows are read
    points = screen_points(GEOMETRY)
    seen = LayerMap(np.eye(3), drift, GEOMETRY.half_height).to_layer(points)
    np.testing.assert_allclose(seen[0], points[0] + 0.3 * points[1], atol=1e-6)
    np.testing.assert_allclose(seen[1], points[1], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lens=st.floats(-0.08, 0.08),
    drift=st.floats(0, 0.2),
    wavy=st.booleans(),
)
def test_to_screen_undoes_to_layer(seed, lens, drift, wavy):
    rng = np.random.default_rng(seed)
    layer_map = LayerMap(
        random_homography(rng, 0.08),
        drift * rng.normal(0, 0.3, (3, 3)) * np.array([[1], [1], [0]]),
        GEOMETRY.half_height,
        lens,
        random_waves(rng) if wavy else None,
    )
    points = screen_points(GEOMETRY)
    found = layer_map.to_screen(layer_map.to_layer(points))
    np.testing.assert_allclose(found, points, atol=2e-5)  # 0.006 px of 640
