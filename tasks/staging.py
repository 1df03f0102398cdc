"""Sources in a bucket are copied here before a stage reads them, and removed at a clip's end."""

from gfn_core.errors import SourceError
from gfn_core.store.object_store import ObjectStore
from tasks.clip import Clip

SOURCELESS = ("trajectory",)


def stage_in(clip: Clip, stage: str) -> None:
    """Make sure that `stage` can read the clip's source; raises `SourceError`."""
    origin = clip.origin
    if origin is None or stage in SOURCELESS or clip.source.exists():
        return
    folder, _, name = origin.url.rpartition("/")
    store = ObjectStore(folder)
    with clip.archive.local_lock(f"source-{clip.source.parent.name}"):
        if clip.source.exists():
            return
        found = store.look_up(name)
        if found is None or found.etag != origin.etag:
            raise SourceError(f"{origin.url}: has vanished or changed; run again")
        store.fetch(name, clip.source)


def stage_out(clip: Clip) -> None:
    """Remove what lies in the bucket anyway: the clip's source and its stabilized video."""
    clip.archive.release(clip.output)
    if clip.origin is not None:
        clip.source.unlink(missing_ok=True)
