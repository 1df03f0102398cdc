"""What benchmarks leave behind."""

import json

import pandas as pd
import pyarrow.parquet as pq

from benchmarks import accuracy_plot, memory, speed_plot
from benchmarks.results import Results
from benchmarks.speed_table import RATIOS


def test_rows_and_page_say_where_and_by_which_seeds_they_were_made(tmp_path):
    Results(tmp_path / "new", "thing", opencv=7).save(pd.DataFrame([{"a": 1}]), "# Thing")
    found = pq.read_table(tmp_path / "new" / "thing.parquet")
    made_on = json.loads(found.schema.metadata[b"machine"])
    assert found.to_pylist() == [{"a": 1}]
    assert made_on["seed, opencv"] == "7"
    assert {"processor", "cores", "ffmpeg", "commit", "torch"} <= made_on.keys()
    page = (tmp_path / "new" / "thing.md").read_text()
    assert page.startswith("# Thing\n\n## Machine\n\n- date: ")
    assert "- seed, opencv: 7\n" in page


def test_each_has_its_plot(tmp_path):
    runs = [{"repeat": 0, "run": run, "seconds": 2.0} for pair in RATIOS for run in pair[:2]]
    speed_plot.draw(pd.DataFrame(runs), tmp_path / "speed.png")
    pairs = [("scenes", "gfn", 0.1), ("scenes", "other", 0.4), ("clip", "gfn", 0.2)]
    errors = pd.DataFrame(pairs, columns=["material", "method", "error_px"])
    accuracy_plot.draw(errors, tmp_path / "accuracy.png")
    peaks = pd.DataFrame({"seconds": [60], "worker_peak_mib": [900], "command_peak_mib": [200]})
    memory.draw(peaks, tmp_path / "memory.png")
    assert {path.stem for path in tmp_path.glob("*.png")} == {"speed", "accuracy", "memory"}
