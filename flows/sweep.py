"""What-if: every clip of an archive smoothed at several crops, from stored motion, in parallel."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from flows.locations import archive_at
from flows.resmooth import Selection, stored_settings
from gfn_core.errors import GfnError, SettingsError
from gfn_core.media.parent_death import die_with_parent
from gfn_core.metrics.prediction import Prediction, predict
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.style import Style
from gfn_core.smoothing.what_if import corrections_at
from gfn_core.store.archive import Archive
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.motion_table import load_motion
from tasks.clip import MOTION
from tasks.supervisor import FORK_SERVER

MOST_CROPS = 50


@dataclass(frozen=True)
class SweepRequest:
    """Which clips, and at which crops; None for zoom or style keeps what each clip had."""

    out: Path
    crops: tuple[float, ...]
    zoom_share: float | None = None
    style: Style | None = None
    selection: Selection = field(default_factory=Selection)

    def __post_init__(self) -> None:
        if not 1 <= len(self.crops) <= MOST_CROPS:
            raise SettingsError(f"{len(self.crops)} crops; give 1 to {MOST_CROPS}, like 0.8,0.9")
        for crop in self.crops:
            StageOneSettings(crop=crop)

    @property
    def archive(self) -> Archive:
        """The folder that holds everything."""
        return archive_at(self.out)

    def jobs(self) -> list["SweepJob"]:
        """One job a clip."""
        return [
            SweepJob(
                entry.video,
                self.archive.path(ArtifactRef(MOTION, entry.keys.get("motion", ""))),
                self._smoothing(stored_settings(self.archive, entry).smoothing),
                self.crops,
            )
            for entry in self.selection.entries(self.archive)
        ]

    def _smoothing(self, settings: StageOneSettings) -> StageOneSettings:
        fixed = replace(settings, removed_share=0.0)  # the crops are given, none is looked for
        styled = self.style.applied_to(fixed) if self.style else fixed
        return styled if self.zoom_share is None else replace(styled, zoom_share=self.zoom_share)


@dataclass(frozen=True)
class SweepJob:
    """One clip at several crops."""

    video: str
    motion: Path
    smoothing: StageOneSettings
    crops: tuple[float, ...]


@dataclass(frozen=True)
class SweptClip:
    """What each crop would give for one clip, or why that is not known."""

    video: str
    source_jitter_px: float = 0.0
    by_crop: tuple[Prediction, ...] = ()
    error: str = ""

    @property
    def shake_left(self) -> tuple[float, ...]:
        """Jitter of the output / jitter of the source, by crop."""
        return tuple(p.jitter_px / max(self.source_jitter_px, 1e-9) for p in self.by_crop)


def sweep(jobs: Sequence[SweepJob], slots: int) -> Iterator[SweptClip]:
    """Predict every job in processes of their own, `slots` at a time; yields them as they come."""
    if slots == 1 or len(jobs) == 1:
        yield from map(swept, jobs)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([FORK_SERVER, "flows.sweep"])
    with ProcessPoolExecutor(slots, context, initializer=die_with_parent) as pool:
        for future in as_completed([pool.submit(swept, job) for job in jobs]):
            yield future.result()


def swept(job: SweepJob) -> SweptClip:
    """Predict one clip at all its crops."""
    try:
        motion = load_motion(job.motion)
    except GfnError as error:
        return SweptClip(job.video, error=str(error))
    as_filmed = predict(motion, 1.0, Similarity.identity(len(motion)))
    found = corrections_at(motion, job.smoothing, job.crops)
    predictions = tuple(predict(motion, window, correction) for window, correction in found)
    return SweptClip(job.video, as_filmed.jitter_px, predictions)
