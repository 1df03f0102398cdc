"""Damage done to a real archive: the audit names each kind, mends what can be, and no more."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.archive_audit import ArchiveAudit
from flows.auditing import AuditOrder, AuditResult, audit_archive
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.stabilizing import Audience
from gfn_core.audit.finding import KINDS, Severity
from gfn_core.store.archive import Archive
from tests.tracks_settings import TRACKS

pytestmark = pytest.mark.slow

FIRST, SECOND = "first.mp4", "sub/second.mp4"
PASSING = ("gfn/runs/", "gfn/locks/", "gfn/metrics/", "gfn/report/index.html")  # each run writes
DAY_SECONDS = 86400


@dataclass(frozen=True)
class Collection:
    """Two stabilized clips."""

    root: Path

    @property
    def source(self) -> Path:
        return self.root / "in"

    @property
    def out(self) -> Path:
        return self.root / "out"

    def stabilize(self) -> None:
        summary = stabilize_plainly(ArchiveRequest((self.source,), self.out, TRACKS), "run")
        assert not [outcome.error for outcome in summary.outcomes if outcome.error]

    def artifact(self, stage: str, video: str = FIRST) -> Path:
        entry = json.loads((self.out / "gfn" / "clips" / f"{video}.json").read_text())
        (path,) = (self.out / "gfn" / "objects" / stage).glob(f"{entry['keys'][stage]}.*")
        return path

    def audit(self, **order: bool) -> AuditResult:
        wanted = AuditOrder(with_prefect=False, **order)
        return audit_archive(self.out, wanted, Audience(quiet=True))

    def state(self) -> dict[str, tuple[str, int]]:
        """Digest and time of every file, sources included."""
        return {
            path.relative_to(self.root).as_posix(): (
                hashlib.sha256(b"".join(lasting_lines(path))).hexdigest(),
                path.stat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def contents(self) -> dict[str, str]:
        """Digest of every file but those that each run writes."""
        return {
            name: digest
            for name, (digest, _) in self.state().items()
            if not name.removeprefix("out/").startswith(PASSING)
        }


def lasting_lines(path: Path) -> list[bytes]:
    """Lines of a file; a digest's comment says when its artifact was made, which may change."""
    lines = path.read_bytes().splitlines(keepends=True)
    return [x for x in lines if path.suffix != ".sha256" or not x.startswith(b"#")]


@pytest.fixture(scope="module")
def undamaged(
    tmp_path_factory: pytest.TempPathFactory, small_clip: Path, other_clip: Path
) -> Collection:
    collection = Collection(tmp_path_factory.mktemp("undamaged"))
    (collection.source / "sub").mkdir(parents=True)
    shutil.copyfile(small_clip, collection.source / FIRST)
    shutil.copyfile(other_clip, collection.source / SECOND)
    collection.stabilize()
    return collection


@pytest.fixture
def collection(undamaged: Collection, tmp_path: Path) -> Collection:
    """A copy of it, to be damaged; a run gets to know its new place."""
    copy = Collection(shutil.copytree(undamaged.root, tmp_path / "archive"))
    copy.stabilize()
    before = time.time() - DAY_SECONDS
    for old in (copy.out / "gfn" / "objects").rglob("*"):
        os.utime(old, (before, before))
    assert copy.audit(gc=True, yes=True).exit_code == 0
    assert codes(copy.audit()) == set()
    return copy


def codes(result: AuditResult) -> set[str]:
    return {f.code for f in result.findings if f.severity > Severity.INFO} | {
        f.code for f in result.findings if f.code in ("orphan", "half-written")
    }


def flip_a_bit(collection: Collection) -> Path:
    path = collection.artifact("motion")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path


def cut_off(collection: Collection) -> Path:
    path = collection.artifact("trajectory")
    path.write_bytes(path.read_bytes()[:-100])
    return path


def lose_a_column(collection: Collection) -> Path:
    path = collection.artifact("motion")
    pq.write_table(pq.read_table(path).drop_columns(["confidence"]), path)
    return path


def make_older(collection: Collection) -> Path:
    path = collection.artifact("trajectory")
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[b"gfn"]) | {"schema_version": 0}
    pq.write_table(table.replace_schema_metadata({b"gfn": json.dumps(facts).encode()}), path)
    return path


def lose_an_artifact(collection: Collection) -> Path:
    path = collection.artifact("report")
    path.unlink()
    return path


def damage_a_probe(collection: Collection) -> Path:
    entry = json.loads((collection.out / "gfn" / "clips" / f"{FIRST}.json").read_text())
    audit = ArchiveAudit(Archive(collection.out.resolve()))
    path = next(clip.probe_path for clip in audit.clips if clip.entry.video == entry["video"])
    assert path is not None
    path.write_text(path.read_text().replace('"codec": "h264"', '"codec": "hevc"'))
    return path


def alter_what_people_read(collection: Collection) -> Path:
    path = collection.out / "gfn" / "motion" / f"{FIRST}.parquet"
    table = pq.read_table(path)
    residual = table.schema.get_field_index("residual")
    zeros = pa.array([0.0] * len(table), pa.float32())
    pq.write_table(table.set_column(residual, table.schema.field(residual), zeros), path)
    return path


def lose_a_receipt(collection: Collection) -> Path:
    path = collection.out / "gfn" / "render" / f"{FIRST}.json"
    path.unlink()
    return path


Damage = Callable[[Collection], Path]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (flip_a_bit, "altered"),
        (cut_off, "truncated"),
        (lose_a_column, "missing-column"),
        (make_older, "old-schema"),
        (lose_an_artifact, "missing"),
        (damage_a_probe, "altered"),
        (alter_what_people_read, "altered"),
        (lose_a_receipt, "missing"),
    ],
)
def test_what_is_broken_is_named_and_made_anew(
    collection: Collection, damage: Damage, code: str
) -> None:
    whole = collection.contents()
    path = damage(collection)
    damaged = collection.state()

    found = collection.audit()
    (finding,) = [f for f in found.findings if f.severity > Severity.INFO]
    assert (finding.code, finding.clip) == (code, FIRST)
    assert collection.out / finding.path == path
    assert found.exit_code == 3
    assert collection.state() == damaged, "an audit writes nothing"

    mended = collection.audit(repair=True)
    assert [f.code for f in mended.mended] == [code]
    assert codes(mended) == set()
    assert collection.contents() == whole, "as if nothing had happened, and nothing else touched"


def test_a_foreign_file_is_named_and_left_alone(collection: Collection) -> None:
    foreign = collection.artifact("motion").with_name("notes.txt")
    foreign.write_text("the owner's own")
    state = collection.state()
    found = collection.audit(gc=True)
    assert codes(found) == {"foreign-file"}
    assert found.exit_code == 1
    assert collection.state() == state
    collection.audit(repair=True, gc=True, yes=True)
    assert foreign.read_text() == "the owner's own"


def test_a_deleted_source_is_named_and_costs_nothing(collection: Collection) -> None:
    (collection.source / FIRST).unlink()
    contents = collection.contents()
    for order in ({}, {"repair": True}, {"gc": True, "yes": True}):
        assert codes(collection.audit(**order)) == {"source-gone"}
        assert collection.contents() == contents


def test_a_replaced_source_is_named_and_stabilized_again(
    collection: Collection, other_clip: Path
) -> None:
    shutil.copyfile(other_clip, collection.source / FIRST)
    state = collection.state()
    found = collection.audit()
    assert codes(found) == {"source-changed"}
    assert [f.clip for f in found.findings if f.code == "source-changed"] == [FIRST]
    assert collection.state() == state
    second = {name: digest for name, digest in collection.contents().items() if SECOND in name}

    mended = collection.audit(repair=True)
    assert codes(mended) == {"orphan"}, "what was made of the file as it had been"
    motion = pq.read_table(collection.out / "gfn" / "motion" / f"{FIRST}.parquet")
    assert len(motion) == 30
    assert second.items() <= collection.contents().items()


def test_a_clock_that_runs_ahead_is_named(collection: Collection) -> None:
    path = collection.artifact("render")
    later = time.time() + 2 * DAY_SECONDS
    os.utime(path, (later, later))
    state = collection.state()
    (finding,) = [f for f in collection.audit().findings if f.code == "clock-skew"]
    assert collection.out / finding.path == path
    assert collection.state() == state
    assert codes(collection.audit(repair=True)) == {"clock-skew"}


def test_a_half_written_file_is_named_and_collected(collection: Collection) -> None:
    contents = collection.contents()
    whole = collection.artifact("motion")
    half = collection.out / "gfn" / "tmp" / f"motion-{whole.stem}.parquet"
    half.write_bytes(whole.read_bytes()[:500])
    state = collection.state()
    assert codes(collection.audit(gc=True)) == {"half-written"}
    assert collection.state() == state, "--gc alone only lists"
    assert f"gfn/tmp/{half.name}" in collection.audit(gc=True, yes=True).garbage
    assert collection.contents() == contents


def test_a_duplicated_entry_is_named_and_collected(collection: Collection) -> None:
    contents = collection.contents()
    for kind, suffix in (("clips", ".json"), ("motion", ".parquet")):
        entry = collection.out / "gfn" / kind / f"{FIRST}{suffix}"
        shutil.copy2(entry, entry.with_name(f"copy of {FIRST}{suffix}"))
    found = collection.audit()
    assert [f.code for f in found.findings if f.severity > Severity.INFO] == ["duplicate-entry"] * 2
    assert found.exit_code == 3
    page = collection.out / "gfn" / "report" / "index.html"
    page.write_text("copy of")
    assert len(collection.audit(gc=True, yes=True).garbage) == 2
    assert "copy of" not in page.read_text(), "the page is renewed"
    assert collection.contents() == contents


def test_a_video_that_is_gone_is_rendered_again(collection: Collection) -> None:
    whole = collection.contents()
    (collection.out / FIRST).unlink()
    assert codes(collection.audit()) == {"output-gone"}
    assert codes(collection.audit(repair=True)) == set()
    changed = {name for name, digest in collection.contents().items() if whole[name] != digest}
    assert all("render" in name or name == f"out/{FIRST}" for name in changed)


def test_a_flipped_bit_in_a_video_is_found_by_a_deep_audit(collection: Collection) -> None:
    video = collection.out / FIRST
    stat, content = video.stat(), bytearray(video.read_bytes())
    content[-100] ^= 1
    video.write_bytes(content)
    os.utime(video, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert codes(collection.audit()) == set()
    assert codes(collection.audit(deep=True)) == {"output-altered"}


def test_earlier_settings_leave_orphans_that_can_be_collected(collection: Collection) -> None:
    contents = collection.contents()
    orphan = collection.artifact("motion").with_name("0" * 32 + ".parquet")
    shutil.copyfile(collection.artifact("motion"), orphan)
    assert codes(collection.audit()) == {"orphan"}
    assert collection.audit(gc=True, yes=True).garbage == (), "it may be that of a run that goes on"
    os.utime(orphan, (0, 0))
    assert len(collection.audit(gc=True, yes=True).garbage) == 1
    assert collection.contents() == contents


def test_nothing_is_collected_while_the_index_has_gaps(collection: Collection) -> None:
    (collection.out / "gfn" / "clips" / f"{FIRST}.json").write_text("{")
    contents = collection.contents()
    assert codes(collection.audit()) == {"entry-damaged"}
    with pytest.raises(Exception, match="its index has gaps"):
        collection.audit(gc=True, yes=True)
    assert collection.contents() == contents
    collection.stabilize()
    assert codes(collection.audit()) == set()


def test_each_kind_says_what_to_do() -> None:
    assert all(kind.hint and kind.meaning for kind in KINDS.values())
