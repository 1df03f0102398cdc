"""The audit of a whole archive: each video's artifacts, then each file of the store."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flows.integrity import ClipAudit
from gfn_core.audit.finding import Finding
from gfn_core.errors import ArtifactDamaged, GfnError
from gfn_core.store.archive import Archive
from gfn_core.store.catalogue import CatalogueEntry, read_entry
from gfn_core.store.inspection import videos_named
from gfn_core.store.inventory import StoredFile, inventory
from gfn_core.store.locks import is_held
from gfn_core.store.probed import load_probed

CLOCK_TOLERANCE_SECONDS = 300.0  # between machines that share an archive
MOMENT_SECONDS = 60.0  # published files are unfinished for less


@dataclass(frozen=True)
class ArchiveAudit:
    """The checks of one archive; nothing is written. Raises `GfnError` where there is none."""

    archive: Archive
    is_deep: bool = False  # read whole sources and outputs as well

    def __post_init__(self) -> None:
        if not self.archive.store.is_dir():
            raise GfnError(f"{self.archive.root}: not an archive of gfn: it has no folder gfn")

    def findings(self) -> list[Finding]:
        """Find everything that is wrong or doubtful, clip by clip, then what is about no clip."""
        found = [finding for audit in self.clips for finding in audit.findings()]
        found += self._index_findings()
        foreign = [file for file in self.files if file.role == "foreign"]
        found += [self._told("foreign-file", file, "not gfn's") for file in foreign]
        found += [self._told("half-written", file, "unfinished") for file in self.half_written]
        found += self._counted("orphan", self.orphans)
        found += self._counted("abandoned-lock", self.free_locks)
        return found + list(self._clock_skew())

    @cached_property
    def files(self) -> list[StoredFile]:
        """Every file of the store."""
        return list(inventory(self.archive))

    @cached_property
    def entries(self) -> dict[str, CatalogueEntry]:
        """The readable index entries that lie where they belong, by video."""
        found = {file.video: self._entry(file) for file in self.files if file.role == "entry"}
        return {name: entry for name, entry in found.items() if entry and entry.video == name}

    @property
    def clips(self) -> list[ClipAudit]:
        """The audit of each video."""
        return [
            ClipAudit(self.archive, entry, self.is_deep)
            for _, entry in sorted(self.entries.items())
        ]

    @cached_property
    def copies(self) -> list[StoredFile]:
        """Index entries and published tables of a video that is listed elsewhere."""
        return [file for file in self.files if self._is_copy(file)]

    @property
    def has_whole_index(self) -> bool:
        """Whether each video has an entry; only then is it known what nothing refers to."""
        return not self._videos_without_entry

    @cached_property
    def orphans(self) -> list[StoredFile]:
        """Artifacts, and digests of artifacts, that no index entry refers to."""
        if not self.has_whole_index:
            return []
        wanted = self._referred
        stored = [file for file in self.files if file.role in ("artifact", "digest")]
        return [file for file in stored if (file.stage, file.key) not in wanted]

    @cached_property
    def free_locks(self) -> list[StoredFile]:
        """Locks that nobody holds."""
        return [f for f in self.files if f.role == "lock" and not is_held(f.path)]

    @cached_property
    def half_written(self) -> list[StoredFile]:
        """Unfinished files whose writer is gone."""
        return [f for f in self.files if f.role == "unfinished" and not self._is_in_work(f)]

    @property
    def is_run_under_way(self) -> bool:
        """Whether somebody is making an artifact right now."""
        return len(self.free_locks) < sum(file.role == "lock" for file in self.files)

    def _told(self, code: str, file: StoredFile, message: str, clip: str = "") -> Finding:
        name = file.path.relative_to(self.archive.root).as_posix()
        return Finding(code, clip, message, path=name)

    def _counted(self, code: str, files: list[StoredFile]) -> Iterator[Finding]:
        """One finding for files that come by the thousand; `--gc` lists them."""
        if files:
            size = sum(file.path.lstat().st_size for file in files)
            yield self._told(code, files[0], f"{len(files)} files of {size / 1e6:.1f} MB in all")

    def _entry(self, file: StoredFile) -> CatalogueEntry | None:
        try:
            return read_entry(file.path)
        except ArtifactDamaged:
            return None

    def _index_findings(self) -> Iterator[Finding]:
        for file in self.copies:
            yield self._told("duplicate-entry", file, f"a copy, of another name than {file.video}")
        for video, file in self._videos_without_entry.items():
            yield self._told("entry-damaged", file, "no readable index entry", clip=video)

    @cached_property
    def _videos_without_entry(self) -> dict[str, StoredFile]:
        """Videos that have an entry or a table, but no entry that can be read: the first file."""
        found: dict[str, StoredFile] = {}
        for file in self.files:
            is_named = file.role == "entry" or (file.role == "view" and file.stage != "render")
            if is_named and file.video not in self.entries and file not in self.copies:
                found.setdefault(file.video, file)
        return found

    def _is_copy(self, file: StoredFile) -> bool:
        if file.video in self.entries or file.role not in ("entry", "view"):
            return False
        if file.role == "entry":
            entry = self._entry(file)
            return entry is not None and entry.video in self.entries
        named = videos_named(file.path) if file.path.suffix == ".parquet" else set()
        return bool(named) and named <= self.entries.keys()

    @cached_property
    def _referred(self) -> set[tuple[str, str]]:
        """Stage and key of all that the index refers to."""
        named = {item for entry in self.entries.values() for item in entry.keys.items()}
        now = {audit.probe_path for audit in self.clips}
        sources = {audit.source_sha256 for audit in self.clips}
        for file in self.files:
            if (file.stage, file.role) == ("probe", "artifact"):
                try:
                    is_source = load_probed(file.path).sha256 in sources
                except ArtifactDamaged:
                    is_source = False
                if is_source or file.path in now:
                    named.add((file.stage, file.key))
        return named

    def _is_in_work(self, file: StoredFile) -> bool:
        if file.key:
            lock = self.archive.store / "locks" / f"{file.stage}-{file.key}.lock"
            return lock.exists() and is_held(lock)
        return time.time() - file.path.stat().st_mtime < MOMENT_SECONDS

    def _clock_skew(self) -> Iterator[Finding]:
        """Say once how many files are dated in the future, and which of them furthest."""
        outputs = [self.archive.root / entry.output for entry in self.entries.values()]
        stored = [file.path for file in self.files]
        ahead = {path: _seconds_ahead(path) for path in stored + outputs}
        skewed = {path: s for path, s in ahead.items() if s > CLOCK_TOLERANCE_SECONDS}
        if skewed:
            worst = max(skewed, key=lambda path: skewed[path])
            message = f"{len(skewed)} files are dated up to {skewed[worst] / 3600:.1f} h ahead"
            name = worst.relative_to(self.archive.root).as_posix()
            yield Finding("clock-skew", "", message, path=name)


def _seconds_ahead(path: Path) -> float:
    try:
        return path.stat().st_mtime - time.time()
    except OSError:
        return 0.0
