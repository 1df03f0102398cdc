"""Where the source of a stored clip is now: a path, or an object of a bucket."""

from pathlib import Path

from flows.discovery import FoundVideo
from flows.locations import url_of
from gfn_core.errors import StoreUnavailable
from gfn_core.store.archive import Archive
from tasks.clip import Origin


def stored_source(archive: Archive, address: str, video: str) -> tuple[Path, Origin | None]:
    """Return where it can be read, and where it comes from unless it lies in a folder.

    Of one that has vanished from its bucket, or cannot be reached there, the path is of no file.
    """
    url = url_of(Path(address))
    if url is None:
        return Path(address), None
    from gfn_core.store.object_store import ObjectStore  # noqa: PLC0415  (only for buckets)

    folder, _, name = url.rpartition("/")
    try:
        found = ObjectStore(folder).look_up(name)
    except StoreUnavailable:
        found = None
    if found is None:
        return Path(address), None
    origin = Origin(url, found.size_bytes, found.etag)
    return FoundVideo(Path(url), video, origin).local_source(archive), origin
