"""Clips that tests share: drawn here, with a shaky camera."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: the tests themselves run in parallel

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.media.rgb_video import SOUND_RATE_HZ, Picture, write_rgb_video
from gfn_core.synthetic.camera_path import shaky_path
from gfn_core.synthetic.demo_sound import demo_sound
from tests.s3_server import running_s3_server

GEOMETRY = FrameGeometry(320, 180)
FRAME_RATE = 30


def shaky_pictures(seed: int, frames: int) -> Iterator[Picture]:
    """A random texture, twice as large as the frame, seen by a shaky camera."""
    rng = np.random.default_rng(seed)
    scene = cv2.resize(rng.integers(0, 256, (90, 160, 3), np.uint8), (640, 360))
    scene_to_px = GEOMETRY.to_pixels.copy()
    scene_to_px[:2, 2] = 320, 180
    for pose in shaky_path(frames, FRAME_RATE, seed).pose.matrix:
        warp = scene_to_px @ pose @ GEOMETRY.from_pixels
        size = (GEOMETRY.width, GEOMETRY.height)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        yield cv2.warpAffine(scene, warp[:2], size, flags=flags, borderMode=cv2.BORDER_REFLECT)


def draw_clip(path: Path, seed: int, frames: int) -> Path:
    write_rgb_video(
        path,
        shaky_pictures(seed, frames),
        (GEOMETRY.width, GEOMETRY.height),
        FRAME_RATE,
        demo_sound(frames / FRAME_RATE, SOUND_RATE_HZ),
    )
    return path


@pytest.fixture(scope="session")
def small_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shaky clip of 45 frames, 320 x 180 px, with sound; not to be changed."""
    return draw_clip(tmp_path_factory.mktemp("clips") / "small.mp4", seed=7, frames=45)


@pytest.fixture(scope="session")
def other_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another such clip, of other content."""
    return draw_clip(tmp_path_factory.mktemp("clips") / "other.mp4", seed=11, frames=30)


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip long enough to be divided: 200 frames; not to be changed."""
    return draw_clip(tmp_path_factory.mktemp("clips") / "long.mp4", seed=5, frames=200)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[dict[str, str]]:
    """An S3 server in a process of its own: the environment in which clients find it."""
    with running_s3_server() as environment:
        yield environment


@pytest.fixture
def bucket(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of a new bucket, which this process can reach."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    name = f"test-{uuid4().hex}"
    from s3fs import S3FileSystem

    S3FileSystem(skip_instance_cache=True).mkdir(name)
    return f"s3://{name}"
