"""Synthetic pairs by number: pair n of a seed is the same on every machine and in every worker."""

from dataclasses import dataclass

import numpy as np
from torch.utils.data import Dataset

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
