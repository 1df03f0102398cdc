"""What all stages share: an artifact that is there is not made again; one that is not, is, once."""

import time
from collections.abc import Callable
from pathlib import Path

import cv2

from gfn_core.errors import OutOfTime, SourceError, StageTimedOut
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.probed import ProbedSource, load_probed
from tasks.clip import Clip, Made
from tasks.gpu_slot import gpu_slot
from tasks.progress import BOARD
from tasks.supervisor import Progress, supervised

Notes = tuple[str, ...]
Work = Callable[[Clip, Path, Progress], Notes]  # writes the artifact to the path given


def make(
    clip: Clip, artifact: ArtifactRef, work: Work, *, deadline_seconds: float, frame_count: int = 0
) -> Made:
    """Return `artifact` of `clip`, made by `work` in a process of its own if it is missing."""
    if clip.archive.has(artifact):
        return Made(artifact, cached=True, seconds=0.0)
    stage = artifact.stage.name
    started = time.monotonic()
    try:
        with gpu_slot(clip, artifact.stage):
            notes = supervised(
                _make_once,
                clip,
                artifact,
                work,
                label=f"{clip.video}: {stage}",
                deadline_seconds=min(deadline_seconds, clip.seconds_left),
                on_progress=BOARD.reporter(clip.video, stage, frame_count),
            )
    except StageTimedOut as error:
        if clip.seconds_left > 0:
            raise
        raise OutOfTime(f"{clip.video}: {stage} was stopped at the run's deadline") from error
    return Made(artifact, notes is None, time.monotonic() - started, notes or ())


def _make_once(
    clip: Clip, artifact: ArtifactRef, work: Work, *, progress: Progress
) -> Notes | None:
    cv2.setNumThreads(clip.threads)
    with clip.archive.claim(artifact) as unfinished:
        if unfinished is None:  # another run made it while we waited
            return None
        return work(clip, unfinished, progress)


def probed_source(clip: Clip) -> ProbedSource:
    """What the probe stage found out about the clip's source, as it is now."""
    if not clip.source.exists():
        raise SourceError(f"{clip.source}: has vanished; put it back and run again")
    if not clip.archive.has(clip.probe):
        raise SourceError(f"{clip.source}: changed while it was being worked on; run again")
    return load_probed(clip.archive.path(clip.probe))
