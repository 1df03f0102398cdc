"""What all stages share: an artifact that is there is not made again; one that is not, is, once."""

import math
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import cv2

from gfn_core.errors import OutOfTime, SourceError, StageFailed, StageTimedOut
from gfn_core.media.gray_frame import GrayFrame
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.leftovers import remove_leftovers
from gfn_core.store.probed import ProbedSource, load_probed
from tasks.clip import Clip, Made
from tasks.confinement import confine
from tasks.gpu_slot import gpu_slot
from tasks.memory_limit import limit_memory
from tasks.progress import BOARD
from tasks.staging import stage_in
from tasks.supervisor import Progress, supervised

Notes = tuple[str, ...]
Work = Callable[[Clip, Path, Progress], Notes]  # writes the artifact to the path given

SLOWEST_READING_SECONDS, SLOWEST_BYTES_PER_SECOND = 60.0, 20e6


def make(
    clip: Clip,
    artifact: ArtifactRef,
    work: Work,
    *,
    deadline_seconds: float,
    silence_seconds: float = math.inf,
    frame_count: int = 0,
    is_confined: bool = False,
) -> Made:
    """Return `artifact` of `clip`, made by `work` in a process of its own if it is missing.

    A stage that reads a source, which nobody vouches for, `is_confined`: it writes below OUT only,
    and takes no more than a share of the memory. A process that did not come back leaves nothing
    unfinished behind.
    """
    if clip.archive.has(artifact):
        return Made(artifact, cached=True, seconds=0.0)
    stage = artifact.stage.name
    started = time.monotonic()
    reporter = BOARD.reporter(clip.video, stage, frame_count, part_of(clip))
    try:
        with gpu_slot(clip, artifact.stage):
            notes = supervised(
                _make_once,
                clip,
                artifact,
                work,
                is_confined,
                label=f"{clip.video}: {stage}",
                deadline_seconds=min(deadline_seconds, clip.seconds_left),
                silence_seconds=silence_seconds,
                on_progress=reporter,
            )
    except StageFailed as error:
        remove_leftovers(clip.archive)
        if isinstance(error, StageTimedOut) and clip.seconds_left <= 0:
            text = f"{clip.video}: {stage} was stopped at the run's deadline"
            raise OutOfTime(text) from error
        raise
    return Made(artifact, notes is None, time.monotonic() - started, notes or ())


def _make_once(
    clip: Clip, artifact: ArtifactRef, work: Work, is_confined: bool, *, progress: Progress
) -> Notes | None:
    if is_confined:
        clip.archive.root.mkdir(parents=True, exist_ok=True)
        confine(clip.archive.root, may_connect=clip.archive.is_remote)
        limit_memory()
    cv2.setNumThreads(clip.threads)
    with clip.archive.claim(artifact, while_waiting=lambda: progress(0)) as unfinished:
        if unfinished is None:  # another run made it while we waited
            return None
        stage_in(clip, artifact.stage.name)
        return work(clip, unfinished, progress)


def part_of(clip: Clip) -> int:
    """First frame of the segment that a task is about; -1 for a task about all of the clip."""
    return clip.segment.first if clip.segment else -1


def reading_seconds(clip: Clip) -> float:
    """How long one reading of the whole source may take, on slow network storage."""
    size = clip.origin.size_bytes if clip.origin else clip.source.stat().st_size
    return SLOWEST_READING_SECONDS + size / SLOWEST_BYTES_PER_SECOND


def probed_source(clip: Clip) -> ProbedSource:
    """What the probe stage found out about the clip's source, as it is now.

    Raises `SourceError` where the source has vanished or changed: a stage that read it asks again
    at its end, so that nothing is kept that was made of two states of a file.
    """
    if clip.origin is None and not clip.source.exists():
        raise SourceError(f"{clip.source}: has vanished; put it back and run again")
    if not clip.archive.has(clip.probe):
        raise SourceError(f"{clip.source}: changed while it was being worked on; run again")
    return load_probed(clip.archive.fetched(clip.probe))


def counted(frames: Iterable[GrayFrame], progress: Progress) -> Generator[GrayFrame, None, None]:
    """Yield `frames`, and tell how many have gone by."""
    for count, frame in enumerate(frames, start=1):
        progress(count)
        yield frame
