"""Small folders of the forms in which the benchmarks are given away."""

import pickle

import cv2
import numpy as np
import pytest

from gfn_core.errors import SettingsError, SourceError
from gfn_core.media.marked_pairs import marked_pairs


def write_picture(path, seed, size=(640, 360)):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.random.default_rng(seed).integers(0, 256, (size[1], size[0]), np.uint8)
    cv2.imwrite(str(path), picture)
    return picture


def dhe_folder(root, frames="test", coordinates="Coordinate-v2", listing="test_list.txt"):
    """Two pairs, of which one is far apart, as CA-Homo names them."""
    lines = []
    for video, suffix in (("0000011", ""), ("0000031", "LM")):
        names = [f"{video}_{number}.png" for number in (10001, 10005)]
        for seed, name in enumerate(names):
            write_picture(root / frames / video / name, seed)
        marked = [[(10.0 * i, 20.0), (10.0 * i + 1, 21.0)] for i in range(8)]
        content = {"path1": names[0], "path2": names[1], "matche_pts": marked}
        (root / coordinates).mkdir(exist_ok=True)
        file = root / coordinates / f"{names[0]}{suffix}_{names[1]}{suffix}.npy"
        np.save(file, content, allow_pickle=True)
        lines.append(" ".join(f"{video}/{name}{suffix}" for name in names))
    (root / listing).write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "layout", [{}, {"frames": ".", "coordinates": "Coordinate", "listing": "Test_List.txt"}]
)
def test_dhe(tmp_path, layout):
    dhe_folder(tmp_path, **layout)
    near, far = marked_pairs(tmp_path)
    assert (near.scene, far.scene) == ("RE", "LF")
    assert near.first.shape == near.second.shape == (360, 640)
    assert not np.array_equal(near.first, near.second)
    assert near.points.shape == (6, 2, 2)
    np.testing.assert_array_equal(near.points[2], [[20, 20], [21, 21]])


def test_homogr(tmp_path):
    first = write_picture(tmp_path / "TowerA.png", 0, (60, 40))
    write_picture(tmp_path / "TowerB.png", 1, (50, 44))
    rows = [[1, 2, 1, 3, 4, 1, 1], [9, 9, 1, 9, 9, 1, 0], [5, 6, 1, 7, 8, 1, 1]]
    np.savetxt(tmp_path / "Tower_pts.txt", rows)
    (pair,) = marked_pairs(tmp_path)
    assert pair.name == "Tower"
    np.testing.assert_array_equal(pair.points, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    assert pair.first.shape == pair.second.shape == (44, 60)
    np.testing.assert_array_equal(pair.first[:40], first)


def test_a_folder_of_something_else(tmp_path):
    with pytest.raises(SettingsError, match="neither"):
        marked_pairs(tmp_path)


def test_a_pair_whose_picture_is_gone(tmp_path):
    dhe_folder(tmp_path)
    (tmp_path / "test/0000011/0000011_10001.png").unlink()
    with pytest.raises(SourceError, match=r"0000011_10001\.png: is not there"):
        list(marked_pairs(tmp_path))


class Harmful:
    def __reduce__(self):
        return (print, ("ran",))


def test_points_that_would_run_code_are_refused(tmp_path, capsys):
    dhe_folder(tmp_path)
    file = next((tmp_path / "Coordinate-v2").glob("0000011*"))
    with file.open("wb") as stream:
        np.lib.format.write_array_header_1_0(
            stream, {"descr": "|O", "fortran_order": False, "shape": ()}
        )
        pickle.dump(Harmful(), stream)
    with pytest.raises(SourceError, match="holds"):
        list(marked_pairs(tmp_path))
    assert capsys.readouterr().out == ""
