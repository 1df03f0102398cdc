"""`gfn watch`: new files in a folder are stabilized once nobody writes to them any more."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from flows.discovery import FoundVideo, find_videos
from flows.interrupt import leave_at_once_on_interrupt
from flows.markup import escape
from flows.outcome import NOTHING_DONE_EXIT_CODE
from flows.request import ArchiveRequest
from flows.stabilizing import Audience, run_request
from gfn_core.errors import GfnError
from gfn_core.store.archive import FileState


@dataclass
class Settling:
    """Tells which files have stayed as they are for a while, until they have gone in so."""

    seconds: float
    _since: dict[Path, tuple[FileState, float]] = field(default_factory=dict)
    _taken: dict[Path, FileState] = field(default_factory=dict)

    def settled(self, found: Sequence[FoundVideo], now: float) -> list[FoundVideo]:
        """Return those of the files found `now` (seconds of any clock) that can go in."""
        return [video for video in found if self._settles(video.source, now)]

    def take(self, settled: Sequence[FoundVideo]) -> None:
        """Note that these have gone in, as they were when they had settled."""
        for video in settled:
            self._taken[video.source], _ = self._since.pop(video.source)

    def has_taken(self, found: Sequence[FoundVideo]) -> bool:
        """Whether all files found have gone in, as they are now."""
        return all(self._taken.get(one.source) == FileState.of(one.source) for one in found)

    def _settles(self, source: Path, now: float) -> bool:
        state = FileState.of(source)
        if state is None or self._taken.get(source) == state:
            return False
        known, since = self._since.setdefault(source, (state, now))
        if known != state:
            self._since[source] = state, now
            return False
        return now - since >= self.seconds


@dataclass(frozen=True)
class Rhythm:
    """How often a folder is looked at, and for how long a file must stay as it is."""

    settle_seconds: float = 60.0
    every_seconds: float = 10.0
    once: bool = False  # leave when all that is there has gone in


def watch_folder(
    request: ArchiveRequest, rhythm: Rhythm, audience: Audience, *, with_prefect: bool
) -> int:
    """Stabilize what settles until the deadline, or for ever; returns the exit code."""
    leave_at_once_on_interrupt(lambda: audience.notices.print("gfn: no longer watching"))
    settling = Settling(rhythm.settle_seconds)
    codes = [0]
    until = request.run.until
    audience.notices.print(escape(f"watching {', '.join(map(str, request.sources))}"))
    find_videos(
        list(request.sources), request.out, request.settings.encoding
    )  # a folder that is not there is a mistake now
    while until is None or time.time() < until:
        try:
            found = find_videos(list(request.sources), request.out, request.settings.encoding)
            settled = settling.settled(found, time.monotonic())
            if settled:
                batch = replace(request, only=tuple(settled))
                codes.append(run_request(batch, audience, with_prefect=with_prefect).exit_code)
                settling.take(settled)
            if rhythm.once and settling.has_taken(found):
                break
        except GfnError as error:  # the folder may be away for a while, as may a network drive
            audience.notices.print(f"gfn: {escape(str(error))}", soft_wrap=True)
            if rhythm.once:
                codes.append(NOTHING_DONE_EXIT_CODE)
                break
        time.sleep(rhythm.every_seconds)
    return 1 if 1 in codes else max(codes)
