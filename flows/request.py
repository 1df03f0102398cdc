"""What a run is asked to do, and what of it is left to do. Imports neither Prefect nor torch."""

from dataclasses import dataclass, field
from pathlib import Path

from flows.discovery import find_videos
from flows.plan import PlannedClip, plan
from flows.settings import RunSettings
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from tasks.clip import Clip


@dataclass(frozen=True)
class ArchiveRequest:
    """What to stabilize, where to, and how."""

    sources: tuple[Path, ...]
    out: Path
    settings: StabilizeSettings = field(default_factory=StabilizeSettings)
    run: RunSettings = field(default_factory=RunSettings)

    @property
    def archive(self) -> Archive:
        """The folder that receives everything."""
        return Archive(self.out.resolve())


def plan_archive(request: ArchiveRequest) -> list[PlannedClip]:
    """Find the videos, and which stages each of them still needs."""
    found = find_videos(list(request.sources), request.out)
    threads = request.run.threads_for(len(found))
    return [
        plan(
            Clip(
                archive=request.archive,
                source=item.source.resolve(),
                video=item.video,
                settings=request.settings,
                threads=threads,
                force=request.run.force,
            )
        )
        for item in found
    ]
