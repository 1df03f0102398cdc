"""What a benchmark leaves: its rows as Parquet, and a page that was made from them."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import record


class Results:
    """NAME.parquet and NAME.md in a folder, both with machine, versions and seeds in them.

    To be made before the benchmark runs, so that it names the code that is run.
    """

    def __init__(self, out: Path, name: str, **seeds: int) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self._path = out / name
        self._made_on = record() | {f"seed, {of}": str(seed) for of, seed in seeds.items()}

    def save(self, table: pd.DataFrame, page: str) -> None:
        """Write both files anew."""
        arrow = pa.Table.from_pandas(table, preserve_index=False)
        notes = {"machine": json.dumps(self._made_on)}
        pq.write_table(arrow.replace_schema_metadata(notes), self._path.with_suffix(".parquet"))
        lines = "\n".join(f"- {what}: {value}" for what, value in self._made_on.items())
        self._path.with_suffix(".md").write_text(f"{page}\n\n## Machine\n\n{lines}\n")
