"""What moves by itself, measured by networks whose answers are known."""

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
SMALL = FlowNetworkSettings(
    channels=(4, 4, 8), radii=(1, 1, 1), descriptor=4, widths=(8, 8, 8), hidden=(4, 4, 4)
)
EVERY_FRAME = ActivitySettings(every_frames=1)


class RightHalfMoves(torch.nn.Module):
    """Stands for LME: the right half of the frame moves 2 px to the left."""

    def forward(self, mixed, found):
        candidate = torch.zeros_like(mixed.flow)
        candidate[:, 0] = -2.0
        logit = torch.full_like(mixed.flow[:, :1], -9.0)
        logit[..., mixed.flow.shape[3] // 2 :] = 9.0
        return LocalMotion(candidate, logit)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    built = Glocal(GlocalSettings(SMALL, GlobalMotionSettings(width=8, vectors=2, looks=1), 4))
    built.local_motion = RightHalfMoves()
    return built


def textures(count, seed=0):
    rng = np.random.default_rng(seed)
    picture = cv2.GaussianBlur(rng.uniform(0, 255, (180, 320)), None, 3)
    picture = (picture - picture.mean()) * 8 + 128
    for index in range(count):
        shifted = np.roll(picture, index, axis=1)
        yield gray_frame(index, np.clip(shifted, 0, 255).astype(np.uint8), FRAME_RATE)


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
    speed = 2 * 2 / 256 * FRAME_RATE  # 2 px of 256 a frame
    assert found.moving_share[1:] == pytest.approx(0.5)
    assert found.mean_speed[1:] == pytest.approx(speed)
    assert found.peak_speed[1:] == pytest.approx(speed)
    assert found.level[1:] == pytest.approx(speed / 2)
    assert found.velocity.shape == (5, GRID_ROWS, GRID_COLUMNS, 2)
    assert not found.velocity[:, :, : GRID_COLUMNS // 2].any()
    np.testing.assert_allclose(
        found.velocity[1:, :, GRID_COLUMNS // 2 :],
        np.broadcast_to([-speed, 0.0], (4, GRID_ROWS, GRID_COLUMNS // 2, 2)),
    )


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
