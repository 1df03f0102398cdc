"""The knee, and a plot that survives its clips' names."""

from pathlib import Path

import numpy as np

from gfn_core.report.sweep_plot import SweepCurve, knee, save_sweep_plot


def test_the_knee_is_where_two_lines_meet() -> None:
    view = np.array([0.5, 0.6, 0.7, 0.8, 0.9])
    shake = np.array([0.05, 0.06, 0.07, 0.3, 0.6])
    assert knee(SweepCurve("", view, shake)) == 2
    assert knee(SweepCurve("", view[::-1], shake[::-1])) == 2


def test_what_shows_less_and_shakes_more_is_no_knee() -> None:
    view = np.array([0.5, 0.6, 0.7, 0.8, 0.9])
    assert knee(SweepCurve("", view, np.array([0.18, 0.185, 0.19, 0.12, 0.06]))) == 4
    assert knee(SweepCurve("", view, np.array([0.2, 0.1, 0.3, 0.12, 0.4]))) == 3


def test_two_points_have_no_knee(tmp_path: Path) -> None:
    curve = SweepCurve("", np.array([0.6, 0.8]), np.array([0.1, 0.4]))
    assert knee(curve) is None
    save_sweep_plot(tmp_path / "a.svg", [curve], (0.8, 0.9))
    assert "knee" not in (tmp_path / "a.svg").read_text()


def test_names_are_not_formulas(tmp_path: Path) -> None:
    curve = SweepCurve("$\\frac{<b>.mp4", np.array([0.6, 0.8]), np.array([0.1, 0.4]))
    save_sweep_plot(tmp_path / "a.svg", [curve], (0.8, 0.9))
    assert "<b>" not in (tmp_path / "a.svg").read_text()
