"""A flow waits for a server that writes down what it does, and for no other."""

from typing import Any

import pytest

from flows import in_step
from flows.in_step import InStep


class Server:
    """Writes down some of what waits, whenever it is asked."""

    def __init__(self, a_look: int) -> None:
        self.a_look = a_look
        self.submitted = self.written = self.looks = self.most_ahead = 0

    def submit(self, stage: Any, clip: Any) -> Any:
        self.submitted += 1
        self.most_ahead = max(self.most_ahead, self.submitted - self.written)

    def count(self) -> int:
        self.looks += 1
        self.written = min(self.submitted, self.written + self.a_look)
        return self.written


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_step, "MOST_AHEAD", 20)
    monkeypatch.setattr(in_step, "POLL_SECONDS", 0.0)
    monkeypatch.setattr(in_step, "LONGEST_WAIT_SECONDS", 0.05)


def run(server: Server, tasks: int) -> None:
    submit = InStep(server.submit, server.count)
    for _ in range(tasks):
        submit(None, None)  # type: ignore[arg-type]


def test_the_server_is_never_far_behind() -> None:
    server = Server(a_look=3)
    run(server, 200)
    assert server.submitted == 200
    assert server.most_ahead <= 21


def test_few_tasks_cost_no_question() -> None:
    server = Server(a_look=3)
    run(server, 20)
    assert server.looks == 0


def test_a_server_that_writes_nothing_is_not_waited_for_for_ever() -> None:
    server = Server(a_look=0)
    run(server, 100)
    assert server.submitted == 100
