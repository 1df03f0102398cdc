import numpy as np
import pytest
import torch
from scipy.fft import dctn, idctn

from gfn_core.networks.low_pass_filter import LowPassFilter
from gfn_core.networks.subspace import basis_of
from gfn_core.networks.subspace_name import Subspace

BOTH = pytest.mark.parametrize("subspace", list(Subspace))


def flow_like(rows=12, columns=20, batch=3, channels=2, seed=0):
    return torch.randn(
        batch, channels, rows, columns, generator=torch.Generator().manual_seed(seed)
    )


@pytest.mark.parametrize("frequencies", [0, 1, 4])
def test_dct_filter_equals_scipys_truncated_dct(frequencies):
    field = flow_like(channels=5)
    spectrum = dctn(field.numpy(), axes=(2, 3), norm="ortho")
    spectrum[:, :, frequencies + 1 :] = 0
    spectrum[:, :, :, frequencies + 1 :] = 0
    expected = idctn(spectrum, axes=(2, 3), norm="ortho")
    filtered = LowPassFilter(Subspace.DCT, frequencies)(field)
    np.testing.assert_allclose(filtered.numpy(), expected, atol=1e-5)


@BOTH
@pytest.mark.parametrize("size", [(12, 20), (20, 12), (7, 5), (24, 40)])
def test_projecting_twice_is_projecting_once(subspace, size):
    low_pass = LowPassFilter(subspace, 2)
    once = low_pass(flow_like(*size))
    torch.testing.assert_close(low_pass(once), once, atol=1e-5, rtol=1e-5)


@BOTH
def test_what_is_left_out_is_orthogonal(subspace):
    field = flow_like()
    filtered = LowPassFilter(subspace, 3)(field)
    inner = ((field - filtered) * filtered).sum(dim=(1, 2, 3))
    torch.testing.assert_close(inner, torch.zeros(3), atol=1e-3, rtol=0)


@BOTH
@pytest.mark.parametrize("weighted", [False, True])
def test_transposing_the_frame_transposes_the_result(subspace, weighted):
    field = flow_like()
    weight = torch.rand(3, 1, 12, 20) if weighted else None
    low_pass = LowPassFilter(subspace, 2)
    expected = low_pass(field, weight).transpose(2, 3).flip(1)
    turned_weight = None if weight is None else weight.transpose(2, 3)
    turned = low_pass(field.transpose(2, 3).flip(1).contiguous(), turned_weight)
    torch.testing.assert_close(turned, expected, atol=2e-4, rtol=1e-4)


@BOTH
@pytest.mark.parametrize("weighted", [False, True])
def test_items_of_a_batch_do_not_see_each_other(subspace, weighted):
    field, weight = flow_like(batch=4), torch.rand(4, 1, 12, 20) if weighted else None
    low_pass = LowPassFilter(subspace, 2)
    together = low_pass(field, weight)
    for item in range(4):
        alone = low_pass(
            field[item : item + 1], None if weight is None else weight[item : item + 1]
        )
        torch.testing.assert_close(together[item : item + 1], alone, atol=1e-5, rtol=1e-4)


def test_equal_weights_are_no_weights():
    """But for the ridge, which holds back a ten-thousandth."""
    field = flow_like()
    low_pass = LowPassFilter(Subspace.BASES_DCT, 0)
    plain, weighted = low_pass(field), low_pass(field, torch.full((3, 1, 12, 20), 0.3))
    torch.testing.assert_close(weighted, plain, atol=1e-4, rtol=1e-3)


def test_weights_hide_whatever_moves_otherwise():
    rows, columns = 12, 20
    basis = torch.from_numpy(basis_of(Subspace.BASES_DCT, 0, rows, columns)).float()
    truth = torch.einsum("bm,mchw->bchw", torch.randn(3, 8) * 10, basis)
    field, weight = truth.clone(), torch.ones(3, 1, rows, columns)
    field[:, :, 2:10, 3:12] += 7.0
    weight[:, :, 2:10, 3:12] = 0.0
    low_pass = LowPassFilter(Subspace.BASES_DCT, 0)
    assert (low_pass(field, weight) - truth).abs().max() < 0.02
    assert (low_pass(field) - truth).abs().max() > 1


def test_no_weight_at_all_gives_no_motion():
    filtered = LowPassFilter(Subspace.BASES_DCT, 2)(flow_like(), torch.zeros(3, 1, 12, 20))
    torch.testing.assert_close(filtered, torch.zeros(3, 2, 12, 20))


@BOTH
def test_gradients_of_the_weighted_fit(subspace):
    """Against finite differences, in the filter's own single precision."""
    low_pass = LowPassFilter(subspace, 1)
    field = flow_like(4, 5, batch=1).requires_grad_()
    weight = (
        torch.rand(1, 1, 4, 5, generator=torch.Generator().manual_seed(1)) + 0.2
    ).requires_grad_()
    probe = flow_like(4, 5, batch=1, seed=2)

    def value(f, w):
        return (low_pass(f, w) * probe).sum()

    gradients = torch.autograd.grad(value(field, weight), (field, weight))
    step = 1e-2
    for tensor, gradient in zip((field, weight), gradients, strict=True):
        direction = flow_like(4, 5, batch=1, channels=tensor.shape[1], seed=3)
        ahead = [t + step * direction if t is tensor else t for t in (field, weight)]
        behind = [t - step * direction if t is tensor else t for t in (field, weight)]
        slope = (value(*ahead) - value(*behind)) / (2 * step)
        torch.testing.assert_close((gradient * direction).sum(), slope, rtol=0.02, atol=2e-3)
