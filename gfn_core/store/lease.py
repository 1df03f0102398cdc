"""Locks on object storage: an object that says who holds it, renewed for as long as he lives.

Nobody frees the lock of a process that dies, so a lease that has not been renewed for its time is
taken over. How old it is, the server says, by its own clock on both sides: a clock that jumps on a
worker shortens nobody's lease.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from gfn_core.errors import LeaseLost, StoreUnavailable
from gfn_core.store.object_store import ObjectStore

LEASE_SECONDS = 60.0
RENEWALS = 4  # in that time
POLL_SECONDS = 1.0


class Lease:
    """A lease that is held."""

    def __init__(self, store: ObjectStore, name: str, seconds: float) -> None:
        self._store, self._name, self._seconds = store, name, seconds
        self._owner, self._count = uuid4().hex, 0
        self._etag: str | None = None
        self._lock = threading.Lock()

    def acquire(self, while_waiting: Callable[[], object] = lambda: None) -> None:
        """Wait until nobody else holds it."""
        while not self._try():
            while_waiting()
            time.sleep(min(POLL_SECONDS, self._seconds / RENEWALS))

    def renew(self) -> None:
        """Hold it for its whole time from now on; raises `LeaseLost`."""
        with self._lock:
            self._etag = self._store.put_if(self._content(), self._name, etag=self._etag or "none")
            if self._etag is None:
                raise LeaseLost(f"{self._name}: was taken over by another worker")

    def release(self) -> None:
        """Give it back, unless it is somebody else's by now."""
        with self._lock:
            held = self._store.look_up(self._name)
            if held is not None and held.etag == self._etag:
                self._store.delete(self._name)

    def keep(self, ended: threading.Event) -> None:
        """Renew it until it has `ended`, or is lost."""
        while not ended.wait(self._seconds / RENEWALS):
            try:
                self.renew()
            except LeaseLost:
                return
            except StoreUnavailable:
                continue  # there is time for another try

    def _try(self) -> bool:
        held = self._store.look_up(self._name)
        if held is not None and held.age_seconds < self._seconds:
            return False
        self._etag = self._store.put_if(
            self._content(), self._name, etag=held.etag if held else None
        )
        return self._etag is not None

    def _content(self) -> bytes:
        self._count += 1
        return f"{self._owner} {self._count}".encode()


@contextmanager
def leased(
    store: ObjectStore,
    name: str,
    seconds: float = LEASE_SECONDS,
    while_waiting: Callable[[], object] = lambda: None,
) -> Iterator[Lease]:
    """Hold the lease `name` while the block runs."""
    lease, ended = Lease(store, name, seconds), threading.Event()
    lease.acquire(while_waiting)
    keeper = threading.Thread(target=lease.keep, args=(ended,), daemon=True)
    keeper.start()
    try:
        yield lease
    finally:
        ended.set()
        keeper.join()
        with suppress(StoreUnavailable):  # it will run out
            lease.release()
