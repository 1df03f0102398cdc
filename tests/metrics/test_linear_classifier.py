import numpy as np
import pytest

from gfn_core.metrics.linear_classifier import LinearClassifier, _design, _left_out_error, _solved


def test_classes_that_a_plane_separates_are_told_apart():
    rng = np.random.default_rng(0)
    middles = {"walk": [0, 0, 4], "run": [4, 0, 0], "jump": [0, 4, 0]}
    labels = [label for label in middles for _ in range(20)]
    features = np.array([rng.normal(middles[label], 0.5) for label in labels]) * [1, 100, 0.01]
    classifier = LinearClassifier.fitted(features[::2], labels[::2])
    assert classifier.predicted(features[1::2]) == labels[1::2]


def test_features_that_say_nothing_are_at_chance():
    rng = np.random.default_rng(1)
    labels = [str(n % 2) for n in range(200)]
    features = rng.normal(size=(200, 30))
    found = LinearClassifier.fitted(features[:100], labels[:100]).predicted(features[100:])
    assert np.mean([a == b for a, b in zip(found, labels[100:], strict=True)]) < 0.7


@pytest.mark.parametrize("ridge", [0.01, 10.0])
def test_the_left_out_error_is_that_of_leaving_each_out(ridge):
    rng = np.random.default_rng(2)
    design, target = _design(rng.normal(size=(12, 4))), rng.normal(size=(12, 2))
    errors = []
    for left in range(12):
        kept = np.arange(12) != left
        weights = _solved(design[kept], target[kept], ridge)
        errors.append((target[left] - design[left] @ weights) ** 2)
    assert _left_out_error(design, target, ridge) == pytest.approx(np.mean(errors))
