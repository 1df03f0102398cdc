"""The accuracy benchmark's Markdown page, made from its rows."""

import pandas as pd


def markdown(table: pd.DataFrame) -> str:
    """Return the page: one row a method, one column a material; median / mean error."""
    materials = list(dict.fromkeys(table["material"]))
    lines = ["| method | " + " | ".join(materials) + " | ms a pair |"]
    lines.append("|---" * (len(materials) + 2) + "|")
    for method, rows in table.groupby("method", sort=False):
        cells = []
        for material in materials:
            errors = rows.loc[rows["material"] == material, "error_px"]
            cells.append(f"{errors.median():.3f} / {errors.mean():.2f}")
        speed = f"{1000 * rows['seconds'].median():.1f}"
        lines.append(f"| {method} | " + " | ".join(cells) + f" | {speed} |")
    counts = table[table["method"] == table["method"].iloc[0]].groupby("material", sort=False)
    pairs = ", ".join(f"{name}: {len(rows)}" for name, rows in counts)
    parts = [
        "# Accuracy of global motion",
        "Mean endpoint error of the global flow, px at 640x360, median / mean over pairs.",
        "\n".join(lines),
        f"Pairs: {pairs}.",
    ]
    return "\n\n".join(parts)
