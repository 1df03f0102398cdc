"""What moves by itself, to the pixel: a dense search less the camera's motion, cut along edges.

The network says of each cell, twenty px of 640, whether something in it moves. A dense search
(DIS, Kroeger et al., ECCV 2016) follows textures to the pixel, and goes astray where something is
hidden or there is no texture, as in a sky; so it counts as far as the way back agrees and the
images are more alike by it than by the camera's motion. What both say begins a graph cut over luma
and local motion (GrabCut, Rother et al., SIGGRAPH 2004), which finds the outlines. To local motion
this is what tracks are to global motion; it is not from the paper (docs/decisions/0060).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.rough_flow import searched

Luma = NDArray[np.uint8]
Flow = NDArray[np.float32]
Values = NDArray[Any]  # what OpenCV's stubs know of an array

UNIT_PX = 640  # lengths below are px of a frame so wide
LEAST_DEPARTURE = 0.25  # what is nearer to the camera's motion cannot be told from it
NOTICED = 0.3  # departures are scored on a logarithmic scale, on which this one counts
CLOSED, CLOSED_SHARE = 1.0, 0.1  # by how much a search there and back may miss; of the departure
ALIKER = (1.0, 3.0)  # gray levels by which images are more alike: no witness, and a full one
TOLD, FOLLOWED, DEPARTED, DOUBT = 1.5, 1.0, 1.5, 3.75  # weights of all clues; threshold
SPREAD = 8  # over which images are compared, and scores averaged
CUT_LONGEST_PX = 256
SURE = 4.0  # score of what the cut may not change
FEWEST_PX = 20  # a cut needs some of both kinds
LEVELS = 20.0  # gray levels of a local motion of 1, on a logarithmic scale
CUT_ROUNDS = 1


def moving_parts(
    first: Luma, second: Luma, camera: FloatArray, relevance: FloatArray
) -> FloatArray:
    """Local flow (H, W, 2) px from `first` to `second` (H, W); 0 where nothing moves by itself.

    `camera` is the global flow (H, W, 2) px, `relevance` (h, w) how surely
    the network says that something moves by itself, 0 to 1.
    """
    unit_px = first.shape[1] / UNIT_PX
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # for this thread alone
    there, back = searched(search, first, second), searched(search, second, first)
    local = np.asarray(there - camera, np.float32)
    departure = np.linalg.norm(local, axis=-1) / unit_px
    astray = np.linalg.norm(there + _where_it_leads(back, there), axis=-1) / unit_px
    spread_px = max(1, round(SPREAD * unit_px))
    aliker = _unlike(first, second, camera, spread_px) - _unlike(first, second, there, spread_px)
    witnessed = departure * np.interp(aliker, ALIKER, (0, 1))
    told = cv2.resize(2 * relevance - 1, first.shape[::-1])
    score = cv2.blur(_score(departure, astray, witnessed, told), (spread_px, spread_px))
    moves = _cut(first, local / unit_px, score) & (departure > LEAST_DEPARTURE)
    return np.asarray(local * moves[..., None], np.float64)


def _unlike(first: Luma, second: Luma, flow: Values, spread_px: int) -> Values:
    """By how many gray levels the frames differ (H, W) around each pixel, once `flow` is undone."""
    difference = np.abs(first - _where_it_leads(second.astype(np.float32), flow))
    return np.asarray(cv2.blur(difference, (spread_px, spread_px)))


def _where_it_leads(field: Flow, flow: Values) -> Flow:
    """Sample `field` (H, W[, 2]) where `flow` (H, W, 2) leads."""
    rows, columns = np.indices(flow.shape[:2], np.float32)
    x, y = (
        np.asarray(columns + flow[..., 0], np.float32),
        np.asarray(rows + flow[..., 1], np.float32),
    )
    led = cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(led, np.float32)


def _score(
    departure: FloatArray, astray: FloatArray, witnessed: FloatArray, told: Values
) -> Values:
    """How surely each pixel moves by itself (H, W), above 0 if it does."""
    trust = 1 / (1 + (astray / (CLOSED + CLOSED_SHARE * departure)) ** 2)
    searched = trust * (FOLLOWED + DEPARTED * np.log1p(witnessed / NOTICED))
    return np.asarray(TOLD * told + searched - DOUBT, np.float32)


def _cut(first: Luma, local: Flow, score: Values) -> NDArray[np.bool_]:
    """Cut what moves (H, W) out of the frame, beginning with its `score`."""
    size = FrameGeometry(*first.shape[::-1]).fitted(CUT_LONGEST_PX)
    picture = np.dstack([first.astype(np.float32), 128 + LEVELS * np.arcsinh(local)])
    small, begun = (
        cv2.resize(each, (size.width, size.height), interpolation=cv2.INTER_AREA)
        for each in (picture, score)
    )
    labels = np.where(begun > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[begun > SURE], labels[begun < -SURE] = cv2.GC_FGD, cv2.GC_BGD
    moving = np.count_nonzero(begun > 0)
    if min(moving, begun.size - moving) >= FEWEST_PX:
        cv2.setRNGSeed(0)  # colours are first grouped by k-means: the same groups at each run
        seen = np.clip(small, 0, 255).astype(np.uint8)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(seen, labels, (0, 0, 0, 0), *models, CUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    moves = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    return np.asarray(cv2.resize(moves.astype(np.float32), first.shape[::-1]) > 0.5)
