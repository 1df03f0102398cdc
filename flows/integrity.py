"""Whether everything that the index names of a video is there, whole, and made of what it says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from flows.resmooth import stored_settings
from flows.stored_source import stored_source
from gfn_core.audit.finding import Finding
from gfn_core.audit.motion_checks import motion_findings
from gfn_core.audit.trajectory_checks import trajectory_findings
from gfn_core.errors import ArtifactDamaged, GfnError
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.motion.model import Motion
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.store.archive import Archive
from gfn_core.store.catalogue import CatalogueEntry
from gfn_core.store.delivery import Receipt, is_delivered, load_receipt
from gfn_core.store.digest import content_sha256
from gfn_core.store.inspection import (
    Fault,
    artifact_fault,
    frame_order_fault,
    published_page_fault,
    published_table_fault,
)
from gfn_core.store.keys import ArtifactRef, Stage
from gfn_core.store.motion_table import load_motion
from gfn_core.store.probed import ProbedSource, load_probed
from gfn_core.store.provenance import read_provenance
from gfn_core.store.trajectory_table import load_trajectory
from tasks.clip import (
    ACTIVITY,
    MOTION,
    PROBE,
    RENDER,
    REPORT,
    TRAJECTORY,
    AnalysedSource,
    Clip,
)

READABLE = frozenset(["unverified"])  # faults after which an artifact is still read


@dataclass(frozen=True)
class Contents:
    """What could be read of a video's artifacts; None where one is broken."""

    motion: Motion | None
    source_sha256: str
    trajectory: Trajectory | None
    motion_key: str  # that the trajectory was made of
    receipt: Receipt | None


@dataclass(frozen=True)
class ClipAudit:
    """The checks of one video of an archive; nothing is written."""

    archive: Archive
    entry: CatalogueEntry
    is_deep: bool = False  # read whole sources and outputs as well

    @cached_property
    def clip(self) -> Clip:
        """The clip as a run would see it."""
        source, origin = stored_source(self.archive, self.entry.source, self.entry.video)
        settings = stored_settings(self.archive, self.entry)
        return Clip(self.archive, source, self.entry.video, settings, origin=origin)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Stages whose artifacts there should be."""
        if not self.is_rendered:
            return (MOTION,)
        measured = (ACTIVITY,) if ACTIVITY.name in self.entry.keys else ()
        return (MOTION, TRAJECTORY, RENDER, *measured, REPORT)

    @property
    def is_rendered(self) -> bool:
        """Whether there is more of the video than motion that was imported."""
        return TRAJECTORY.name in self.entry.keys

    @property
    def probe_path(self) -> Path | None:
        """Where what is known of the source as it is now belongs; None where the source is gone."""
        if not self.entry.source or not (self.clip.origin or self.clip.source.exists()):
            return None
        return self.archive.path(self.clip.probe)

    @property
    def source_sha256(self) -> str:
        """Digest of the source that was stabilized; empty where the motion cannot tell."""
        try:
            return str(read_provenance(self.path(MOTION)).get("source_sha256", ""))
        except ArtifactDamaged:
            return ""

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is wrong or doubtful."""
        if not self.is_rendered:
            yield Finding("not-rendered", self.entry.video, "its motion was imported")
        faults = {stage: artifact_fault(self.path(stage), stage.name) for stage in self.stages}
        for stage, fault in faults.items():
            if not _is_readable(fault):
                yield from self._told(fault, self.path(stage))
        unverified = [stage.name for stage, fault in faults.items() if _is_readable(fault)]
        if unverified:
            message = f"{', '.join(unverified)}: no digest was noted"
            yield Finding("unverified", self.entry.video, message)
        broken = {stage for stage, fault in faults.items() if fault and not _is_readable(fault)}
        try:
            contents = self._read(broken)
        except ArtifactDamaged as error:
            yield Finding("altered", self.entry.video, str(error))
            return
        yield from self._views(broken)
        yield from self._source(contents)
        yield from self._frames(contents)
        yield from self._output(contents)

    def path(self, stage: Stage) -> Path:
        """Where the current artifact of `stage` lies."""
        return self.archive.path(ArtifactRef(stage, self.entry.keys.get(stage.name, "")))

    def _told(self, fault: Fault | None, path: Path, what: str = "") -> Iterator[Finding]:
        if fault is not None:
            name = path.relative_to(self.archive.root).as_posix()
            message = f"{what or path.parent.name}: {fault.message}"
            yield Finding(fault.code, self.entry.video, message, path=name)

    def _placed(self, doubts: Iterator[Finding], stage: Stage) -> Iterator[Finding]:
        """Name the table that the doubts are about."""
        name = self.path(stage).relative_to(self.archive.root).as_posix()
        return (replace(doubt, path=name) for doubt in doubts)

    def _read(self, broken: set[Stage]) -> Contents:
        motion = trajectory = receipt = None
        source_sha256 = motion_key = ""
        readable = set(self.stages) - broken
        if MOTION in readable:
            motion = load_motion(self.path(MOTION))
            source_sha256 = self.source_sha256
        if TRAJECTORY in readable:
            trajectory = load_trajectory(self.path(TRAJECTORY))
            motion_key = read_provenance(self.path(TRAJECTORY)).get("motion_key", "")
        if RENDER in readable:
            receipt = load_receipt(self.path(RENDER))
        return Contents(motion, source_sha256, trajectory, motion_key, receipt)

    def _views(self, broken: set[Stage]) -> Iterator[Finding]:
        for stage in set(self.stages) - {RENDER} - broken:
            view = self.archive.view(stage.name, self.entry.video, stage.suffix)
            if stage is REPORT:
                fault = published_page_fault(view, self.path(stage))
            else:
                fault = published_table_fault(view, self.path(stage), self.entry.video)
            yield from self._told(fault, view, f"published {stage.name}")

    def _source(self, contents: Contents) -> Iterator[Finding]:
        if not self.entry.source:
            return
        source, probe = self.clip.address, self.probe_path
        if probe is None:
            yield Finding("source-gone", self.entry.video, f"{source}: is not there")
            return
        fault = artifact_fault(probe, PROBE.name) if probe.exists() else None
        is_known = probe.exists() and (fault is None or _is_readable(fault))
        if not is_known:
            yield from self._told(fault, probe)
        probed = load_probed(probe) if is_known else None
        if contents.motion is None:
            return
        if self._source_digest(probed) != contents.source_sha256:
            message = f"{source}: is not the file that was stabilized"
            yield Finding("source-changed", self.entry.video, message)
        elif probed:
            yield from self._against_source(len(contents.motion), probed.info.frame_count)

    def _source_digest(self, probed: ProbedSource | None) -> str:
        """Digest of the source as it is; empty where its bucket says that it was written since."""
        if self.clip.origin:
            return probed.sha256 if probed else ""
        return probed.sha256 if probed and not self.is_deep else content_sha256(self.clip.source)

    def _against_source(self, frames: int, listed: int) -> Iterator[Finding]:
        if frames != listed:
            code = "partly-decoded" if frames < listed else "frame-count"
            fault = Fault(code, f"{frames} frames, where the source lists {listed}")
            yield from self._told(fault, self.path(MOTION))

    def _frames(self, contents: Contents) -> Iterator[Finding]:
        motion, trajectory, receipt = contents.motion, contents.trajectory, contents.receipt
        video = self.entry.video
        if motion is None:
            return
        yield from self._placed(motion_findings(video, motion), MOTION)
        yield from self._told(frame_order_fault(self.path(MOTION)), self.path(MOTION))
        if receipt and receipt.frames != len(motion):
            fault = Fault("frame-count", f"{receipt.frames} frames put out of {len(motion)}")
            yield from self._told(fault, self.path(RENDER))
        if trajectory is None:
            return
        yield from self._told(frame_order_fault(self.path(TRAJECTORY)), self.path(TRAJECTORY))
        if contents.motion_key != self.entry.keys.get(MOTION.name):
            yield from self._told(Fault("misplaced", "of another motion"), self.path(TRAJECTORY))
        elif len(trajectory) != len(motion):
            fault = Fault("frame-count", f"{len(trajectory)} frames, the motion has {len(motion)}")
            yield from self._told(fault, self.path(TRAJECTORY))
        else:
            shown = trajectory.treated(receipt.treatment) if receipt else trajectory
            doubts = trajectory_findings(video, motion, shown)
            yield from self._placed(doubts, TRAJECTORY)
        yield from self._currency(contents.source_sha256)

    def _currency(self, source_sha256: str) -> Iterator[Finding]:
        """Say which artifacts a run with the same settings would make anew."""
        clip, motion = self.clip, ArtifactRef(MOTION, self.entry.keys[MOTION.name])
        if read_provenance(self.path(MOTION)).get("estimator") not in set(EstimatorName):
            clip = replace(clip, analysed=AnalysedSource(source_sha256, motion))  # imported
        expected = clip.current(source_sha256).keys
        other = [name for name, key in expected.items() if self.entry.keys.get(name) != key]
        if other:
            yield Finding("outdated", self.entry.video, f"{', '.join(other)}: of other inputs")

    def _output(self, contents: Contents) -> Iterator[Finding]:
        receipt = contents.receipt
        if receipt is None:
            return
        output = self.archive.root / receipt.output
        claim = self.archive.view(RENDER.name, receipt.output, RENDER.suffix)
        yield from self._told(_receipt_fault(claim, receipt), claim, "published receipt")
        if self.archive.state(output) is None:
            yield Finding("output-gone", self.entry.video, f"{output}: is not there")
        elif not is_delivered(self.archive, receipt) or (
            self.is_deep and self.archive.sha256(output) != receipt.sha256
        ):
            message = f"{output}: is not what was delivered"
            yield Finding("output-altered", self.entry.video, message)


def _is_readable(fault: Fault | None) -> bool:
    return fault is not None and fault.code in READABLE


def _receipt_fault(claim: Path, receipt: Receipt) -> Fault | None:
    if not claim.exists():
        return Fault("missing", "is not there")
    try:
        is_same = load_receipt(claim).sha256 == receipt.sha256
    except GfnError:
        return Fault("truncated", "cannot be read")
    return None if is_same else Fault("altered", "is of another rendering")
