"""An archive on object storage, worked on through a folder here that mirrors its store.

What is complete here is complete there: an artifact is put there first, its digest before it. What
is missing here is fetched when it is asked for. Videos pass through: once a clip is reported, its
video lies there only.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from os import utime
from pathlib import Path

from gfn_core.store.archive import STORE_FOLDER, Archive, FileState
from gfn_core.store.digest import content_sha256
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.lease import leased
from gfn_core.store.object_store import ObjectStore, StoredObject

FETCHES = 16  # at a time
NOT_MIRRORED = ("locks/", "tmp/", "objects/render-segment/")


@dataclass(frozen=True)
class BucketArchive(Archive):
    """`root` mirrors what lies in `bucket`."""

    bucket: ObjectStore

    @property
    def is_remote(self) -> bool:
        """It is."""
        return True

    def has(self, artifact: ArtifactRef) -> bool:
        """Whether `artifact` is complete; if so, it is here afterwards."""
        path = self.path(artifact)
        return path.exists() or self.bring(path)

    def bring(self, path: Path) -> bool:
        """Fetch a file of the archive unless it is here; False where there is none."""
        return path.exists() or self.bucket.fetch(self._name(path), path)

    def release(self, path: Path) -> None:
        """Remove a file here that is kept there."""
        path.unlink(missing_ok=True)

    def keep(self, unfinished: Path, final: Path) -> None:
        """Put a finished file into its place, there first."""
        mtime = str(unfinished.stat().st_mtime_ns)
        metadata = {"sha256": content_sha256(unfinished), "mtime-ns": mtime}
        self.bucket.put(unfinished, self._name(final), metadata)
        super().keep(unfinished, final)

    def remove(self, path: Path) -> None:
        """Remove a file of the store, here and there."""
        self.bucket.delete(self._name(path))
        super().remove(path)

    def state(self, path: Path) -> FileState | None:
        """State of a delivered file, which need not be here."""
        found = self.bucket.look_up(self._name(path))
        if found is None:
            return None
        mtime = dict(found.metadata).get("mtime-ns", "0")
        return FileState(found.size_bytes, int(mtime))

    def sha256(self, path: Path) -> str:
        """Digest of a delivered file, which need not be here."""
        found = self.bucket.look_up(self._name(path))
        return dict(found.metadata).get("sha256", "") if found else ""

    def pull(self) -> None:
        """Make the mirror of the store what is there now."""
        listed = {
            self.root / entry.name: entry
            for entry in self.bucket.names(STORE_FOLDER)
            if not entry.name.removeprefix(f"{STORE_FOLDER}/").startswith(NOT_MIRRORED)
        }
        for folder in ("objects", "digests", "clips", "motion", "trajectory", "render", "report"):
            for path in (self.store / folder).rglob("*.*"):
                if path.is_file() and path not in listed:
                    path.unlink()
        stale = [(path, entry) for path, entry in listed.items() if not _is_current(path, entry)]
        with ThreadPoolExecutor(FETCHES) as pool:
            list(pool.map(self._refresh, stale))

    @contextmanager
    def lock(self, name: str, while_waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Hold the lock `name`, here and there."""
        lease = f"{STORE_FOLDER}/locks/{name}.lease"
        held = leased(self.bucket, lease, while_waiting=while_waiting)
        with self.local_lock(name, while_waiting), held:
            yield

    def _refresh(self, stale: tuple[Path, StoredObject]) -> None:
        path, entry = stale
        if self.bucket.fetch(entry.name, path):
            utime(path, (entry.modified.timestamp(),) * 2)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _is_current(path: Path, entry: StoredObject) -> bool:
    """Whether the mirror's file is that object; one named after its content's key cannot change."""
    if not path.exists():
        return False
    if "/objects/" in entry.name or "/digests/" in entry.name:
        return True
    stat = path.stat()
    return stat.st_size == entry.size_bytes and stat.st_mtime >= entry.modified.timestamp()
