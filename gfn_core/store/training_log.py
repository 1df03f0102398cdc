"""Loss curves of a training, as a CSV file that grows by a line at a time."""

import csv
from pathlib import Path

from gfn_core.training.loop import LogLine


def append_log(path: Path, line: LogLine) -> None:
    """Add `line` to the file; the first one brings the header."""
    row = {
        "step": line.step,
        "learning_rate": line.learning_rate,
        "loss": line.loss,
        "seconds_a_step": line.seconds_a_step,
        **line.figures,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, row)
        if is_new:
            writer.writeheader()
        writer.writerow(row)
