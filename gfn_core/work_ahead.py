"""An iterator whose items are made before they are asked for, in a thread of their own."""

from collections.abc import Generator
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import TypeVar

Item = TypeVar("Item")


class _End:
    """What follows the last item: nothing, or the error that ended them."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def work_ahead(items: Generator[Item, None, None], depth: int) -> Generator[Item, None, None]:
    """Yield `items`, of which up to `depth` wait ready; an error comes where its item would have.

    All of `items` runs in the thread, its end included. Closing this closes it, too.
    """
    ready: SimpleQueue[Item | _End] = SimpleQueue()
    room = Semaphore(depth)
    abandoned = False

    def work() -> None:
        error = None
        try:
            for item in items:
                room.acquire()
                if abandoned:
                    break
                ready.put(item)
        except BaseException as raised:  # handed over, whatever it is
            error = raised
        finally:
            items.close()
            ready.put(_End(error))

    worker = Thread(target=work, name="work ahead", daemon=True)
    worker.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
            room.release()
        if item.error is not None:
            raise item.error
    finally:
        abandoned = True
        room.release()
        worker.join()
