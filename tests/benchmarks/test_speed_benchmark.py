"""The speed benchmark: its ratios from known times, and a run of all of it on a small clip."""

import json
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import speed
from benchmarks.speed_table import markdown

SECONDS = {
    "transcode": 10.0,
    "vidstab analysis": 8.0,
    "vidstab": 20.0,
    "gfn": 13.0,
    "gfn motion": 2.0,
    "gfn render": 10.5,
    "gfn, motion stored": 11.0,
}


def test_ratios_are_taken_within_each_repeat() -> None:
    """A machine that is twice as slow in one repeat changes no ratio."""
    rows = [
        {"clip": "a.mp4", "repeat": repeat, "run": run, "seconds": seconds * (1 + repeat)}
        for repeat in range(3)
        for run, seconds in SECONDS.items()
    ]
    page = markdown(pd.DataFrame(rows))
    assert "| analysis: times as fast as vidstabdetect | 4.00 | 4.00 | 4.00 |" in page
    assert "| whole job / transcode | 1.30 | 1.30 | 1.30 |" in page
    assert "| job with stored motion / transcode | 1.10 | 1.10 | 1.10 |" in page
    assert "| transcode | 20.00 | 10.00 | 30.00 |" in page


def test_stage_seconds_are_those_of_the_latest_run(tmp_path: Path) -> None:
    runs = tmp_path / "gfn" / "runs"
    runs.mkdir(parents=True)
    (runs / "1.json").write_text(json.dumps({"outcomes": [{"seconds": {"motion": 2.5}}]}))
    assert speed.stage_seconds(tmp_path) == {"motion": 2.5}


@pytest.mark.long
def test_everything_is_timed(tmp_path: Path, small_clip: Path) -> None:
    assert speed.main([str(small_clip), "--out", str(tmp_path), "--repeats", "1"]) == 0
    table = pd.read_parquet(tmp_path / "speed.parquet")
    assert set(SECONDS) <= set(table["run"])
    assert (table["seconds"] > 0).all()
    assert "whole job / transcode" in (tmp_path / "speed.md").read_text()
    assert (tmp_path / "speed.png").stat().st_size > 0
