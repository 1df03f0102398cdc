"""Local against mixed motion as a description of actions, filmed by a shaking camera.

    python -m benchmarks.actions --images DIR --out DIR [--clips 12] [--shake 1]

A cut-out acts before a photograph, in one of nine ways, at random places, sizes and speeds. Clips
lie as in UCF-101; half of the photographs are seen in training clips only, half in test clips only.
The accuracies are `gfn evaluate actions`' own: one linear classifier, descriptors of one dimension.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import torch

from benchmarks.machine import record
from flows.action_evaluation import action_result
from gfn_core.geometry import FrameGeometry
from gfn_core.media.rgb_video import Picture, write_rgb_video
from gfn_core.motion.similarity import Similarity
from gfn_core.synthetic.camera_path import shaky_path
from gfn_core.training.photographs import Cutout, GrayPhoto, PhotoLibrary, PhotoSplit, PhotoUse

FRAMES, RATE = 24, 25
SIZE = FrameGeometry(320, 180)
MARGIN = 0.8  # the camera shows this much of the photograph's width, and shakes within it

Pose = tuple[float, float, float, float]  # x, y in half-widths, rad, log of the scale
Act = Callable[[float], Pose]  # of seconds
ACTS: dict[str, Act] = {
    "GoesLeft": lambda t: (-0.5 * t, 0, 0, 0),
    "GoesRight": lambda t: (0.5 * t, 0, 0, 0),
    "Rises": lambda t: (0, -0.4 * t, 0, 0),
    "Falls": lambda t: (0, 0.4 * t, 0, 0),
    "Sways": lambda t: (0.15 * np.sin(4 * np.pi * t), 0, 0, 0),
    "Jumps": lambda t: (0, -0.15 * np.abs(np.sin(4 * np.pi * t)), 0, 0),
    "Nears": lambda t: (0, 0, 0, 0.6 * t),
    "Leaves": lambda t: (0, 0, 0, -0.6 * t),
    "Spins": lambda t: (0, 0, 2.5 * t, 0),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the clips, describe and classify them, and write actions.md; 0 when done."""
    asked = _arguments().parse_args(arguments)
    torch.set_num_threads(1)
    library = PhotoLibrary.load(asked.images, PhotoUse.MEASURING, PhotoSplit.HELD_OUT)
    root = asked.out / "clips"
    shutil.rmtree(root, ignore_errors=True)
    draw_clips(root, library, asked.clips, asked.shake)
    result = action_result(root, torch.device("cpu"))
    rows = [f"| {name} | {value:g} |" for name, value in asdict(result).items()]
    page = ["| | |", "|---|---|", *rows, "", *(f"- {k}: {v}" for k, v in record().items())]
    (asked.out / "actions.md").write_text("\n".join(page) + "\n")
    print(json.dumps(asdict(result), indent=1))
    return 0


def draw_clips(root: Path, library: PhotoLibrary, count: int, shake: float) -> None:
    """Write `count` clips of each act, the first half to train and the others to test."""
    lists: dict[str, list[str]] = {"trainlist01.txt": [], "testlist01.txt": []}
    for number, (label, act) in enumerate(ACTS.items()):
        (root / "UCF-101" / label).mkdir(parents=True)
        for index in range(count):
            is_test = index >= count // 2
            rng = np.random.default_rng([number, index])
            backdrop = library.photographs[is_test::2][rng.integers(len(library.photographs) // 2)]
            cutout = library.cutouts[is_test::2][rng.integers(len(library.cutouts) // 2)]
            name = f"{label}/v_{label}_g{index:02d}_c01.avi"
            pictures = performance(rng, act, backdrop, cutout, shake)
            write_rgb_video(root / "UCF-101" / name, pictures, (SIZE.width, SIZE.height), RATE)
            lists["testlist01.txt" if is_test else "trainlist01.txt"].append(f"{name} {number + 1}")
    (root / "ucfTrainTestlist").mkdir()
    for name, lines in lists.items():
        (root / "ucfTrainTestlist" / name).write_text("\n".join(lines))


def performance(
    rng: np.random.Generator, act: Act, backdrop: GrayPhoto, cutout: Cutout, strength: float
) -> Iterator[Picture]:
    """Pictures (H, W, 3) of a cut-out that acts before a photograph, by a shaking camera."""
    place, lean = rng.uniform((-0.35, -0.15), (0.35, 0.15)), rng.uniform(-0.2, 0.2)
    height, pace = rng.uniform(0.35, 0.6), rng.uniform(0.7, 1.3)  # half-widths; times the usual
    shake = shaky_path(FRAMES, RATE, int(rng.integers(2**31))).shake
    scene_px = _to_pixels(backdrop) @ np.diag([MARGIN, MARGIN, 1])
    for index in range(FRAMES):
        x, y, turn, growth = act(pace * (index / FRAMES - 0.5))
        actor = Similarity.from_parameters(place[0] + x, place[1] + y, lean + turn, growth).matrix
        actor_px = _to_pixels(cutout.gray, height) @ np.linalg.inv(actor)
        camera = np.eye(3) + strength * (shake[index : index + 1].matrix[0] - np.eye(3))
        view = camera @ SIZE.from_pixels
        scene = _seen(backdrop, scene_px @ view, cv2.BORDER_REFLECT)
        alpha = _seen(cutout.alpha, actor_px @ view, cv2.BORDER_CONSTANT).astype(np.float32) / 255
        shown = scene + alpha * (_seen(cutout.gray, actor_px @ view, cv2.BORDER_REPLICATE) - scene)
        noisy = np.clip(rng.normal(shown, 1.5), 0, 255).astype(np.uint8)
        yield np.repeat(noisy[..., None], 3, axis=2)


def _to_pixels(picture: GrayPhoto, height: float | None = None) -> np.ndarray:
    """From half-widths of the scene to px of a picture that fills it, or is `height` high."""
    rows, columns = picture.shape
    scale = columns / 2 if height is None else rows / height
    return np.array([[scale, 0, columns / 2], [0, scale, rows / 2], [0, 0, 1]])


def _seen(picture: GrayPhoto, from_output_px: np.ndarray, border: int) -> np.ndarray:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (SIZE.width, SIZE.height)
    warped = cv2.warpAffine(picture, from_output_px[:2], size, flags=flags, borderMode=border)
    return np.asarray(warped, np.float32)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=12, help="of each act")
    parser.add_argument("--shake", type=float, default=1.0, help="0: the camera stands still")
    return parser


if __name__ == "__main__":
    sys.exit(main())
