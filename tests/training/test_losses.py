import numpy as np
import pytest
import torch

from gfn_core.errors import SettingsError
from gfn_core.training.losses import (
    RobustSchedule,
    RobustShape,
    background_loss,
    confidence_loss,
    distillation,
    endpoint_error,
    general_robust,
    global_flow_error,
    matching_loss,
    weighted_mean,
)

ERRORS = torch.linspace(0, 5, 41, dtype=torch.float64)


@pytest.mark.parametrize(
    ("alpha", "closed_form"),
    [
        (2.0, lambda e: e**2 / 2),
        (1.0, lambda e: (e**2 + 1).sqrt() - 1),  # Charbonnier
        (0.0, lambda e: (e**2 / 2 + 1).log()),  # Cauchy
        (-2.0, lambda e: 2 * e**2 / (e**2 + 4)),  # Geman-McClure
    ],
)
def test_named_losses_are_its_cases(alpha, closed_form):
    """Barron, CVPR 2019, eqs. 2 to 5."""
    torch.testing.assert_close(general_robust(ERRORS, RobustShape(alpha, 1.0)), closed_form(ERRORS))


@pytest.mark.parametrize("alpha", [0.0, 2.0])
def test_limits_are_approached(alpha):
    near = general_robust(ERRORS, RobustShape(alpha + 2e-4, 0.5))
    at = general_robust(ERRORS, RobustShape(alpha, 0.5))
    torch.testing.assert_close(near, at, rtol=2e-3, atol=1e-4)


def test_the_papers_form_in_numbers():
    """Its formula, spelt out in plain Python."""
    a, c, e = 0.25, 0.01, 0.7
    expected = (abs(a - 2) / a) * ((((e / c) ** 2) / abs(a - 2) + 1) ** (a / 2) - 1)
    assert general_robust(torch.tensor(e), RobustShape(a, c)).item() == pytest.approx(expected)


def test_annealing_really_happens():
    schedule = RobustSchedule(RobustShape(0.25, 0.01), RobustShape(0.01, 0.002), steps=1000)
    assert schedule.at(0) == RobustShape(0.25, 0.01)
    end = schedule.at(1000)
    assert (end.alpha, end.scale) == pytest.approx((0.01, 0.002))
    assert schedule.at(5000) == end
    alphas = [schedule.at(step).alpha for step in range(0, 1001, 100)]
    assert np.all(np.diff(alphas) < 0)
    ratios = np.array(alphas[1:]) / np.array(alphas[:-1])
    np.testing.assert_allclose(ratios, ratios[0])


def test_annealing_changes_the_loss():
    student, teacher = torch.zeros(1, 2, 4, 4), torch.full((1, 2, 4, 4), 3.0)
    schedule = RobustSchedule(steps=100)
    skip = torch.ones(1)
    early, late = (distillation(student, teacher, skip, schedule.at(s)).item() for s in (0, 100))
    assert late < 0.8 * early


@pytest.mark.parametrize("shape", [RobustShape(0.0, 0.01), RobustShape(0.25, -1.0)])
def test_schedules_that_cannot_be(shape):
    with pytest.raises(SettingsError, match="annealing needs"):
        RobustSchedule(end=shape)


def test_frame_skip_divides_each_item():
    """Items of a batch keep to themselves: (B, H, W) / (B, 1, 1, 1) would mix them."""
    student, teacher = torch.zeros(3, 2, 4, 5), torch.zeros(3, 2, 4, 5)
    teacher[:, 0] = torch.tensor([1.0, 2.0, 3.0])[:, None, None]
    shape = RobustShape(0.25, 0.01)
    losses = distillation(student, teacher, torch.tensor([1.0, 2.0, 3.0]), shape)
    assert losses.shape == (3,)
    torch.testing.assert_close(losses, losses[:1].expand(3), rtol=1e-3, atol=1e-3)


def test_outliers_hardly_count():
    student, teacher = torch.zeros(1, 2, 10, 10), torch.zeros(1, 2, 10, 10)
    teacher[..., :5, :] = 0.2
    teacher[..., 5:, :] = 20.0
    student.requires_grad_()
    shape = RobustShape(0.01, 0.01)
    distillation(student, teacher, torch.ones(1), shape).sum().backward()
    pull = student.grad.abs().mean(dim=(0, 1, 3))
    assert pull[:5].mean() > 50 * pull[5:].mean()


def test_endpoint_error():
    flow, truth = torch.zeros(2, 2, 3, 4), torch.zeros(2, 2, 3, 4)
    flow[1, 0], flow[1, 1] = 3.0, 4.0
    torch.testing.assert_close(
        global_flow_error(flow, truth), torch.tensor([0.0, 5.0]), atol=2e-3, rtol=0
    )
    flow.requires_grad_()
    endpoint_error(flow, truth).sum().backward()
    assert torch.isfinite(flow.grad).all()  # also where the error is 0


def test_weighted_mean_of_nothing_is_nothing():
    field = torch.rand(2, 1, 3, 4)
    weight = torch.zeros(2, 1, 3, 4)
    weight[1, 0, 0, 0] = 0.5
    torch.testing.assert_close(
        weighted_mean(field, weight),
        torch.stack([torch.tensor(0.0), field[1, 0, 0, 0]]),
        rtol=1e-4,
        atol=0,
    )


def test_background_loss_is_least_at_the_share():
    share = torch.full((1, 1, 2, 2), 0.3)
    logits = torch.linspace(-4, 4, 161)
    losses = torch.stack([background_loss(x.expand(1, 1, 2, 2), share)[0] for x in logits])
    assert torch.sigmoid(logits[losses.argmin()]).item() == pytest.approx(0.3, abs=0.02)


def test_confidence_falls_with_the_error_and_leaves_it_alone():
    error = torch.tensor([0.0, 1.0, 10.0], requires_grad=True)
    logit = torch.zeros(3, requires_grad=True)
    confidence_loss(logit, error, 1.0).sum().backward()
    assert error.grad is None
    assert logit.grad[0] < 0 < logit.grad[2]


def matches_for(displacement, radius=3, size=(6, 8), peak=30.0):
    """Logits that peak at the match nearest to one displacement, in cells."""
    steps = (np.arange(2 * radius) - radius + 0.5) / 2
    i, j = (int(np.abs(steps - d).argmin()) for d in displacement)
    logits = torch.zeros(1, 4 * radius * radius, *size)
    logits[:, j * 2 * radius + i] = peak
    return logits


def test_the_right_match_costs_nothing():
    truth = torch.tensor([0.75, -0.25])[None, :, None, None].expand(1, 2, 6, 8)
    everywhere = torch.ones(1, 1, 6, 8)
    right = matching_loss(matches_for((0.75, -0.25)), truth, everywhere)
    swapped = matching_loss(matches_for((-0.25, 0.75)), truth, everywhere)
    assert right.item() < 1e-6
    assert swapped.item() == pytest.approx(30, rel=0.01)


def test_between_matches_the_loss_is_least_at_their_shares():
    truth = torch.tensor([0.35, 0.25])[None, :, None, None].expand(1, 2, 6, 8)  # 0.25 and 0.75
    losses = []
    for share in np.linspace(0.05, 0.95, 91):
        logits = matches_for((0.25, 0.25), peak=0.0) - 40
        steps = (np.arange(6) - 2.5) / 2
        i, j = int(np.abs(steps - 0.25).argmin()), int(np.abs(steps - 0.25).argmin())
        logits[:, j * 6 + i] = np.log(share)
        logits[:, j * 6 + i + 1] = np.log(1 - share)
        losses.append(matching_loss(logits, truth, torch.ones(1, 1, 6, 8)).item())
    assert np.linspace(0.05, 0.95, 91)[int(np.argmin(losses))] == pytest.approx(0.8, abs=0.015)


@pytest.mark.parametrize("displacement", [(1.6, 0.0), (0.0, -40.0)])
def test_displacements_beyond_the_volume_do_not_count(displacement):
    truth = torch.tensor(displacement)[None, :, None, None].expand(1, 2, 6, 8)
    logits = torch.randn(1, 36, 6, 8)
    assert matching_loss(logits, truth, torch.ones(1, 1, 6, 8)).item() == 0


def test_matches_out_of_the_frame_do_not_count():
    truth = torch.tensor([1.25, 0.25])[None, :, None, None].expand(1, 2, 6, 8)
    logits = matches_for((1.25, 0.25))
    logits[..., -1] = 0  # cells that leave the frame to the right: their matches are noise
    logits[..., -2] = 0
    logits[..., -1, :] = 0  # and downwards
    assert matching_loss(logits, truth, torch.ones(1, 1, 6, 8)).item() < 1e-6
