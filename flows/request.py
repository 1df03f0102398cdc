"""What a run is asked to do, and what of it is left to do. Imports neither Prefect nor torch."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from flows.discovery import FoundVideo, find_videos
from flows.locations import archive_at
from flows.plan import PlannedClip, Route, plan
from flows.settings import RunSettings
from gfn_core.errors import GfnError
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from tasks.clip import Clip


class RunRequest(Protocol):
    """What a run is asked to do."""

    @property
    def archive(self) -> Archive:
        """The folder that receives everything."""

    @property
    def run(self) -> RunSettings:
        """How to use this machine."""

    @property
    def route(self) -> Route:
        """Which stages the clips go through."""

    def plan(self) -> list[PlannedClip]:
        """Find the clips, and which stages each of them still needs."""


@dataclass(frozen=True)
class ArchiveRequest:
    """What to stabilize, where to, and how."""

    sources: tuple[Path, ...]
    out: Path
    settings: StabilizeSettings = field(default_factory=StabilizeSettings)
    run: RunSettings = field(default_factory=RunSettings)
    only: tuple[FoundVideo, ...] = ()  # these of the sources' videos; empty: all

    @property
    def archive(self) -> Archive:
        """The folder that receives everything."""
        return archive_at(self.out)

    @property
    def route(self) -> Route:
        """All stages."""
        return "stabilize"

    def plan(self) -> list[PlannedClip]:
        """Find the videos, and which stages each still needs; `GfnError` when there is none."""
        planned = plan_archive(self)
        if not planned:
            raise GfnError("no videos found in " + ", ".join(map(str, self.sources)))
        return planned


def plan_archive(request: ArchiveRequest) -> list[PlannedClip]:
    """Find the videos, and which stages each of them still needs."""
    archive = request.archive
    archive.pull()
    found = request.only or find_videos(
        list(request.sources), request.out, request.settings.encoding
    )
    return [
        plan(
            Clip(
                archive=archive,
                source=item.local_source(archive),
                origin=item.origin,
                video=item.video,
                settings=request.settings,
                device=request.run.device,
                force=request.run.force,
                strict=request.run.strict,
                segment_frames=request.run.segment_frames,
            )
        )
        for item in found
    ]
