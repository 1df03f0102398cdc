from dataclasses import replace

import pytest
import torch

from gfn_core.errors import SettingsError
from gfn_core.networks.correlation import expected_displacement
from gfn_core.networks.flow_decoder import START_TRUST, FlowDecoder
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.networks.global_flow_net import GlobalFlowNet, GlobalFlowNetSettings
from gfn_core.networks.low_pass_filter import LowPassFilter
from gfn_core.networks.subspace_name import Subspace

SMALL = FlowNetworkSettings(
    channels=(8, 8, 12), descriptor=8, evidence=8, widths=(16, 16, 16), hidden=(8, 8, 8)
)


def picture(batch=2, rows=128, columns=192, seed=0):
    """Random blobs (B, 1, H, W) with detail at many scales."""
    generator = torch.Generator().manual_seed(seed)
    layers = [
        torch.nn.functional.interpolate(
            torch.rand(
                batch, 1, max(2, rows // cell), max(2, columns // cell), generator=generator
            ),
            (rows, columns),
            mode="bicubic",
        )
        for cell in (4, 8, 16, 32)
    ]
    return torch.stack(layers).mean(dim=0)


def network(kind, seed=0, **settings):
    torch.manual_seed(seed)
    if kind is FlowNetwork:
        built = FlowNetwork(SMALL)
    else:
        built = GlobalFlowNet(GlobalFlowNetSettings(network=SMALL, **settings))
    for decoder in built.decoders:  # a fresh head answers nothing but the soft arg-max
        torch.nn.init.normal_(decoder.head.weight, std=0.05)
    return built.eval()


@pytest.mark.parametrize("rows,columns", [(192, 320), (320, 192), (144, 256), (100, 75), (33, 47)])
def test_any_size_and_orientation(rows, columns):
    with torch.no_grad():
        flow = network(GlobalFlowNet)(picture(1, rows, columns), picture(1, rows, columns, seed=1))
    height, width = flow.flow.shape[2:]
    assert (height, width) == (round(rows / 8), round(columns / 8))
    assert flow.background.shape == (1, 1, height, width)
    assert flow.confidence.shape == (1,)
    assert bool((flow.background >= 0).all() and (flow.background <= 1).all())
    assert 0 <= float(flow.confidence) <= 1


@pytest.mark.parametrize("kind", [FlowNetwork, GlobalFlowNet])
def test_nothing_depends_on_the_order_or_size_of_a_batch(kind):
    """Up to rounding, which a steep soft arg-max enlarges."""
    built, first, second = network(kind), picture(4), picture(4, seed=1)
    order = [2, 0, 3, 1]
    with torch.no_grad():
        together = built(first, second)
        shuffled = built(first[order], second[order])
        alone = built(first[2:3], second[2:3])
    if kind is GlobalFlowNet:
        together, shuffled, alone = (flow.levels for flow in (together, shuffled, alone))
    for level, mixed, single in zip(together, shuffled, alone, strict=True):
        torch.testing.assert_close(level.flow[order], mixed.flow, atol=0.05, rtol=0)
        torch.testing.assert_close(level.flow[2:3], single.flow, atol=0.05, rtol=0)


def test_a_fresh_decoder_answers_between_the_flow_so_far_and_the_soft_arg_max():
    torch.manual_seed(0)
    decoder = FlowDecoder(radius=3, features=4, width=8, hidden=8, carried=2)
    matches, features = torch.rand(2, 36, 5, 6), torch.rand(2, 4, 5, 6)
    with torch.no_grad():
        flow, departure = torch.rand(2, 2, 2, 5, 6)
        out = decoder(matches, features, flow, departure, torch.rand(2, 3, 5, 6))
    guess = expected_displacement(out.match_logits)
    trust = torch.sigmoid(torch.tensor(START_TRUST))
    torch.testing.assert_close(out.correction, (1 - trust) * departure + trust * guess)
    assert (out.correction - departure).abs().max() > 0.01


@pytest.mark.parametrize("subspace", list(Subspace))
@pytest.mark.parametrize("weighted", [False, True])
def test_every_flow_that_is_passed_on_lies_in_the_subspace(subspace, weighted):
    settings = {"subspace": subspace, "frequencies": (0, 1, 2), "weighted": weighted}
    built = network(GlobalFlowNet, **settings)
    with torch.no_grad():
        estimate = built(picture(), picture(seed=1))
    for level, frequency in zip(estimate.levels, settings["frequencies"], strict=True):
        filtered = LowPassFilter(subspace, frequency)(level.flow)
        torch.testing.assert_close(filtered, level.flow, atol=2e-3, rtol=1e-4)
        assert (level.local_flow - level.flow).abs().max() > 0.1


def test_brightness_and_contrast_of_a_frame_do_not_matter():
    built, first, second = network(GlobalFlowNet), picture(), picture(seed=1)
    with torch.no_grad():
        plain, brighter = built(first, second).flow, built(first, 0.7 * second + 0.2).flow
    torch.testing.assert_close(plain, brighter, atol=0.05, rtol=0.01)


def test_features_serve_both_pairs_of_a_frame():
    built, frames = network(GlobalFlowNet), picture(3)
    with torch.no_grad():
        features = built.features(frames)
        streamed = built.global_flow(features[:-1], features[1:]).flow
        paired = built(frames[:-1], frames[1:]).flow
    torch.testing.assert_close(streamed, paired, atol=1e-4, rtol=1e-4)


def test_a_student_starts_from_its_teacher():
    teacher = network(FlowNetwork)
    student = network(GlobalFlowNet)
    student.take_over(teacher.state_dict())
    mine = student.state_dict()
    assert all(torch.equal(value, mine[name]) for name, value in teacher.state_dict().items())
    with torch.no_grad():
        first, second = picture(), picture(seed=1)
        taught = teacher(first, second)[0].local_flow
        torch.testing.assert_close(student(first, second).levels[0].local_flow, taught)


def test_widths_must_fit_the_groups_that_are_normalised():
    with pytest.raises(SettingsError, match="multiples of 8"):
        FlowNetworkSettings(widths=(96, 96, 60))


def test_frequencies_must_fit_the_levels():
    with pytest.raises(SettingsError, match="frequencies for 2 levels"):
        GlobalFlowNetSettings(frequencies=(0, 1))


@pytest.mark.parametrize("kind", [FlowNetwork, GlobalFlowNet])
def test_every_parameter_is_reached_by_gradients(kind):
    built = network(kind).train()
    estimate = built(picture(), picture(seed=1))
    levels = estimate if kind is FlowNetwork else estimate.levels
    loss = sum(level.local_flow.square().mean() + level.background_logit.mean() for level in levels)
    if kind is GlobalFlowNet:
        loss = loss + estimate.confidence_logit.sum()
    loss.backward()
    unreached = [name for name, value in built.named_parameters() if value.grad is None]
    assert unreached == []


@pytest.mark.parametrize("kind", [FlowNetwork, GlobalFlowNet])
def test_flow_is_in_px_of_the_frame_as_given(kind):
    """What the network sees of a frame twice as large is the same; its px are half as large."""
    built = network(kind)
    with torch.no_grad():
        first, second = built.features(picture()), built.features(picture(seed=1))
        larger = replace(first, height=2 * first.height, width=2 * first.width)
        flow = built.estimate(first, second)[-1].flow
        torch.testing.assert_close(
            built.estimate(larger, second)[-1].flow, 2 * flow, atol=0.05, rtol=1e-3
        )
