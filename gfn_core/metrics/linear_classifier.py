"""A linear classifier: least squares on one-hot classes, its ridge chosen by leaving one out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray

RIDGES = tuple(10.0**power for power in range(-3, 4))
LEAST_DEVIATION = 1e-6


@dataclass(frozen=True)
class LinearClassifier:
    """Scores of C classes, linear in standardised features."""

    classes: tuple[str, ...]
    middle: FloatArray  # (D,)
    spread: FloatArray  # (D,)
    weights: FloatArray  # (D + 1, C)

    @classmethod
    def fitted(cls, features: FloatArray, labels: Sequence[str]) -> "LinearClassifier":
        """Fit to `features` (N, D) of `labels` (N,)."""
        classes = tuple(sorted(set(labels)))
        middle, spread = features.mean(axis=0), features.std(axis=0) + LEAST_DEVIATION
        design = _design((features - middle) / spread)
        target = np.array([[label == each for each in classes] for label in labels], np.float64)
        ridge = min(RIDGES, key=lambda value: _left_out_error(design, target, value))
        return cls(classes, middle, spread, _solved(design, target, ridge))

    def predicted(self, features: FloatArray) -> list[str]:
        """Most likely class of each of `features` (N, D)."""
        scores = _design((features - self.middle) / self.spread) @ self.weights
        return [self.classes[index] for index in scores.argmax(axis=1)]


def _design(features: FloatArray) -> FloatArray:
    return np.hstack([features, np.ones((len(features), 1))])


def _solved(design: FloatArray, target: FloatArray, ridge: float) -> FloatArray:
    normal = design.T @ design + ridge * np.eye(design.shape[1])
    return np.asarray(np.linalg.solve(normal, design.T @ target))


def _left_out_error(design: FloatArray, target: FloatArray, ridge: float) -> float:
    """Squared error at each sample of the fit to all others, in closed form (PRESS)."""
    normal = design.T @ design + ridge * np.eye(design.shape[1])
    leverage = np.einsum("nd,dn->n", design, np.linalg.solve(normal, design.T))
    left = target - design @ _solved(design, target, ridge)
    return float(((left / (1 - leverage).clip(1e-6)[:, None]) ** 2).mean())
