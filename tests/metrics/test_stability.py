import cv2
import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.metrics.stability import (
    JITTER_SIGMA_FRAMES,
    high_passed,
    nus_scores,
    point_motion,
    stability,
)
from gfn_core.metrics.tracked_path import CELL_COLUMNS, CELL_ROWS, TrackedPath, tracked_path
from gfn_core.motion.similarity import Similarity

SIZE = FrameGeometry(640, 360)
N = 400
TIME = np.arange(N)
FREQUENCY = 0.1013  # cycles a frame; no fraction of which repeats within N
PX = 1 / 960  # one px of a 1920 px frame, in half-widths


def path_of(*, x=0.0, y=0.0, rotation_rad=0.0, log_scale=0.0, residual=None, tracked=None):
    """A tracked path whose running sums are the given curves (N,)."""
    curves = (np.broadcast_to(curve, N).astype(float) for curve in (x, y, rotation_rad, log_scale))
    motion = Similarity.from_parameters(*(np.diff(curve, prepend=curve[0]) for curve in curves))
    cells = np.zeros((N, CELL_ROWS, CELL_COLUMNS, 2)) if residual is None else residual
    known = np.arange(N) > 0 if tracked is None else tracked
    return TrackedPath(SIZE, motion.matrix, known, cells)


def mean_abs_sine(frequency, amplitude):
    """Mean |second difference| of a sine, by its closed form, over a long stretch."""
    return amplitude * (2 * np.sin(np.pi * frequency)) ** 2 * 2 / np.pi


def gain(frequency):
    """What a Gaussian high-pass leaves of a sine's amplitude."""
    return 1 - np.exp(-2 * (np.pi * JITTER_SIGMA_FRAMES * frequency) ** 2)


@pytest.mark.parametrize("frequency", [0.03, 0.0613, 0.173])
def test_a_known_shake_gives_the_known_figures(frequency):
    figures = stability(path_of(x=5 * PX * np.sin(2 * np.pi * frequency * TIME)))
    assert figures.acceleration_px == pytest.approx(mean_abs_sine(frequency, 5), rel=0.02)
    assert figures.acceleration_translation_px == pytest.approx(figures.acceleration_px)
    assert figures.jitter_px == pytest.approx(5 / np.sqrt(2) * gain(frequency), rel=0.02)


def test_a_random_walk_accelerates_as_its_steps_differ():
    steps = np.random.default_rng(1).normal(0, 2 * PX, N)
    figures = stability(path_of(y=np.cumsum(steps)))
    expected = np.abs(np.diff(steps[1:])).mean() / PX
    assert figures.acceleration_px == pytest.approx(expected)


def test_a_rotating_shake_moves_the_border_but_not_the_centre():
    angle = 0.002 * np.sin(2 * np.pi * FREQUENCY * TIME)
    figures = stability(path_of(rotation_rad=angle))
    radius = np.linalg.norm(SIZE.grid(5, 3).reshape(-1, 2), axis=-1)
    assert figures.acceleration_translation_px == pytest.approx(0, abs=1e-9)
    expected = mean_abs_sine(FREQUENCY, 0.002) * radius.mean() * 960
    assert figures.acceleration_px == pytest.approx(expected, rel=0.02)
    expected = 0.002 / np.sqrt(2) * gain(FREQUENCY) * np.sqrt((radius**2).mean()) * 960
    assert figures.jitter_px == pytest.approx(expected, rel=0.02)


def test_zoom_counts_too():
    figures = stability(path_of(log_scale=0.01 * np.sin(2 * np.pi * FREQUENCY * TIME)))
    assert figures.acceleration_px > 1
    assert figures.acceleration_translation_px == pytest.approx(0, abs=1e-9)


def test_a_constant_pan_is_perfectly_stable():
    figures = stability(path_of(x=3 * PX * TIME, y=-PX * TIME))
    assert figures.acceleration_px == pytest.approx(0, abs=1e-9)
    assert figures.jitter_px == pytest.approx(0, abs=1e-9)


def test_a_frame_that_could_not_be_tracked_is_left_out():
    jump = np.where(TIME >= 200, 50 * PX, 0.0)
    known = (TIME > 0) & (TIME != 200)
    assert stability(path_of(x=jump, tracked=known)).acceleration_px == 0
    assert stability(path_of(x=jump)).acceleration_px > 0.1
    assert stability(path_of(x=jump, tracked=known)).failures == 1


@pytest.mark.parametrize(
    ("bins", "share"), [((3,), 1.0), ((20,), 0.0), ((3, 20), 0.5), ((5, 6), 0.5)]
)
def test_nus_score_is_the_share_of_slow_energy(bins, share):
    wave = sum(np.sin(2 * np.pi * k * TIME / N) for k in bins)
    translation, rotation = nus_scores(path_of(x=20 * PX * wave, rotation_rad=0.01 * wave))
    assert translation == pytest.approx(share, abs=1e-3)
    assert rotation == pytest.approx(share, abs=1e-3)


def test_a_motionless_video_scores_one():
    figures = stability(path_of())
    assert (figures.nus_translation, figures.nus_rotation) == (1.0, 1.0)
    assert figures.nus_minimum == figures.nus_average == 1.0
    assert figures.acceleration_px == figures.local_jitter_px == 0
    assert figures.jitter_px == pytest.approx(0, abs=1e-9)


def test_local_jitter_is_what_the_cells_do_on_their_own():
    wobble = 3 * PX * np.sin(2 * np.pi * FREQUENCY * TIME)
    residual = np.zeros((N, CELL_ROWS, CELL_COLUMNS, 2))
    residual[:, :, :, 0] = np.diff(wobble, prepend=0)[:, None, None]
    residual[:, :, ::2] *= -1
    figures = stability(path_of(residual=residual))
    assert figures.local_jitter_px == pytest.approx(3 / np.sqrt(2) * gain(FREQUENCY), rel=0.02)
    assert figures.jitter_px == pytest.approx(0, abs=1e-9)


def test_cells_never_seen_do_not_dilute_local_jitter():
    residual = np.full((N, CELL_ROWS, CELL_COLUMNS, 2), np.nan)
    residual[:, 2, 3] = 0
    residual[:, 2, 3, 1] = np.diff(PX * np.sin(2 * np.pi * FREQUENCY * TIME), prepend=0)
    assert stability(path_of(residual=residual)).local_jitter_px == pytest.approx(
        gain(FREQUENCY) / np.sqrt(2), rel=0.02
    )


def test_high_pass_agrees_with_fourier():
    rng = np.random.default_rng(2)
    path = np.cumsum(rng.normal(size=(4096, 1)) + 1j * rng.normal(size=(4096, 1)), axis=0)
    path *= np.hanning(4096)[:, None]  # so that both ends meet
    frequency = np.fft.fftfreq(4096)
    expected = np.fft.ifft(np.fft.fft(path[:, 0]) * gain(frequency))
    assert np.abs(high_passed(path, JITTER_SIGMA_FRAMES)[:, 0] - expected).max() < 1e-2


def test_one_and_two_frames_have_figures(look):
    for count in (1, 2):
        figures = stability(tracked_path([look(np.eye(3))] * count))
        assert figures.acceleration_px == 0


def test_a_rendered_shake_is_measured_as_drawn(look):
    x = 6 * np.sin(2 * np.pi * 0.11 * np.arange(60))  # px of 640

    def view(shift):
        return np.array([[1, 0, shift], [0, 1, 0], [0, 0, 1.0]])

    figures = stability(tracked_path(look(view(shift)) for shift in x))
    expected = np.abs(np.diff(x, 2)).mean() * 3
    assert figures.acceleration_px == pytest.approx(expected, rel=0.03)
    assert figures.local_jitter_px < 0.3


def test_a_rendered_wobble_is_local_only(look):
    # Upper and lower edge sway one way, the middle the other: no similarity holds any of it.
    rows = np.linspace(-1, 1, 360)[:, None] * np.ones((1, 640))
    columns = np.arange(640)[None, :] * np.ones((360, 1))
    shape = np.cos(np.pi * rows)
    still = look(np.eye(3))
    frames = []
    for sway in 3 * np.sin(2 * np.pi * FREQUENCY * np.arange(50)):
        at = (columns + sway * shape).astype(np.float32)
        lines = (rows * 179.5 + 179.5).astype(np.float32)
        frames.append(cv2.remap(still, at, lines, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT))
    figures = stability(tracked_path(frames))
    expected = 9 / np.sqrt(2) * gain(FREQUENCY) * np.sqrt((shape**2).mean())
    assert figures.local_jitter_px == pytest.approx(expected, rel=0.2)
    assert figures.jitter_px < 0.25 * figures.local_jitter_px


def test_point_motion_is_the_flow_of_the_similarity():
    path = path_of(x=PX * TIME, rotation_rad=0.001 * TIME, log_scale=0.0005 * TIME)
    points = SIZE.grid(5, 3).reshape(-1, 2)
    moved = points @ path.homography[7, :2, :2].T + path.homography[7, :2, 2] - points
    assert point_motion(path)[7] == pytest.approx(moved @ np.array([1, 1j]))
