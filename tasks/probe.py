"""Probe: what a source file is, before any of its frames is decoded."""

from pathlib import Path

from gfn_core.errors import SourceError
from gfn_core.media.probe import probe as probe_video
from gfn_core.store.digest import content_sha256
from gfn_core.store.probed import ProbedSource, save_probed
from tasks.clip import PROBE, Clip, Made
from tasks.making import Notes, make, probed_source, reading_seconds
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

READINGS = 2  # of the whole source: its packets, its digest


@stage_task(PROBE)
def probe(clip: Clip) -> Made:
    """Find out what the source is, and digest its content."""
    if clip.origin is None and not clip.source.exists():
        raise SourceError(
            f"{clip.source}: is not there; resmooth finds moved ones by --source FOLDER"
        )
    deadline = READINGS * reading_seconds(clip)
    made = make(clip, clip.probe, _probe, deadline_seconds=deadline, is_confined=True)
    if clip.analysed and probed_source(clip).sha256 != clip.analysed.sha256:
        raise SourceError(
            f"{clip.source}: is not the file whose motion is stored; stabilize it again"
        )
    return made


def _probe(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    state = clip.probe
    info = probe_video(clip.source)
    size = clip.source.stat().st_size
    save_probed(unfinished, ProbedSource(content_sha256(clip.source), size, info))
    if clip.probe != state:
        raise SourceError(f"{clip.source}: changed while it was being read; run again")
    return ()
