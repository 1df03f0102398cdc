from dataclasses import replace

import numpy as np
import torch

from gfn_core.training.augmentation import AugmentationSettings
from gfn_core.training.batch import CompactPair
from gfn_core.training.pair_pool import PoolSettings, batches

CPU = torch.device("cpu")
UNCHANGED = AugmentationSettings(shaken_chance=0.0, contrast=0.0)
SETTINGS = PoolSettings(
    batch_size=4,
    fresh_per_batch=1,
    capacity=6,
    portrait_chance=0.0,
    pasted_chance=0.0,
    augmentation=UNCHANGED,
)


def numbered(number):
    """A pair that shows its number."""
    return CompactPair(
        np.full((2, 32, 64), number, np.uint8), np.full((5, 8, 16), number, np.float32)
    )


def numbers(fresh, seen, settings=SETTINGS, seed=0):
    made = batches(iter(fresh), seen, settings, np.random.default_rng(seed), CPU)
    return [[round(float(n)) for n in batch.background[:, 0, 0, 0]] for batch in made]


def test_new_pairs_come_first_and_in_order():
    made = numbers([numbered(n) for n in range(10, 20)], [numbered(0)])
    assert [batch[0] for batch in made] == list(range(10, 20))
    assert all(len(batch) == 4 for batch in made)


def test_the_pool_forgets_the_oldest():
    made = numbers([numbered(n) for n in range(100)], [numbered(200)])
    for step, batch in enumerate(made[20:], start=20):
        assert all(step - 6 <= number <= step for number in batch)


def test_without_seen_pairs_the_pool_begins_with_new_ones():
    made = numbers([numbered(n) for n in range(10)], [])
    assert [batch[0] for batch in made] == [4, 5, 6, 7, 8, 9]
    assert set(made[0][1:]) <= {0, 1, 2, 3}


def test_same_seed_same_batches():
    pairs = [numbered(n) for n in range(30)]
    assert numbers(pairs, pairs[:3]) == numbers(pairs, pairs[:3])
    assert numbers(pairs, pairs[:3]) != numbers(pairs, pairs[:3], seed=1)


def test_portrait_batches_are_whole():
    settings = replace(SETTINGS, portrait_chance=0.5)
    rng = np.random.default_rng(0)
    pairs = (numbered(n) for n in range(40))
    shapes = {b.first.shape for b in batches(pairs, [numbered(0)], settings, rng, CPU)}
    assert shapes == {(4, 1, 32, 64), (4, 1, 64, 32)}
