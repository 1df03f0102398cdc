"""A still is the very frame shown at its time, turned and shaped as ffmpeg shows it."""

import subprocess
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from gfn_core.media.probe import probe
from gfn_core.media.still import StillSize, soon_after_key_frame, still, upright

ODDITIES = Path(__file__).resolve().parents[3] / "shared" / "clips" / "oddities"
TURNED = sorted(ODDITIES.glob("rotation_ff_four-colors-*.mp4"))
STRETCHED = sorted(ODDITIES.glob("sar_*"))


@pytest.mark.parametrize("index", [0, 1, 22, 43, 44])
def test_the_frame_shown_at_a_time(small_clip: Path, index: int) -> None:
    info = probe(small_clip)
    with av.open(str(small_clip)) as container:
        frames = list(container.decode(video=0))
    size = StillSize.of(info, 640)
    assert (size.width, size.height) == (320, 180), "never enlarged"
    for threads in (0, 1, 3):
        found = still(small_clip, frames[index].time, size, info.stream_index, threads)
        assert np.array_equal(found, frames[index].to_ndarray(format="rgb24"))


def test_a_time_beyond_the_end_gives_the_last_frame(small_clip: Path) -> None:
    info = probe(small_clip)
    size = StillSize.of(info, 320)
    last = still(small_clip, 44 / 30, size, None)
    assert np.array_equal(still(small_clip, 99.0, size, None), last)


@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi"])
def test_quick_frames_follow_a_key_frame(tmp_path: Path, suffix: str, b_frames: int) -> None:
    path = tmp_path / f"a{suffix}"
    drawn = ["-f", "lavfi", "-i", "testsrc=size=160x90:rate=25:duration=10"]
    coded = ["-c:v", "libx264", "-g", "100", "-sc_threshold", "0", "-bf", str(b_frames)]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *drawn, *coded, path]
    subprocess.run(command, check=True)
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    times = np.array([frame.time for frame in frames])
    keys = times[[frame.key_frame for frame in frames]]
    found = soon_after_key_frame(path, times, None)
    away = times[found] - keys[np.searchsorted(keys, times[found], side="right") - 1]
    assert len(keys) == 3
    assert 3 * 10 <= np.count_nonzero(found) <= 3 * 16
    assert away.max() <= 0.65


@pytest.mark.skipif(not TURNED, reason="no such footage on this machine")
@pytest.mark.parametrize("path", TURNED, ids=lambda path: path.stem)
def test_turned_as_ffmpeg_turns_it(path: Path) -> None:
    info = probe(path)
    found = upright(still(path, 0.0, StillSize.of(info, 4000), info.stream_index), info)
    height, width = found.shape[:2]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-frames:v", "1"]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True
    ).stdout
    expected = np.frombuffer(raw, np.uint8).reshape(height, width, 3)
    assert np.abs(found.astype(int) - expected).mean() < 3


@pytest.mark.skipif(not STRETCHED, reason="no such footage on this machine")
@pytest.mark.parametrize("path", STRETCHED, ids=lambda path: path.stem)
def test_pixels_are_square(path: Path) -> None:
    info = probe(path)
    size = StillSize.of(info, 640)
    shown = info.geometry.width * float(info.geometry.pixel_aspect) / info.geometry.height
    assert size.width / size.height == pytest.approx(shown, rel=0.01)
    assert max(size.width, size.height) <= 640
