"""Which clips go first."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.clip import Clip


class Order(StrEnum):
    """In which order the clips of a run are started."""

    NAME = "name"  # as they were found
    NEWEST = "newest"  # by the time of the file
    OLDEST = "oldest"
    SMALLEST = "smallest"  # most clips by the deadline
    LARGEST = "largest"  # least time for the whole


def ordered(clips: Sequence["Clip"], order: Order, first: Sequence[str]) -> list["Clip"]:
    """Put `clips` in order; those whose name matches a pattern of `first` before all others."""
    rank = _RANKS[order]
    return sorted(clips, key=lambda clip: (_place(clip.video, first), rank(clip)))


def _place(video: str, first: Sequence[str]) -> int:
    matches = (place for place, pattern in enumerate(first) if fnmatchcase(video, pattern))
    return next(matches, len(first))


def _changed(clip: "Clip") -> float:
    return clip.source.stat().st_mtime if clip.source.exists() else 0.0


def _size(clip: "Clip") -> float:
    return clip.source.stat().st_size if clip.source.exists() else 0


_RANKS: dict[Order, Callable[["Clip"], float]] = {
    Order.NAME: lambda clip: 0,
    Order.NEWEST: lambda clip: -_changed(clip),
    Order.OLDEST: _changed,
    Order.SMALLEST: _size,
    Order.LARGEST: lambda clip: -_size(clip),
}
