"""Which videos a run is about: files and folders, in the tree that OUT will mirror."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.locations import url_of
from gfn_core.errors import SettingsError
from gfn_core.media.encoding import Encoding
from gfn_core.media.stream_plan import output_name
from gfn_core.store.archive import STORE_FOLDER, Archive
from gfn_core.store.archive_name import archive_name
from tasks.clip import Origin

# Where file systems keep what was found broken or thrown away.
SYSTEM_FOLDERS = frozenset(["$RECYCLE.BIN", "System Volume Information", "lost+found"])
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


AS_USUAL = Encoding()


@dataclass(frozen=True)
class FoundVideo:
    """A file to stabilize, and its name in the archive: its path relative to its SOURCE."""

    source: Path
    video: str
    origin: Origin | None = None

    def local_source(self, archive: Archive) -> Path:
        """Where it can be read; for one in a bucket, where it is copied to."""
        if self.origin is None:
            return resolved(self.source)
        state = hashlib.sha256(f"{self.origin.url} {self.origin.etag}".encode()).hexdigest()[:32]
        return archive.store / "sources" / state / self.source.name


def find_videos(sources: list[Path], out: Path, encoding: Encoding = AS_USUAL) -> list[FoundVideo]:
    """Find the videos under `sources`; a file is taken whatever its name.

    Folders are searched recursively, without following links to folders, without OUT, and without
    other archives in them, whose videos are stabilized already; one that cannot be read is found
    itself, for its trouble to be told. With several folders each one's tree goes under its own
    name. Raises `SettingsError` when a source is missing, would be written over, or would be
    written to the same file as another; `encoding` decides outputs' names.
    """
    out_url, out = url_of(out), resolved(out)
    if out_url is None:
        _refuse_file_as_out(out)
    folders = [source for source in sources if source.is_dir() or url_of(source)]
    found: list[FoundVideo] = []
    for source in sources:
        if url := url_of(source):
            found += _in_bucket(url, Path(source.name if len(folders) > 1 else ""), out_url)
        elif source.is_dir():
            _refuse_folder(source, out)
            prefix = Path(resolved(source).name if len(folders) > 1 else "")
            found += [
                FoundVideo(path, archive_name(prefix / path.relative_to(source)))
                for path in _walk(source, out)
            ]
        elif source.exists():
            found.append(FoundVideo(source, archive_name(Path(source.name))))
        else:
            raise SettingsError(f"{source}: no such file or folder")
    found = list(dict.fromkeys(found))  # a folder, and a file in it
    _refuse_collisions(found, out, encoding)
    return found


def resolved(path: Path) -> Path:
    """Return the path without links; unlike `Path.resolve`, also of a link that leads to itself."""
    return Path(os.path.realpath(path))


def _refuse_file_as_out(out: Path) -> None:
    advice = "the last path is OUT, a folder for all that is made"
    if out.exists() and not out.is_dir():
        raise SettingsError(f"{out}: is a file; {advice}")
    if not out.exists() and out.suffix.lower() in VIDEO_SUFFIXES:
        raise SettingsError(f"{out}: is named like a video; {advice}")


def _refuse_folder(source: Path, out: Path) -> None:
    if resolved(source) == out:
        raise SettingsError(f"{source}: is SOURCE and OUT; name another OUT")
    if not os.access(source, os.R_OK | os.X_OK):
        raise SettingsError(f"{source}: cannot be read; check its permissions")


def _walk(folder: Path, out: Path) -> Iterator[Path]:
    unreadable: list[Path] = []
    for parent, folders, files in os.walk(
        folder, onerror=lambda error: unreadable.append(Path(error.filename))
    ):
        folders[:] = sorted(
            name
            for name in folders
            if resolved(Path(parent) / name) != out
            and name[0] != "."
            and name not in SYSTEM_FOLDERS
            and not _is_archive(Path(parent) / name)
        )
        for name in sorted(files):
            if Path(name).suffix.lower() in VIDEO_SUFFIXES and name[0] != ".":
                yield Path(parent) / name
    yield from unreadable


def _is_archive(folder: Path) -> bool:
    try:
        return (folder / STORE_FOLDER / "clips").is_dir()
    except OSError:  # it cannot be read, and is named for that when it is searched
        return False


def _in_bucket(url: str, prefix: Path, out: str | None) -> Iterator[FoundVideo]:
    """Find the videos under a URL, which may be one; each is named by its URL."""
    from gfn_core.store.object_store import ObjectStore  # noqa: PLC0415

    for entry in sorted(ObjectStore(url).names(), key=lambda entry: entry.name):
        name = entry.name or url.rpartition("/")[2]
        place = f"{url}/{entry.name}".rstrip("/")
        is_ours = out is not None and place.startswith(f"{out}/")
        if Path(name).suffix.lower() in VIDEO_SUFFIXES and not is_ours:
            origin = Origin(place, entry.size_bytes, entry.etag)
            yield FoundVideo(Path(place), archive_name(prefix / name), origin)


def _refuse_collisions(found: list[FoundVideo], out: Path, encoding: Encoding) -> None:
    sources = {resolved(item.source) for item in found}
    sources |= {resolved(item.source.parent) / item.source.name for item in found}
    seen: dict[str, Path] = {}
    for item in found:
        if item.video.split("/")[0] == STORE_FOLDER and "/" in item.video:
            raise SettingsError(
                f"{item.source}: a source folder named {STORE_FOLDER!r} would mix with the store; "
                "name its parent's folders as separate sources or rename it"
            )
        output = output_name(item.video, encoding)
        if out / output in sources:
            raise SettingsError(
                f"{out / output}: is a source and would be written over; name another OUT"
            )
        other = seen.setdefault(output, item.source)
        if resolved(other) != resolved(item.source):
            raise SettingsError(
                f"{item.source} and {other} would both be written as {output}; "
                "give their folders as sources instead"
            )
