"""`gfn evaluate actions`: how well local motion tells actions apart, against all motion."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from gfn_core.device_name import DeviceName
from gfn_core.errors import FramesDiffer, GfnError, SourceError
from gfn_core.geometry import FloatArray
from gfn_core.media.action_clips import ActionClip, action_clips
from gfn_core.media.frame_reader import GrayFrame, open_reader
from gfn_core.media.probe import probe
from gfn_core.metrics.linear_classifier import LinearClassifier
from gfn_core.metrics.motion_descriptor import DIMENSION, motion_descriptor
from gfn_core.motion.glocal_view import GlocalView
from gfn_core.networks.device import device_named
from gfn_core.settings import GLOCAL_WEIGHTS
from gfn_core.store.weights import load_glocal

LONGEST_PX = 256
PAIRS = 16  # of frames looked at in a clip, evenly spread


@dataclass(frozen=True)
class ActionResult:
    """Accuracy on the test split, of descriptors of equal dimension."""

    classes: int
    train_clips: int
    test_clips: int
    unreadable: int
    dimension: int
    local_accuracy: float
    mixed_accuracy: float
    chance: float  # of the most frequent class


@dataclass(frozen=True)
class DescribedClip:
    """A clip's label, and what its local and its mixed motion look like."""

    clip: ActionClip
    local: FloatArray  # (DIMENSION,)
    mixed: FloatArray


def evaluate_actions(root: Path, device: DeviceName, *, as_json: bool) -> None:
    """Describe all clips of `root`, train and test a linear classifier, print the accuracies."""
    result = action_result(root, device_named(device))
    if as_json:
        print(json.dumps(asdict(result), indent=1))
        return
    table = Table("descriptor", "accuracy", box=None, pad_edge=False)
    table.add_row("local motion", f"{result.local_accuracy:.1%}")
    table.add_row("mixed motion", f"{result.mixed_accuracy:.1%}")
    table.add_row("most frequent class", f"{result.chance:.1%}")
    Console().print(table)
    Console().print(
        f"{result.classes} classes, {result.train_clips} clips to train and {result.test_clips} to "
        f"test on, {result.unreadable} unreadable; {result.dimension} dimensions"
    )


def action_result(root: Path, device: torch.device) -> ActionResult:
    """Train on the one split and test on the other; raises `GfnError` where one is empty."""
    clips = action_clips(root)
    view = GlocalView(load_glocal(GLOCAL_WEIGHTS, device), device)
    described = list(_described(clips, view))
    train = [each for each in described if not each.clip.is_test]
    test = [each for each in described if each.clip.is_test]
    if not train or not test:
        raise GfnError(f"{root}: no readable clips to {'test' if train else 'train'} on")
    labels = [each.clip.label for each in test]
    return ActionResult(
        classes=len({each.clip.label for each in train}),
        train_clips=len(train),
        test_clips=len(test),
        unreadable=len(clips) - len(described),
        dimension=DIMENSION,
        local_accuracy=_accuracy(train, test, "local"),
        mixed_accuracy=_accuracy(train, test, "mixed"),
        chance=max(labels.count(label) for label in labels) / len(labels),
    )


def _accuracy(train: list[DescribedClip], test: list[DescribedClip], which: str) -> float:
    features = np.stack([getattr(each, which) for each in train])
    classifier = LinearClassifier.fitted(features, [each.clip.label for each in train])
    found = classifier.predicted(np.stack([getattr(each, which) for each in test]))
    right = [a == each.clip.label for a, each in zip(found, test, strict=True)]
    return float(np.mean(right))


def _described(clips: list[ActionClip], view: GlocalView) -> Iterator[DescribedClip]:
    """Describe the clips that can be read."""
    for clip in clips:
        try:
            local, mixed = velocities(clip, view)
        except (SourceError, FramesDiffer):
            continue
        if local:
            yield DescribedClip(clip, motion_descriptor(local), motion_descriptor(mixed))


def velocities(clip: ActionClip, view: GlocalView) -> tuple[list[FloatArray], list[FloatArray]]:
    """Local and mixed velocity (h, w, 2), half-widths / s, of pairs of frames of `clip`."""
    frames = _frames_of(clip)
    ends = np.unique(np.linspace(1, len(frames) - 1, PAIRS).round().astype(int))
    pairs = [(frames[end - 1], frames[end]) for end in ends if len(frames) > 1]
    seconds = np.array([b.pts_seconds - a.pts_seconds for a, b in pairs])
    local: list[FloatArray] = []
    mixed: list[FloatArray] = []
    for (first, second), interval in zip(pairs, seconds, strict=True):
        if interval <= 0:
            continue
        with torch.inference_mode():
            motion = view.network(view.mixed([first.luma, second.luma], [1]))
        scale = 2 / motion.mixed.width_px / interval
        for kept, flow in ((local, motion.local.flow), (mixed, motion.mixed.flow)):
            kept.append(flow[0].permute(1, 2, 0).double().cpu().numpy() * scale)
    return local, mixed


def _frames_of(clip: ActionClip) -> list[GrayFrame]:
    """Frames of the clip's stretch."""
    if not clip.path.exists():
        raise SourceError(f"{clip.path}: is not there")
    info = probe(clip.path)
    frames = []
    for frame in open_reader(clip.path, info, info.geometry.fitted(LONGEST_PX)):
        if frame.pts_seconds > clip.end_seconds:
            break
        if frame.pts_seconds >= clip.start_seconds:
            frames.append(frame)
    return frames
