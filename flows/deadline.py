"""Stopping in time: no stage is started that would not end before the run's deadline."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

from flows.estimate import duration
from flows.pace import Pace
from flows.plan import PlannedClip
from flows.submit import StageFuture, Submit
from gfn_core.errors import OutOfTime, SettingsError
from tasks.clip import PROBE, Clip, Made
from tasks.stage_task import StageTask


def next_time(clock: str, now: datetime) -> float:
    """Return when it is next `clock`, like 06:00, by the clock on the wall; as `time.time` counts.

    Raises:
        SettingsError: it is no time of day.
    """
    try:
        then = datetime.strptime(clock, "%H:%M").time()
    except ValueError:
        raise SettingsError(f"deadline {clock!r}: give a time of day, like 06:00") from None
    moment = datetime.combine(now.date(), then)
    return (moment if moment > now else moment + timedelta(days=1)).timestamp()


def in_time(submit: Submit, pace: Pace, planned: Sequence[PlannedClip]) -> Submit:
    """Return `submit`, but for stages that would not end before their clip's deadline."""
    missing = {item.clip.video: item.missing for item in planned}

    def needed_seconds(stage: str, clip: Clip) -> float:
        """Estimated time of a stage; 0 where nothing tells, so that it is tried."""
        is_quick = stage == PROBE.name  # and what a clip holds is not known before
        footage = None if is_quick or stage not in missing[clip.video] else pace.footage_of(clip)
        return (footage and pace.stage_seconds(stage, footage)) or 0.0

    def submit_in_time(stage: StageTask, clip: Clip) -> StageFuture:
        name = stage.makes.name
        needed = needed_seconds(name, clip) if clip.until else 0.0
        if needed < clip.seconds_left:
            return submit(stage, clip)
        why = f"{name} takes about {duration(needed)}" if needed else f"{name} was not begun"
        refused: Future[Made] = Future()
        refused.set_exception(OutOfTime(f"{clip.video}: {why}; the deadline comes first"))
        return refused

    return submit_in_time
