"""What a benchmark leaves: its rows as Parquet, and a page that was made from them."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import record


def save(out: Path, name: str, table: pd.DataFrame, page: str, **seeds: int) -> None:
    """Write NAME.parquet and NAME.md into `out`, both with machine, versions and seeds in them."""
    out.mkdir(parents=True, exist_ok=True)
    made_on = record() | {f"seed, {of}": str(seed) for of, seed in seeds.items()}
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    notes = {"machine": json.dumps(made_on)}
    pq.write_table(arrow.replace_schema_metadata(notes), out / f"{name}.parquet")
    lines = "\n".join(f"- {what}: {value}" for what, value in made_on.items())
    (out / f"{name}.md").write_text(f"{page}\n\n## Machine\n\n{lines}\n")
