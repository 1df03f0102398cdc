"""Clips that tests share: drawn by the project itself, with known motion."""

from pathlib import Path

import pytest

from gfn_core.media.rgb_video import SOUND_RATE_HZ, write_rgb_video
from gfn_core.synthetic.demo_clip import DemoSettings, render_demo_frames
from gfn_core.synthetic.demo_sound import demo_sound

SMALL = DemoSettings(width=320, height=180, seconds=1.5)


def draw_clip(path: Path, settings: DemoSettings) -> Path:
    write_rgb_video(
        path,
        render_demo_frames(settings),
        (settings.width, settings.height),
        settings.frame_rate,
        demo_sound(settings.seconds, SOUND_RATE_HZ),
    )
    return path


@pytest.fixture(scope="session")
def small_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shaky clip of 45 frames, 320 x 180 px, with sound; not to be changed."""
    return draw_clip(tmp_path_factory.mktemp("clips") / "small.mp4", SMALL)


@pytest.fixture(scope="session")
def other_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another such clip, of other content."""
    settings = DemoSettings(width=320, height=180, seconds=1.0, seed=11)
    return draw_clip(tmp_path_factory.mktemp("clips") / "other.mp4", settings)
