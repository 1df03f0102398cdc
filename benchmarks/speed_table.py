"""The speed benchmark's Markdown page, made from its rows."""

import pandas as pd

RATIOS = (  # what, of which, is at most or at least what
    ("vidstab analysis", "gfn motion", "analysis: times as fast as vidstabdetect", "at least 2"),
    ("gfn", "transcode", "whole job / transcode", "at most 1.3"),
    ("gfn, motion stored", "transcode", "job with stored motion / transcode", "at most 1.1"),
    ("gfn render", "transcode", "rendering alone / transcode", ""),
    ("vidstab", "transcode", "vid.stab's two passes / transcode", "1.95 expected"),
)


def markdown(table: pd.DataFrame) -> str:
    """Return the page: ratios (median over the repeats of each repeat's ratio), then seconds."""
    by_run = table.pivot_table(index="repeat", columns="run", values="seconds", sort=False)
    parts = [
        "# Speed",
        f"{table['clip'].iloc[0]}, {len(by_run)} repeats, whole processes one after the other.",
        _ratios(by_run),
        _seconds(by_run),
    ]
    return "\n\n".join(parts)


def _ratios(by_run: pd.DataFrame) -> str:
    lines = ["| ratio | median | lowest | highest | target |", "|---|---|---|---|---|"]
    for above, below, name, target in RATIOS:
        ratio = by_run[above] / by_run[below]
        figures = f"{ratio.median():.2f} | {ratio.min():.2f} | {ratio.max():.2f}"
        lines.append(f"| {name} | {figures} | {target} |")
    return "\n".join(lines)


def _seconds(by_run: pd.DataFrame) -> str:
    lines = ["| run | seconds, median | lowest | highest |", "|---|---|---|---|"]
    for name, seconds in by_run.items():
        figures = f"{seconds.median():.2f} | {seconds.min():.2f} | {seconds.max():.2f}"
        lines.append(f"| {name} | {figures} |")
    return "\n".join(lines)
