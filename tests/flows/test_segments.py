"""A long video in segments, from the command's stages to the file."""

import shutil
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.settings import RunSettings
from gfn_core.media.encoding import Encoding
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe
from gfn_core.media.verify import packet_digests
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.store.archive import Archive
from gfn_core.store.inventory import inventory

LENGTH = 72


def request(source: Path, out: Path, codec: str, segment_frames: int) -> ArchiveRequest:
    settings = StabilizeSettings(
        motion=MotionSettings(EstimatorName.TRACKS), encoding=Encoding(codec, preset="ultrafast")
    )
    if codec in ("ffv1", "prores_ks"):
        settings = StabilizeSettings(motion=settings.motion, encoding=Encoding(codec))
    return ArchiveRequest((source,), out, settings, RunSettings(2, segment_frames=segment_frames))


def luma_of(video: Path) -> np.ndarray:
    return np.stack([np.array(f.planes[0]) for f in read_planes(video, probe(video), 1)])


def packets(video: Path) -> list[tuple[int, int]]:
    with av.open(str(video)) as container:
        return [(p.pts, p.dts) for p in container.demux(container.streams.video[0]) if p.size]


@pytest.mark.slow
def test_segments_change_neither_parameters_nor_frames(long_clip: Path, tmp_path: Path) -> None:
    whole, split = tmp_path / "whole", tmp_path / "split"
    for out, length in ((whole, 10_000), (split, LENGTH)):
        summary = stabilize_plainly(request(long_clip, out, "ffv1", length), "run")
        assert not summary.outcomes[0].error
        assert summary.outcomes[0].executed == ("probe", "motion", "trajectory", "render", "report")
    for kind in ("motion", "trajectory"):
        tables = [pd.read_parquet(out / "gfn" / kind) for out in (whole, split)]
        pd.testing.assert_frame_equal(*tables, check_exact=True)
    first, second = (out / f"{long_clip.name}.mkv" for out in (whole, split))  # no MP4 of FFV1
    np.testing.assert_array_equal(luma_of(first), luma_of(second))  # ffv1 loses nothing
    assert packets(first) == packets(second)
    assert packet_digests(second) == packet_digests(long_clip)
    left = {file.stage for file in inventory(Archive(split)) if file.role == "artifact"}
    assert left == {"probe", "motion", "trajectory", "render", "report"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "codec",
    [
        "libx264",
        pytest.param("libx265", marks=pytest.mark.long),
        pytest.param("prores_ks", marks=pytest.mark.long),
    ],
)
def test_codecs_that_reorder_or_do_not(long_clip: Path, tmp_path: Path, codec: str) -> None:
    source = tmp_path / "long.mov"
    shutil.copyfile(long_clip, source)
    whole, split = tmp_path / "whole", tmp_path / "split"
    for out, length in ((whole, 10_000), (split, LENGTH)):
        outcome = stabilize_plainly(request(source, out, codec, length), "run").outcomes[0]
        assert not outcome.error
    first, second = (luma_of(out / "long.mov").astype(float) for out in (whole, split))
    assert first.shape == second.shape
    error = ((first - second) ** 2).mean(axis=(1, 2))
    source_luma = luma_of(source).astype(float)
    motion = ((source_luma[1:] - source_luma[:-1]) ** 2).mean()
    assert error.max() < 0.1 * motion  # each frame is that frame, and not its neighbour
    times = [sorted(pts for pts, _ in packets(out / "long.mov")) for out in (whole, split)]
    assert times[0] == times[1]
    decoding = [dts for _, dts in packets(split / "long.mov")]
    assert decoding == sorted(set(decoding))


@pytest.mark.slow
def test_segments_that_were_made_are_not_made_again(long_clip: Path, tmp_path: Path) -> None:
    chosen = request(long_clip, tmp_path / "out", "libx264", LENGTH)
    clip = chosen.plan()[0].clip
    from tasks import motion_segments, probe

    probe.probe(clip)
    parts = motion_segments.segments(clip)
    assert len(parts) == 2
    assert not motion_segments.motion_segment(parts[1]).cached
    assert motion_segments.motion_segment(parts[1]).cached
    assert stabilize_plainly(chosen, "run").outcomes[0].status == "done"
