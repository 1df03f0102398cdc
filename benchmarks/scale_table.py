"""The scale benchmark's Markdown page, made from its rows."""

import pandas as pd

from benchmarks.slots import ALL, ONE

SECOND_RUN = "second run, all done"
TARGET_SECONDS, TARGET_CLIPS = 10, 1_000  # of a second run
TARGET_SPEED_UP = 1.8  # of two slots on two cores
MORE = ("cpu_seconds", "peak_mib")
COLUMNS = ["run", "clips", "seconds", *MORE]


def markdown(table: pd.DataFrame) -> str:
    """Return the page: a line for each kind of run (medians), then what slots bring."""
    kinds = table.groupby(["run", "clips"], sort=False)[["seconds", *MORE]].median()
    lines = [
        "| run | clips | seconds | a 1,000 clips | processor seconds | peak MiB |",
        "|---|---|---|---|---|---|",
    ]
    for (run, clips), row in kinds.iterrows():
        seconds = [f"{row['seconds']:.1f}", f"{1_000 * row['seconds'] / clips:.1f}"]
        more = ["" if pd.isna(row[name]) else f"{row[name]:.1f}" for name in MORE]
        cells = [run, f"{clips:,}", *seconds, *more]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n\n".join(["# Scale", "\n".join(lines), *_speed_up(table)])


def _speed_up(table: pd.DataFrame) -> list[str]:
    seconds = table.groupby("run")["seconds"].median()
    if not {ONE, ALL} <= set(seconds.index):
        return []
    ratio = seconds[ONE] / seconds[ALL]
    return [f"Slots: **{ratio:.2f} times** as fast (target, two cores: {TARGET_SPEED_UP})."]
