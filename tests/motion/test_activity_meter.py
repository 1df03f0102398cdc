"""What moves by itself, measured by networks whose answers are known."""

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
import torch

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.activity import GRID_COLUMNS, GRID_ROWS, Activity, ActivitySettings
from gfn_core.motion.activity_meter import ActivityMeter, camera_flow
from gfn_core.motion.homography import flow, inverse
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.networks.flow_network import FlowNetworkSettings
from gfn_core.networks.global_motion_estimator import GlobalMotionSettings
from gfn_core.networks.glocal import Glocal, GlocalSettings
from gfn_core.networks.local_motion_estimator import LocalMotion
from gfn_core.networks.mixed_motion import MixedMotion
from tests.gray_frames import gray_frame

CPU = torch.device("cpu")
GEOMETRY = FrameGeometry(320, 180)
FRAME_RATE = 25.0
STEP_PX = 3
SMALL = FlowNetworkSettings(
    channels=(4, 4, 8), radii=(1, 1, 1), descriptor=4, widths=(8, 8, 8), hidden=(4, 4, 4)
)
EVERY_FRAME = ActivitySettings(every_frames=1)


class RightHalfMoves(torch.nn.Module):
    """Stands for LME: something moves in the right half of the frame."""

    def forward(self, mixed, found):
        logit = torch.full_like(mixed.flow[:, :1], -9.0)
        logit[..., mixed.flow.shape[3] // 2 :] = 9.0
        return LocalMotion(torch.zeros_like(mixed.flow), logit)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    built = Glocal(GlocalSettings(SMALL, GlobalMotionSettings(width=8, vectors=2, looks=1), 4))
    built.local_motion = RightHalfMoves()
    return built


def textures(count, seed=0):
    """Frames whose left half rests, while the right half moves STEP_PX to the left."""
    rng = np.random.default_rng(seed)
    rests, moves = (
        cv2.normalize(
            cv2.GaussianBlur(rng.uniform(0, 255, (180, 320)), None, 2), None, 0, 255, 32
        ).astype(np.uint8)
        for _ in range(2)
    )
    for index in range(count):
        rolled = np.roll(moves, -STEP_PX * index, axis=1)
        yield gray_frame(index, np.hstack([rests[:, :160], rolled[:, 160:]]), FRAME_RATE)


def motion_of(count, shots=(0,), homography=None):
    known = np.eye(3) if homography is None else homography
    share = np.ones(count)
    return Motion(
        geometry=GEOMETRY,
        pts=np.arange(count),
        pts_seconds=np.arange(count) / FRAME_RATE,
        homography=np.repeat(known[None], count, axis=0),
        shot_start=np.isin(np.arange(count), shots),
        confidence=share,
        background_share=share,
        inlier_share=share,
        residual=share,
        sharpness=share,
        luminance_change=0 * share,
        dct=np.zeros((count, 0)),
    )


def test_speed_is_in_half_widths_a_second(network):
    found = ActivityMeter(network, CPU, EVERY_FRAME).measure(textures(5), motion_of(5))
    speed = STEP_PX * 2 / 320 * FRAME_RATE
    assert found.moving_share[1:] == pytest.approx(0.5, abs=0.05)
    assert found.mean_speed[1:] == pytest.approx(speed, rel=0.05)
    assert found.peak_speed[1:] == pytest.approx(speed, rel=0.2)
    assert found.level[1:] == pytest.approx(speed / 2, rel=0.1)
    assert found.velocity.shape == (5, GRID_ROWS, GRID_COLUMNS, 2)
    assert not found.velocity[:, :, : GRID_COLUMNS // 2 - 1].any()
    inside = found.velocity[1:, :, GRID_COLUMNS // 2 + 1 : -1]
    np.testing.assert_allclose(
        inside, np.broadcast_to([-speed, 0.0], inside.shape), atol=0.1 * speed
    )


def test_what_moves_with_the_camera_does_not_count(network):
    geometry = FrameGeometry(320, 180, Fraction(2))  # pixels twice as wide as high
    ground = next(textures(1)).luma
    step_px = np.array([4, 3])
    frames = [
        gray_frame(index, np.roll(ground, index * step_px[::-1], axis=(0, 1)), FRAME_RATE)
        for index in range(2)
    ]
    x, y = step_px / np.diag(geometry.to_pixels)[:2]
    known = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    motion = replace(motion_of(2, homography=known), geometry=geometry)
    found = ActivityMeter(network, CPU, EVERY_FRAME).measure(frames, motion)
    assert found.moving_share[1] < 0.05  # what rolls in at the edge


def test_first_frames_of_shots_and_repeated_frames_do_not_move(network):
    frames = list(textures(6))
    frames[2] = gray_frame(2, frames[1].luma, FRAME_RATE)
    motion = motion_of(6, shots=(0, 4))
    found = ActivityMeter(network, CPU, EVERY_FRAME).measure(frames, motion)
    assert (found.moving_share > 0).tolist() == [False, True, False, True, False, True]


@pytest.mark.parametrize("every", [1, 3])
def test_frames_between_looks_repeat_the_last_and_no_shot_inherits(network, every):
    settings = ActivitySettings(every_frames=every)
    motion = motion_of(30, shots=(0, 11))
    found = ActivityMeter(network, CPU, settings).measure(textures(30), motion)
    still = np.flatnonzero(found.moving_share == 0)
    assert len(found) == 30
    assert still.tolist() == [0, 11]


def test_slow_motion_is_not_told_from_the_camera(network):
    fussy = ActivitySettings(every_frames=1, least_speed=1.0)
    assert not ActivityMeter(network, CPU, fussy).measure(textures(3), motion_of(3)).level.any()


def test_the_camera_s_flow_is_that_of_its_homography():
    known = Similarity.from_parameters(0.03, -0.02, 0.01, 0.02).matrix
    zero = torch.zeros(2, 2, 18, 32)
    mixed = MixedMotion(zero, zero, zero[:, :1], width_px=256, height_px=144)
    there, back = camera_flow(mixed, known[None], GEOMETRY).permute(0, 2, 3, 1).numpy()
    points = GEOMETRY.grid(32, 18)
    np.testing.assert_allclose(there, flow(known, points) * 128, atol=1e-4)
    np.testing.assert_allclose(back, flow(inverse(known), points) * 128, atol=1e-4)


def test_heat_of_an_empty_clip():
    nothing = np.zeros(0)
    empty = Activity(nothing, nothing, nothing, nothing, np.zeros((0, GRID_ROWS, GRID_COLUMNS, 2)))
    assert not empty.heat.any() and empty.heat.shape == (GRID_ROWS, GRID_COLUMNS)
