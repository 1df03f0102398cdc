"""Synthetic pairs by number: pair n of a seed is the same on every machine and in every worker."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from torch.utils.data import DataLoader, Dataset

from gfn_core.training.batch import CompactPair
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import render_pair
from gfn_core.training.scene_settings import SceneSettings


@dataclass(frozen=True)
class Curriculum:
    """Difficulty of pair n: up to `start` at first, up to 1 from pair `hardened` on."""

    start: float = 0.3
    hardened: int = 10_000

    def difficulty(self, index: int, rng: np.random.Generator) -> float:
        """Draw a difficulty; mild pairs never die out."""
        hardest = self.start + (1 - self.start) * min(1.0, index / self.hardened)
        return float(hardest * np.sqrt(rng.uniform()))


class ScenePairs(Dataset[CompactPair]):
    """Pair n of a seed, rendered when asked for."""

    def __init__(
        self, library: PhotoLibrary, seed: int, width: int, height: int, curriculum: Curriculum
    ) -> None:
        self.library = library
        self.seed = seed
        self.size = (width, height)
        self.curriculum = curriculum

    def __getitem__(self, index: int) -> CompactPair:
        """Render pair `index`."""
        rng = np.random.default_rng([self.seed, index])
        settings = SceneSettings.of_difficulty(self.curriculum.difficulty(index, rng))
        return CompactPair.of(render_pair(rng, self.library, settings, *self.size))

    def stream(self, start: int, end: int, workers: int) -> Iterator[CompactPair]:
        """Yield pairs `start` to `end`, in order, rendered ahead in `workers` processes."""
        loader = DataLoader(
            self,
            batch_size=None,
            sampler=range(start, end),
            num_workers=workers,
            prefetch_factor=16 if workers else None,
            worker_init_fn=_one_thread,
        )
        return iter(loader)


def _one_thread(worker: int) -> None:
    """Keep OpenCV from using every core in every worker."""
    del worker
    cv2.setNumThreads(1)
