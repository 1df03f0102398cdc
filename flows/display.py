"""What a person sees of a run: progress with the time left, and a table of what became of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from flows.markup import escape
from flows.outcome import Outcome, RunSummary
from flows.plan import ALL_STAGES, PlannedClip
from tasks.progress import BOARD

REFRESH_SECONDS = 0.25
LONGEST_TABLE = 40  # clips; beyond that, only those that failed are listed
STYLES = {
    "done": "green",
    "up to date": "cyan",
    "deferred": "yellow",
    "quarantined": "bold red",
    "failed": "bold red",
}


@contextmanager
def progress_shown(console: Console, planned: list[PlannedClip]) -> Iterator[None]:
    """Show how far the clips of a run are while it lasts; clips weigh as much as their files."""
    sizes = {item.clip.video: _size_bytes(item.clip.source) for item in planned if item.missing}
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    bar = progress.add_task("starting", total=max(1, sum(sizes.values())))
    stop = threading.Event()

    def refresh() -> None:
        while not stop.wait(REFRESH_SECONDS):
            shares, stages = BOARD.snapshot()
            done = sum(sizes[video] * share for video, share in shares.items() if video in sizes)
            finished = sum(share == 1 for share in shares.values())
            now = ", ".join(f"{stage} {escape(video)}" for video, stage in list(stages.items())[:2])
            progress.update(bar, completed=done, description=f"{finished}/{len(sizes)}  {now}")

    watcher = threading.Thread(target=refresh, daemon=True)
    with progress:
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()


def show_summary(console: Console, summary: RunSummary, page: str) -> None:
    """Print the table of a run, its totals, and where to read on."""
    shown = summary.outcomes
    if len(shown) > LONGEST_TABLE:
        shown = tuple(outcome for outcome in shown if outcome.error)
    clip = Column("clip", overflow="fold")
    table = Table(clip, "status", "stages run", "s", box=None, pad_edge=False)
    for outcome in shown:
        table.add_row(
            escape(outcome.video),
            f"[{STYLES[outcome.status]}]{outcome.status}[/]",
            _stages(outcome),
            f"{sum(outcome.seconds.values()):.1f}",
        )
    if shown:
        console.print(table)
    for outcome in shown:
        if outcome.error:
            style = STYLES[outcome.status]
            line = f"[{style}]{outcome.status}[/] {escape(outcome.error)}"
            console.print(line, soft_wrap=True)
        for note in outcome.notes:
            console.print(f"{escape(outcome.video)}: {escape(note)}", soft_wrap=True)
    if summary.trouble:
        console.print(f"[{STYLES['failed']}]trouble[/] {escape(summary.trouble)}", soft_wrap=True)
    console.print(
        f"{summary.counts} in {summary.seconds:.1f} s; report: {escape(page)}",
        soft_wrap=True,
    )


def show_plan(console: Console, planned: list[PlannedClip]) -> None:
    """Print what a run would do."""
    names = (Column(name, overflow="fold") for name in ("clip", "stages to run", "output"))
    table = Table(*names, box=None, pad_edge=False)
    for item in planned:
        stages = " ".join(item.missing) or "none, up to date"
        table.add_row(escape(item.clip.video), stages, escape(item.clip.output_name))
    console.print(table)
    todo = sum(bool(item.missing) for item in planned)
    console.print(
        f"{todo} of {len(planned)} clips have something to do; nothing was done (--dry-run)"
    )


def _size_bytes(source: Path) -> int:
    return source.stat().st_size if source.exists() else 1


def _stages(outcome: Outcome) -> str:
    if outcome.executed == ALL_STAGES:
        return "all"
    return ", ".join(outcome.executed) or "-"
