"""Batches of scenes from worker processes: in order, bounded, the same however many work."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Generic, TypeVar

import cv2
import numpy as np

from gfn_core.errors import SettingsError
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import ScenePair, render_pair
from gfn_core.training.scene_settings import SceneSettings

Item = TypeVar("Item")


@dataclass(frozen=True)
class SceneStream(Generic[Item]):
    """An endless series of batches of scenes, each a tuple of `batch_size` items.

    Batch i depends on `seed` and i only: on neither the number of workers nor on where the
    series starts, so a training that resumes at step i sees what it would have seen. `keep` runs
    in the worker and says what of a pair is sent back; it is a module's function, as
    `settings_at` need not be. 0 workers render in the calling process.

    Raises SettingsError where a number is out of its range.
    """

    library: PhotoLibrary
    settings_at: Callable[[int], SceneSettings]  # of batch i: a curriculum
    keep: Callable[[ScenePair], Item]
    width: int
    height: int
    batch_size: int
    seed: int
    workers: int = 1
    truth_stride: int = 1
    ahead: int = 3  # batches that are rendered before they are asked for

    def __post_init__(self) -> None:
        if self.batch_size < 1 or self.workers < 0 or self.ahead < 1 or self.seed < 0:
            raise SettingsError(
                f"a stream of {self.batch_size = } {self.workers = } {self.ahead = } {self.seed = }"
                ": choose 1, 0, 1, 0 or more"
            )

    def batches(self, first: int = 0) -> Iterator[tuple[Item, ...]]:
        """Yield batches from number `first` on; closing the iterator stops the workers."""
        return self._alone(first) if self.workers == 0 else self._by_workers(first)

    def _alone(self, index: int) -> Iterator[tuple[Item, ...]]:
        while True:
            yield self._order(index).rendered(self.library)
            index += 1

    def _by_workers(self, index: int) -> Iterator[tuple[Item, ...]]:
        pool = ProcessPoolExecutor(
            self.workers,
            mp_context=multiprocessing.get_context("spawn"),  # a fork would copy torch's threads
            initializer=_start_worker,
            initargs=(self.library,),
        )
        ordered: deque[Future[tuple[Item, ...]]] = deque()
        try:
            while True:
                while len(ordered) < self.ahead:
                    ordered.append(pool.submit(_render_order, self._order(index)))
                    index += 1
                yield ordered.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _order(self, index: int) -> "_Order[Item]":
        return _Order(
            index,
            self.settings_at(index),
            self.keep,
            (self.width, self.height),
            self.batch_size,
            self.seed,
            self.truth_stride,
        )


@dataclass(frozen=True)
class _Order(Generic[Item]):
    """All that a worker must know to render one batch."""

    index: int
    settings: SceneSettings
    keep: Callable[[ScenePair], Item]
    size: tuple[int, int]
    batch_size: int
    seed: int
    truth_stride: int

    def rendered(self, library: PhotoLibrary) -> tuple[Item, ...]:
        """Render the batch."""
        return tuple(self._item(library, place) for place in range(self.batch_size))

    def _item(self, library: PhotoLibrary, place: int) -> Item:
        rng = np.random.default_rng([self.seed, self.index, place])
        pair = render_pair(rng, library, self.settings, *self.size, truth_stride=self.truth_stride)
        return self.keep(pair)


_worker_library: list[PhotoLibrary] = []  # of a worker process: sent once, not with every batch


def _start_worker(library: PhotoLibrary) -> None:
    _worker_library[:] = [library]
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent is gone, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _render_order(order: _Order[Item]) -> tuple[Item, ...]:
    return order.rendered(_worker_library[0])
