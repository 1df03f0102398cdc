"""The demo: a clip with known camera motion, through the very flow that users run."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.request import ArchiveRequest
from gfn_core.geometry import FrameGeometry
from gfn_core.media.rgb_video import SOUND_RATE_HZ, write_rgb_video, write_side_by_side
from gfn_core.metrics.stability import POINT_COLUMNS, POINT_ROWS, high_passed
from gfn_core.motion.similarity import Similarity
from gfn_core.settings import StabilizeSettings
from gfn_core.store.trajectory_table import load_trajectory
from gfn_core.synthetic.demo_clip import DemoSettings, demo_camera_path, render_demo_frames
from gfn_core.synthetic.demo_sound import demo_sound

CLIP_NAME = "shaky_town.mp4"
SHAKE_SIGMA_SECONDS = 0.5  # slower than this is how the camera was meant to move


@dataclass(frozen=True)
class DemoFiles:
    """What the demo leaves in its folder."""

    folder: Path

    @property
    def source(self) -> Path:
        """The shaky clip."""
        return self.folder / "source" / CLIP_NAME

    @property
    def out(self) -> Path:
        """The archive made of it."""
        return self.folder / "stabilized"

    @property
    def stabilized(self) -> Path:
        """The steady clip."""
        return self.out / CLIP_NAME

    @property
    def side_by_side(self) -> Path:
        """Both."""
        return self.folder / "side_by_side.mp4"


@dataclass(frozen=True)
class DemoResult:
    """What of the known shake is left."""

    shake_px: float  # RMS displacement over the frame
    left_px: float

    @property
    def removed_share(self) -> float:
        """Share of the known shake that is gone."""
        return 1 - self.left_px / self.shake_px


def render_demo_clip(files: DemoFiles, settings: DemoSettings) -> None:
    """Draw the shaky clip, with sound."""
    files.source.parent.mkdir(parents=True, exist_ok=True)
    write_rgb_video(
        files.source,
        render_demo_frames(settings),
        (settings.width, settings.height),
        settings.frame_rate,
        demo_sound(settings.seconds, SOUND_RATE_HZ),
    )


def demo_request(files: DemoFiles, settings: StabilizeSettings) -> ArchiveRequest:
    """What a user would ask for."""
    return ArchiveRequest((files.source.parent,), files.out, settings)


def finish_demo(files: DemoFiles, settings: DemoSettings) -> DemoResult:
    """Put both clips side by side, and compare the result with the truth."""
    write_side_by_side(files.source, files.stabilized, files.side_by_side)
    pose = demo_camera_path(settings).pose
    trajectory = load_trajectory(files.out / "gfn" / "trajectory" / f"{CLIP_NAME}.parquet")
    seen = pose @ trajectory.correction  # what the output shows, by the truth
    return DemoResult(
        shake_rms_px(pose, settings.geometry, settings.frame_rate),
        shake_rms_px(seen, settings.geometry, settings.frame_rate),
    )


def shake_rms_px(pose: Similarity, geometry: FrameGeometry, frame_rate: float) -> float:
    """RMS displacement of points all over the frame from their own slow course."""
    points = geometry.grid(POINT_COLUMNS, POINT_ROWS).reshape(-1, 2) @ np.array([1, 1j])
    course = pose.linear[:, None] * points + pose.translation[:, None]
    fast = high_passed(course, SHAKE_SIGMA_SECONDS * frame_rate)
    return float(np.sqrt(np.mean(np.abs(fast) ** 2)) * geometry.width / 2)
