"""The quality benchmark's Markdown page, made from its rows."""

import numpy as np
import pandas as pd

REFERENCE = "vidstab-30"
COLUMNS = {
    # column: heading, format; lower or higher is better as docs/measures.md says
    "cropping_ratio": ("window", ".3f"),
    "acceleration_px": ("acceleration", ".2f"),
    "jitter_px": ("jitter", ".2f"),
    "local_jitter_px": ("local jitter", ".2f"),
    "nus_minimum": ("NUS stability", ".3f"),
    "distortion_least": ("distortion", ".3f"),
    "sharpness": ("sharpness", ".2f"),
    "outside_share": ("outside", ".4f"),
    "psnr_db": ("PSNR", ".2f"),
    "ssim": ("SSIM", ".3f"),
    "failures": ("untracked", ".0f"),
    "wall_seconds": ("seconds", ".1f"),
}
RATIOS = ("acceleration_px", "jitter_px", "local_jitter_px")
DIFFERENCES = ("nus_minimum", "psnr_db")


def markdown(table: pd.DataFrame) -> str:
    """Return the page: ratios to the reference first, then every clip."""
    parts = [
        "# Quality",
        "Measured on the videos (docs/measures.md); px of a frame 1920 px wide.",
        *_ratios(table),
        *(_clip(str(name), rows) for name, rows in table.groupby("clip", sort=False)),
    ]
    return "\n\n".join(parts)


def _ratios(table: pd.DataFrame) -> list[str]:
    """How methods compare to the reference on the clips on which both came through."""
    good = table[table["error"] == ""]
    if REFERENCE not in set(good["method"]):
        return []
    names = [*RATIOS, *DIFFERENCES]
    figures = good.pivot_table(index="clip", columns="method", values=names)
    headings = [COLUMNS[name][0] for name in RATIOS]
    headings[1:1] = [f"worst {headings[0]}"]
    headings += [f"{COLUMNS[name][0]}, mean difference" for name in DIFFERENCES]
    lines = [
        "| method | clips | " + " | ".join(headings) + " |",
        "|---" * (len(headings) + 2) + "|",
    ]
    for method in good["method"].unique():
        of, reference = figures.xs(method, axis=1, level=1), figures.xs(REFERENCE, axis=1, level=1)
        ratios = {name: (of[name] / reference[name]).dropna() for name in RATIOS}
        shown = [f"{np.exp(np.log(ratio).mean()):.3f}" for ratio in ratios.values()]
        shown[1:1] = [f"{ratios[RATIOS[0]].max():.3f}"]
        shown += [f"{(of[name] - reference[name]).mean():+.3f}" for name in DIFFERENCES]
        lines.append(f"| {method} | {len(ratios[RATIOS[0]])} | " + " | ".join(shown) + " |")
    return [f"## Relative to {REFERENCE} (ratios: geometric means)", "\n".join(lines)]


def _clip(name: str, rows: pd.DataFrame) -> str:
    shown = {column: style for column, style in COLUMNS.items() if column in rows}
    lines = ["| method | " + " | ".join(heading for heading, _ in shown.values()) + " |"]
    lines.append("|---" * (len(shown) + 1) + "|")
    for _, row in rows.iterrows():
        if row["error"]:
            lines.append(f"| {row['method']} | {row['error']} |" + " |" * (len(shown) - 1))
            continue
        cells = (format(row[column], style) for column, (_, style) in shown.items())
        lines.append(f"| {row['method']} | " + " | ".join(cells) + " |")
    return f"## {name}\n\n" + "\n".join(lines)
