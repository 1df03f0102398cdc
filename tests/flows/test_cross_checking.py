"""A second look at stored motion that is right, and at such that is not."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from flows.archive_audit import ArchiveAudit
from flows.auditing import AuditOrder, audit_archive
from flows.cross_checking import CrossCheck
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.stabilizing import Audience
from gfn_core.audit.finding import Finding
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.store.archive import Archive
from gfn_core.store.motion_table import load_motion, save_motion
from gfn_core.store.provenance import read_provenance
from tests.tracks_settings import TRACKS

pytestmark = pytest.mark.slow


@pytest.fixture
def out(tmp_path: Path, small_clip: Path, other_clip: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name, clip in (("first.mp4", small_clip), ("second.mp4", other_clip)):
        shutil.copyfile(clip, tmp_path / "in" / name)
    stabilize_plainly(ArchiveRequest((tmp_path / "in",), tmp_path / "out", TRACKS), "first")
    return tmp_path / "out"


def looked_again(out: Path, estimator: EstimatorName) -> list[Finding]:
    return CrossCheck(estimator, sample=12).findings(ArchiveAudit(Archive(out)))


def test_right_motion_stands(out: Path) -> None:
    for estimator in (EstimatorName.TRACKS, EstimatorName.GLOBALFLOWNET):
        assert looked_again(out, estimator) == []


def test_wrong_motion_is_found_both_ways(out: Path) -> None:
    entry = ArchiveAudit(Archive(out)).entries["first.mp4"]
    table = out / "gfn/objects/motion" / f"{entry.keys['motion']}.parquet"
    motion, provenance = load_motion(table), read_provenance(table)
    wrong = motion.homography.copy()
    wrong[30:34, 1, 2] += 0.03
    save_motion(table, replace(motion, homography=wrong), provenance)
    found = looked_again(out, EstimatorName.TRACKS)
    assert {(f.code, f.clip) for f in found} == {
        ("estimators-disagree", "first.mp4"),
        ("not-reversible", "first.mp4"),
    }
    for finding in found:
        assert finding.start_seconds == pytest.approx(motion.pts_seconds[30])
        assert finding.end_seconds == pytest.approx(motion.pts_seconds[33])


def test_a_source_that_is_gone_is_told(out: Path) -> None:
    (out.parent / "in" / "first.mp4").unlink()
    (finding,) = looked_again(out, EstimatorName.TRACKS)
    assert (finding.code, finding.clip) == ("not-checked", "first.mp4")


def test_the_page_shows_what_was_found(out: Path) -> None:
    (out / "gfn" / "mine.txt").write_text("notes")
    entry = ArchiveAudit(Archive(out)).entries["first.mp4"]
    (out / "gfn/objects/motion" / f"{entry.keys['motion']}.parquet").write_bytes(b"no")
    page = out / "gfn" / "report" / "index.html"
    before = page.read_text()
    audit_archive(out, AuditOrder(), Audience(quiet=True))
    assert page.read_text() == before, "an audit writes nothing unless told to"
    audit_archive(out, AuditOrder(page=True), Audience(quiet=True))
    text = page.read_text()
    assert "foreign-file" in text
    assert "gfn/mine.txt" in text
    assert text.count('"truncated"') + text.count('"altered"') >= 1
    assert "Audited 20" in text
    assert "foreign-file" not in before
