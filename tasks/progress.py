"""How far each clip is, for whoever shows it."""

import threading
from collections.abc import Callable

from gfn_core.store.keys import SEGMENT

# Share of a clip's time that each stage takes, roughly: only for a smooth display.
STAGE_SHARES = {
    "probe": 0.02,
    "motion": 0.33,
    "trajectory": 0.03,
    "render": 0.6,
    "activity": 0.0,  # where it is measured, the bar waits near its end
    "report": 0.02,
}


class ProgressBoard:
    """Stage and share done of each clip that this process works on.

    Written by the tasks' threads, read by a display.
    """

    def __init__(self) -> None:
        self._frames: dict[tuple[str, str], dict[int, int]] = {}
        self._shares: dict[str, float] = {}
        self._stages: dict[str, str] = {}
        self._lock = threading.Lock()

    def reporter(
        self, video: str, stage: str, frame_count: int, part: int
    ) -> Callable[[int], None]:
        """Note that a stage of `video`, or a part of it, begins.

        Returns a function to note the frames done, of `frame_count` in all parts.
        """
        names, stage = list(STAGE_SHARES), stage.removesuffix(SEGMENT)
        before = sum(STAGE_SHARES[name] for name in names[: names.index(stage)])

        def report(frames: int) -> None:
            with self._lock:
                parts = self._frames.setdefault((video, stage), {})
                parts[part] = frames
                done = min(1.0, sum(parts.values()) / frame_count) if frame_count else 0.0
                self._stages[video] = stage
                self._shares[video] = before + STAGE_SHARES[stage] * done

        report(0)
        return report

    def finish(self, video: str) -> None:
        """Note that `video` has ended, well or not."""
        with self._lock:
            self._shares[video] = 1.0
            self._stages.pop(video, None)

    def snapshot(self) -> tuple[dict[str, float], dict[str, str]]:
        """Share done of each clip begun, and the stage of each clip under way."""
        with self._lock:
            return dict(self._shares), dict(self._stages)


BOARD = ProgressBoard()
