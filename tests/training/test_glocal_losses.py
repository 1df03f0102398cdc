"""GLOCAL's losses on masks and motions of which it is plain which is better."""

from dataclasses import replace

import pytest
import torch

from gfn_core.networks.global_motion_estimator import GlobalMotion
from gfn_core.networks.local_motion_estimator import LocalMotion
from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.training.glocal_losses import (
    GlocalLossSettings,
    area_prior,
    border,
    entropy,
    global_reconstruction,
    local_reconstruction,
)

SETTINGS = GlocalLossSettings()
ROWS, COLUMNS, WIDTH, HEIGHT = 16, 24, 192, 128
SURE = 6.0
OWN = torch.tensor([6.0, -3.0])  # px, of the object


@pytest.fixture
def scene():
    """A camera that moves by (2, 1) px, and an object over the middle of 12.5 % by itself."""
    torch.manual_seed(0)
    foreground = torch.zeros(2, 1, ROWS, COLUMNS)
    foreground[:, :, 4:12, 9:15] = 1
    way = torch.tensor([1.0, -1.0])[:, None, None, None]  # there and back
    camera = way * torch.tensor([2.0, 1.0])[:, None, None].expand(2, 2, ROWS, COLUMNS)
    mixed = camera + way * foreground * OWN[:, None, None]
    luma = torch.zeros(2, 1, 2 * ROWS, 2 * COLUMNS)
    return (
        MixedMotion(mixed, torch.zeros(2, 4, ROWS, COLUMNS), luma, WIDTH, HEIGHT),
        camera,
        foreground,
    )


def found(flow, background):
    logit = SURE * (2 * background - 1)
    return GlobalMotion(torch.zeros(2, 8), flow, logit, background)


def local(flow, relevance):
    return LocalMotion(flow, SURE * (2 * relevance - 1))


def test_the_true_motion_and_mask_cost_least(scene):
    mixed, camera, foreground = scene
    background = 1 - foreground
    right = global_reconstruction(mixed, found(camera, background), SETTINGS)
    for flow, mask in (
        (camera + 1.5, background),  # another motion
        (mixed.flow, torch.zeros_like(background)),  # nothing is background
        (camera, torch.ones_like(background)),  # all is
        (camera, foreground),  # the wrong way round
        (mixed.flow[:, :, 8:9, 12:13].expand_as(camera), foreground),  # the object's
    ):
        assert bool((global_reconstruction(mixed, found(flow, mask), SETTINGS) > right).all())


def test_without_the_area_prior_the_mask_collapses(scene):
    mixed, camera, foreground = scene
    free = replace(SETTINGS, area_prior=0.0)
    right = global_reconstruction(mixed, found(camera, 1 - foreground), free)
    nothing = global_reconstruction(mixed, found(camera + 5, torch.zeros_like(foreground)), free)
    assert bool((nothing < 0.1 + right).all())
    priced = global_reconstruction(mixed, found(camera + 5, torch.zeros_like(foreground)), SETTINGS)
    assert bool((priced > 1).all())


def test_foreground_costs_more_at_the_border_and_no_background_most(scene):
    *_, foreground = scene
    middle = area_prior(1 - foreground, SETTINGS)
    corner = area_prior(1 - torch.roll(foreground, (-4, -9), (2, 3)), SETTINGS)
    assert bool((corner > middle).all())
    assert border(foreground).max() <= 1 and border(foreground).min() >= -1
    half, none = torch.full_like(foreground, 0.5), torch.zeros_like(foreground)
    assert bool((area_prior(none, SETTINGS) > 2 * area_prior(half, SETTINGS)).all())


def test_the_luma_that_is_left_counts(scene):
    mixed, camera, foreground = scene
    texture = torch.randn(1, 1, 2 * ROWS, 2 * COLUMNS)
    still = replace(mixed, flow=torch.zeros_like(camera), luma=texture.expand(2, -1, -1, -1))
    rest, background = torch.zeros_like(camera), torch.ones_like(foreground)
    blind = replace(SETTINGS.agreement, scale=1e6)
    only_luma = replace(SETTINGS, agreement=blind, unsureness=0.0)
    costs = [
        global_reconstruction(still, found(flow, background), only_luma).mean()
        for flow in (rest, rest + 4.0)
    ]
    mask_barrier = area_prior(torch.sigmoid(SURE * background), SETTINGS).mean()
    assert costs[0] == pytest.approx(mask_barrier)
    assert costs[1] > costs[0] + 0.1


def test_local_motion_is_the_rest_of_the_foreground_and_nothing_elsewhere(scene):
    mixed, camera, foreground = scene
    camera_motion, rest = found(camera, 1 - foreground), mixed.flow - camera
    right = local_reconstruction(mixed, camera_motion, local(rest, foreground), SETTINGS)
    for candidate, relevance in (
        (rest, torch.zeros_like(foreground)),  # nothing is relevant
        (rest + 3.0, torch.ones_like(foreground)),  # motion everywhere
        (-rest, foreground),  # the wrong way
    ):
        other = local_reconstruction(mixed, camera_motion, local(candidate, relevance), SETTINGS)
        assert bool((other > right + 0.05).all())


def test_the_local_loss_does_not_train_the_global_motion(scene):
    mixed, camera, foreground = scene
    logit = torch.zeros_like(foreground, requires_grad=True)
    flow = camera.clone().requires_grad_()
    motion = GlobalMotion(torch.zeros(2, 8), flow, logit, logit)
    relevance = torch.zeros_like(foreground, requires_grad=True)
    candidate = (mixed.flow - camera + 1.0).requires_grad_()
    loss = local_reconstruction(mixed, motion, LocalMotion(candidate, relevance), SETTINGS).sum()
    loss.backward()
    assert logit.grad is None and flow.grad is None
    assert relevance.grad.abs().max() > 0 and torch.isfinite(candidate.grad).all()


def test_entropy_is_that_of_the_mask():
    logit = torch.tensor([-30.0, -1.0, 0.0, 2.0, 30.0])
    expected = torch.distributions.Bernoulli(logits=logit).entropy()
    torch.testing.assert_close(entropy(logit), expected, atol=1e-6, rtol=1e-5)


def test_a_mask_gone_all_one_way_is_brought_back(scene):
    """Every cell for itself: without entropy, a sure mask would hardly move."""
    mixed, camera, foreground = scene
    logit = torch.full_like(foreground, SURE, requires_grad=True)
    optimizer = torch.optim.Adam([logit], lr=0.3)
    for _ in range(60):
        motion = GlobalMotion(torch.zeros(2, 8), camera, logit, torch.ones_like(logit))
        loss = global_reconstruction(mixed, motion, SETTINGS).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    right = (logit < 0) == (foreground > 0)
    assert bool(right[mixed.trust > 0.5].all())  # at its border, an object cannot be trusted
