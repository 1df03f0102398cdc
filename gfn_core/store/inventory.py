"""What each file in an archive's store is, by its place and name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from gfn_core.store.archive import Archive
from gfn_core.store.digest import DIGEST_SUFFIX

Role = Literal[
    "artifact",
    "digest",
    "view",
    "entry",
    "page",
    "run",
    "suspect",
    "metrics",
    "lock",
    "unfinished",
    "foreign",
]

STAGE_SUFFIXES = {
    "probe": ".json",
    "motion-segment": ".parquet",
    "motion": ".parquet",
    "render-segment": ".mkv",
    "render-look": ".npz",
    "trajectory": ".parquet",
    "render": ".json",
    "activity": ".parquet",
    "report": ".html",
}
VIEWS = ("motion", "trajectory", "activity", "render", "report")
VIEW_SUFFIXES = {kind: STAGE_SUFFIXES[kind] for kind in VIEWS}
PAGES = ("index.html", "morning.html", "sweep.svg", "activity.svg")
KEY = re.compile(r"[0-9a-f]{32}")
OTHER_LOCK = re.compile(r"(source|delivery)-[0-9a-f]{32}\.lock")  # of files that are no artifacts
STAGE_AND_KEY = re.compile(rf"({'|'.join(STAGE_SUFFIXES)})-([0-9a-f]{{32}})")


@dataclass(frozen=True)
class StoredFile:
    """A file of the store; the fields that its role does not have are empty."""

    path: Path
    role: Role
    stage: str = ""
    key: str = ""
    video: str = ""


def inventory(archive: Archive) -> Iterator[StoredFile]:
    """Yield every file of the store, in the order of their paths."""
    for path in sorted(archive.store.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield identify(path, PurePosixPath(path.relative_to(archive.store).as_posix()))


def identify(path: Path, place: PurePosixPath) -> StoredFile:
    """Tell what the file at `place` in the store is."""
    folder, _, rest = str(place).partition("/")
    known: StoredFile | None
    if path.is_symlink() or not rest:
        known = None
    elif folder in ("objects", "digests"):
        known = _artifact(path, folder, rest)
    elif folder in ("locks", "tmp"):
        known = _passing(path, folder, rest)
    else:
        known = _readable(path, folder, rest)
    return known or StoredFile(path, "foreign")


def _readable(path: Path, folder: str, rest: str) -> StoredFile | None:
    """Files under names that people can read."""
    if folder == "report" and rest in PAGES:
        return StoredFile(path, "page")
    if folder in VIEW_SUFFIXES and rest.endswith(VIEW_SUFFIXES[folder]):
        video = rest.removesuffix(VIEW_SUFFIXES[folder])
        return StoredFile(path, "view", stage=folder, video=video)
    if folder == "clips" and rest.endswith(".json"):
        return StoredFile(path, "entry", video=rest.removesuffix(".json"))
    if folder == "runs" and rest.endswith((".json", ".jsonl")):
        return StoredFile(path, "run")
    if folder == "quarantine" and KEY.fullmatch(rest.removesuffix(".json")):
        return StoredFile(path, "suspect")
    return StoredFile(path, "metrics") if (folder, rest) == ("metrics", "gfn.prom") else None


def _artifact(path: Path, folder: str, rest: str) -> StoredFile | None:
    stage, _, name = rest.partition("/")
    role: Role = "artifact" if folder == "objects" else "digest"
    suffix = STAGE_SUFFIXES.get(stage, "") + (DIGEST_SUFFIX if role == "digest" else "")
    key = name.removesuffix(suffix)
    is_known = stage in STAGE_SUFFIXES and name.endswith(suffix) and KEY.fullmatch(key)
    return StoredFile(path, role, stage, key) if is_known else None


def _passing(path: Path, folder: str, name: str) -> StoredFile | None:
    """Locks are named after stage and key; unfinished files so, or by chance."""
    made = STAGE_AND_KEY.match(name)
    if folder == "locks" and OTHER_LOCK.fullmatch(name):
        return StoredFile(path, "lock")
    if folder == "locks":
        is_lock = made is not None and name == f"{made[0]}.lock"
        return StoredFile(path, "lock", made[1], made[2]) if made and is_lock else None
    if made:
        return StoredFile(path, "unfinished", made[1], made[2])
    return StoredFile(path, "unfinished") if KEY.match(name) and "/" not in name else None
