"""`gfn activity` for a person: a table, a plot, and on demand one Parquet file and videos."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.table import Table

from flows.activity_overlay import write_overlay
from flows.markup import escape
from flows.resmooth import Selection
from flows.stabilizing import Audience
from flows.target import PLOTS, free_target, write_plot
from gfn_core.errors import GfnError
from gfn_core.report.activity_plot import ClipActivity, save_activity_plot
from gfn_core.store.activity_table import load_activity
from gfn_core.store.archive import Archive
from gfn_core.store.catalogue import CatalogueEntry
from gfn_core.whole_file import whole_file
from tasks.clip import ACTIVITY


@dataclass(frozen=True)
class ActivityOrder:
    """What to show of which archive."""

    archive: Archive
    selection: Selection
    plot: Path | None = None
    export: Path | None = None  # Parquet file of all rows
    overlay: Path | None = None  # folder of videos
    force: bool = False  # write over what is there

    def entries(self) -> list[CatalogueEntry]:
        """Clips whose local motion is stored; raises `GfnError` when there is none."""
        found = [
            e for e in self.selection.entries(self.archive) if e.keys.get(ACTIVITY.name) is not None
        ]
        if not found:
            raise GfnError(
                f"{self.archive.root}: no clip's local motion is stored; "
                "run gfn stabilize again with --local-motion"
            )
        return found


def show_activity(order: ActivityOrder, audience: Audience) -> None:
    """Tell `audience`, most active clips first; draw the plot; write what was asked for."""
    if order.plot:
        free_target(order.plot, force=order.force, suffixes=PLOTS)
    if order.export:
        free_target(order.export, force=order.force, suffixes=(ACTIVITY.suffix,))
    entries = order.entries()
    clips = sorted(_clips(order.archive, entries), key=lambda clip: -clip.level)
    drawn = write_plot(
        order.archive, "activity", order.plot, lambda path: save_activity_plot(path, clips)
    )
    if order.export:
        export_rows(order.archive, entries, order.export)
    if order.overlay:
        for entry in entries:
            audience.notices.print(f"drawing {escape(entry.video)} ...", soft_wrap=True)
            write_overlay(order.archive, entry, order.overlay, force=order.force)
    if audience.as_json:
        print(json.dumps([asdict(clip.summary) for clip in clips], indent=1))
    audience.results.print(_table(clips))
    audience.results.print(f"plot: {escape(str(drawn))}", soft_wrap=True)


def export_rows(archive: Archive, entries: list[CatalogueEntry], target: Path) -> None:
    """Write the published rows of all `entries` as one table."""
    tables = [
        pq.read_table(archive.view(ACTIVITY.name, entry.video, ACTIVITY.suffix))
        for entry in entries
    ]
    whole = pa.concat_tables([table.replace_schema_metadata(None) for table in tables])
    with whole_file(target) as unfinished:
        pq.write_table(whole, unfinished, compression="zstd")


def _clips(archive: Archive, entries: list[CatalogueEntry]) -> Iterator[ClipActivity]:
    for entry in entries:
        stored = archive.view(ACTIVITY.name, entry.video, ACTIVITY.suffix)
        yield ClipActivity(entry.video, load_activity(stored))


def _table(clips: list[ClipActivity]) -> Table:
    table = Table(
        *("clip", "level", "busy", "moving", "speed", "peak", "busiest at"),
        box=None,
        pad_edge=False,
        caption="level: mean speed over frame and time; busy: share of the time in which something "
        "moves; moving: share of the frame then; speed, peak: of what moves. "
        "Speeds in half-widths / s",
        caption_justify="left",
    )
    for clip in clips:
        row = clip.summary
        table.add_row(
            escape(row.video),
            f"{row.level:.4f}",
            f"{row.busy_share:.0%}",
            f"{row.moving_share:.1%}",
            f"{row.mean_speed:.2f}",
            f"{row.peak_speed:.2f}",
            f"{row.busiest_seconds:.1f} s",
        )
    return table
