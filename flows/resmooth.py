"""Smoothing and rendering anew from what an archive holds: which clips, with which settings."""

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from flows.locations import archive_at
from flows.plan import PlannedClip, Route, plan_stored
from flows.settings import RunSettings
from flows.stored_source import stored_source
from gfn_core.errors import ArtifactDamaged, GfnError
from gfn_core.media.encoding import Encoding
from gfn_core.media.target_size import TargetSize
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.style import Style
from gfn_core.store.archive import Archive
from gfn_core.store.catalogue import CatalogueEntry, catalogue
from gfn_core.store.keys import ArtifactRef, from_plain
from gfn_core.store.provenance import read_provenance
from tasks.clip import MOTION, TRAJECTORY, AnalysedSource, Clip

Settings = TypeVar("Settings", StageOneSettings, Encoding)


@dataclass(frozen=True)
class Selection:
    """Some of an archive's clips."""

    only: str = "*"  # the video's name, or a pattern of it; * goes across folders
    where: str = ""  # SQL condition on the columns of the archive's summary; empty: all

    def entries(self, archive: Archive) -> list[CatalogueEntry]:
        """Find them; raises `GfnError` when there is none, `SettingsError` on a bad condition."""
        archive.pull()
        if not (archive.store / "clips").is_dir():
            raise GfnError(f"{archive.root}: not an archive of gfn: it has no gfn/clips")
        found = [e for e in catalogue(archive) if self._names(e.video)]
        if self.where:
            from gfn_core.store.query import videos_where  # noqa: PLC0415  (loads DuckDB)

            wanted = videos_where(archive, self.where)
            found = [entry for entry in found if entry.video in wanted]
        if not found:
            raise GfnError(f"{archive.root}: no clip is selected; see gfn/clips for their names")
        return found

    def _names(self, video: str) -> bool:
        return video == self.only or fnmatchcase(video, self.only)


@dataclass(frozen=True)
class Changes:
    """New settings; None keeps what each clip had."""

    crop: float | None = None
    removed_share: float = 0.0  # goes with the crop: above 0 that is the least
    style: Style | None = None
    zoom_share: float | None = None
    codec: str | None = None
    quality: int | None = None
    preset: str | None = None
    target: TargetSize | None = None
    keep_fields: bool | None = None

    def applied_to(self, settings: StabilizeSettings) -> StabilizeSettings:
        """Return `settings` with these changes."""
        smoothing = self._on(settings.smoothing, "crop", "zoom_share")
        if self.crop is not None:
            smoothing = replace(smoothing, removed_share=self.removed_share)
        if self.style is not None:
            smoothing = self.style.applied_to(smoothing)
        encoding = settings.encoding
        if self.codec is not None:
            encoding = replace(encoding, quality=None)  # it was on another codec's scale
        if self.quality is not None:
            encoding = replace(encoding, target=None)  # which would have gone before it
        encoding = self._on(encoding, "codec", "quality", "preset", "target", "keep_fields")
        return replace(settings, smoothing=smoothing, encoding=encoding)

    def _on(self, settings: Settings, *names: str) -> Settings:
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return replace(settings, **given)


@dataclass(frozen=True)
class ResmoothRequest:
    """What to smooth anew, and how. A `RunRequest` whose routes estimate no motion."""

    out: Path
    changes: Changes = field(default_factory=Changes)
    selection: Selection = field(default_factory=Selection)
    source_folder: Path | None = None  # where the sources are now, if they have moved
    render: bool = True
    run: RunSettings = field(default_factory=RunSettings)

    @property
    def archive(self) -> Archive:
        """The folder that holds everything."""
        return archive_at(self.out)

    @property
    def route(self) -> Route:
        """Stages from smoothing on."""
        return "resmooth" if self.render else "smooth"

    def plan(self) -> list[PlannedClip]:
        """Find the clips, and which stages each of them still needs."""
        entries = self.selection.entries(self.archive)
        planned = []
        for entry in entries:
            analysed = analysed_source(self.archive, entry)
            clip = replace(
                self._clip(entry, analysed),
                force=self.run.force,
                segment_frames=self.run.segment_frames,
            )
            planned.append(plan_stored(clip, analysed.sha256, self.route))
        return planned

    def _clip(self, entry: CatalogueEntry, analysed: AnalysedSource) -> Clip:
        folder = self.source_folder
        address = str(folder.resolve() / entry.video) if folder else entry.source or entry.video
        source, origin = stored_source(self.archive, address, entry.video)
        settings = self.changes.applied_to(stored_settings(self.archive, entry))
        return Clip(self.archive, source, entry.video, settings, analysed=analysed, origin=origin)


def analysed_source(archive: Archive, entry: CatalogueEntry) -> AnalysedSource:
    """Return the stored motion of a clip; where that is damaged, smoothing will say so."""
    motion = ArtifactRef(MOTION, entry.keys.get("motion", ""))
    try:
        sha256 = str(read_provenance(archive.path(motion))["source_sha256"])
    except (ArtifactDamaged, KeyError):
        sha256 = ""
    return AnalysedSource(sha256, motion)


def stored_settings(archive: Archive, entry: CatalogueEntry) -> StabilizeSettings:
    """Return the settings that a clip was made with, as far as the archive knows them."""
    if entry.settings:
        return from_plain(StabilizeSettings, entry.settings)
    trajectory = archive.path(ArtifactRef(TRAJECTORY, entry.keys.get("trajectory", "")))
    try:
        smoothing = read_provenance(trajectory)["settings"]
    except (ArtifactDamaged, KeyError):
        return StabilizeSettings()
    return StabilizeSettings(smoothing=from_plain(StageOneSettings, smoothing))
