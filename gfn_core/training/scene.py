"""Synthetic scenes with exact truth: a photograph under a moving camera, and what moves in it.

Convention: flow is in px of the frame, from `first` to `second`: what lies at pixel p of `first`
lies at p + flow(p) in `second`. Homographies are on half-widths (see `gfn_core.geometry`).
Frames are gray, because the networks read luma only. Everything follows from the generator
passed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import SettingsError
from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.training.compositing import draw_frame, true_motion
from gfn_core.training.degradation import Degradation, degraded, random_degradation
from gfn_core.training.object_sizing import sized_to
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_camera import CameraPath, random_path
from gfn_core.training.scene_layer import Layer
from gfn_core.training.scene_objects import random_objects
from gfn_core.training.scene_settings import ObjectSettings, SceneSettings, heavy_tailed
from gfn_core.training.surroundings import backdrop, clouds, water

SMALLEST_WATER = 0.1  # share of the frame


@dataclass(frozen=True)
class ScenePair:
    """Two frames (H, W), and what truly moved between them at the centres of (h, w) cells."""

    first: NDArray[np.uint8]  # (H, W) gray
    second: NDArray[np.uint8]  # (H, W) gray
    mixed_flow: NDArray[np.float32]  # (h, w, 2) px, of whatever `first` shows
    global_flow: NDArray[np.float32]  # (h, w, 2) px, of the background, also where it is hidden
    background: NDArray[np.float32]  # (h, w) in `first`, 1 = background
    homography: FloatArray  # (3, 3) half-widths, first to second
    is_homography: bool  # whether `global_flow` is that homography's: no rolling shutter, no lens
    moving_area: float  # share of `first` that is not background


@dataclass(frozen=True)
class SceneSequence:
    """N frames of one scene, and N - 1 motions between neighbours, as in ScenePair."""

    frames: NDArray[np.uint8]  # (N, H, W)
    mixed_flow: NDArray[np.float32]  # (N - 1, h, w, 2) px
    global_flow: NDArray[np.float32]  # (N - 1, h, w, 2) px
    background: NDArray[np.float32]  # (N - 1, h, w)
    homography: FloatArray  # (N - 1, 3, 3)
    is_homography: bool

    def pairs(self) -> Iterator[ScenePair]:
        """Yield the pairs of neighbours."""
        for t in range(len(self.frames) - 1):
            yield ScenePair(
                self.frames[t],
                self.frames[t + 1],
                self.mixed_flow[t],
                self.global_flow[t],
                self.background[t],
                self.homography[t],
                self.is_homography,
                float((self.background[t] < 0.5).mean()),
            )


@dataclass(frozen=True)
class Scene:
    """A scene before it is rendered; frame t of N."""

    geometry: FrameGeometry
    path: CameraPath
    layers: list[Layer]  # background first, then from far to near
    degradation: Degradation


def render_pair(
    rng: np.random.Generator,
    library: PhotoLibrary,
    settings: SceneSettings,
    width: int,
    height: int,
    *,
    truth_stride: int = 1,
) -> ScenePair:
    """Render a random scene of two frames (height, width); see `render_sequence`."""
    sequence = render_sequence(
        rng, library, settings, width, height, frame_count=2, truth_stride=truth_stride
    )
    return next(sequence.pairs())


def render_sequence(
    rng: np.random.Generator,
    library: PhotoLibrary,
    settings: SceneSettings,
    width: int,
    height: int,
    *,
    frame_count: int,
    truth_stride: int = 1,
) -> SceneSequence:
    """Render a random scene of `frame_count` frames (height, width).

    Truth is told at the centres of cells of `truth_stride` px; flow stays in px of the frames.
    The frames do not depend on the stride.

    Raises SettingsError where fewer than two frames, frames below 32 px, or a stride that does
    not divide them are asked for.
    """
    if frame_count < 2 or min(width, height) < 32:
        raise SettingsError(
            f"a scene of {frame_count} frames {width}x{height}: choose 2 frames, 32 px or more"
        )
    if truth_stride < 1 or width % truth_stride or height % truth_stride:
        raise SettingsError(f"a truth stride of {truth_stride} does not divide {width}x{height}")
    scene = random_scene(rng, library, settings, FrameGeometry(width, height), frame_count)
    shutter = scene.degradation.shutter
    frames = [
        degraded(rng, draw_frame(scene.layers, t, scene.geometry, shutter), scene.degradation, t)
        for t in range(frame_count)
    ]
    truths = [
        true_motion(scene.layers, t, scene.geometry, truth_stride) for t in range(frame_count - 1)
    ]
    return SceneSequence(
        np.stack(frames),
        np.stack([truth.mixed_flow for truth in truths]),
        np.stack([truth.global_flow for truth in truths]),
        np.stack([truth.background for truth in truths]),
        np.stack([scene.path.homography(t) for t in range(frame_count - 1)]),
        scene.path.is_projective,
    )


def random_scene(
    rng: np.random.Generator,
    library: PhotoLibrary,
    settings: SceneSettings,
    geometry: FrameGeometry,
    frame_count: int,
) -> Scene:
    """Draw everything of a scene, unrendered."""
    path = random_path(rng, settings.camera, frame_count)
    layers = [backdrop(rng, settings.backdrop, library, path, geometry)]
    layers += _movers(rng, settings.objects, library, path, geometry)
    if rng.uniform() < settings.objects.cloud_chance:
        layers.append(clouds(rng, path, geometry))
    degradation = random_degradation(rng, settings.degradation, frame_count)
    return Scene(geometry, path, layers, degradation)


def _movers(
    rng: np.random.Generator,
    settings: ObjectSettings,
    library: PhotoLibrary,
    path: CameraPath,
    geometry: FrameGeometry,
) -> list[Layer]:
    """Draw water and objects that together cover the moving area drawn from the settings."""
    count = int(rng.integers(settings.count[0], settings.count[1] + 1))
    area = heavy_tailed(rng, settings.moving_area, settings.area_exponent)
    if count == 0 or area == 0.0:
        return []
    waters: list[Layer] = []
    if area > SMALLEST_WATER and rng.uniform() < settings.water_chance:
        wet = area * rng.uniform(0.4, 0.9)
        waters = [water(rng, library, path, geometry, wet)]
        dry_area = area - wet
    else:
        dry_area = area
    objects = random_objects(
        rng, settings, library, path, geometry, count=count, moving_area=dry_area
    )
    objects = sized_to(objects, waters, path, geometry, area)
    return waters + [layer for o in objects for layer in o.layers(path, geometry)]
