"""Small videos that ffmpeg itself makes, and what ffmpeg itself reads out of a video."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from gfn_core.media.encoding import Encoding
from gfn_core.media.ffmpeg_binary import ffmpeg_path
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe
from gfn_core.media.video_writer import VideoWriter

CLIPS = Path(__file__).resolve().parents[3] / "shared" / "clips"


def run_ffmpeg(*arguments):
    command = [ffmpeg_path(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture(scope="session")
def ffmpeg():
    """Run ffmpeg with the given arguments; its output comes back as bytes."""
    return run_ffmpeg


@pytest.fixture(scope="session")
def raw_frames():
    """Every frame as ffmpeg decodes it, unrotated, planes one after the other: (N, bytes)."""

    def decode(path, pixel_format):
        options = ("-noautorotate", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough")
        listing = run_ffmpeg(*options, "-pix_fmt", pixel_format, "-f", "framecrc", "-")
        count = sum(not line.startswith(b"#") for line in listing.splitlines())
        raw = run_ffmpeg(*options, "-pix_fmt", pixel_format, "-f", "rawvideo", "-")
        return np.frombuffer(raw, np.uint8).reshape(count, -1)

    return decode


@pytest.fixture
def make_video(tmp_path):
    """Make a test video of 25 frames a second: `make_video("name.mp4", *output options)`."""

    def make(name, *options, seconds=1, size="160x96", inputs=(), picture="testsrc2"):
        path = tmp_path / name
        separator = ":" if "=" in picture else "="
        source = f"{picture}{separator}size={size}:rate=25:duration={seconds}"
        run_ffmpeg("-f", "lavfi", "-i", source, *inputs, *options, path)
        return path

    return make


@pytest.fixture
def copy_through(tmp_path):
    """Read a video and write it again, unchanged; returns the output and what was left out."""

    def copy(source, suffix=None, encoding=None):
        output = tmp_path / f"copy{suffix or source.suffix}"
        info = probe(source)
        encoding = encoding or Encoding(quality=8, preset="veryfast")
        with VideoWriter(output, source, info, encoding) as writer:
            for frame in read_planes(source, info):
                writer.write(frame.pts, frame.planes)
        return output, writer.left_out

    return copy


@pytest.fixture
def real_clip():
    """Path of a real clip, by its name in the index; skips the test where there are none."""

    def find(name):
        path = CLIPS / name
        if not path.exists():
            pytest.skip("real footage is not here")
        return path

    return find
