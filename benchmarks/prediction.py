"""Predicted against measured steadiness of an archive's videos: how far `gfn sweep` can be trusted.

    python -m benchmarks.prediction ARCHIVE [ARCHIVE ...]

For every clip the figures are predicted from its stored motion and trajectory, and measured on the
stabilized video itself. Give one archive for each crop; the last lines are rank correlations over
all of their videos.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from flows.evaluating import open_video
from gfn_core.metrics.prediction import predict
from gfn_core.metrics.stability import stability
from gfn_core.store.archive import Archive
from gfn_core.store.catalogue import catalogue
from gfn_core.store.motion_table import load_motion
from gfn_core.store.trajectory_table import load_trajectory

FIGURES = ("jitter_px", "acceleration_px")


def compare(archive: Archive) -> list[tuple[str, float, list[float], list[float]]]:
    """Return name, window, predicted and measured `FIGURES` of each clip."""
    rows = []
    for entry in catalogue(archive):
        motion = load_motion(archive.view("motion", entry.video, ".parquet"))
        trajectory = load_trajectory(archive.view("trajectory", entry.video, ".parquet"))
        foretold = predict(motion, trajectory.window, trajectory.correction)
        found = stability(open_video(archive.root / entry.output).path)
        figures = [[getattr(each, name) for name in FIGURES] for each in (foretold, found)]
        rows.append((entry.video, trajectory.window, figures[0], figures[1]))
    return rows


def main() -> None:
    """Print one line a video, and the correlations."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archives", nargs="+", type=Path)
    rows = [row for path in parser.parse_args().archives for row in compare(Archive(path))]
    print("| clip | window | jitter predicted | measured | acceleration predicted | measured |")
    print("|---|---|---|---|---|---|")
    for video, window, (jitter, acceleration), (jitter_found, acceleration_found) in rows:
        print(
            f"| {video} | {window:.2f} | {jitter:.2f} | {jitter_found:.2f} "
            f"| {acceleration:.2f} | {acceleration_found:.2f} |"
        )
    for index, name in enumerate(FIGURES):
        pairs = np.array([(row[2][index], row[3][index]) for row in rows])
        print(f"{name}: rank correlation {spearmanr(*pairs.T).statistic:.3f} of {len(rows)} videos")


if __name__ == "__main__":
    main()
