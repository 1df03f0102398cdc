"""Woven fields become whole pictures, once, one for each frame."""

from pathlib import Path

import av
import numpy as np
import pytest

from gfn_core.media.deinterlacing import whole_pictures

WEAVE = "tinterlace=interleave_top"
INTERLACED = ("-c:v", "libx264", "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-qp", "0")


def decoded(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def combing(picture: np.ndarray) -> float:
    """How much lines differ from both neighbours: what woven motion looks like."""
    lines = picture.astype(float)
    return float(np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2).mean())


@pytest.mark.parametrize("seconds", ["0.04", "0.08", "0.4"])
def test_as_many_at_the_same_times(make_video, seconds):
    source = make_video("w.mkv", "-vf", WEAVE, *INTERLACED, seconds=float(seconds) * 2)
    frames = decoded(source)
    pictures = list(whole_pictures(decoded(source)))
    assert [(p.pts, p.time_base) for p in pictures] == [(f.pts, f.time_base) for f in frames]
    assert frames[0].interlaced_frame
    assert not any(picture.interlaced_frame for picture in pictures)
    assert {p.format.name for p in pictures} == {f.format.name for f in frames}


def test_the_combs_are_gone_and_the_first_field_is_as_it_was(make_video):
    moving = "gradients=speed=0.2:nb_colors=8"
    woven = make_video("w.mkv", "-vf", f"scroll=h=0.05,{WEAVE}", *INTERLACED, picture=moving)
    before = [frame.to_ndarray(format="gray") for frame in decoded(woven)]
    after = [frame.to_ndarray(format="gray") for frame in whole_pictures(decoded(woven))]
    for was, now in zip(before[1:-1], after[1:-1], strict=True):
        assert np.array_equal(was[::2], now[::2])
        assert combing(now) <= combing(was)
    assert combing(after[3]) < combing(before[3]) / 2


def test_whole_frames_pass_untouched(make_video):
    frames = decoded(make_video("film.mp4"))
    assert all(one is other for one, other in zip(frames, whole_pictures(frames), strict=True))


def test_a_change_of_size_loses_no_frame(make_video):
    small = decoded(make_video("small.mkv", "-vf", WEAVE, *INTERLACED, size="64x48"))
    large = decoded(make_video("large.mkv", "-vf", WEAVE, *INTERLACED, size="96x64"))
    sizes = [(picture.width, picture.height) for picture in whole_pictures([*small, *large])]
    assert sizes == [(64, 48)] * len(small) + [(96, 64)] * len(large)
