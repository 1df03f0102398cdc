import cv2
import numpy as np
import pytest

from gfn_core.training.augmentation import (
    AugmentationSettings,
    augmented,
    mirrored,
    shaken,
    transposed,
)
from gfn_core.training.batch import TRUTH_STRIDE, Batch, CompactPair
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import render_pair
from gfn_core.training.scene_settings import SceneSettings

LIBRARY = PhotoLibrary.drawn(np.random.default_rng(0))


def rendered(seed=0):
    rng = np.random.default_rng(seed)
    return render_pair(rng, LIBRARY, SceneSettings.of_difficulty(0.0), 192, 128)


def misfit(pair, truth=None):
    """Mean difference in gray levels of the first frame and the second brought back to it."""
    truth = pair.truth if truth is None else truth
    rows, columns = pair.frames.shape[1:]
    flow = [cv2.resize(channel, (columns, rows)) for channel in truth[:2]]
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    back = cv2.remap(pair.frames[1], x + flow[0], y + flow[1], cv2.INTER_LINEAR)
    difference = np.abs(back.astype(float) - pair.frames[0])
    return difference[16:-16, 16:-16].mean()


@pytest.mark.parametrize(
    "change",
    [
        lambda pair: mirrored(pair, True, False),
        lambda pair: mirrored(pair, False, True),
        lambda pair: mirrored(pair, True, True),
        transposed,
        lambda pair: shaken(
            pair, np.array([[1.01, 0.02, -4], [-0.02, 0.99, 5.0], [1e-5, -2e-5, 1]])
        ),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_truth_still_holds(change, seed):
    """Warping by the changed truth explains the changed frames; the old truth does not."""
    pair = CompactPair.of(rendered(seed))
    changed = change(pair)
    assert misfit(changed) < misfit(pair) + 3
    wrong = -changed.truth
    assert misfit(changed, wrong) > misfit(changed) + 2


def test_changes_undo_themselves():
    pair = CompactPair.of(rendered())
    for again in (
        mirrored(mirrored(pair, True, True), True, True),
        transposed(transposed(pair)),
        shaken(pair, np.eye(3)),
    ):
        np.testing.assert_array_equal(again.frames, pair.frames)
        np.testing.assert_allclose(again.truth, pair.truth, atol=1e-4)


def test_global_flow_moves_with_the_camera():
    pair = CompactPair.of(rendered())
    shift = np.eye(3)
    shift[:2, 2] = 3.0, -2.0
    moved = shaken(pair, shift)
    for channel, amount in ((0, 3), (1, -2), (2, 3), (3, -2)):
        np.testing.assert_allclose(moved.truth[channel], pair.truth[channel] + amount, atol=1e-3)
    np.testing.assert_array_equal(moved.truth[4], pair.truth[4])


def test_augmentation_follows_from_the_generator():
    pair = CompactPair.of(rendered())
    settings = AugmentationSettings()
    once, again, other = (
        augmented(pair, np.random.default_rng(seed), settings) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(once.frames, again.frames)
    assert not np.array_equal(once.frames, other.frames)


def test_cells_hold_the_mean_of_their_pixels():
    scene = rendered()
    pair = CompactPair.of(scene)
    block = scene.global_flow[8:12, 16:20].mean(axis=(0, 1))
    np.testing.assert_allclose(
        pair.truth[2:4, 8 // TRUTH_STRIDE, 16 // TRUTH_STRIDE], block, atol=1e-3
    )


def test_a_batch_keeps_its_order():
    import torch

    pairs = [CompactPair.of(rendered(seed)) for seed in range(3)]
    batch = Batch.of(pairs, torch.device("cpu"))
    assert batch.first.shape == (3, 1, 128, 192)
    assert batch.mixed_flow.shape == (3, 2, 32, 48)
    for item, pair in enumerate(pairs):
        np.testing.assert_array_equal((batch.second[item, 0] * 255).round().numpy(), pair.frames[1])
        np.testing.assert_array_equal(batch.global_flow[item].numpy(), pair.truth[2:4])
        np.testing.assert_array_equal(batch.background[item, 0].numpy(), pair.truth[4])
