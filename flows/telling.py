"""What a person reads of an archive's status and of its night, in a terminal."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from flows.estimate import duration, size
from flows.markup import escape
from flows.morning import Morning, Named
from flows.status import ArchiveStatus, RunStatus


def show_status(status: ArchiveStatus) -> None:
    """Print the runs of an archive."""
    console = Console(soft_wrap=True, highlight=False)
    for run in status.runs:
        _show_run(console, run)
    if not status.runs:
        console.print("no run yet")
    for video in status.quarantined:
        console.print(f"[bold red]quarantined[/] {escape(video)}")
    console.print(f"disk: {size(status.free_bytes)} free")


def _show_run(console: Console, run: RunStatus) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in run.counts.items()) or "none ended"
    line = (
        f"run {run.run} [bold]{run.how}[/]: {counts} of {run.todo} clips to do, {run.clips} in all"
    )
    line += f"; {duration(run.seconds)}"
    if run.seconds_left is not None:
        line += f", about {duration(run.seconds_left)} left"
    console.print(line)
    for one in run.working_on:
        console.print(f"  {one.stage} {escape(one.video)}, for {duration(one.seconds)}")


def show_morning(night: Morning, page: Path) -> None:
    """Print what became of a night."""
    console = Console(soft_wrap=True, highlight=False)
    failed = len(night.failed) + len(night.quarantined)
    console.print(
        f"[bold]{len(night.done)} done[/], {night.up_to_date} skipped (up to date), "
        f"{len(night.doubtful)} doubtful, {failed} failed, {len(night.deferred)} left for the next "
        f"run, in {night.runs} runs since {night.since}"
    )
    console.print(
        f"{night.footage} of footage in {night.running} "
        f"({night.speed:.2f} times real time); {size(night.output_bytes + night.stored_bytes)} "
        f"written, {size(night.free_bytes)} free"
    )
    if night.unreached:
        console.print(
            f"[yellow]cut short[/] the latest run, before {night.unreached} clips; "
            "the next one does what is missing"
        )
    for run in night.killed_runs:
        console.print(f"[bold red]killed[/] run {run}; the next one does what is missing")
    _show(console, "failed", "bold red", night.failed)
    _show(console, "quarantined", "bold red", night.quarantined)
    _show(console, "doubtful", "yellow", night.doubtful)
    _show(console, "left", "dim", night.deferred)
    table = Table("stage", "clips", "seconds", "slowest", box=None, pad_edge=False)
    for stage in night.stages:
        slowest = f"{escape(stage.slowest_video)}, {stage.slowest_seconds:.1f} s"
        table.add_row(stage.stage, str(stage.clips), f"{stage.seconds:.1f}", slowest)
    if night.stages:
        console.print(table)
    console.print(f"page: {escape(str(page))}")


def _show(console: Console, what: str, style: str, clips: tuple[Named, ...]) -> None:
    for clip in clips:
        console.print(f"[{style}]{what}[/] {escape(clip.video)}: {escape(clip.why)}")
