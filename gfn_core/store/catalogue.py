"""What an archive holds: the index entry of each video, read back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gfn_core.errors import ArtifactDamaged
from gfn_core.store.archive import Archive, read_json


@dataclass(frozen=True)
class CatalogueEntry:
    """One video of an archive, as it was published last."""

    video: str
    output: str  # relative to the archive
    source: str  # where the video as filmed was; empty in archives that did not note it
    keys: dict[str, str]  # of the current artifacts, by stage
    settings: dict[str, Any]  # of all stages, as JSON; empty where not noted


def catalogue(archive: Archive) -> Iterator[CatalogueEntry]:
    """Yield the entries of all published videos, by name; raises `ArtifactDamaged`."""
    folder = archive.store / "clips"
    paths = sorted(folder.rglob("*.json"), key=lambda path: path.relative_to(folder).as_posix())
    return map(read_entry, paths)


def read_entry(path: Path) -> CatalogueEntry:
    """Read one index entry; raises `ArtifactDamaged`."""
    content = read_json(path)
    try:
        return CatalogueEntry(
            content["video"],
            content["output"],
            content.get("source", ""),
            dict(content["keys"]),
            content.get("settings", {}),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactDamaged(f"{path}: not an index entry; delete it to redo it") from error
