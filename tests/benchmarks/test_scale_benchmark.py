"""The scale benchmark: its page from known times, and a run of all of it on a small clip."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import scale
from benchmarks.scale_table import SECOND_RUN, markdown
from benchmarks.slots import ALL, ONE


def test_slots_are_compared_by_their_medians() -> None:
    """One run of three that took long changes nothing."""
    times = {ONE: (10.0, 11.0, 90.0), ALL: (5.5, 5.0, 6.0)}
    rows = [{"run": run, "clips": 6, "seconds": s} for run, each in times.items() for s in each]
    rows.append(
        {"run": SECOND_RUN, "clips": 500, "seconds": 2.0, "cpu_seconds": 3.0, "peak_mib": 200.0}
    )
    page = markdown(pd.DataFrame(rows))
    assert "Slots: **2.00 times** as fast" in page
    assert f"| {SECOND_RUN} | 500 | 2.0 | 4.0 | 3.0 | 200.0 |" in page
    assert f"| {ONE} | 6 | 11.0 | 1833.3 |  |  |" in page


@pytest.mark.long
def test_everything_is_measured(tmp_path: Path, small_clip: Path) -> None:
    few = ["--finished", "2", "4", "--clips", "2", "--repeats", "1", "--idle", "3"]
    assert scale.main([str(small_clip), "--out", str(tmp_path), *few]) == 0
    table = pd.read_parquet(tmp_path / "scale.parquet")
    assert table.groupby("run").size()[SECOND_RUN] == 2
    assert {ONE, ALL} < set(table["run"])
    assert table["run"].str.startswith("stages that do nothing").sum() == 2
    assert (table["seconds"] > 0).all()
    assert (tmp_path / "scale.png").stat().st_size > 0
