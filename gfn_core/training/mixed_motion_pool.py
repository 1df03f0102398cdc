"""Mixed motion of many pairs, each looked at once: the frozen backbone need not look twice.

Most of a step would be spent in the backbone; so some pairs of a batch are new, and the rest are
drawn from those seen before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from gfn_core.networks.glocal import Glocal
from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.training.batch import FramePairs

FIELDS = ("flow", "hidden", "luma")


@dataclass(frozen=True)
class MixedPoolSettings:
    """How batches of mixed motion are made."""

    batch_size: int = 12
    capacity: int = 8_000  # pairs kept; 0.1 MB each at 256x160


def mixed_motions(
    pairs: Iterator[FramePairs],
    network: Glocal,
    settings: MixedPoolSettings,
    rng: np.random.Generator,
) -> Iterator[MixedMotion]:
    """Yield batches: a batch of `pairs`, filled up with earlier ones of the same shape."""
    pools: dict[tuple[int, int], list[MixedMotion]] = {}
    for batch in pairs:
        fresh = observed(network, batch)
        rows, columns = fresh.flow.shape[2:]
        pool = pools.setdefault((rows, columns), [])
        singles = [single(fresh, item) for item in range(len(fresh.flow) // 2)]
        missing = settings.batch_size - len(singles)
        repeats = rng.integers(len(pool), size=missing).tolist() if pool else []
        yield together([*singles, *(_mapped(pool[index], Tensor.float) for index in repeats)])
        kept = [_mapped(each, Tensor.half) for each in singles]
        room = max(0, settings.capacity - len(pool))
        pool.extend(kept[:room])
        for each in kept[room:]:
            pool[int(rng.integers(len(pool)))] = each


def observed(network: Glocal, pairs: FramePairs) -> MixedMotion:
    """Look at `pairs` both ways."""
    first, second = (network.view(frames) for frames in (pairs.first, pairs.second))
    return network.mixed(first, second, pairs.rough)


def single(mixed: MixedMotion, item: int) -> MixedMotion:
    """Both views of one pair."""
    views = [item, item + len(mixed.flow) // 2]
    return _mapped(mixed, lambda field: field[views])


def together(pairs: Sequence[MixedMotion]) -> MixedMotion:
    """Stack single pairs of one shape: first all views there, then all views back."""
    order = [2 * pair + way for way in (0, 1) for pair in range(len(pairs))]
    flow, hidden, luma = (
        torch.cat([getattr(pair, name) for pair in pairs])[order] for name in FIELDS
    )
    return replace(pairs[0], flow=flow, hidden=hidden, luma=luma)


def _mapped(mixed: MixedMotion, change: Callable[[Tensor], Tensor]) -> MixedMotion:
    flow, hidden, luma = (change(getattr(mixed, name)) for name in FIELDS)
    return replace(mixed, flow=flow, hidden=hidden, luma=luma)
