"""A video in segments: the same motion, bit for bit, as in one go."""

import itertools
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from gfn_core.errors import FramesDiffer
from gfn_core.media.probe import probe
from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.motion.model import Motion
from gfn_core.motion.segments import GRAIN_FRAMES, AnalysedSegment, joined, seam_holds, segments_of
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.store.archive import Archive
from gfn_core.store.segment_table import load_segment, save_segment
from tasks.clip import Clip
from tasks.estimating import segment_motion, whole_motion
from tasks.motion_segments import _closed

CLIPS = Path(__file__).resolve().parents[3] / "shared" / "clips"
REAL = [
    "shaky/nus_regular2.m4v",  # uneven times
    "shaky/kinetics_street.mp4",
    "scenes/kinetics_cuts.mp4",
    "scenes/sintel_trailer.mp4",  # fades through black
    "shaky/swapnil_card.avi",  # H.264 without timestamps
]
ESTIMATORS = list(EstimatorName)


def unseen(done: int) -> None: ...


def clip_of(source: Path, estimator: EstimatorName = EstimatorName.TRACKS) -> Clip:
    settings = StabilizeSettings(motion=MotionSettings(estimator))
    return Clip(Archive(source.parent), source, source.name, settings)


def in_segments(clip: Clip, info: VideoInfo, length: int) -> list[AnalysedSegment]:
    segments = segments_of(info.frame_count, length)
    assert len(segments) > 1
    return [segment_motion(clip, info, segment, unseen)[0] for segment in segments]


def closed(clip: Clip, info: VideoInfo, found: list[AnalysedSegment]) -> Motion:
    for number in range(1, len(found)):
        found[number] = _closed(clip, info, found[number - 1], found[number], unseen)
    return joined(found)


def assert_same(first: Motion, second: Motion) -> None:
    for field in fields(Motion):
        one, other = getattr(first, field.name), getattr(second, field.name)
        np.testing.assert_array_equal(one, other, err_msg=field.name)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_drawn_clip_in_segments(long_clip: Path, estimator: EstimatorName) -> None:
    clip, info = clip_of(long_clip, estimator), probe(long_clip)
    found = in_segments(clip, info, 2 * GRAIN_FRAMES)
    assert_same(closed(clip, info, found), whole_motion(clip, info, unseen)[0])


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", REAL)
def test_real_clips_in_segments(name: str, estimator: EstimatorName) -> None:
    source = CLIPS / name
    if not source.exists():
        pytest.skip("needs the shared clips")
    clip, info = clip_of(source, estimator), probe(source)
    if not info.timestamps_rise:  # such a clip is never divided
        with pytest.raises(FramesDiffer):
            in_segments(clip, info, 4 * GRAIN_FRAMES)
        return
    whole = whole_motion(clip, info, unseen)[0]
    assert_same(closed(clip, info, in_segments(clip, info, 4 * GRAIN_FRAMES)), whole)


def test_a_seam_that_does_not_hold_is_closed(long_clip: Path) -> None:
    clip, info = clip_of(long_clip), probe(long_clip)
    before, after = in_segments(clip, info, 4 * GRAIN_FRAMES)[:2]
    assert seam_holds(before, after)
    last = GRAIN_FRAMES - 1
    turned = after.motion.homography.copy()
    turned[last, 0, 1] += 1e-15
    for broken in (
        replace(after, motion=replace(after.motion, homography=turned)),
        replace(after, digests=after.digests + np.uint32(1)),
        replace(after, sees=np.zeros_like(after.sees)),
    ):
        assert not seam_holds(before, broken)
        mended = _closed(clip, info, before, broken, unseen)
        assert mended.segment.start < after.segment.start
        assert seam_holds(before, mended)


def test_segments_begin_where_a_batch_does_and_leave_nothing_out() -> None:
    for frame_count in (4800, 4801, 10_000, 123_457, 5_000_000):
        segments = segments_of(frame_count)
        assert segments[0].start == segments[0].first == 0
        assert segments[-1].stop > frame_count
        for one, two in itertools.pairwise(segments):
            assert one.stop == two.first
            assert two.first % GRAIN_FRAMES == two.start % GRAIN_FRAMES == 0
            assert two.first - two.start == GRAIN_FRAMES
    assert segments_of(4799) == ()


def test_a_stored_segment_comes_back(long_clip: Path, tmp_path: Path) -> None:
    clip, info = clip_of(long_clip, EstimatorName.TRACKS), probe(long_clip)
    segment = segments_of(info.frame_count, 2 * GRAIN_FRAMES)[1]
    found = segment_motion(clip, info, segment, unseen)[0]
    save_segment(tmp_path / "s.parquet", found, {"decoder": "decord"})
    back = load_segment(tmp_path / "s.parquet", segment)
    np.testing.assert_array_equal(back.motion.homography, found.motion.homography)
    np.testing.assert_array_equal(back.digests, found.digests)
    np.testing.assert_array_equal(back.sees, found.sees)
