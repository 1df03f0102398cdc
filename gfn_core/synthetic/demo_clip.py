"""The demo clip: a walk past a small town with a shaky camera, every movement of it known."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from gfn_core.errors import SettingsError
from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.similarity import Similarity
from gfn_core.synthetic.brush import Picture, blend
from gfn_core.synthetic.camera_path import CameraPath, shaky_path
from gfn_core.synthetic.passers_by import PasserBy, Sprite, town_passers_by
from gfn_core.synthetic.town import paint_town

SCENE_WIDTH = 1.8  # in widths of the frame: room for the pan and the shake
PAINTED_SIZE = (2304, 1440)  # px; the town's details are drawn for this size


@dataclass(frozen=True)
class DemoSettings:
    """What to draw. The seed decides every pixel."""

    width: int = 1280
    height: int = 720
    frame_rate: int = 30
    seconds: float = 8.0
    seed: int = 7
    passers_by: bool = True

    def __post_init__(self) -> None:
        if min(self.width, self.height, self.frame_rate, self.seconds) <= 0:
            raise SettingsError(f"not a clip: {self}")
        if self.width < self.height:
            raise SettingsError(f"{self.width}x{self.height}: the demo is drawn in landscape only")

    @property
    def geometry(self) -> FrameGeometry:
        """Geometry of the frames."""
        return FrameGeometry(self.width, self.height)

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return round(self.seconds * self.frame_rate)


def demo_camera_path(settings: DemoSettings) -> CameraPath:
    """Return the truth: where the camera looked in each frame, and its motion between frames."""
    return shaky_path(settings.frame_count, settings.frame_rate, settings.seed)


def render_demo_frames(settings: DemoSettings) -> Iterator[Picture]:
    """Yield the clip's frames (H, W, 3), uint8 RGB, one at a time."""
    rng = np.random.default_rng(settings.seed)
    scene = _resized(paint_town(rng, *PAINTED_SIZE), SCENE_WIDTH * settings.width)
    passers_by = town_passers_by() if settings.passers_by else ()
    pose = demo_camera_path(settings).pose
    for index in range(settings.frame_count):
        frame = _look(scene, pose[index], settings.geometry)
        for passer_by in passers_by:
            _add(frame, passer_by, pose[index], index / settings.frame_rate, settings.geometry)
        yield frame


def _resized(scene: Picture, width: float) -> Picture:
    """Scale the painting, so that one of its px shows as about one of the frame's."""
    size = (round(width), round(width * PAINTED_SIZE[1] / PAINTED_SIZE[0]))
    return np.asarray(cv2.resize(scene, size, interpolation=cv2.INTER_AREA), np.uint8)


def _look(scene: Picture, pose: Similarity, geometry: FrameGeometry) -> Picture:
    """Return what the camera sees of the still scene."""
    scene_to_px = geometry.to_pixels.copy()
    scene_to_px[:2, 2] = (scene.shape[1] - 1) / 2, (scene.shape[0] - 1) / 2
    frame_to_scene_px = scene_to_px @ pose.matrix @ geometry.from_pixels
    frame = cv2.warpAffine(
        scene,
        frame_to_scene_px[:2],
        (geometry.width, geometry.height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.asarray(frame, np.uint8)


def _add(
    frame: Picture,
    passer_by: PasserBy,
    pose: Similarity,
    time_seconds: float,
    geometry: FrameGeometry,
) -> None:
    """Draw one moving object where the camera sees it, in place."""
    sprite = passer_by.draw(time_seconds)
    to_frame_px = (
        geometry.to_pixels @ pose.inverse().matrix @ _placed(passer_by, sprite, time_seconds)
    )
    height, width = sprite[1].shape
    outline = to_frame_px @ np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]])
    low = np.floor(outline[:2].min(axis=1)).astype(int) - 1
    high = np.ceil(outline[:2].max(axis=1)).astype(int) + 2
    if (high < 0).any() or (low > (geometry.width, geometry.height)).any():
        return
    to_patch: FloatArray = to_frame_px[:2].copy()
    to_patch[:, 2] -= low
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    # A sprite is larger than it is shown: blurred first, or its edges would flicker.
    shrink = float(np.hypot(*to_patch[:, 0]))
    blur_px = max(0.3, 0.45 / shrink)
    colors, alpha = (
        cv2.warpAffine(
            cv2.GaussianBlur(layer, (0, 0), blur_px) if layer is sprite[1] else layer,
            to_patch,
            size,
            flags=cv2.INTER_LINEAR,
            borderMode=border,
        )
        for layer, border in ((sprite[0], cv2.BORDER_REPLICATE), (sprite[1], cv2.BORDER_CONSTANT))
    )
    corner = (int(low[0]), int(low[1]))
    blend(frame, np.asarray(colors, np.uint8), np.asarray(alpha, np.float32), corner)


def _placed(passer_by: PasserBy, sprite: Sprite, time_seconds: float) -> FloatArray:
    """Matrix (3, 3) from the sprite's px to the scene's half-widths."""
    height, width = sprite[1].shape
    x, y = passer_by.foot(time_seconds)
    unit = passer_by.height / height
    return np.array([[unit, 0, x - unit * width / 2], [0, unit, y - unit * height], [0, 0, 1]])
