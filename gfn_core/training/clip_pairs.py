"""Pairs of frames of real clips, for distillation: no truth is known of them, nor needed."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from gfn_core.errors import FramesDiffer, SettingsError, SourceError
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.training.batch import FramePairs

FRAMES_A_VISIT = 240  # of a clip, before the next one's turn
LONGEST_SKIP = 3  # frames from first to second of a pair
READ_PX = 320  # longer side as decoded
SHUFFLED = 512  # pairs among which the next is drawn

ClipPair = tuple[NDArray[np.uint8], int]  # frames (2, H, W), frames from first to second


def clip_batches(
    clips: Sequence[Path],
    batch_size: int,
    width: int,
    height: int,
    rng: np.random.Generator,
    device: torch.device,
) -> Iterator[FramePairs]:
    """Yield batches of pairs of `clips` for ever; frames are stretched to one size.

    A clip that cannot be read is passed over; raises SettingsError where none can.
    """
    pairs = _shuffled(_endless_pairs(clips, width, height, rng), rng)
    while batch := list(islice(pairs, batch_size)):
        frames, skips = zip(*batch, strict=True)
        yield FramePairs.of_frames(np.stack(frames), skips, device)


def _endless_pairs(
    clips: Sequence[Path], width: int, height: int, rng: np.random.Generator
) -> Iterator[ClipPair]:
    while True:
        readable = 0
        for index in rng.permutation(len(clips)):
            try:
                for pair in _pairs(clips[index], width, height, rng):
                    readable += 1
                    yield pair
            except (SourceError, FramesDiffer):
                continue
        if not readable:
            raise SettingsError(f"none of the {len(clips)} clips to train on can be read")


def _pairs(path: Path, width: int, height: int, rng: np.random.Generator) -> Iterator[ClipPair]:
    info = probe(path)
    recent: deque[NDArray[np.uint8]] = deque(maxlen=LONGEST_SKIP + 1)
    size = info.geometry.fitted(READ_PX)
    for frame in islice(open_reader(path, info, size, threads=1), FRAMES_A_VISIT):
        shape = (width, height)
        luma = cv2.resize(frame.luma, shape, interpolation=cv2.INTER_AREA)
        recent.append(np.asarray(luma, np.uint8))
        skip = int(rng.integers(1, LONGEST_SKIP + 1))
        if len(recent) > skip:
            yield np.stack([recent[-1 - skip], recent[-1]]), skip


def _shuffled(pairs: Iterator[ClipPair], rng: np.random.Generator) -> Iterator[ClipPair]:
    """Draw from a window of pairs, so that a batch shows several clips."""
    window = list(islice(pairs, SHUFFLED))
    for pair in pairs:
        drawn = int(rng.integers(len(window)))
        yield window[drawn]
        window[drawn] = pair
