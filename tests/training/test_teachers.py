import cv2
import numpy as np
import pytest
import torch

from gfn_core.errors import WeightsUnusable
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.settings import GLOCAL_WEIGHTS
from gfn_core.store.weights import load_glocal
from gfn_core.training.batch import FramePairs
from gfn_core.training.photographs import draw_photograph
from gfn_core.training.teachers import DisTeacher, NetworkTeacher, RaftTeacher

SHIFT = (6.0, -4.0)


@pytest.fixture(scope="module")
def pair():
    """Frames (128, 192) of a picture that moves by SHIFT, and of one that stands still."""
    picture = draw_photograph(np.random.default_rng(0), 260, 200)
    matrix = np.array([[1, 0, SHIFT[0]], [0, 1, SHIFT[1]]])
    moved = cv2.warpAffine(picture, matrix, (260, 200))
    frames = [
        np.stack([image[30:158, 30:222], picture[30:158, 30:222]]) for image in (picture, moved)
    ]
    return FramePairs.of_frames(np.stack(frames, axis=1), [1, 1], torch.device("cpu"))


def test_dis_finds_a_shift_in_each_item(pair):
    flow = DisTeacher().flow(pair)
    assert flow.shape == (2, 2, 128, 192)
    medians = flow.flatten(2).median(dim=2).values
    torch.testing.assert_close(medians[0], torch.tensor(SHIFT), atol=0.3, rtol=0)
    torch.testing.assert_close(medians[1], torch.zeros(2), atol=0.1, rtol=0)


def test_a_network_teaches_without_gradients(pair):
    torch.manual_seed(0)
    network = FlowNetwork(FlowNetworkSettings())
    flow = NetworkTeacher(network).flow(pair)
    assert flow.shape == (2, 2, 128, 192)
    assert not flow.requires_grad
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_a_trained_network_teaches_the_motion(pair):
    """By the flow network that GLOCAL ships with, its backbone."""
    backbone = load_glocal(GLOCAL_WEIGHTS, torch.device("cpu")).backbone
    medians = NetworkTeacher(backbone).flow(pair).flatten(2).median(dim=2).values
    torch.testing.assert_close(medians[0], torch.tensor(SHIFT), atol=0.3, rtol=0)
    torch.testing.assert_close(medians[1], torch.zeros(2), atol=0.1, rtol=0)


def test_raft_runs_at_any_size():
    flow_models = pytest.importorskip("torchvision.models.optical_flow")
    torch.manual_seed(0)
    state = flow_models.raft_small(weights=None).state_dict()
    teacher = RaftTeacher.of(state)
    frames = np.random.default_rng(0).integers(0, 255, (1, 2, 131, 205), np.uint8)
    pairs = FramePairs.of_frames(frames, [1], torch.device("cpu"))
    assert teacher.flow(pairs).shape == (1, 2, 131, 205)


def test_weights_that_are_not_rafts():
    pytest.importorskip("torchvision.models.optical_flow")
    with pytest.raises(WeightsUnusable, match="not torchvision's RAFT"):
        RaftTeacher.of({"x": torch.zeros(1)})
