"""Previews, looked at as a viewer would."""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from flows import previewing
from flows.comparing import STRIP_PX
from flows.previewing import Part, preview
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.stored_clip import stored_clip
from gfn_core.errors import GfnError
from gfn_core.media.encoding import Encoding
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.settings import StageOneSettings
from tests.decoded_frames import frames_of
from tests.tracks_settings import BY_TRACKS


def mark_of(picture: np.ndarray) -> int:
    """Column of the black line over the white strip."""
    bottom = picture[-12:-4].mean(axis=(0, 2))
    assert bottom.max() > 240
    return int(bottom.argmin()) if bottom.min() < 60 else -1


def test_a_preview(small_clip: Path, tmp_path: Path) -> None:
    preview(small_clip, tmp_path / "p.mp4", StageOneSettings(crop=0.8), Part(0.2, 1.0))
    pictures, times, sounds = frames_of(tmp_path / "p.mp4")
    assert sounds == 1
    assert len(pictures) == pytest.approx(30, abs=1)
    assert times[-1] == pytest.approx(29 / 30, abs=0.05)
    assert pictures[0].shape == (180 + STRIP_PX, 640, 3)
    source, _, _ = frames_of(small_clip)
    left = pictures[3][:180, :320]
    assert np.abs(left - source[9]).mean() < 0.25 * np.abs(left - pictures[3][:180, 320:]).mean()
    marks = [mark_of(picture) for picture in pictures[1:-1]]
    assert all(later > earlier for earlier, later in pairwise(marks)), str(marks)


def test_a_start_beyond_the_end_is_said(small_clip: Path, tmp_path: Path) -> None:
    with pytest.raises(GfnError, match=r"it ends at 1\.5 s"):
        preview(small_clip, tmp_path / "p.mp4", StageOneSettings(), Part(12.0, 5.0))


@pytest.fixture
def archive(tmp_path: Path, small_clip: Path) -> Path:
    (tmp_path / "in").mkdir()
    shutil.copyfile(small_clip, tmp_path / "in" / "clip.mp4")
    settings = StabilizeSettings(BY_TRACKS, encoding=Encoding(quality=16, preset="ultrafast"))
    stabilize_plainly(ArchiveRequest((tmp_path / "in",), tmp_path / "out", settings), "first")
    return tmp_path / "out"


def test_stored_motion_is_shown_as_it_was_rendered(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = stored_clip(archive / "clip.mp4")
    assert stored is not None
    assert stored.source == tmp_path / "in" / "clip.mp4"
    monkeypatch.setattr(previewing, "_of_tracks", None)  # none is needed
    part = Part(0.5, 0.8)
    preview(stored.source, tmp_path / "p.mp4", StageOneSettings(), part, stored.motion())
    shown, _, _ = frames_of(tmp_path / "p.mp4")
    rendered, _, _ = frames_of(archive / "clip.mp4")
    filmed, _, _ = frames_of(stored.source)
    for place in (0, 10, 20):
        right = shown[place][:180, 320:]
        away = np.abs(right - rendered[15 + place]).mean()
        assert away < 0.3 * np.abs(right - filmed[15 + place]).mean()


def test_motion_of_a_source_that_changed_is_not_shown(archive: Path, other_clip: Path) -> None:
    source = archive.parent / "in" / "clip.mp4"
    assert stored_clip(source) is None, "it lies in no archive"
    found = stored_clip(source, archive)
    assert found is not None
    assert found.motion() is not None
    shutil.copyfile(other_clip, source)
    assert found.motion() is None
