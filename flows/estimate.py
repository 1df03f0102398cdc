"""What a run will take, told before it starts: time and disk, by the pace of past runs."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flows.pace import Pace
from flows.plan import PlannedClip
from gfn_core.store.archive import Archive


@dataclass(frozen=True)
class Estimate:
    """What is to be done; None where no past run tells."""

    clips: int
    footage_seconds: float | None
    seconds: float | None
    new_bytes: float | None
    free_bytes: int

    @property
    def is_too_large(self) -> bool:
        """Whether the disk will not hold it."""
        return self.new_bytes is not None and self.new_bytes > self.free_bytes

    def __str__(self) -> str:
        told = [f"{self.clips} clips"]
        if self.footage_seconds:
            told.append(f"{duration(self.footage_seconds)} of footage")
        told.append("time unknown" if self.seconds is None else f"about {duration(self.seconds)}")
        if self.new_bytes is not None:
            told.append(f"{size(self.new_bytes)} of {size(self.free_bytes)} free")
        if self.is_too_large:
            told.append("THE DISK WILL NOT HOLD IT")
        return ", ".join(told)


def estimate(archive: Archive, planned: Sequence[PlannedClip], slots: int, pace: Pace) -> Estimate:
    """Foretell what is missing of the `planned` clips."""
    footage_seconds = seconds = new_bytes = 0.0
    is_known = is_timed = True
    todo = [item for item in planned if item.missing]
    for item in todo:
        footage = pace.footage_of(item.clip)
        written = pace.new_bytes(item.missing, footage) if footage else None
        if footage is None or written is None:
            is_known = is_timed = False
            break
        footage_seconds += footage.seconds
        new_bytes += written
        taken = [pace.stage_seconds(stage, footage) for stage in item.missing]
        is_timed &= None not in taken
        seconds += sum(filter(None, taken))
    return Estimate(
        len(todo),
        footage_seconds if is_known else None,
        seconds / slots if is_timed else None,
        new_bytes if is_known else None,
        free_bytes(archive.root),
    )


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder, which need not exist yet."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(existing).free


def duration(seconds: float) -> str:
    """A time span as people read it, to the second below an hour, then to the minute."""
    whole = round(seconds) if seconds < 3600 else 60 * round(seconds / 60)
    return str(timedelta(seconds=whole))


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "kB", "MB", "GB"):
        if abs(count) < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"
