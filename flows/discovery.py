"""Which videos a run is about: files and folders, in the tree that OUT will mirror."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gfn_core.errors import SettingsError
from gfn_core.store.archive import STORE_FOLDER

VIDEO_SUFFIXES = frozenset(
    [
        ".3g2",
        ".3gp",
        ".asf",
        ".avi",
        ".divx",
        ".dv",
        ".f4v",
        ".flv",
        ".gif",
        ".m2t",
        ".m2ts",
        ".m2v",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpe",
        ".mpeg",
        ".mpg",
        ".mts",
        ".mxf",
        ".ogm",
        ".ogv",
        ".qt",
        ".rm",
        ".rmvb",
        ".ts",
        ".vob",
        ".webm",
        ".wmv",
    ]
)


@dataclass(frozen=True)
class FoundVideo:
    """A file to stabilize, and its path relative to the SOURCE it was found under."""

    source: Path
    video: str


def find_videos(sources: list[Path], out: Path) -> list[FoundVideo]:
    """Find the videos under `sources`; a file is taken whatever its name.

    Folders are searched recursively, without following links to folders, and without OUT. With
    several folders each one's tree goes under its own name. Raises `SettingsError` when a source
    is missing or two sources would write one output.
    """
    folders = [source for source in sources if source.is_dir()]
    found: list[FoundVideo] = []
    for source in sources:
        if source.is_dir():
            prefix = f"{source.resolve().name}/" if len(folders) > 1 else ""
            found += [
                FoundVideo(path, prefix + path.relative_to(source).as_posix())
                for path in _walk(source, out.resolve())
            ]
        elif source.exists():
            found.append(FoundVideo(source, source.name))
        else:
            raise SettingsError(f"{source}: no such file or folder")
    _refuse_collisions(found)
    return found


def _walk(folder: Path, out: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if (Path(parent) / name).resolve() != out and name[0] != "."
        )
        for name in sorted(files):
            if Path(name).suffix.lower() in VIDEO_SUFFIXES and name[0] != ".":
                yield Path(parent) / name


def _refuse_collisions(found: list[FoundVideo]) -> None:
    seen: dict[str, Path] = {}
    for item in found:
        if item.video.split("/")[0] == STORE_FOLDER and "/" in item.video:
            raise SettingsError(
                f"{item.source}: a source folder named {STORE_FOLDER!r} would mix with the store; "
                "name its parent's folders as separate sources or rename it"
            )
        other = seen.setdefault(item.video, item.source)
        if other != item.source:
            raise SettingsError(
                f"{item.source} and {other} would both be written as {item.video}; "
                "give their folders as sources instead"
            )
