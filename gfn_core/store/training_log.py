"""Loss curves of a training, as a file of JSON lines that grows by one at a time."""

import json
from pathlib import Path

from gfn_core.training.loop import LogLine


def append_log(path: Path, line: LogLine) -> None:
    """Add `line` to the file."""
    row = {
        "step": line.step,
        "learning_rate": line.learning_rate,
        "loss": line.loss,
        "seconds_a_step": line.seconds_a_step,
        **line.figures,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(row) + "\n")


def read_log(path: Path) -> dict[str, list[tuple[int, float]]]:
    """Return the curve of each figure, (step, value); none where nothing was logged yet."""
    curves: dict[str, list[tuple[int, float]]] = {}
    if not path.exists():
        return curves
    for text in path.read_text().splitlines():
        row = json.loads(text)
        step = row.pop("step")
        for name, value in row.items():
            curves.setdefault(name, []).append((step, value))
    return curves
