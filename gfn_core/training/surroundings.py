"""What surrounds the objects: the background photograph, sky, water, drifting clouds."""

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.training.layer_map import LayerMap, Waves
from gfn_core.training.object_shapes import photo_piece
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_camera import CameraPath
from gfn_core.training.scene_layer import Layer, textured
from gfn_core.training.scene_settings import BackdropSettings
from gfn_core.training.texture_noise import Image, fractal_noise, smooth_noise

REGION_SIDE = 96  # texels of a soft region such as a shore
REGION_SPAN = 2.0  # a region's half-width, in half-widths of the frame
CLOUD_OPACITY = 0.35  # below a half: what lies behind still counts as seen


def backdrop(
    rng: np.random.Generator,
    settings: BackdropSettings,
    library: PhotoLibrary,
    path: CameraPath,
    geometry: FrameGeometry,
) -> Layer:
    """Put a photograph behind everything, part of it in view."""
    photo = library.photographs[rng.integers(len(library.photographs))]
    if rng.uniform() < 0.5:
        photo = photo[:, ::-1]
    texture = _weathered(rng, settings, np.asarray(photo, np.float32))
    half_height = texture.shape[0] / texture.shape[1]
    # half-width of the photograph in half-widths of the frame, so that the frame lies inside it
    cover = max(1.0, geometry.half_height / half_height) / rng.uniform(*settings.visible)
    room = np.array([cover - 1, cover * half_height - geometry.half_height])
    x, y = rng.uniform(-room, room)
    place = np.array([[cover, 0, x], [0, cover, y], [0, 0, 1]])
    maps = _maps(path, np.broadcast_to(place, path.matrices.shape), geometry)
    return Layer(textured(texture, cover * geometry.width), None, maps, maps)


def water(
    rng: np.random.Generator,
    library: PhotoLibrary,
    path: CameraPath,
    geometry: FrameGeometry,
    share: float,
) -> Layer:
    """Cover the lower `share` of frame 0 with a surface that drifts and ripples."""
    shore = geometry.half_height * (1 - 2 * share)
    alpha = _below(rng, shore, slope=0.04)
    drift = rng.normal(0, 0.015, 2)
    wave_vector = rng.normal(0, (6.0, 14.0), (3, 2))
    steepness = rng.uniform(0.05, 0.15, (3, 1)) / np.linalg.norm(wave_vector, axis=1, keepdims=True)
    amplitude = steepness * rng.choice((-1, 1), (3, 2))
    phase = rng.uniform(0, 2 * np.pi, 3)
    speed = rng.uniform(0.3, 1.0, 3)
    waves = tuple(
        Waves(wave_vector, amplitude, phase + speed * t) for t in range(len(path.matrices) - 1)
    )
    texture = _water_texture(rng, library)
    return Layer(
        textured(texture, REGION_SPAN * geometry.width),
        alpha,
        outline=_maps(path, _drifting(path, REGION_SPAN, np.zeros(2)), geometry),
        surface=_maps(path, _drifting(path, REGION_SPAN, drift), geometry, waves),
    )


def clouds(rng: np.random.Generator, path: CameraPath, geometry: FrameGeometry) -> Layer:
    """Lay a translucent veil over the frame that drifts by itself: haze, rain, a reflection."""
    veil = fractal_noise(rng, 256, 256, 64)
    alpha = np.clip(0.5 + veil, 0, 1) * np.float32(CLOUD_OPACITY * rng.uniform(0.4, 1.0))
    texture = np.full((8, 8), rng.uniform(60, 240), np.float32)
    maps = _maps(path, _drifting(path, REGION_SPAN, rng.normal(0, 0.03, 2)), geometry)
    return Layer(texture, alpha, maps, maps)


def _weathered(rng: np.random.Generator, settings: BackdropSettings, photo: Image) -> Image:
    """Take texture away: fade it, blur it, give it a bare sky."""
    if rng.uniform() < settings.faded_chance:
        mean = photo.mean()
        photo = mean + (photo - mean) * np.float32(rng.uniform(0.12, 0.5))
    if rng.uniform() < settings.blurred_chance:
        photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), rng.uniform(1.0, 4.0)), np.float32)
    if rng.uniform() < settings.sky_chance:
        photo = _with_sky(rng, photo)
    return photo


def _with_sky(rng: np.random.Generator, photo: Image) -> Image:
    height, width = photo.shape
    top, horizon = rng.uniform(120, 245, 2)
    gradient = np.linspace(top, horizon, height, dtype=np.float32)[:, None]
    cloudy = rng.uniform(0, 12) * fractal_noise(rng, width, height, width / 4, 0.4)
    skyline = rng.uniform(0.25, 0.65) * height + 0.15 * height * smooth_noise(
        rng, width, 1, width / 5
    )
    rows = np.arange(height, dtype=np.float32)[:, None]
    sky = np.clip((skyline - rows) / 4, 0, 1).astype(np.float32)
    return np.asarray(photo + sky * (gradient + cloudy - photo), np.float32)


def _water_texture(rng: np.random.Generator, library: PhotoLibrary) -> Image:
    """Ripples, longer across than along, or a stretched photograph as a mirror image."""
    side = 384
    ripples = fractal_noise(rng, side // 3, side, side / 24, 0.8)
    ripples = np.asarray(cv2.resize(ripples, (side, side), interpolation=cv2.INTER_CUBIC))
    mirrored = photo_piece(rng, library, side, side)
    mirror_share = np.float32(rng.uniform(0, 0.6))
    level, contrast = rng.uniform(60, 180), rng.uniform(30, 90)
    return np.asarray(
        mirror_share * mirrored + (1 - mirror_share) * (level + contrast * ripples), np.float32
    )


def _below(rng: np.random.Generator, shore: float, slope: float) -> Image:
    """Region (side, side), 1 below a wavy line at y = `shore` half-widths of the frame."""
    line = shore + slope * smooth_noise(rng, REGION_SIDE, 1, REGION_SIDE / 10)
    rows = np.linspace(-1, 1, REGION_SIDE, dtype=np.float32)[:, None] * np.float32(REGION_SPAN)
    texel = np.float32(2 * REGION_SPAN / REGION_SIDE)
    return np.asarray(np.clip((rows - line) / texel + 0.5, 0, 1), np.float32)


def _drifting(path: CameraPath, span: float, drift: FloatArray) -> FloatArray:
    """Placement (N + 1, 3, 3) of a region `span` half-widths wide that moves by `drift` a frame."""
    place = np.tile(np.diag([span, span, 1.0]), (len(path.matrices), 1, 1))
    place[:, :2, 2] = np.arange(len(path.matrices))[:, None] * drift
    return place


def _maps(
    path: CameraPath,
    to_world: FloatArray,
    geometry: FrameGeometry,
    waves: tuple[Waves | None, ...] | None = None,
) -> tuple[LayerMap, ...]:
    frames = len(path.matrices) - 1
    return tuple(
        path.layer_map(to_world, t, geometry.half_height, wave)
        for t, wave in enumerate(waves or (None,) * frames)
    )
