"""The archive's folder: where each artifact lies, whole or not at all.

OUT/
├── holiday/beach.mp4              the stabilized videos, in the sources' own tree
└── gfn/
    ├── motion/holiday/beach.mp4.parquet       what is current for each video: open these
    ├── trajectory/holiday/beach.mp4.parquet
    ├── render/holiday/beach.mp4.json
    ├── report/holiday/beach.mp4.html
    ├── runs/<run>.jsonl, <run>.json           what each run did, as it happened, and in the end
    ├── quarantine/<key>.json                  sources that crash their process
    ├── metrics/gfn.prom                       the latest run in figures, for Prometheus
    ├── objects/motion/<key>.parquet           every artifact ever made, by key
    ├── digests/motion/<key>.parquet.sha256    its digest, written before it
    ├── locks/                                 held while an artifact is being made
    └── tmp/                                   unfinished files
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from gfn_core.errors import ArtifactDamaged
from gfn_core.store.digest import Making, content_sha256, digest_note, digest_path
from gfn_core.store.keys import ArtifactRef

STORE_FOLDER = "gfn"
WAITING_SECONDS = 10.0  # for a lock, between two signs of life


@dataclass(frozen=True)
class FileState:
    """Size and time of a file: equal for as long as nobody has written to it."""

    size_bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileState | None":
        """State of the file at `path`, None if there is none."""
        try:
            stat = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:  # a link to itself, say: it is there, and nobody's
            return cls(-1, -1)
        return cls(stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True)
class Archive:
    """An output folder with the store inside it."""

    root: Path

    @property
    def is_remote(self) -> bool:
        """Whether it is kept on other machines, which stages must be able to reach."""
        return False

    @property
    def store(self) -> Path:
        """The folder of everything that is not a video."""
        return self.root / STORE_FOLDER

    def path(self, artifact: ArtifactRef) -> Path:
        """Where `artifact` lies once it is complete."""
        folder = self.store / "objects" / artifact.stage.name
        return folder / f"{artifact.key}{artifact.stage.suffix}"

    def view(self, kind: str, video: str, suffix: str) -> Path:
        """Where the current artifact of `video` is published under a name that people can read."""
        return self.store / kind / f"{video}{suffix}"

    def has(self, artifact: ArtifactRef) -> bool:
        """Whether `artifact` is complete."""
        return self.path(artifact).exists()

    def fetched(self, artifact: ArtifactRef) -> Path:
        """Return the path of an artifact, to read it."""
        path = self.path(artifact)
        self.bring(path)
        return path

    def bring(self, path: Path) -> bool:
        """Make sure that a file of the archive can be read here; False where there is none."""
        return path.exists()

    def release(self, path: Path) -> None:
        """Note that a delivered file will not be read here again."""

    def keep(self, unfinished: Path, final: Path) -> None:
        """Move a finished file into place: after this it is there whole, even if power fails."""
        complete(unfinished, final)

    def state(self, path: Path) -> FileState | None:
        """State of a delivered file, None if there is none."""
        return FileState.of(path)

    def sha256(self, path: Path) -> str:
        """Digest of a delivered file."""
        return content_sha256(path)

    def pull(self) -> None:
        """Look for what others have changed."""

    def lock(
        self, name: str, while_waiting: Callable[[], object] = lambda: None
    ) -> AbstractContextManager[None]:
        """Hold the lock `name` against all who work on the archive."""
        return self.local_lock(name, while_waiting)

    @contextmanager
    def local_lock(
        self, name: str, while_waiting: Callable[[], object] = lambda: None
    ) -> Iterator[None]:
        """Hold the lock `name` in this file system; the kernel frees that of a dead process."""
        lock = self.store / "locks" / f"{name}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with _waited_for(FileLock(lock), while_waiting):
            yield

    def discard(self, artifact: ArtifactRef) -> None:
        """Remove an artifact that nothing will ask for again."""
        path = self.path(artifact)
        self.remove(path)
        self.remove(digest_path(path))

    def remove(self, path: Path) -> None:
        """Remove a file of the store, if there is one."""
        path.unlink(missing_ok=True)

    @contextmanager
    def claim(
        self, artifact: ArtifactRef, while_waiting: Callable[[], object] = lambda: None
    ) -> Iterator[Path | None]:
        """Make `artifact` once, whoever else wants it at the same time.

        Yields the unfinished file to write, or None when the artifact is complete already. What a
        process that dies leaves unfinished is overwritten by the next one.
        """
        final = self.path(artifact)
        name = f"{artifact.stage.name}-{artifact.key}"
        with self.lock(name, while_waiting):
            if self.has(artifact):
                yield None
                return
            unfinished = self.unfinished(f"{name}{artifact.stage.suffix}")
            started = time.monotonic()
            try:
                yield unfinished
                making = Making(datetime.now(UTC), time.monotonic() - started, gethostname())
                digest = self.unfinished(f"{unfinished.name}.sha256")
                digest.write_text(digest_note(unfinished, final, making))
                self.keep(digest, digest_path(final))  # first: what is complete has its digest
                self.keep(unfinished, final)
            finally:
                unfinished.unlink(missing_ok=True)

    def unfinished(self, name: str) -> Path:
        """A path for a file in the making, on the same file system as its final place."""
        folder = self.store / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name


def _waited_for(
    lock: FileLock, while_waiting: Callable[[], object]
) -> AbstractContextManager[object]:
    while True:
        try:
            return lock.acquire(timeout=WAITING_SECONDS)
        except Timeout:
            while_waiting()


def complete(unfinished: Path, final: Path) -> None:
    """Move a finished file into place: after this it is there whole, even if power fails."""
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    final.parent.mkdir(parents=True, exist_ok=True)
    unfinished.replace(final)
    folder = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_whole(final: Path, write: Callable[[Path], object], archive: Archive) -> None:
    """Write a published file atomically; the last of several writers wins, whole."""
    unfinished = archive.unfinished(f"{uuid4().hex}{final.suffix}")  # nobody else's
    try:
        write(unfinished)
        archive.keep(unfinished, final)
    finally:
        unfinished.unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON artifact; raises `ArtifactDamaged` when it is not one."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ArtifactDamaged(f"{path}: cannot be read ({error}); delete it to redo it") from error
    if not isinstance(content, dict):
        raise ArtifactDamaged(f"{path}: holds no object; delete it to redo it")
    return content
