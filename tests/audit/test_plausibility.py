"""Doubts raised by known faults put into known motion, and by nothing else."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gfn_core.audit.motion_checks import motion_findings
from gfn_core.audit.shake import local_median, output_steps, source_steps
from gfn_core.audit.stretches import shots, stretches
from gfn_core.audit.trajectory_checks import trajectory_findings
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.trajectory import Trajectory

GEOMETRY = FrameGeometry(1920, 1080)
RATE = 30
N = 240


def shaky(seed: int = 3) -> Motion:
    """Hand shake of a few px a frame, known to be nothing else."""
    rng = np.random.default_rng(seed)
    x, y, turn, zoom = rng.normal(0, [3e-3, 3e-3, 1e-3, 3e-4], (N, 4)).T
    similarity = Similarity.from_parameters(x, y, turn, zoom)
    return of(similarity.matrix)


def of(homography: np.ndarray) -> Motion:
    start = np.zeros(N, bool)
    start[0] = True
    homography = np.where(start[:, None, None], np.eye(3), homography)
    high, none = np.full(N, 0.9), np.zeros(N)
    return Motion(
        GEOMETRY,
        np.arange(N),
        np.arange(N) / RATE,
        homography,
        start,
        high,
        high,
        high,
        none,
        high,
        none,
        np.zeros((N, 0)),
    )


def at(values: np.ndarray, frames: slice | int, value: float) -> np.ndarray:
    changed = values.copy()
    changed[frames] = value
    return changed


def knocked(motion: Motion) -> Motion:
    homography = motion.homography.copy()
    homography[100, 0, 2] += 0.1
    return replace(motion, homography=homography)


def blurred(motion: Motion) -> Motion:
    return replace(motion, confidence=at(motion.confidence, slice(60, 90), 0.1))


def cut(motion: Motion) -> Motion:
    return replace(
        motion,
        confidence=at(motion.confidence, 50, 0.05),
        luminance_change=at(motion.luminance_change, 50, -0.3),
    )


def crowded(motion: Motion) -> Motion:
    return replace(motion, background_share=at(motion.background_share, slice(30, 80), 0.2))


def zoomed(motion: Motion) -> Motion:
    grown = np.diag([1.003, 1.003, 1.0])
    return replace(motion, homography=motion.homography @ grown)


def rolling(motion: Motion) -> Motion:
    """Each frame leans by its own speed, over 40 % of the frame's time."""
    readout = 0.4 / (2 * GEOMETRY.half_height)
    speed = motion.similarity.translation
    lean = np.tile(np.eye(3), (N, 1, 1))
    lean[:, 0, 1], lean[:, 1, 1] = readout * speed.real, 1 + readout * speed.imag
    before = np.concatenate([lean[:1], lean[:-1]])
    return replace(motion, homography=lean @ motion.homography @ np.linalg.inv(before))


def broken(motion: Motion) -> Motion:
    return replace(motion, confidence=at(motion.confidence, 7, np.nan))


@pytest.mark.parametrize("seed", range(5))
def test_plain_hand_shake_raises_no_doubt(seed: int) -> None:
    assert list(motion_findings("clip", shaky(seed))) == []


@pytest.mark.parametrize(
    ("fault", "code", "start", "end"),
    [
        (knocked, "outlier-step", 100, 100),
        (blurred, "low-confidence", 60, 89),
        (cut, "suspected-cut", 50, 50),
        (crowded, "large-foreground", 30, 79),
        (zoomed, "drift", 0, N - 1),
        (rolling, "rolling-shutter", None, None),
        (broken, "not-finite", None, None),
    ],
)
def test_each_fault_is_found_where_it_is(
    fault: Callable[[Motion], Motion], code: str, start: int | None, end: int | None
) -> None:
    (finding,) = motion_findings("clip", fault(shaky()))
    assert (finding.code, finding.clip) == (code, "clip")
    expected = [None if frame is None else frame / RATE for frame in (start, end)]
    assert [finding.start_seconds, finding.end_seconds] == expected


def test_a_true_cut_is_not_suspected() -> None:
    motion = cut(shaky())
    motion.shot_start[50] = True
    assert list(motion_findings("clip", motion)) == []


def test_the_readout_time_is_measured() -> None:
    (finding,) = motion_findings("clip", rolling(shaky()))
    share = float(finding.message.split("over ")[1].split("%")[0])
    assert share == pytest.approx(40, abs=3)


def corrected(motion: Motion, correction: Similarity, window: float = 0.9) -> list[str]:
    trajectory = still(window, correction)
    return [finding.code for finding in trajectory_findings("clip", motion, trajectory)]


def still(window: float, correction: Similarity) -> Trajectory:
    return Trajectory(GEOMETRY, window, correction, np.zeros((N, 4)))


def test_a_correction_that_does_nothing_raises_no_doubt() -> None:
    assert corrected(shaky(), Similarity.identity(N)) == []


def test_a_window_that_leaves_the_frame_is_an_error() -> None:
    correction = Similarity.identity(N)
    correction.translation[20] = 0.11
    found = corrected(shaky(), correction)
    assert "outside-frame" in found
    correction.translation[20] = 0.09
    assert "outside-frame" not in corrected(shaky(), correction)


def test_a_correction_that_adds_shake_is_worse() -> None:
    rng = np.random.default_rng(1)
    correction = Similarity(np.ones(N, complex), rng.normal(0, 0.02, N) + 0j)
    assert corrected(shaky(), correction, window=0.5) == ["got-worse"]


def test_a_window_against_the_edge_is_told() -> None:
    correction = Similarity(np.ones(N, complex), np.full(N, 0.0999 + 0j))
    assert corrected(shaky(), correction) == ["crop-bound"]


def test_what_rests_and_is_shown_whole_is_not_bound_by_the_crop() -> None:
    correction = Similarity(np.ones(N, complex), np.full(N, 0.01 + 0j))
    correction.linear[: 3 * N // 4], correction.translation[: 3 * N // 4] = 1 / 0.9, 0
    assert "crop-bound" not in corrected(shaky(), correction)


def test_a_perfect_correction_leaves_no_step() -> None:
    motion = shaky()
    path = [np.eye(3)]
    for step in motion.homography[1:]:
        path.append(step @ path[-1])
    matrices = np.array(path)
    correction = Similarity(
        matrices[:, 0, 0] + 1j * matrices[:, 1, 0], matrices[:, 0, 2] + 1j * matrices[:, 1, 2]
    )
    assert np.abs(source_steps(motion)[1:]).max() > 1e-3
    assert np.abs(output_steps(motion, still(0.9, correction))).max() < 1e-12


def test_the_median_passes_over_one_spike() -> None:
    values = np.arange(20.0)
    values[9] = 1e6
    assert np.abs(local_median(values, 3) - np.arange(20)).max() <= 3


def test_stretches_bridge_short_gaps_and_leave_out_short_ones() -> None:
    times = np.arange(100) / 10
    holds = np.zeros(100, bool)
    holds[[*range(10, 20), *range(21, 30), 50, *range(60, 65)]] = True
    assert list(stretches(holds, times, 0.5)) == [(10, 29)]
    assert list(stretches(holds, times, 0.3)) == [(10, 29), (60, 64)]
    assert list(stretches(np.zeros(100, bool), times, 0.0)) == []


@pytest.mark.parametrize("rate", [1, 3, 30])
def test_a_stretch_holds_together_at_any_frame_rate(rate: int) -> None:
    assert list(stretches(np.ones(100, bool), np.arange(100) / rate, 0.5)) == [(0, 99)]


def test_shots_cover_every_frame_once() -> None:
    start = np.zeros(10, bool)
    start[[0, 4, 9]] = True
    assert [np.arange(10)[shot].tolist() for shot in shots(start)] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7, 8],
        [9],
    ]
    assert list(shots(np.zeros(0, bool))) == []
