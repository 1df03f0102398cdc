"""What an archive knows of a video that a person names by its file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.locations import opened_archive
from flows.resmooth import analysed_source, stored_settings
from gfn_core.errors import ArtifactDamaged
from gfn_core.motion.model import Motion
from gfn_core.store.archive import STORE_FOLDER, Archive
from gfn_core.store.catalogue import CatalogueEntry, catalogue
from gfn_core.store.motion_table import load_motion
from gfn_core.store.probed import load_probed
from tasks.clip import Clip


@dataclass(frozen=True)
class StoredClip:
    """One video of an archive."""

    archive: Archive
    entry: CatalogueEntry

    @property
    def source(self) -> Path:
        """The video as filmed."""
        return Path(self.entry.source)

    def motion(self) -> Motion | None:
        """Return its motion; None where that is broken, or the source is no longer what it was."""
        analysed = analysed_source(self.archive, self.entry)
        clip = Clip(
            self.archive,
            self.source,
            self.entry.video,
            stored_settings(self.archive, self.entry),
        )
        try:
            if load_probed(self.archive.path(clip.probe)).sha256 != analysed.sha256:
                return None
            return load_motion(self.archive.path(analysed.motion))
        except (ArtifactDamaged, OSError):
            return None


def stored_clip(video: Path, folder: Path | None = None) -> StoredClip | None:
    """Find `video`, a source or what was made of it, in an archive: `folder`, or one around it."""
    video = video.resolve()
    for archive in [opened_archive(folder)] if folder else _archives_around(video):
        for entry in catalogue(archive):
            if entry.source and video in (Path(entry.source), archive.root / entry.output):
                return StoredClip(archive, entry)
    return None


def _archives_around(video: Path) -> Iterator[Archive]:
    return (Archive(root) for root in video.parents if (root / STORE_FOLDER / "clips").is_dir())
