"""A rendered video has the source's frames at the source's times, or none at all."""

import threading
from pathlib import Path

import av
import numpy as np
import pytest

from gfn_core.errors import EncodingFailed, FramesDiffer
from gfn_core.media.encoding import Encoding
from gfn_core.media.probe import probe
from gfn_core.motion.similarity import Similarity
from gfn_core.render.renderer import render_video
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import smooth

FRAMES = 45
FAST = Encoding(preset="ultrafast", threads=1)


def frame_times(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [frame.pts for frame in container.decode(video=0)]


def render(clip: Path, out: Path, pts: list[int], crop: float = 0.9) -> list[int]:
    """Render along a path of a camera that stood still; return the progress reported."""
    info, starts = probe(clip), np.arange(FRAMES) == 0
    settings = StageOneSettings(crop=crop)
    trajectory = smooth(Similarity.identity(FRAMES), starts, info.geometry, 30.0, settings)
    done: list[int] = []
    render_video(clip, info, np.array(pts), trajectory, out, FAST, progress=done.append)
    return done


def test_each_frame_comes_once_at_its_time(small_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    assert render(small_clip, out, frame_times(small_clip)) == list(range(1, FRAMES + 1))
    assert frame_times(out) == frame_times(small_clip)


def test_the_whole_frame_of_a_camera_that_stood_still_is_not_resampled(
    small_clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mkv"
    info, starts = probe(small_clip), np.arange(FRAMES) == 0
    settings = StageOneSettings(crop=1.0)
    trajectory = smooth(Similarity.identity(FRAMES), starts, info.geometry, 30.0, settings)
    pts = np.array(frame_times(small_clip))
    render_video(small_clip, info, pts, trajectory, out, Encoding(codec="ffv1"))
    with av.open(str(small_clip)) as source, av.open(str(out)) as copy:
        for before, after in zip(source.decode(video=0), copy.decode(video=0), strict=True):
            assert np.array_equal(before.to_ndarray(), after.to_ndarray())


@pytest.mark.parametrize("change", ["one missing", "one more", "another time"])
def test_other_frames_than_those_analysed_are_refused(
    small_clip: Path, tmp_path: Path, change: str
) -> None:
    pts = frame_times(small_clip)
    other = {"one missing": pts[:-1], "one more": [*pts, pts[-1] + 512]}
    before = threading.active_count()
    with pytest.raises(FramesDiffer, match=r"small\.mp4"):
        render(small_clip, tmp_path / "out.mp4", other.get(change, [*pts[:20], 1, *pts[21:]]))
    assert threading.active_count() == before


def test_an_encoder_that_cannot_write_ends_all_threads(small_clip: Path, tmp_path: Path) -> None:
    before = threading.active_count()
    with pytest.raises(EncodingFailed):
        render(small_clip, tmp_path / "no such folder" / "out.mp4", frame_times(small_clip))
    assert threading.active_count() == before
