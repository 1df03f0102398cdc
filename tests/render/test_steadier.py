"""No video is delivered that shakes more than its source."""

from pathlib import Path

import av
import numpy as np
import pytest

from gfn_core.errors import EncodingFailed
from gfn_core.geometry import FloatArray
from gfn_core.media.encoding import Encoding
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.motion.tracks_estimator import TracksEstimator
from gfn_core.render import steadier
from gfn_core.render.steadier import Written, write_steadier
from gfn_core.smoothing.trajectory import Trajectory

FAST = Encoding(preset="ultrafast", threads=1)
SHAKE = 0.02  # half-widths


@pytest.fixture
def motion(small_clip: Path) -> Motion:
    info = probe(small_clip)
    reader = open_reader(small_clip, info, info.geometry, 1, False)
    return estimate_motion(reader, TracksEstimator(), info.geometry)


def write(
    clip: Path, motion: Motion, out: Path, shift: FloatArray, bend: FloatArray | None = None
) -> Written:
    """Write the clip with its frames shifted to the side and bent."""
    count = len(motion)
    residual = np.zeros((count, 4)) if bend is None else bend
    correction = Similarity(np.ones(count, complex), shift.astype(complex))
    planned = Trajectory(motion.geometry, 0.9, correction, residual)
    return write_steadier(clip, probe(clip), motion, planned, out, FAST)


def shaking(count: int, columns: int = 1) -> FloatArray:
    return np.random.default_rng(0).uniform(-SHAKE, SHAKE, (count, columns))


def test_a_good_plan_is_followed(small_clip: Path, motion: Motion, tmp_path: Path) -> None:
    written = write(small_clip, motion, tmp_path / "out.mp4", np.zeros(len(motion)))
    assert written == Written("stabilized", ())


def test_a_plan_that_shakes_is_not(small_clip: Path, motion: Motion, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    written = write(small_clip, motion, out, shaking(len(motion))[:, 0])
    assert written.treatment == "untouched"
    assert "shakes more than the source" in written.notes[0]
    assert out.read_bytes() == small_clip.read_bytes()


def test_where_only_the_bends_shake_stage_one_is_left(
    small_clip: Path, motion: Motion, tmp_path: Path
) -> None:
    still = np.zeros(len(motion))
    bends = shaking(len(motion), 4) * 0.5
    written = write(small_clip, motion, tmp_path / "out.mp4", still, bends)
    assert written.treatment == "stage 1 alone"


def whole(motion: Motion) -> Trajectory:
    nothing = np.zeros((len(motion), 4))
    return Trajectory(motion.geometry, 1.0, Similarity.identity(len(motion)), nothing)


def test_nothing_to_correct_copies_the_source(
    small_clip: Path, motion: Motion, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    written = write_steadier(small_clip, probe(small_clip), motion, whole(motion), out, FAST)
    assert written == Written("untouched", (), ("untouched: copied as it is",))
    assert out.read_bytes() == small_clip.read_bytes()


def test_or_its_streams_into_another_container(
    small_clip: Path, motion: Motion, tmp_path: Path
) -> None:
    out = tmp_path / "out.mkv"
    written = write_steadier(small_clip, probe(small_clip), motion, whole(motion), out, FAST)
    assert written.notes == ("untouched: copied as it is",)
    with av.open(str(small_clip)) as source, av.open(str(out)) as copy:
        pairs = zip(source.decode(video=0), copy.decode(video=0), strict=True)
        assert all(np.array_equal(a.to_ndarray(), b.to_ndarray()) for a, b in pairs)


def test_what_cannot_be_copied_is_encoded(
    small_clip: Path, motion: Motion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> tuple[str, ...]:
        raise EncodingFailed("no")

    monkeypatch.setattr(steadier, "copy_video", refuse)
    out = tmp_path / "out.mkv"
    written = write_steadier(small_clip, probe(small_clip), motion, whole(motion), out, FAST)
    assert written.notes == ("untouched: encoded anew, as it cannot be copied",)


def test_a_codec_that_was_asked_for_is_used(
    small_clip: Path, motion: Motion, tmp_path: Path
) -> None:
    out, asked = tmp_path / "out.mkv", Encoding("ffv1", threads=1)
    written = write_steadier(small_clip, probe(small_clip), motion, whole(motion), out, asked)
    assert written.notes == ("untouched: encoded anew, as ffv1 was asked for",)
    assert probe(out).codec == "ffv1"
    with av.open(str(small_clip)) as source, av.open(str(out)) as copy:
        pairs = zip(source.decode(video=0), copy.decode(video=0), strict=True)
        assert all(np.array_equal(a.to_ndarray(), b.to_ndarray()) for a, b in pairs)


@pytest.mark.parametrize(
    ("codec", "source", "may_stay"),
    [("libx264", "vp9", True), ("x265", "hevc", True), ("x265", "h264", False)],
)
def test_what_may_stay_in_its_codec(codec: str, source: str, may_stay: bool) -> None:
    assert Encoding(codec).may_keep(source) == may_stay
