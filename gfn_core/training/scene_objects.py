"""Moving objects of a scene: what they are, where they stand, how they move by themselves."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.training.layer_map import LayerMap, Points, Waves
from gfn_core.training.object_shapes import (
    Sprite,
    cutout_sprite,
    figure_limbs,
    limb_placement,
    limb_sprite,
    shape_sprite,
)
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_camera import CameraPath
from gfn_core.training.scene_layer import (
    Layer,
    Shadow,
    fitted_to_screen,
    rimmed,
    sampled,
    textured,
)
from gfn_core.training.scene_settings import ObjectSettings, heavy_tailed
from gfn_core.training.texture_noise import Image

OUTLINE_TEXELS = 48
SMALLEST_SIZE = 0.01  # half-width of an object, in half-widths of the frame
LARGE_SHARE = 0.2  # above this share of the frame, cut-outs would be blown up too much


@dataclass(frozen=True)
class Part:
    """A sprite of an object; `place` takes its half-widths to the object's, frame by frame."""

    sprite: Sprite
    place: FloatArray  # (N + 1, 3, 3)
    waves: tuple[Waves | None, ...]  # (N,)


@dataclass(frozen=True)
class MovingObject:
    """An object that moves by itself. The world is what frame 0 shows, in half-widths."""

    parts: tuple[Part, ...]
    center: FloatArray  # (2,) in the world
    angle_rad: float
    size: float  # the object's half-width, in half-widths of the frame
    motion: FloatArray  # (N + 1, 3, 3) its own motion in the world
    shadow: Shadow | None

    def layers(self, path: CameraPath, geometry: FrameGeometry) -> list[Layer]:
        """Return its parts as layers, with textures no finer than the frame can show."""
        return [self._layer(part, path, geometry) for part in self.parts]

    def let_through(self, points: Points, path: CameraPath, half_height: float) -> Image:
        """Share (h, w) of the background seen past it at frame 0's `points` (2, h, w)."""
        through = np.ones(points.shape[1:], np.float32)
        for part in self.parts:
            layer_points = self._map(part, 0, path, half_height).to_layer(points)
            through *= 1 - sampled(part.sprite.alpha, layer_points, cv2.BORDER_REPLICATE)
        return through

    def scaled(self, log_scale: float) -> "MovingObject":
        """Return the object larger by exp(`log_scale`)."""
        return replace(self, size=self.size * float(np.exp(log_scale)))

    def coarse(self) -> "MovingObject":
        """Return a stand-in with outlines so coarse that measuring areas is quick."""
        parts = (replace(p, sprite=p.sprite.coarse(OUTLINE_TEXELS)) for p in self.parts)
        return replace(self, parts=tuple(parts))

    def _layer(self, part: Part, path: CameraPath, geometry: FrameGeometry) -> Layer:
        width_px = float(np.hypot(*self._to_world(part)[0, :2, 0])) * geometry.width
        frames = range(len(part.waves))
        maps = tuple(self._map(part, t, path, geometry.half_height) for t in frames)
        return Layer(
            textured(part.sprite.texture, width_px),
            rimmed(fitted_to_screen(part.sprite.alpha, width_px)),
            outline=maps,
            surface=maps,
            shadow=self.shadow,
        )

    def _map(self, part: Part, t: int, path: CameraPath, half_height: float) -> LayerMap:
        return path.layer_map(self._to_world(part), t, half_height, part.waves[t])

    def _to_world(self, part: Part) -> FloatArray:
        a, b = self.size * np.cos(self.angle_rad), self.size * np.sin(self.angle_rad)
        stand = np.array([[a, -b, self.center[0]], [b, a, self.center[1]], [0, 0, 1]])
        return np.asarray(self.motion @ stand @ part.place)


def random_objects(
    rng: np.random.Generator,
    settings: ObjectSettings,
    library: PhotoLibrary,
    path: CameraPath,
    geometry: FrameGeometry,
    *,
    count: int,
    moving_area: float,
) -> list[MovingObject]:
    """Draw `count` objects that together will cover about `moving_area` of frame 0."""
    shares = moving_area * rng.dirichlet(np.ones(count)) if count else np.zeros(0)
    return [
        _random_object(rng, settings, library, path, geometry, share=float(share))
        for share in shares
    ]


def _random_object(
    rng: np.random.Generator,
    settings: ObjectSettings,
    library: PhotoLibrary,
    path: CameraPath,
    geometry: FrameGeometry,
    *,
    share: float,
) -> MovingObject:
    frames = len(path.matrices) - 1
    # an ellipse or so of that share; large ones stand nearer to the middle, to be able to fill it
    size = max(SMALLEST_SIZE, float(np.sqrt(2 * share * geometry.half_height)))
    reach = np.array([1.0, geometry.half_height]) * (1 - 0.8 * min(1.0, share / 0.6))
    center = rng.uniform(-reach, reach)
    width_px = size * geometry.width
    parts, angle_rad = _random_parts(
        rng, settings, library, share=share, width_px=width_px, frames=frames
    )
    return MovingObject(
        parts,
        center,
        angle_rad,
        size,
        _own_motion(rng, settings, path, center),
        _random_shadow(rng, size) if rng.uniform() < settings.shadow_chance else None,
    )


def _random_parts(
    rng: np.random.Generator,
    settings: ObjectSettings,
    library: PhotoLibrary,
    *,
    share: float,
    width_px: float,
    frames: int,
) -> tuple[tuple[Part, ...], float]:
    """Draw what an object consists of, and at which angle it stands."""
    if rng.uniform() < settings.articulated_chance:
        return _figure(rng, library, frames), float(rng.normal(0, 0.3))
    waves = _random_waves(rng, frames) if rng.uniform() < settings.deforming_chance else ()
    still = np.broadcast_to(np.eye(3), (frames + 1, 3, 3))
    cutout_chance = 0.6 if share < LARGE_SHARE else 0.15
    if library.cutouts and rng.uniform() < cutout_chance:
        sprite, angle_rad = cutout_sprite(rng, library), rng.normal(0, 0.3)
    else:
        detail_px = int(np.clip(width_px * 1.3, 24, 480))
        sprite, angle_rad = shape_sprite(rng, library, detail_px), rng.uniform(0, 2 * np.pi)
    return (Part(sprite, still, waves or (None,) * frames),), float(angle_rad)


def _figure(rng: np.random.Generator, library: PhotoLibrary, frames: int) -> tuple[Part, ...]:
    """Draw a walking figure: limbs that swing about their joints, out of phase."""
    stride_rad = rng.uniform(0.3, 0.9)
    cycle_rad = rng.uniform(0.2, 0.8)  # a frame
    phase = rng.uniform(0, 2 * np.pi)
    parts = []
    for index, limb in enumerate(figure_limbs(rng)):
        swings = stride_rad if limb.width < 0.2 else 0.1
        times = phase + np.pi * (index % 2) + cycle_rad * np.arange(frames + 1)
        place = np.stack([limb_placement(limb, swings * np.sin(time)) for time in times])
        parts.append(Part(limb_sprite(rng, library, limb), place, (None,) * frames))
    return tuple(parts)


def _random_waves(rng: np.random.Generator, frames: int) -> tuple[Waves, ...]:
    """Draw a deformation that travels through the object."""
    count = 2
    wave_vector = rng.normal(0, 2.5, (count, 2))
    # a slope below one keeps the map invertible
    steepness = rng.uniform(0.05, 0.2, (count, 1)) / np.maximum(
        1.0, np.linalg.norm(wave_vector, axis=1, keepdims=True)
    )
    heading = rng.normal(size=(count, 2))
    amplitude = steepness * heading / np.linalg.norm(heading, axis=1, keepdims=True)
    phase = rng.uniform(0, 2 * np.pi, count)
    speed = rng.uniform(0.2, 1.2, count) * rng.choice((-1, 1), count)  # rad a frame
    return tuple(Waves(wave_vector, amplitude, phase + speed * t) for t in range(frames))


def _own_motion(
    rng: np.random.Generator, settings: ObjectSettings, path: CameraPath, center: FloatArray
) -> FloatArray:
    """Draw the object's motion (N + 1, 3, 3) in the world: along with the camera's or its own."""
    times = np.arange(len(path.matrices))
    speed = 2 * heavy_tailed(rng, settings.speed, 2.0)
    steady = speed * np.exp(1j * rng.uniform(0, 2 * np.pi)) * times
    scenery = path.translation @ np.array([1, 1j])  # how the background moves on the screen
    # -1 is an object that the camera follows; positive moves with the scenery, i across it
    gain = rng.choice((-1.0, -1.0, 1.0, -2.0, 1.0j, -1.0j)) * rng.uniform(0.6, 1.4)
    led = gain * scenery
    follows = rng.uniform() < 0.6 and abs(led[1]) >= 2 * settings.speed[0]
    shift = led + 0.1 * steady if follows else steady
    turn = rng.choice((-1, 1)) * heavy_tailed(rng, settings.rotation_rad, 2.0)
    growth = rng.choice((-1, 1)) * heavy_tailed(rng, settings.log_scale, 2.0)
    # in a long sequence an object must not shrink to nothing
    linear = np.exp(growth * 8 * np.tanh(times / 8) + 1j * turn * times)
    fixed = complex(*center)
    offset = fixed + shift - linear * fixed
    motion = np.zeros((len(times), 3, 3))
    motion[:, 0, 0] = motion[:, 1, 1] = linear.real
    motion[:, 1, 0], motion[:, 0, 1] = linear.imag, -linear.imag
    motion[:, 0, 2], motion[:, 1, 2] = offset.real, offset.imag
    motion[:, 2, 2] = 1
    return motion


def _random_shadow(rng: np.random.Generator, size: float) -> Shadow:
    x, y = rng.normal(0, 0.25 * size, 2)
    return Shadow(
        (float(x), float(y) + 0.15 * size), rng.uniform(0.2, 0.6), size * rng.uniform(0.03, 0.15)
    )
