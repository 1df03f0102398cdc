"""Server, worker and run are really killed or silenced in the middle of a deployed run.

After each fault the next run does what is missing, and the archive is whole.
"""

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.deployments.disturbed_run import CLIPS, assert_whole, begin, executed, trigger
from tests.deployments.fleet import Fleet, journal_lines, wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


def test_the_server_is_killed_in_the_middle(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    """The run goes on without it, and whatever it could not tell, nothing is done twice."""
    begin(fleet, source, tmp_path)
    fleet.signal("server", signal.SIGKILL)
    time.sleep(5)
    fleet.start_server()
    wait_for(lambda: journal_lines(tmp_path)[-1]["event"] == "ended", 1200)
    assert_whole(tmp_path, undisturbed)
    assert fleet.ended(trigger(fleet, source, tmp_path))["type"] == "COMPLETED"
    stages = executed(tmp_path)
    assert len(stages) == len(set(stages)) == 5 * len(CLIPS)


def test_the_server_is_silent_for_a_while(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    run = begin(fleet, source, tmp_path)
    fleet.signal("server", signal.SIGSTOP)
    time.sleep(30)
    fleet.signal("server", signal.SIGCONT)
    assert fleet.ended(run)["type"] == "COMPLETED"
    assert_whole(tmp_path, undisturbed)


def test_a_run_is_cancelled_and_leaves_no_process(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    run = begin(fleet, source, tmp_path)
    (began,) = [line for line in journal_lines(tmp_path) if line["event"] == "began"]
    os.kill(began["pid"], signal.SIGTERM)
    wait_for(lambda: not Path(f"/proc/{began['pid']}").exists(), 60)
    assert fleet.ended(run)["type"] in ("CRASHED", "CANCELLED")
    assert journal_lines(tmp_path)[-1]["event"] == "interrupted"
    assert fleet.ended(trigger(fleet, source, tmp_path))["type"] == "COMPLETED"
    assert_whole(tmp_path, undisturbed)


def test_worker_and_run_are_killed_and_the_zombie_is_marked(
    fleet: Fleet, source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    run = begin(fleet, source, tmp_path)
    (began,) = [line for line in journal_lines(tmp_path) if line["event"] == "began"]
    family = descendants(fleet.processes["worker"].pid)
    assert began["pid"] in family
    for member in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    fleet.processes["worker"].wait()
    wait_for(lambda: not any(Path(f"/proc/{member}").exists() for member in family), 60)

    fleet.start_worker()
    assert fleet.ended(trigger(fleet, source, tmp_path))["type"] == "COMPLETED"
    assert_whole(tmp_path, undisturbed)
    assert fleet.ended(run)["type"] == "CRASHED"
    deaths = [
        json.loads(path.read_text())["deaths"]
        for path in (tmp_path / "gfn" / "quarantine").glob("*.json")
    ]
    assert not deaths, "the clip under way was acquitted when it was done"


def descendants(process: int) -> list[int]:
    """The process and all that it, or they, started."""
    listed = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(child) for thread in listed for child in thread.read_text().split()]
    return [process, *(one for child in children for one in descendants(child))]
