import cv2
import numpy as np
import pytest
import torch

from gfn_core.errors import WeightsUnusable
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.training.photographs import draw_photograph
from gfn_core.training.teachers import DisTeacher, NetworkTeacher, RaftTeacher

SHIFT = (6.0, -4.0)


@pytest.fixture(scope="module")
def pair():
    """Frames (2, 1, 128, 192) of a picture that moves by SHIFT, and of one that stands still."""
    picture = draw_photograph(np.random.default_rng(0), 260, 200)
    matrix = np.array([[1, 0, SHIFT[0]], [0, 1, SHIFT[1]]])
    moved = cv2.warpAffine(picture, matrix, (260, 200))
    frames = [
        np.stack([image[30:158, 30:222], picture[30:158, 30:222]]) for image in (picture, moved)
    ]
    return [torch.from_numpy(frame)[:, None].float() / 255 for frame in frames]


def test_dis_finds_a_shift_in_each_item(pair):
    flow = DisTeacher().flow(*pair)
    assert flow.shape == (2, 2, 128, 192)
    medians = flow.flatten(2).median(dim=2).values
    torch.testing.assert_close(medians[0], torch.tensor(SHIFT), atol=0.3, rtol=0)
    torch.testing.assert_close(medians[1], torch.zeros(2), atol=0.1, rtol=0)


def test_a_network_teaches_without_gradients(pair):
    torch.manual_seed(0)
    network = FlowNetwork(FlowNetworkSettings())
    flow = NetworkTeacher(network).flow(*pair)
    assert flow.shape == (2, 2, 128, 192)
    assert not flow.requires_grad
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_raft_runs_at_any_size():
    flow_models = pytest.importorskip("torchvision.models.optical_flow")
    torch.manual_seed(0)
    state = flow_models.raft_small(weights=None).state_dict()
    teacher = RaftTeacher.of(state)
    frames = torch.rand(1, 1, 131, 205), torch.rand(1, 1, 131, 205)
    assert teacher.flow(*frames).shape == (1, 2, 131, 205)


def test_weights_that_are_not_rafts():
    pytest.importorskip("torchvision.models.optical_flow")
    with pytest.raises(WeightsUnusable, match="not torchvision's RAFT"):
        RaftTeacher.of({"x": torch.zeros(1)})
