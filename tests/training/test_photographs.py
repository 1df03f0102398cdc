"""The library of pictures: what is read, what is held out, what is allowed for what."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from gfn_core.errors import SettingsError
from gfn_core.training.photographs import (
    PhotoLibrary,
    PhotoSplit,
    PhotoUse,
    draw_photograph,
    is_held_out,
    read_cutout,
    read_photograph,
)

SHARED = Path(__file__).resolve().parents[3] / "shared" / "images"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(0)
    for kind, names in (("free", 24), ("research", 16)):
        (root / kind).mkdir()
        for number in range(names):
            name = str(root / kind / f"{kind}_{number}_.png")
            cv2.imwrite(name, draw_photograph(rng, 60, 40))
    (root / "cutouts").mkdir()
    rgba = rng.integers(0, 255, (20, 30, 4)).astype(np.uint8)
    cv2.imwrite(str(root / "cutouts" / "thing.png"), rgba)
    cv2.imwrite(str(root / "cutouts" / "opaque.png"), rgba[..., :3])
    (root / "free" / "notes.txt").write_text("not a picture")
    return root


def test_research_pictures_are_for_measuring_only(folder):
    shipped = PhotoLibrary.load(folder, PhotoUse.SHIPPED_WEIGHTS, PhotoSplit.ALL)
    measuring = PhotoLibrary.load(folder, PhotoUse.MEASURING, PhotoSplit.ALL)
    assert (len(shipped.photographs), len(measuring.photographs)) == (24, 40)
    assert len(shipped.cutouts) == 1


def test_halves_of_the_split_are_the_whole(folder):
    names = [path.name for path in (folder / "free").glob("*.png")]
    held_out = [name for name in names if is_held_out(name)]
    training = PhotoLibrary.load(folder)
    assert len(training.photographs) == len(names) - len(held_out)
    assert 0 < len(held_out) < len(names) / 2


def test_views_of_one_scene_stay_together():
    assert len({is_held_out(f"aero{number}.jpg") for number in range(60)}) == 1
    assert len({is_held_out(f"aero_{number}.jpg") for number in range(60)}) == 2


def test_flat_and_unreadable_pictures_are_left_out(tmp_path):
    cv2.imwrite(str(tmp_path / "flat.png"), np.full((40, 40), 90, np.uint8))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    assert read_photograph(tmp_path / "flat.png") is None
    assert read_photograph(tmp_path / "broken.jpg") is None
    assert read_cutout(tmp_path / "flat.png") is None


def test_large_pictures_are_shrunk(tmp_path):
    rng = np.random.default_rng(0)
    cv2.imwrite(str(tmp_path / "large.png"), draw_photograph(rng, 1280, 400))
    photo = read_photograph(tmp_path / "large.png")
    assert photo.shape == (200, 640)
    assert photo.dtype == np.uint8


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(SettingsError, match=str(tmp_path)):
        PhotoLibrary.load(tmp_path)


def test_drawn_libraries_follow_from_the_generator():
    first, second = (PhotoLibrary.drawn(np.random.default_rng(3), 2) for _ in range(2))
    for one, other in zip(first.photographs, second.photographs, strict=True):
        np.testing.assert_array_equal(one, other)
    assert min(photo.std() for photo in first.photographs) > 20


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared photographs")
def test_about_a_tenth_of_the_shared_pictures_is_held_out():
    names = [path.name for kind in ("free", "research") for path in (SHARED / kind).iterdir()]
    assert 0.06 < np.mean([is_held_out(name) for name in names]) < 0.14
