"""GLOCAL's parts: shapes, symmetry in time, gradients; both bottlenecks against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gfn_core.errors import SettingsError
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import flow_bases as reference_bases
from gfn_core.motion.bases import homography_of
from gfn_core.motion.homography import flow as homography_flow
from gfn_core.motion.homography import inverse
from gfn_core.networks.attention_unet import AttentionGate, AttentionUNet
from gfn_core.networks.evidence import RoughFlow
from gfn_core.networks.flow_network import FlowNetworkSettings
from gfn_core.networks.global_fit import flow_bases, global_fit, global_flow, grid_points
from gfn_core.networks.global_motion_estimator import CLUES, GlobalMotionSettings, clues
from gfn_core.networks.glocal import Glocal, GlocalSettings
from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.networks.subspace_projection import SubspaceProjection
from gfn_core.settings import GLOCAL_WEIGHTS
from gfn_core.store.weights import load_glocal

SMALL = FlowNetworkSettings(
    channels=(8, 8, 12), radii=(1, 1, 1), descriptor=8, widths=(16, 16, 16), hidden=(8, 8, 8)
)
SETTINGS = GlocalSettings(SMALL, GlobalMotionSettings(width=16, vectors=4, looks=2), local_width=8)
WIDTH, HEIGHT, ROWS, COLUMNS = 192, 128, 16, 24


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    built = Glocal(SETTINGS)
    for head in (built.global_motion.head, built.local_motion.network.head):
        torch.nn.init.normal_(head.weight, std=0.05)
    return built.eval()


def picture(seed, batch=2, height=HEIGHT, width=WIDTH):
    generator = torch.Generator().manual_seed(seed)
    layers = [
        torch.nn.functional.interpolate(
            torch.rand(batch, 1, height // cell, width // cell, generator=generator),
            (height, width),
            mode="bicubic",
        )
        for cell in (4, 8, 16, 32)
    ]
    return torch.stack(layers).mean(dim=0)


def seen(network, first, second):
    rest = torch.zeros(len(first), 2, *first.shape[2:])
    return network.mixed(network.view(first), network.view(second), RoughFlow(rest, rest))


def mixed_of(homography, outlier_share=0.0):
    """Mixed motion both ways of a camera that moves by `homography`; an object on the left."""
    points = FrameGeometry(WIDTH, HEIGHT).grid(COLUMNS, ROWS)
    ways = np.stack([homography_flow(m, points) for m in (homography, inverse(homography))])
    flow = torch.from_numpy(ways * WIDTH / 2).float().permute(0, 3, 1, 2)
    flow[:, :, :, : round(outlier_share * COLUMNS)] += torch.tensor([9.0, -5.0])[:, None, None]
    zero = torch.zeros(2, 1, 2 * ROWS, 2 * COLUMNS)
    return MixedMotion(flow, torch.zeros(2, 8, ROWS, COLUMNS), zero, WIDTH, HEIGHT)


@pytest.mark.parametrize("height,width", [(128, 192), (192, 128), (144, 256), (100, 75)])
def test_any_size_and_orientation(network, height, width):
    first, second = (picture(seed, 1, height, width) for seed in (0, 1))
    with torch.no_grad():
        motion = network(seen(network, first, second))
    rows, columns = motion.camera.flow.shape[2:]
    assert (rows, columns) == (round(height / 8), round(width / 8))
    assert len(motion.looks) == 2
    assert motion.camera.basis_weights.shape == (2, 8)
    assert motion.local.flow.shape == (2, 2, rows, columns)
    for share in (motion.camera.background, motion.local.relevance):
        assert share.shape == (2, 1, rows, columns)
        assert bool((share >= 0).all() and (share <= 1).all())


def test_equal_frames_do_not_move_the_camera(network):
    """Whatever a network that was never trained makes of them: the way back cancels it."""
    frame = picture(3)
    with torch.no_grad():
        motion = network(seen(network, frame, frame))
        unbalanced = network.backbone(frame, frame)[-1].local_flow
    assert unbalanced.abs().mean() > 0.5  # else there would be nothing to cancel
    assert motion.camera.flow.abs().max() < 0.05


def test_with_the_shipped_weights_equal_frames_have_no_motion_at_all():
    shipped, frame = load_glocal(GLOCAL_WEIGHTS, torch.device("cpu")), picture(3)
    with torch.no_grad():
        motion = shipped(seen(shipped, frame, frame))
    assert motion.camera.flow.abs().max() < 1e-3
    assert motion.local.flow.abs().max() < 0.05


def test_swapping_the_frames_swaps_the_views(network):
    first, second = picture(0), picture(1)
    with torch.no_grad():
        there = network(seen(network, first, second))
        back = network(seen(network, second, first))
    for forward, backward in (
        (there.camera.flow, back.camera.flow),
        (there.camera.background, back.camera.background),
        (there.local.flow, back.local.flow),
    ):
        torch.testing.assert_close(torch.roll(forward, 2, 0), backward, atol=1e-3, rtol=1e-3)


def test_no_pair_of_a_batch_depends_on_another(network):
    first, second = picture(0, 3), picture(1, 3)
    with torch.no_grad():
        together = network(seen(network, first, second))
        alone = network(seen(network, first[1:2], second[1:2]))
    rows = [1, 4]
    torch.testing.assert_close(together.camera.flow[rows], alone.camera.flow, atol=0.02, rtol=1e-2)
    torch.testing.assert_close(together.local.flow[rows], alone.local.flow, atol=0.02, rtol=1e-2)


def test_every_trained_parameter_is_reached_by_gradients_and_the_backbone_by_none():
    torch.manual_seed(0)
    built = Glocal(SETTINGS).train()
    for head in (built.global_motion.head, built.local_motion.network.head):
        torch.nn.init.normal_(head.weight, std=0.05)
    motion = built(seen(built, picture(0), picture(1)))
    loss = motion.local.flow.square().mean() + motion.camera.flow.square().mean()
    (loss + motion.camera.background.mean()).backward()
    for name, value in built.named_parameters():
        assert (value.grad is None) == name.startswith("backbone."), name


def test_the_bases_are_those_of_the_motion_model():
    points = FrameGeometry(WIDTH, HEIGHT).grid(COLUMNS, ROWS)
    grid = grid_points(mixed_of(np.eye(3)))
    np.testing.assert_allclose(grid[0].permute(1, 2, 0), points, atol=1e-6)
    ours = flow_bases(grid)[0].permute(2, 3, 0, 1)
    np.testing.assert_allclose(ours, reference_bases(points), atol=1e-6)


def test_the_fit_is_exact_for_a_homography_and_its_way_back():
    rng = np.random.default_rng(0)
    weights = rng.normal(0, [0.02, 0.02, 0.01, 0.01, 0.01, 0.01, 2e-3, 2e-3])
    weights[0] = 0.03
    mixed = mixed_of(homography_of(weights))
    everywhere = torch.ones(2, 1, ROWS, COLUMNS)
    flow = global_flow(mixed, global_fit(mixed, everywhere))
    # What is left is the part of a homography's flow that the eight bases cannot hold.
    assert (flow - mixed.flow).norm(dim=1).max() < 0.05
    assert mixed.flow.norm(dim=1).max() > 2


def test_cells_without_weight_do_not_count_in_the_fit():
    motion = homography_of(np.array([0.02, -0.01, 0, 0, 0, 0, 0, 0]))
    mixed, background = mixed_of(motion, outlier_share=0.25), torch.ones(2, 1, ROWS, COLUMNS)
    camera = mixed_of(motion).flow
    misled = global_flow(mixed, global_fit(mixed, background))
    background[..., : COLUMNS // 2] = 0
    right = global_flow(mixed, global_fit(mixed, background))
    assert (right - camera).norm(dim=1).max() < 0.05
    assert (misled - camera).norm(dim=1).max() > 1


def test_gradients_of_the_fit():
    mixed = mixed_of(homography_of(np.full(8, 0.004)), outlier_share=0.25)
    small = replace(mixed, flow=mixed.flow[:, :, ::8, ::12].double())
    torch.autograd.gradcheck(
        lambda weight: global_fit(small, weight).double(),
        torch.rand(2, 1, 2, 2, dtype=torch.float64, requires_grad=True) + 0.5,
        atol=1e-3,
        eps=1e-3,
    )


def test_projection_keeps_what_lies_in_the_subspace():
    """A projection done twice is done once, and its rank is that of the patterns."""
    torch.manual_seed(0)
    project = SubspaceProjection(channels=12, vectors=4)
    x = torch.randn(2, 12, 6, 8)
    with torch.no_grad():
        once = project(x)
        patterns = project.patterns(x).flatten(2)
        singular = torch.linalg.svdvals(once.flatten(2))
        expected = torch.linalg.lstsq(patterns.mT, x.flatten(2).mT).solution  # (B, K, C)
    assert bool((singular[:, 4:] < 1e-3 * singular[:, :1]).all())
    torch.testing.assert_close(once.flatten(2), (patterns.mT @ expected).mT, atol=2e-2, rtol=1e-2)


def test_an_attention_gate_only_weakens():
    torch.manual_seed(0)
    gate = AttentionGate(fine=4, coarse=6, inner=5)
    fine, coarse = torch.randn(2, 4, 5, 7), torch.randn(2, 6, 5, 7)
    share = gate(fine, coarse) / fine
    assert bool((share > 0).all() and (share < 1).all())
    torch.testing.assert_close(share, share[:, :1].expand_as(share))  # one weight a cell


@pytest.mark.parametrize("rows,columns", [(16, 24), (7, 9), (18, 32)])
def test_the_attention_u_net_starts_at_nothing_and_keeps_the_grid(rows, columns):
    unet = AttentionUNet(inputs=5, width=4, outputs=3)
    out = unet(torch.randn(1, 5, rows, columns))
    assert out.shape == (1, 3, rows, columns)
    assert not out.any()


def test_clues_of_a_motion_that_explains_everything_show_no_departure():
    mixed = mixed_of(homography_of(np.full(8, 0.004)))
    seen_clues = clues(mixed, mixed.flow)
    assert seen_clues.shape == (2, CLUES, ROWS, COLUMNS)
    assert not seen_clues[:, 2:5].any()  # departure and its length
    assert clues(mixed, torch.zeros_like(mixed.flow))[:, 2:5].abs().max() > 0.1


@pytest.mark.parametrize("wrong", [{"looks": 0}, {"vectors": -1}])
def test_settings_without_sense_are_refused(wrong):
    with pytest.raises(SettingsError):
        GlobalMotionSettings(**wrong)
