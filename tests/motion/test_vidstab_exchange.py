"""vid.stab's files: a round trip, vid.stab's own fields, and what is no such file."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from flows.evaluating import open_video
from gfn_core.errors import SourceError
from gfn_core.geometry import FrameGeometry
from gfn_core.media.ffmpeg_binary import ffmpeg_path
from gfn_core.media.vidstab_file import read_trf, write_trf
from gfn_core.metrics.stability import stability
from gfn_core.metrics.tracked_path import tracked_path
from gfn_core.motion.local_motions import motion_from_fields
from gfn_core.motion.model import Motion
from gfn_core.synthetic.camera_path import shaky_path

GEOMETRY = FrameGeometry(320, 180)  # of `small_clip`, whose true motion this is
FRAMES = 45


def true_motion() -> Motion:
    time, zero = np.arange(FRAMES), np.zeros(FRAMES)
    homography = shaky_path(FRAMES, 30, seed=7).true_motion
    scalars = [zero] * 6
    return Motion(
        *(GEOMETRY, time, time / 30, homography, time == 0, *scalars), dct=np.zeros((FRAMES, 0))
    )


def imported(path: Path) -> Motion:
    fields = [(each.before, each.here) for each in read_trf(path)]
    time = np.arange(len(fields))
    return motion_from_fields(fields, GEOMETRY, time, time / 30)


def distance_px(one: Motion, other: Motion) -> np.ndarray:
    """Root mean square over the frame, by frame."""
    points = GEOMETRY.grid(8, 5).reshape(-1, 2) @ np.array([1, 1j])
    a, b = one.similarity, other.similarity
    between = (a.linear - b.linear)[:, None] * points + (a.translation - b.translation)[:, None]
    return GEOMETRY.width / 2 * np.sqrt(np.mean(np.abs(between) ** 2, axis=1))


def test_a_round_trip_keeps_fractions_of_a_pixel(tmp_path: Path) -> None:
    write_trf(tmp_path / "a.trf", true_motion())
    away = distance_px(imported(tmp_path / "a.trf"), true_motion())
    assert away.max() < 0.15
    assert away.mean() < 0.05


def run(*words: str) -> None:
    command = [ffmpeg_path(), "-v", "error", "-nostdin", "-y", *words]
    subprocess.run(command, check=True, timeout=120)


def test_what_vidstabdetect_finds_is_the_true_motion(tmp_path: Path, small_clip: Path) -> None:
    found = tmp_path / "found.trf"
    options = f"vidstabdetect=fileformat=ascii:shakiness=10:result={found}"
    run("-i", str(small_clip), "-vf", options, "-f", "null", "-")
    motion = imported(found)
    assert len(motion) == FRAMES
    assert np.median(distance_px(motion, true_motion())) < 0.5
    still = np.median(np.abs(true_motion().similarity.translation)) * GEOMETRY.width / 2
    assert still > 1.0  # so that the sign and the direction of time are tested


def test_vidstabtransform_takes_what_is_written(tmp_path: Path, small_clip: Path) -> None:
    write_trf(tmp_path / "a.trf", true_motion())
    steady = tmp_path / "steady.mp4"
    options = f"vidstabtransform=input={tmp_path / 'a.trf'}:smoothing=15:optzoom=1"
    run("-i", str(small_clip), "-vf", options, "-an", "-crf", "12", str(steady))
    before, after = (
        stability(tracked_path(open_video(path).frames)) for path in (small_clip, steady)
    )
    assert after.acceleration_px < 0.4 * before.acceleration_px
    assert after.jitter_px < 0.8 * before.jitter_px


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"TRF1\x00\x01\xff", "fileformat=ascii"),
        (b"frames: 3", "does not begin"),
        (b"VID.STAB 1\nFrame 2 (List 0 [])\n", "frame 1 is damaged"),
        (b"VID.STAB 1\nFrame 1 (List 2 [(LM 1 0 5 5 16 0.5 1)])\n", "lacks some"),
    ],
)
def test_what_is_no_such_file(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.trf").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_trf(tmp_path / "a.trf")
