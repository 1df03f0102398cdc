"""Items come in order, errors in their place, and no thread stays behind."""

import threading
import time
from collections.abc import Generator
from contextlib import closing

import pytest

from gfn_core.work_ahead import work_ahead


def counting(stop: int, made: list[int], closed: list[bool]) -> Generator[int, None, None]:
    try:
        for number in range(stop):
            made.append(number)
            yield number
    finally:
        closed.append(True)


def workers() -> int:
    return sum(thread.name == "work ahead" for thread in threading.enumerate())


@pytest.mark.parametrize("depth", [1, 2, 7])
def test_all_items_come_in_order(depth: int) -> None:
    closed: list[bool] = []
    assert list(work_ahead(counting(100, [], closed), depth)) == list(range(100))
    assert closed == [True]
    assert workers() == 0


def test_they_are_made_before_they_are_asked_for_but_no_more_than_agreed() -> None:
    made: list[int] = []
    with closing(work_ahead(counting(100, made, []), depth=3)) as items:
        assert next(items) == 0
        deadline = time.monotonic() + 5
        while len(made) < 4 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        assert len(made) == 4  # the one we have, two that are ready, and one that waits for room


def test_an_error_comes_where_its_item_would_have() -> None:
    def failing() -> Generator[int, None, None]:
        yield 1
        raise KeyError("two")

    items = work_ahead(failing(), depth=5)
    assert next(items) == 1
    with pytest.raises(KeyError, match="two"):
        next(items)
    assert workers() == 0


def test_closing_early_ends_the_thread_and_what_it_iterates() -> None:
    closed: list[bool] = []
    items = work_ahead(work_ahead(counting(10**9, [], closed), depth=2), depth=2)
    assert [next(items) for _ in range(5)] == [0, 1, 2, 3, 4]
    items.close()
    assert closed == [True]
    assert workers() == 0
