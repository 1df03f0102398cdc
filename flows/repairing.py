"""Making anew what an audit found broken, through the stages of `gfn stabilize`, and no more."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath

from flows.archive_audit import ArchiveAudit
from flows.integrity import ClipAudit
from flows.plan import PlannedClip, Route, plan
from flows.settings import RunSettings
from gfn_core.audit.finding import Finding
from gfn_core.errors import GfnError
from gfn_core.store.archive import Archive, write_whole
from gfn_core.store.digest import digest_path
from gfn_core.store.inventory import VIEW_SUFFIXES, StoredFile
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.locks import remove_if_free
from gfn_core.store.published import CurrentArtifacts, publish
from tasks.clip import MOTION, RENDER, REPORT, AnalysedSource, Clip

KEPT_SECONDS = 3600.0  # orphans younger than this may be those of a run that goes on


@dataclass(frozen=True)
class RepairRequest:
    """Clips to take through all stages again; only what is missing is made. A `RunRequest`."""

    archive: Archive
    clips: tuple[Clip, ...]
    run: RunSettings = field(default_factory=RunSettings)

    @property
    def route(self) -> Route:
        """All stages."""
        return "stabilize"

    def plan(self) -> list[PlannedClip]:
        """Find which stages each clip still needs."""
        return [plan(clip) for clip in self.clips]


def repair_request(audit: ArchiveAudit, findings: Iterable[Finding]) -> RepairRequest:
    """Drop the broken artifacts of clips whose source is there; return the run that makes them."""
    broken: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.kind.is_mended:
            broken.setdefault(finding.clip, []).append(finding)
    mendable = [clip for clip in audit.clips if clip.entry.video in broken and clip.probe_path]
    clips = []
    for clip in mendable:
        found = broken[clip.entry.video]
        clips.append(_clip_to_run(clip, {finding.code for finding in found}))
        _drop(audit.archive, found)
    return RepairRequest(audit.archive, tuple(clips))


def publish_again(audit: ClipAudit) -> None:
    """Publish anew what is broken only in its readable copy; needs no source."""
    findings, entry, archive = list(audit.findings()), audit.entry, audit.archive
    is_whole = not any(_is_artifact(archive, f) for f in findings if f.kind.is_mended)
    if not is_whole or not any(_is_published(f) for f in findings):
        return
    refs = tuple(ArtifactRef(stage, entry.keys[stage.name]) for stage in audit.stages)
    current = CurrentArtifacts(entry.video, entry.output, refs, entry.source, entry.settings)
    publish(archive, current, audit.path(REPORT))
    claim = archive.view(RENDER.name, entry.output, RENDER.suffix)
    write_whole(claim, partial(shutil.copyfile, audit.path(RENDER)), archive)


def collect_garbage(audit: ArchiveAudit) -> list[Path]:
    """Remove what nothing refers to; raises `GfnError` where that cannot be known."""
    return [file.path for file in garbage(audit) if _remove(audit.archive, file)]


def garbage(audit: ArchiveAudit) -> list[StoredFile]:
    """Find what nothing refers to; raises `GfnError` where that cannot be known."""
    root = audit.archive.root
    if audit.is_run_under_way:
        raise GfnError(f"{root}: a run is under way; collect garbage when it has ended")
    if not audit.has_whole_index:
        raise GfnError(f"{root}: its index has gaps; run `gfn stabilize` again first")
    old = time.time() - KEPT_SECONDS
    orphans = [file for file in audit.orphans if file.path.stat().st_mtime < old]
    return [*orphans, *audit.copies, *audit.half_written, *audit.free_locks]


def _remove(archive: Archive, file: StoredFile) -> bool:
    if file.role == "lock":
        return remove_if_free(file.path)
    archive.remove(file.path)
    return True


def _clip_to_run(audit: ClipAudit, codes: set[str]) -> Clip:
    """The clip as it was made: motion of an older gfn stays, unless it is what is broken."""
    clip, motion = audit.clip, ArtifactRef(MOTION, audit.entry.keys.get(MOTION.name, ""))
    sha256 = audit.source_sha256
    if "source-changed" in codes or not sha256 or motion == clip.chain(sha256).motion:
        return clip
    return replace(clip, analysed=AnalysedSource(sha256, motion))


def _drop(archive: Archive, findings: Iterable[Finding]) -> None:
    for finding in findings:
        if _is_artifact(archive, finding):
            path = archive.root / finding.path
            archive.remove(path)
            archive.remove(digest_path(path))


def _is_artifact(archive: Archive, finding: Finding) -> bool:
    return (archive.root / finding.path).is_relative_to(archive.store / "objects")


def _is_published(finding: Finding) -> bool:
    place = PurePosixPath(finding.path).parts[1:2]
    return finding.kind.is_mended and place != () and place[0] in VIEW_SUFFIXES
