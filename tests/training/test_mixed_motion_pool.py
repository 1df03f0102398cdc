from itertools import repeat

import numpy as np
import torch

from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.training import mixed_motion_pool
from gfn_core.training.mixed_motion_pool import (
    MixedPoolSettings,
    mixed_motions,
    single,
    together,
)


def motion(pairs=3, rows=4, columns=6):
    def views(*shape):
        return torch.randn(2 * pairs, *shape)

    luma = views(1, 2 * rows, 2 * columns)
    return MixedMotion(views(2, rows, columns), views(5, rows, columns), luma, 48, 32)


def test_pairs_taken_apart_and_put_together_are_the_same():
    whole = motion()
    again = together([single(whole, pair) for pair in range(3)])
    for name in ("flow", "hidden", "luma"):
        torch.testing.assert_close(getattr(again, name), getattr(whole, name))
    alone = single(whole, 1)
    torch.testing.assert_close(alone.other(alone.flow), whole.other(whole.flow)[[1, 4]])


def test_batches_are_filled_up_with_pairs_of_their_own_shape(monkeypatch):
    made = iter([motion(), motion(rows=6, columns=4), *(motion() for _ in range(8))])
    monkeypatch.setattr(mixed_motion_pool, "observed", lambda network, pairs: next(made))
    settings = MixedPoolSettings(batch_size=5, capacity=4)
    batches = mixed_motions(repeat(None, 6), None, settings, np.random.default_rng(0))
    sizes = [(len(batch.flow) // 2, tuple(batch.flow.shape[2:])) for batch in batches]
    assert sizes == [(3, (4, 6)), (3, (6, 4)), *[(5, (4, 6))] * 4]
