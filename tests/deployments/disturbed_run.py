"""A deployed run over a few clips, which tests disturb in its middle."""

from pathlib import Path

import pandas as pd

from tests.deployments.fleet import Fleet, journal_lines, wait_for

CLIPS = ("one.mp4", "two.mp4")


def begin(fleet: Fleet, source: Path, out: Path) -> str:
    """Trigger a run, and wait until it works on motion."""
    run = trigger(fleet, source, out)
    wait_for(
        lambda: [line for line in journal_lines(out) if line.get("stage") == "motion"], 300, 0.02
    )
    return run


def trigger(fleet: Fleet, source: Path, out: Path) -> str:
    place = {"sources": [str(source)], "out": str(out)}
    look = {"estimator": "tracks"}
    return fleet.run("stabilize/archive-now", place=place, look=look, work={"slots": 1})


def assert_whole(out: Path, undisturbed: pd.DataFrame) -> None:
    assert {path.name for path in out.glob("*.mp4")} == set(CLIPS)
    pd.testing.assert_frame_equal(pd.read_parquet(out / "gfn" / "trajectory"), undisturbed)
    assert not list((out / "gfn" / "tmp").iterdir())


def executed(out: Path) -> list[tuple[str, str]]:
    """Stages that were carried through, of all runs."""
    clips = [line for line in journal_lines(out) if line["event"] == "clip"]
    return [(clip["video"], stage) for clip in clips for stage in clip["executed"]]
