"""A second camera's picture pasted over a pair: large movers, of any number, from pairs at hand.

Scenes with an object as large as the background are what separates a network from a robust fit,
and rendered scenes hold few of them. Here a patch of one pair moves as that pair's camera did,
over another pair.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.training.batch import CompactPair

CORNERS = 48
AREA = (0.08, 0.65)  # share of the frame
BACKGROUND, GLOBAL_U = 4, 2  # channels of the truth


def pasted(pair: CompactPair, other: CompactPair, rng: np.random.Generator) -> CompactPair:
    """Paste a random patch of `other` over `pair`; it moves by the global flow of `other`."""
    rows, columns = pair.frames.shape[1:]
    first = _random_patch(rng, rows, columns)
    flow = [cv2.resize(other.truth[GLOBAL_U + axis], (columns, rows)) for axis in (0, 1)]
    second = _moved(first, np.stack(flow))
    alphas = np.stack([first, second])
    frames = pair.frames + alphas * (other.frames.astype(np.float32) - pair.frames)
    covered = cv2.resize(
        first, (pair.truth.shape[2], pair.truth.shape[1]), interpolation=cv2.INTER_AREA
    )
    truth = pair.truth.copy()
    truth[:2] = np.where(covered > 0.5, other.truth[:2], truth[:2])
    truth[BACKGROUND] *= 1 - covered
    return CompactPair(np.rint(frames).astype(np.uint8), truth)


def _random_patch(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    """Draw a blob with lobes, 0 to 1 (rows, columns), of a random area within `AREA`."""
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = np.ones(CORNERS)
    for lobes in range(2, 7):
        radius += rng.normal(0, 0.35 / lobes) * np.cos(lobes * angle + rng.uniform(0, 6.28))
    radius = np.clip(radius, 0.15, None)
    stretch, turn = np.exp(rng.normal(0, 0.35)), rng.uniform(0, np.pi)
    outline = np.stack(
        [radius * np.cos(angle) * stretch, radius * np.sin(angle) / stretch], axis=-1
    )
    turned = outline @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    center = rng.uniform((0.1, 0.1), (0.9, 0.9)) * (columns, rows)
    wanted = rng.uniform(*AREA) * rows * columns
    size = np.sqrt(wanted / np.pi)
    for _ in range(4):  # part of it may lie outside
        patch = np.zeros((rows, columns), np.uint8)
        cv2.fillPoly(patch, [np.rint(center + size * turned).astype(np.int32)], 255)
        size *= np.sqrt(wanted / max(float(np.count_nonzero(patch)), 1.0))
        size = min(size, float(rows + columns))
    return np.asarray(cv2.GaussianBlur(patch, (3, 3), 0) / np.float32(255), np.float32)


def _moved(patch: NDArray[np.float32], flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move `patch` (H, W) by `flow` (2, H, W) px, which belongs to where the patch comes from."""
    rows, columns = patch.shape
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    back = flow
    for _ in range(2):  # the flow at the source of each pixel, by fixed point
        back = np.stack(
            [
                cv2.remap(
                    each,
                    x - back[0],
                    y - back[1],
                    cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                )
                for each in flow
            ]
        )
    return np.asarray(
        cv2.remap(
            patch, x - back[0], y - back[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        np.float32,
    )
