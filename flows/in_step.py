"""Keeps a flow in step with the server that writes down what it does.

A server holds 10,000 events that it has not written down yet, and drops what comes after: tasks
that end faster than it can write would be missing in its UI.
"""

import time
from collections.abc import Callable

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from flows.submit import StageFuture, Submit
from tasks.clip import Clip
from tasks.stage_task import StageTask

MOST_AHEAD = 2000  # tasks that are not written down yet, of three events each
POLL_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 120.0  # for a server that writes nothing any more; then it has lost count
ENDED = ("COMPLETED", "FAILED", "CRASHED")


class InStep:
    """Submits stages, and waits where the server is too far behind."""

    def __init__(self, submit: Submit, written: Callable[[], int]) -> None:
        self._submit, self._count_written = submit, written
        self._submitted = self._written = 0

    def __call__(self, stage: StageTask, clip: Clip) -> StageFuture:
        """Submit `stage` of `clip`."""
        if self._submitted - self._written > MOST_AHEAD:
            self._wait()
        self._submitted += 1
        return self._submit(stage, clip)

    def _wait(self) -> None:
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        while self._submitted - self._written > MOST_AHEAD:
            written = self._count_written()
            if written > self._written:
                until = time.monotonic() + LONGEST_WAIT_SECONDS
            elif time.monotonic() > until:
                written = self._submitted
            self._written = written
            time.sleep(POLL_SECONDS)


def in_step(submit: Submit) -> InStep:
    """Make `submit` keep in step with the server of the flow under way."""
    return InStep(submit, lambda: tasks_written(flow_run.id))


def tasks_written(flow_run_id: object) -> int:
    """Number of tasks of a flow run that the server knows to have ended; 0 if it does not say."""
    wanted = {
        "flow_runs": {"id": {"any_": [str(flow_run_id)]}},
        "task_runs": {"state": {"type": {"any_": ENDED}}},
    }
    try:
        with get_client(sync_client=True) as client:
            return int(client.request("POST", "/task_runs/count", json=wanted).json())
    except Exception:  # the client's own, of many kinds: who asks goes on without an answer
        return 0
