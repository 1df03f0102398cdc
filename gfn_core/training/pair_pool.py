"""Batches of some new pairs and some seen before, so that the renderer need not keep up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch

from gfn_core.training.augmentation import AugmentationSettings, augmented, transposed
from gfn_core.training.batch import Batch, CompactPair
from gfn_core.training.pasting import pasted


@dataclass(frozen=True)
class PoolSettings:
    """How batches are made."""

    batch_size: int = 8
    fresh_per_batch: int = 2
    capacity: int = 12_000  # pairs kept; 0.2 MB each at 320x192
    portrait_chance: float = 0.2  # of a whole batch
    pasted_chance: float = 0.5  # that another pair moves across
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)

    @classmethod
    def of_batch(cls, size: int) -> "PoolSettings":
        """Batches of so many pairs, of which a quarter are new."""
        return cls(batch_size=size, fresh_per_batch=max(1, size // 4))


def batches(
    fresh: Iterator[CompactPair],
    seen: Iterable[CompactPair],
    settings: PoolSettings,
    rng: np.random.Generator,
    device: torch.device,
) -> Iterator[Batch]:
    """Yield batches until `fresh` runs dry; the pool starts with `seen`, or one batch of fresh."""
    pool = list(islice(seen, settings.capacity)) or list(islice(fresh, settings.batch_size))
    oldest = 0
    while True:
        new = list(islice(fresh, settings.fresh_per_batch))
        if len(new) < settings.fresh_per_batch:
            return
        repeats = rng.integers(len(pool), size=settings.batch_size - len(new))
        pairs = [*new, *(pool[i] for i in repeats)]
        for pair in new:
            if len(pool) < settings.capacity:
                pool.append(pair)
            else:
                pool[oldest] = pair
                oldest = (oldest + 1) % settings.capacity
        pairs = [augmented(pair, rng, settings.augmentation) for pair in pairs]
        pairs = [
            pasted(pair, pairs[n - 1], rng) if rng.uniform() < settings.pasted_chance else pair
            for n, pair in enumerate(pairs)
        ]
        if rng.uniform() < settings.portrait_chance:
            pairs = [transposed(pair) for pair in pairs]
        yield Batch.of(pairs, device)
