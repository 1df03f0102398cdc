"""One video of a run: where it comes from, where it goes, and the names of all its artifacts."""

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

from gfn_core.device_name import DeviceName
from gfn_core.media.stream_plan import output_name
from gfn_core.motion.segments import SEGMENT_FRAMES, Segment
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from gfn_core.store.keys import ArtifactRef, Stage, plain
from gfn_core.store.published import CurrentArtifacts

PROBE = Stage("probe", version=3, suffix=".json")
MOTION = Stage("motion", version=11, suffix=".parquet")
TRAJECTORY = Stage("trajectory", version=5, suffix=".parquet")
RENDER = Stage("render", version=9, suffix=".json")
ACTIVITY = Stage("activity", version=3, suffix=".parquet")
REPORT = Stage("report", version=5, suffix=".html")


@dataclass(frozen=True)
class AnalysedSource:
    """A source whose motion is stored: all that smoothing needs of it."""

    sha256: str
    motion: ArtifactRef


@dataclass(frozen=True)
class Origin:
    """A source that lies in a bucket, and is copied to the clip's `source` while it is read."""

    url: str
    size_bytes: int
    etag: str


@dataclass(frozen=True)
class Clip:
    """What every task of one video is given; valid on any machine that sees the paths."""

    archive: Archive
    source: Path
    video: str  # path relative to SOURCE, with forward slashes: the name that the user knows
    settings: StabilizeSettings
    threads: int = 1  # that each stage's process may use; decides no result
    device: DeviceName = DeviceName.AUTO  # that networks run on; likewise
    force: bool = False  # replace a file at the output's name that is not ours
    strict: bool = False  # refuse a source that is damaged
    analysed: AnalysedSource | None = None  # go on from this motion, whatever made it
    gpu_limit: str = ""  # Prefect's concurrency limit that a stage on a GPU holds; empty: none
    until: float | None = None  # the run's deadline, as `time.time` counts
    origin: Origin | None = None  # where the source lies, unless in a folder
    segment_frames: int = SEGMENT_FRAMES  # long videos are divided into segments about so long
    segment: Segment | None = None  # the part of the clip that a task is about; None: all of it

    @property
    def address(self) -> str:
        """Path or URL of the source."""
        return self.origin.url if self.origin else str(self.source)

    @property
    def seconds_left(self) -> float:
        """Time until the run's deadline."""
        return math.inf if self.until is None else self.until - time.time()

    @property
    def output_name(self) -> str:
        """Path of the stabilized video relative to OUT."""
        return output_name(self.video, self.settings.encoding)

    @property
    def output(self) -> Path:
        """Where the stabilized video goes."""
        return self.archive.root / self.output_name

    @property
    def probe(self) -> ArtifactRef:
        """What is known of the file as it is now: named by its inode, as git's index does.

        Content is hashed once for each state of a file; renames and touches cost one more hash, an
        edit of whatever kind changes at least the ctime, which no program can set.
        """
        if self.origin is not None:
            return PROBE.artifact(self.origin.url, str(self.origin.size_bytes), self.origin.etag)
        stat = self.source.stat()
        state = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_dev, stat.st_ino)
        return PROBE.artifact(str(self.source), *map(str, state))

    def chain(self, source_sha256: str) -> "Chain":
        """Name the artifacts that follow from the source's content and the settings."""
        stored = self.analysed and self.analysed.motion
        chosen = self.settings.motion
        motion = stored or MOTION.artifact(source_sha256, *chosen.weights_digests, settings=chosen)
        trajectory = TRAJECTORY.artifact(motion.key, settings=self.settings.smoothing)
        render = RENDER.artifact(
            source_sha256, trajectory.key, self.output_name, settings=self.settings.encoding
        )
        report = REPORT.artifact(self.video, self._place, motion.key, trajectory.key, render.key)
        return Chain(motion, trajectory, render, report, self._activity(motion))

    def _activity(self, motion: ArtifactRef) -> ArtifactRef | None:
        if not self.settings.local_motion:
            return None
        digest = self.settings.activity_weights_digest
        return ACTIVITY.artifact(motion.key, digest, settings=self.settings.activity)

    def current(self, source_sha256: str) -> CurrentArtifacts:
        """What is to be published once all stages are done."""
        chain = self.chain(source_sha256)
        measured = (chain.activity,) if chain.activity else ()
        artifacts = (chain.motion, chain.trajectory, chain.render, *measured, chain.report)
        settings = plain(self.settings)
        return CurrentArtifacts(self.video, self.output_name, artifacts, self.address, settings)

    @property
    def _place(self) -> str:
        """Where the page finds the source: an archive moves with its sources."""
        if self.origin is not None:
            return self.origin.url
        return os.path.relpath(self.source, self.archive.root)


@dataclass(frozen=True)
class Chain:
    """The artifacts of one video under given settings, in the order in which they are made."""

    motion: ArtifactRef
    trajectory: ArtifactRef
    render: ArtifactRef
    report: ArtifactRef
    activity: ArtifactRef | None = None  # where it was asked for


@dataclass(frozen=True)
class Made:
    """What a task returns: which artifact, whether it was there already, and what it took."""

    artifact: ArtifactRef
    cached: bool
    seconds: float
    notes: tuple[str, ...] = ()
