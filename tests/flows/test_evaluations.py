"""`gfn evaluate homography` and `actions` on small folders of the benchmarks' own forms."""

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from flows.cli import app
from gfn_core.geometry import FrameGeometry
from gfn_core.media.rgb_video import write_rgb_video
from gfn_core.motion.homography import in_pixels, transform
from gfn_core.motion.similarity import Similarity
from gfn_core.synthetic.camera_path import shaky_path

SIZE = FrameGeometry(640, 360)


def texture(seed, height=360, width=640):
    rng = np.random.default_rng(seed)
    layers = [
        cv2.GaussianBlur(rng.normal(0, 1, (height, width)), None, s) * s for s in (1.5, 4, 12)
    ]
    picture = sum(layers)
    return np.clip(120 + 45 * picture / picture.std(), 0, 255).astype(np.uint8)


def evaluated(kind, root):
    result = CliRunner().invoke(app, ["evaluate", kind, "--root", str(root), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_homography_on_a_folder_like_dhe_s(tmp_path):
    rng = np.random.default_rng(0)
    lines: list[str] = []
    (tmp_path / "Coordinate-v2").mkdir()
    for seed, video in enumerate(("0000011", "0000031")):
        motion = Similarity.from_parameters(0.03, -0.02, *rng.normal(0, 0.01, 2)).matrix
        motion_px = in_pixels(motion, SIZE)
        first = texture(seed)
        second = cv2.warpPerspective(first, motion_px, (640, 360), borderMode=cv2.BORDER_REFLECT)
        points = rng.uniform([80, 60], [560, 300], (6, 2))
        pairs = np.stack([points, transform(motion_px, points)], axis=1)
        names = [f"{video}_{n}.png" for n in (1, 2)]
        (tmp_path / "test" / video).mkdir(parents=True)
        for name, picture in zip(names, (first, second), strict=True):
            cv2.imwrite(str(tmp_path / "test" / video / name), picture)
        matched = {"matche_pts": [tuple(map(tuple, pair)) for pair in pairs]}
        np.save(tmp_path / "Coordinate-v2" / f"{names[0]}_{names[1]}.npy", matched)
        lines.append(" ".join(f"{video}/{name}" for name in names))
    (tmp_path / "test_list.txt").write_text("\n".join(lines))

    errors = evaluated("homography", tmp_path)
    for row in errors.values():
        assert list(row) == ["RE", "LF", "mean"]
        assert row["mean"] == pytest.approx((row["RE"] + row["LF"]) / 2)
    assert errors["identity"]["mean"] > 3
    for method in ("SIFT + RANSAC", "tracks", "globalflownet", "glocal"):
        assert errors[method]["mean"] < 0.3
    assert errors["GLOCAL alone"]["mean"] < 1.5


def waving(across, phase, frames=24):
    """A textured patch that swings across or up and down, before a still scene."""
    scene, patch = texture(1, 200, 300), texture(2, 60, 60)
    for pose, index in zip(shaky_path(frames, 25, phase).pose.matrix, range(frames), strict=True):
        shown = scene.copy()
        swing = round(30 * np.sin(2 * np.pi * index / 12 + phase))
        left, top = 120 + across * swing, 70 + (1 - across) * swing
        shown[top : top + 60, left : left + 60] = patch
        to_px = FrameGeometry(300, 200).to_pixels @ pose @ FrameGeometry(300, 200).from_pixels
        view = cv2.warpAffine(shown, to_px[:2], (300, 200), borderMode=cv2.BORDER_REFLECT)
        yield cv2.cvtColor(view[20:180, 22:278], cv2.COLOR_GRAY2RGB)


def test_actions_on_a_folder_like_ucf_101_s(tmp_path):
    lists = tmp_path / "ucfTrainTestlist"
    lists.mkdir()
    names = {"train": [], "test": []}
    for number, label in enumerate(("Sideways", "UpDown")):
        (tmp_path / "UCF-101" / label).mkdir(parents=True)
        for group in range(4):
            name = f"{label}/v_{label}_g{group:02d}_c01.avi"
            pictures = waving(1 - number, group)
            write_rgb_video(tmp_path / "UCF-101" / name, pictures, (256, 160), 25)
            names["train" if group < 2 else "test"].append(name)
    trained = "".join(f"{name} 1\n" for name in names["train"])
    (lists / "trainlist01.txt").write_text(trained)
    gone = "Sideways/v_Sideways_g99_c01.avi"
    (lists / "testlist01.txt").write_text("\n".join([*names["test"], gone]))

    result = evaluated("actions", tmp_path)
    assert (result["classes"], result["train_clips"], result["test_clips"]) == (2, 4, 4)
    assert result["unreadable"] == 1
    assert result["local_accuracy"] > result["chance"] == 0.5


def test_a_folder_without_data_is_named(tmp_path):
    result = CliRunner().invoke(app, ["evaluate", "homography", "--root", str(tmp_path)])
    assert result.exit_code != 0
    assert str(tmp_path) in str(result.exception)
