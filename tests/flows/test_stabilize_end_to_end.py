"""What comes out of the whole chain, against the clip that went in."""

import json
import shutil
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

from flows.evaluating import open_video
from flows.integrity import ClipAudit
from flows.ledger import archive_rows, existing_archive
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from gfn_core.media.rgb_video import write_rgb_video
from gfn_core.media.verify import packet_digests
from gfn_core.metrics.stability import stability
from gfn_core.metrics.tracked_path import tracked_path
from gfn_core.store.catalogue import catalogue
from tests.conftest import FRAME_RATE, GEOMETRY, shaky_pictures
from tests.tracks_settings import TRACKS


@pytest.fixture(scope="module")
def stabilized(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Path:
    folder = tmp_path_factory.mktemp("chain")
    source = folder / "in" / "sub"
    source.mkdir(parents=True)
    shutil.copyfile(small_clip, source / "clip.mp4")
    out = folder / "out"
    summary = stabilize_plainly(ArchiveRequest((folder / "in",), out), "run")
    assert [outcome.error for outcome in summary.outcomes] == [""]
    return out


def frame_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


def test_as_many_frames_at_the_same_times_and_the_same_sound(
    stabilized: Path, small_clip: Path
) -> None:
    output = stabilized / "sub" / "clip.mp4"
    assert frame_times(output) == frame_times(small_clip)
    assert packet_digests(output) == packet_digests(small_clip)
    assert len(packet_digests(output)) == 1


def test_most_of_the_shake_is_gone(stabilized: Path, small_clip: Path) -> None:
    before = stability(tracked_path(open_video(small_clip).frames))
    after = stability(tracked_path(open_video(stabilized / "sub" / "clip.mp4").frames))
    assert after.failures == before.failures == 0
    assert after.acceleration_px < 0.3 * before.acceleration_px
    assert after.jitter_px < 0.6 * before.jitter_px


def test_the_stored_path_can_be_rebuilt_with_pandas_alone(stabilized: Path) -> None:
    """By docs/motion-format.md only: camera path = correction after smooth path."""
    motion = pd.read_parquet(stabilized / "gfn" / "motion")
    trajectory = pd.read_parquet(stabilized / "gfn" / "trajectory")
    assert (motion.video == "sub/clip.mp4").all()
    assert len(motion) == len(trajectory) == 45

    def similarities(table: pd.DataFrame, prefix: str) -> list[tuple[complex, complex]]:
        linear = np.exp(table[f"{prefix}log_scale"] + 1j * table[f"{prefix}rotation_rad"])
        shift = table[f"{prefix}translation_x"] + 1j * table[f"{prefix}translation_y"]
        return list(zip(linear, shift, strict=True))

    corrections = similarities(trajectory, "correction_")
    smooth, steps = similarities(trajectory, "path_"), similarities(motion, "")
    camera = (1 + 0j, 0j)
    for frame in range(45):
        if frame:
            step = steps[frame]
            camera = (step[0] * camera[0], step[0] * camera[1] + step[1])
        c, s = corrections[frame], smooth[frame]
        assert abs(c[0] * s[0] - camera[0]) < 1e-9
        assert abs(c[0] * s[1] + c[1] - camera[1]) < 1e-9


def test_homographies_and_similarities_agree_at_the_centre(stabilized: Path) -> None:
    motion = pd.read_parquet(stabilized / "gfn" / "motion")
    homography = np.stack(motion.homography).reshape(-1, 3, 3)
    centre = homography[:, :2, 2] / homography[:, 2:, 2]
    found = motion[["translation_x", "translation_y"]].to_numpy()
    assert np.abs(centre - found).max() < 2e-3
    assert np.array_equal(homography[0], np.eye(3))


def test_the_index_names_what_is_current(stabilized: Path) -> None:
    entry = json.loads((stabilized / "gfn" / "clips" / "sub" / "clip.mp4.json").read_text())
    assert entry["output"] == "sub/clip.mp4"
    for stage, key in entry["keys"].items():
        assert list((stabilized / "gfn" / "objects" / stage).glob(f"{key}.*"))
    page = (stabilized / "gfn" / "report" / "index.html").read_text()
    assert '"href":"sub/clip.mp4.html"' in page  # the table is drawn from data in the page
    assert (stabilized / "gfn" / "report" / "sub" / "clip.mp4.html").exists()


def test_a_clip_on_a_tripod_is_said_to_be_untouched(tmp_path: Path) -> None:
    picture = next(shaky_pictures(3, 1))
    (tmp_path / "in").mkdir()
    size = (GEOMETRY.width, GEOMETRY.height)
    write_rgb_video(tmp_path / "in" / "still.mp4", [picture] * 20, size, FRAME_RATE)
    stabilize_plainly(ArchiveRequest((tmp_path / "in",), tmp_path / "out", TRACKS), "run")
    archive = existing_archive(tmp_path / "out")
    (row,) = archive_rows(archive)
    assert row.status == "untouched"
    assert row.card is not None
    assert (row.card.crop, row.card.shake_after_px) == (1.0, row.card.shake_before_px)
    (entry,) = catalogue(archive)
    assert "crop-bound" not in {finding.code for finding in ClipAudit(archive, entry).findings()}
