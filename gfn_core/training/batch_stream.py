"""Batches of synthetic pairs, made ahead in worker processes, each with a pool of its own.

Rendering, rough flow and augmentation take ten times as long as a step on a GPU does, so all of
them are shared out. Which batches come depends on the seed and the number of workers, and on
nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from gfn_core.training.batch import Batch
from gfn_core.training.pair_pool import PoolSettings, batches
from gfn_core.training.scene_pairs import ScenePairs

CPU = torch.device("cpu")
BATCHES_AHEAD = 3  # of each worker


@dataclass(frozen=True)
class BatchStream(IterableDataset[Batch]):
    """Batches from step `start` of a training on, without end."""

    scenes: ScenePairs
    settings: PoolSettings
    start: int

    def __iter__(self) -> Iterator[Batch]:
        """Make every batch, or a worker's share of them."""
        info = get_worker_info()
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        settings = replace(self.settings, capacity=-(-self.settings.capacity // workers))
        rng = np.random.default_rng([self.scenes.seed, self.start, worker])
        first = self.start * settings.fresh_per_batch + worker
        fresh = (self.scenes[number] for number in count(first, workers))
        return batches(fresh, (), settings, rng, CPU)

    def batches(self, workers: int, device: torch.device) -> Iterator[Batch]:
        """Yield batches on `device`, made in so many processes, or in this one."""
        loader = DataLoader(
            self,
            batch_size=None,
            num_workers=workers,
            prefetch_factor=BATCHES_AHEAD if workers else None,
            worker_init_fn=_one_thread,
            multiprocessing_context="spawn" if workers else None,  # forked, OpenCV's threads hang
        )
        for batch in loader:
            yield batch.to(device)


def _one_thread(worker: int) -> None:
    """Keep libraries from using every core in every worker."""
    del worker
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
