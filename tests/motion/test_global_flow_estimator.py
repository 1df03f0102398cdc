"""The guide's part in the motion of a pair, and the streaming of a network's guides."""

from itertools import islice

import cv2
import numpy as np
import pytest
import torch

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.analysis_frame import AnalysisFrame
from gfn_core.motion.bases import orthonormal_bases
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.frame_pair import FramePair, TracksSettings
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.guide import LEAST_WEIGHT, Guide
from gfn_core.motion.guided_estimator import GuidedSettings
from gfn_core.motion.homography import transform
from gfn_core.motion.similarity import Similarity
from gfn_core.motion.tracks import Tracks
from gfn_core.networks.flow_network import FlowNetworkSettings
from gfn_core.networks.global_flow_net import GlobalFlowNet, GlobalFlowNetSettings
from tests.gray_frames import gray_frame
from tests.motion.moved_pictures import GEOMETRY, error_px, moved, smeared, texture

CPU = torch.device("cpu")


def analysed(luma):
    return AnalysisFrame(luma, GEOMETRY, orthonormal_bases(GEOMETRY), TracksSettings().tracking)


def pair_with_a_large_object(camera, own):
    """Two frames in which an object over 60 % of the frame moves by `own`."""
    background, thing = texture(1), texture(2)
    mask = np.zeros((360, 640))
    mask[20:340, 110:540] = 1
    first = np.where(mask > 0, thing, background)
    mask_then = moved(mask, own)
    second = mask_then * moved(thing, own) + (1 - mask_then) * moved(background, camera)
    return [np.clip(np.rint(f), 0, 255).astype(np.uint8) for f in (first, second)], 1 - mask


def test_a_guide_keeps_the_motion_on_the_background():
    camera = Similarity.from_parameters(0.02, -0.01, 0.008, 0.004).matrix
    own = Similarity.from_parameters(-0.03, 0.015, 0.0, 0.0).matrix
    lumas, background = pair_with_a_large_object(camera, own)
    frames = [analysed(luma) for luma in lumas]
    errors_px = {}
    for name, guide in {
        "alone": None,
        "guided": Guide(np.eye(3), cv2.resize(background, (32, 18)), confidence=0.5),
    }.items():
        pair = FramePair(*frames, TracksSettings(), guide)
        found = pair.motion(np.eye(3)).homography
        errors_px[name] = error_px(found, camera)
    assert errors_px["guided"] < 0.1
    assert errors_px["alone"] > 5  # else the scene would show nothing


def test_a_motion_told_a_few_px_off_finds_the_tracks_near_it():
    frame = analysed(np.clip(np.rint(texture(1)), 0, 255).astype(np.uint8))
    camera = Similarity.from_parameters(0.02, -0.01, 0.008, 0.004).matrix
    own = [
        Similarity.from_parameters(dx, dy, 0.0, 0.0).matrix
        for dx, dy in ((-0.06, 0.0), (0.09, 0.05), (0.0, -0.08))
    ]
    points = GEOMETRY.grid(32, 18).reshape(-1, 2)
    share = np.random.default_rng(0).permutation(len(points)) / len(points)
    target = np.select(
        [(share < least)[:, None] for least in (0.27, 0.54, 0.8)],
        [transform(motion, points) for motion in own],
        transform(camera, points),
    )
    weights = np.where(share < 0.8, 0.5, 1.0).reshape(18, 32)
    told = Similarity.from_parameters(0.02, -0.01 + 8 / 320, 0.008, 0.004).matrix  # 8 px off
    pair = FramePair(frame, frame, TracksSettings(), Guide(told, weights, confidence=0.5))
    fit = pair.coarse_fit(Tracks(points, target, lost=np.zeros((0, 2))), np.eye(3))
    assert error_px(fit.homography, camera) < 0.1


def test_where_hardly_a_track_is_left_the_guide_is_trusted_a_little():
    rng = np.random.default_rng(0)
    lumas = [np.linspace(60, 140, 640) + rng.normal(0, 2, (360, 640)) for _ in range(2)]
    for luma, left in zip(lumas, (100, 160), strict=True):
        luma[300:330, left : left + 60] = 120 + texture(1)[:30, :60] / 2  # the only thing to see
    frames = [analysed(np.clip(np.rint(luma), 0, 255).astype(np.uint8)) for luma in lumas]
    motion = Similarity.from_parameters(0.01, 0.0, 0.0, 0.0).matrix
    weights = np.ones((18, 32))
    weights[14:17, 4:9] = 0.0
    pair = FramePair(*frames, TracksSettings(), Guide(motion, weights, confidence=0.6))
    found = pair.motion(np.eye(3))
    np.testing.assert_array_equal(found.homography, motion)
    assert 0 < found.confidence <= 0.5


def test_weights_are_those_of_the_cell_a_point_lies_in():
    background = np.random.default_rng(0).uniform(0.1, 1, (18, 32))
    guide = Guide(np.eye(3), background, confidence=1.0)
    centres = GEOMETRY.grid(32, 18).reshape(-1, 2)
    np.testing.assert_allclose(guide.weights(centres, GEOMETRY), background.ravel(), atol=1e-4)
    empty = Guide(np.eye(3), np.zeros((18, 32)), confidence=1.0)
    assert (empty.weights(centres, GEOMETRY) == LEAST_WEIGHT).all()


def test_where_nothing_can_be_tracked_the_guide_is_trusted_a_little():
    blank = analysed(np.full((360, 640), 90, np.uint8))
    motion = Similarity.from_parameters(0.01, 0.0, 0.0, 0.0).matrix
    guide = Guide(motion, np.ones((18, 32)), confidence=0.6)
    pair = FramePair(blank, blank, TracksSettings(), guide).motion(np.eye(3))
    np.testing.assert_array_equal(pair.homography, motion)
    assert 0 < pair.confidence <= 0.5


def test_a_jolt_that_loses_all_corners_is_believed_by_the_images():
    camera = Similarity.from_parameters(0.12, 0.03, 0.0, 0.0).matrix
    lumas = [texture(1), smeared(moved(texture(1), camera))]
    frames = [analysed(np.clip(np.rint(luma), 0, 255).astype(np.uint8)) for luma in lumas]
    rough = camera @ Similarity.from_parameters(0.004, -0.003, 0.0, 0.0).matrix
    guide = Guide(rough, np.ones((18, 32)), confidence=0.5)
    pair = FramePair(*frames, TracksSettings(), guide).motion(np.eye(3))
    assert pair.inlier_share < 0.05
    assert error_px(pair.homography, camera) < 1.0
    assert pair.background_share > 0.5
    assert pair.confidence > 0.3


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    sizes = FlowNetworkSettings(
        channels=(4, 4, 8), radii=(1, 1, 1), descriptor=4, widths=(8, 8, 8), hidden=(4, 4, 4)
    )
    return GlobalFlowNet(GlobalFlowNetSettings(sizes))


def shaken_frames(count):
    rng = np.random.default_rng(3)
    for index in range(count):
        motion = Similarity.from_parameters(*rng.normal(0, 0.01, 2), 0.0, 0.0).matrix
        yield gray_frame(index, np.clip(moved(texture(5), motion), 0, 255).astype(np.uint8))


def test_motion_does_not_depend_on_the_size_of_batches(network):
    found = [
        estimate_motion(
            shaken_frames(5),
            GlobalFlowEstimator(network, CPU, GuidedSettings(batch_frames=size)),
            GEOMETRY,
        )
        for size in (1, 2, 8)
    ]
    assert len(found[0]) == 5 and found[0].shot_start.tolist() == [True, *[False] * 4]
    for other in found[1:]:
        np.testing.assert_allclose(other.homography, found[0].homography, atol=1e-6)
        np.testing.assert_allclose(other.confidence, found[0].confidence, atol=1e-4)


def test_frames_are_read_few_batches_ahead(network):
    read = []

    def counted():
        for frame in shaken_frames(30):
            read.append(frame.index)
            yield frame

    estimator = GlobalFlowEstimator(network, CPU, GuidedSettings(batch_frames=4))
    motions = estimator.pair_motions(counted(), GEOMETRY)
    assert len(list(islice(motions, 3))) == 3
    assert len(read) <= 16  # a batch in use, one waiting, one in the making
    motions.close()


def test_a_portrait_video_with_tall_pixels(network):
    frames = [gray_frame(i, np.ascontiguousarray(f.luma.T)) for i, f in enumerate(shaken_frames(3))]
    found = estimate_motion(
        frames, GlobalFlowEstimator(network, CPU, GuidedSettings()), FrameGeometry(720, 1280)
    )
    assert len(found) == 3
