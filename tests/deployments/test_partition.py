"""A worker in a network namespace of its own loses its server in the middle of a run."""

import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.deployments.disturbed_run import CLIPS, assert_whole, begin, executed, trigger
from tests.deployments.fleet import Fleet, free_port, journal_lines, wait_for
from tests.deployments.two_namespaces import OURS, Cable, cable, can_be_made

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not can_be_made(), reason="may not make network namespaces"),
]


@pytest.fixture
def wire() -> Iterator[Cable]:
    with cable() as laid:
        yield laid


@pytest.fixture
def distant(wire: Cable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet whose worker reaches the server through the cable alone."""
    folder = tmp_path_factory.mktemp("distant")
    fleet = Fleet(folder, free_port(), {"NO_PROXY": "*"}, host=OURS, worker_prefix=wire.inside)
    with fleet.running():
        yield fleet


@pytest.mark.parametrize("away_seconds", [10, 90])
def test_the_network_goes_and_comes_back(
    wire: Cable,
    distant: Fleet,
    source: Path,
    tmp_path: Path,
    undisturbed: pd.DataFrame,
    away_seconds: float,
) -> None:
    begin(distant, source, tmp_path)
    wire.pull()
    time.sleep(away_seconds)
    wire.plug()
    wait_for(lambda: journal_lines(tmp_path)[-1]["event"] == "ended", 1200)
    assert_whole(tmp_path, undisturbed)
    assert distant.ended(trigger(distant, source, tmp_path))["type"] == "COMPLETED"
    stages = executed(tmp_path)
    assert len(stages) == len(set(stages)) == 5 * len(CLIPS), "nothing was done twice"
