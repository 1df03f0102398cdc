"""Segments rendered by themselves and joined: the video that one go would have written."""

from pathlib import Path

import av
import numpy as np
import pytest

from gfn_core.errors import EncodingFailed, FramesDiffer
from gfn_core.geometry import FloatArray
from gfn_core.media.encoding import Encoding
from gfn_core.media.joining import decoding_times, join_segments
from gfn_core.media.probe import probe
from gfn_core.media.verify import packet_digests, verify_audio, verify_output
from gfn_core.motion.similarity import Similarity
from gfn_core.render.renderer import render_video
from gfn_core.render.segment import SeamNotes, check_seams, render_segment
from gfn_core.smoothing.trajectory import Trajectory

BOUNDS = [(0, 70), (70, 141), (141, 200)]
CODECS = {
    "ffv1": Encoding("ffv1", threads=1),
    "libx264": Encoding(preset="veryfast", threads=1),
    "libx265": Encoding("libx265", preset="ultrafast", threads=1),
    "libsvtav1": Encoding("libsvtav1", preset="13", threads=1),
    "prores_ks": Encoding("prores_ks", 9, threads=1),
}
USUAL = [("libx264", ".mp4"), ("libx265", ".mkv"), ("ffv1", ".mkv"), ("prores_ks", ".mov")]
RARER = [
    pytest.param(codec, suffix, marks=pytest.mark.long)
    for codec, suffix in [
        *(("libx264", ".mkv"), ("libx264", ".mov"), ("libx265", ".mp4"), ("libx265", ".mov")),
        *(("libsvtav1", ".mp4"), ("libsvtav1", ".mkv"), ("ffv1", ".mov"), ("prores_ks", ".mkv")),
    ]
]


def trajectory_of(clip: Path, count: int) -> Trajectory:
    shift = np.random.default_rng(1).uniform(-0.05, 0.05, count).astype(complex)
    correction = Similarity(np.ones(count, complex), shift)
    return Trajectory(probe(clip).geometry, 0.9, correction, np.zeros((count, 4)))


def frame_times(path: Path) -> FloatArray:
    with av.open(str(path)) as container:
        return np.array([packet.pts for packet in container.demux(video=0) if packet.size])


def lumas(path: Path) -> FloatArray:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return np.stack(frames).astype(np.float64)


def in_segments(
    clip: Path, folder: Path, encoding: Encoding, suffix: str
) -> tuple[Path, list[SeamNotes]]:
    info, pts = probe(clip), np.sort(frame_times(clip))
    trajectory, notes, parts = trajectory_of(clip, len(pts)), [], []
    for first, stop in BOUNDS:
        parts.append(folder / f"{first}.mkv")
        notes.append(
            render_segment(
                clip,
                info,
                pts,
                trajectory,
                (first, stop),
                parts[-1],
                encoding,
                progress=lambda done: None,
                watch=lambda index, before, after: None,
            )
        )
    out = folder / f"joined{suffix}"
    join_segments(parts, [pts[first:stop] for first, stop in BOUNDS], clip, info, out)
    return out, notes


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "suffix"), [*USUAL, *RARER])
def test_joined_segments_are_the_whole(
    long_clip: Path, tmp_path: Path, codec: str, suffix: str
) -> None:
    info, pts = probe(long_clip), np.sort(frame_times(long_clip))
    whole = tmp_path / f"whole{suffix}"
    render_video(long_clip, info, pts, trajectory_of(long_clip, len(pts)), whole, CODECS[codec])
    joined, notes = in_segments(long_clip, tmp_path, CODECS[codec], suffix)
    check_seams(long_clip, notes)

    expected = pts * float(info.time_base), float(info.time_base)
    if (codec, suffix) == ("ffv1", ".mov"):  # rounded on the way: noticed, and made in one go
        with pytest.raises(EncodingFailed, match="from its time"):
            verify_output(joined, *expected)
        return
    verify_output(joined, *expected)
    verify_audio(joined, long_clip)
    assert packet_digests(joined) == packet_digests(long_clip)
    np.testing.assert_array_equal(np.sort(frame_times(joined)), np.sort(frame_times(whole)))
    first, second = lumas(whole), lumas(joined)
    if codec in ("ffv1", "prores_ks"):  # each frame by itself
        np.testing.assert_array_equal(first, second)
    apart = np.abs(first - second).mean(axis=(1, 2))
    neighbours = np.abs(first[1:] - second[:-1]).mean(axis=(1, 2))
    assert np.all(apart[:-1] < neighbours), "each frame is that frame, and not the next"


def test_a_seam_that_shows_other_frames_is_refused(long_clip: Path) -> None:
    check_seams(long_clip, [SeamNotes(1, 2), SeamNotes(2, 3), SeamNotes(3, 0)])
    with pytest.raises(FramesDiffer, match="from its middle"):
        check_seams(long_clip, [SeamNotes(1, 2), SeamNotes(7, 3)])


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [0, 3, 1, 2, 6, 4, 5], [4, 0, 2, 1, 3, 9, 5, 7]])
def test_decoding_times_rise_and_come_before_presentation(order: list[int]) -> None:
    presented = np.array(order) * 512
    decoded = decoding_times(presented)
    assert np.all(np.diff(decoded) > 0)
    assert np.all(decoded <= presented)
