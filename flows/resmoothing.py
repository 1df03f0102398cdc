"""`gfn resmooth` for a person: what it would do, the run, and what changed."""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from rich.table import Table

from flows.estimate import estimate
from flows.footage import analysed_footage
from flows.markup import escape
from flows.outcome import RunSummary
from flows.pace import Pace
from flows.plan import PlannedClip
from flows.resmooth import ResmoothRequest
from flows.stabilizing import Audience, run_request
from gfn_core.store.published import publish_trajectory


@dataclass(frozen=True)
class Forecast:
    """What a run would do."""

    clips: int
    frames: int
    seconds: float | None  # None where no past run tells
    missing: dict[str, tuple[str, ...]]  # stages by video
    without_source: tuple[str, ...]


def resmooth(request: ResmoothRequest, audience: Audience, *, with_prefect: bool) -> RunSummary:
    """Smooth, and render unless told otherwise; the new trajectories are published either way."""
    summary = run_request(request, audience, with_prefect=with_prefect)
    if not request.render:
        _publish_trajectories(request, summary)
        audience.results.print("trajectories are new, videos as before (--no-render)")
    return summary


def show_resmooth(request: ResmoothRequest, audience: Audience) -> None:
    """Tell `audience` what a run would do."""
    planned = request.plan()
    forecast = forecast_of(request, planned)
    if audience.as_json:
        print(json.dumps(asdict(forecast), indent=1))
    console, table = audience.results, Table("clip", "crop", "stages to run", box=None)
    for item in planned:
        smoothing = item.clip.settings.smoothing
        crop = "auto" if smoothing.removed_share else f"{smoothing.crop:g}"
        table.add_row(escape(item.clip.video), crop, " ".join(item.missing) or "none, up to date")
    console.print(table)
    for video in forecast.without_source:
        console.print(f"{escape(video)}: its source is not there; say --source FOLDER")
    known = forecast.seconds is not None
    time = f"about {timedelta(seconds=round(forecast.seconds or 0))}" if known else "time unknown"
    console.print(
        f"{forecast.clips} clips, {forecast.frames} frames, {time}; nothing was done (--dry-run)"
    )


def forecast_of(request: ResmoothRequest, planned: list[PlannedClip]) -> Forecast:
    """Say what a run of what is `planned` would do."""
    todo = [item for item in planned if item.missing]
    footage = [analysed_footage(request.archive, item.clip.video) for item in todo]
    slots = request.run.slots_for(len(todo))
    return Forecast(
        len(todo),
        sum(int(one.frames) for one in footage if one),
        estimate(request.archive, todo, slots, Pace.of_past_runs(request.archive)).seconds,
        {item.clip.video: item.missing for item in todo},
        tuple(i.clip.video for i in todo if request.render and not i.clip.source.exists()),
    )


def _publish_trajectories(request: ResmoothRequest, summary: RunSummary) -> None:
    failed = {outcome.video for outcome in summary.outcomes if outcome.status == "failed"}
    for item in request.plan():
        clip = item.clip
        if clip.video not in failed and clip.analysed:
            publish_trajectory(clip.archive, clip.current(clip.analysed.sha256))
