import pytest
import torch

from gfn_core.networks.correlation import expected_displacement, local_correlation
from gfn_core.networks.patch_descriptor import SAMPLES, patch_descriptors


def texture(rows=160, columns=320, seed=0):
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(1, 1, rows // 8, columns // 8, generator=generator)
    return torch.nn.functional.interpolate(coarse, (rows, columns), mode="bicubic")


@pytest.mark.parametrize("stride", [4, 8, 16, 32])
@pytest.mark.parametrize("size", [(64, 96), (96, 64), (32, 32)])
def test_grids(stride, size):
    queries, keys = patch_descriptors(torch.rand(2, 1, *size), stride)
    rows, columns = size[0] // stride, size[1] // stride
    assert queries.shape == (2, SAMPLES**2, rows, columns)
    assert keys.shape == (2, SAMPLES**2, 2 * rows, 2 * columns)


def test_samples_lie_around_the_cells_centre():
    """On a ramp a patch is the ramp, whatever the place: query, key and a ramp by hand agree."""
    ramp = torch.arange(96.0).expand(1, 1, 64, 96)
    queries, keys = patch_descriptors(100 * ramp, 8)
    steps = torch.arange(SAMPLES**2) % SAMPLES - SAMPLES // 2.0
    expected = steps / steps.square().sum().sqrt()
    inner = queries[0, :, 2:-2, 2:-2].flatten(1), keys[0, :, 4:-4, 4:-4].flatten(1)
    for patches in inner:
        torch.testing.assert_close(patches, expected[:, None].expand_as(patches), atol=1e-3, rtol=0)


@pytest.mark.parametrize("shift", [-6, -2, 0, 2, 4])
def test_an_untrained_match_finds_shifts_to_a_fraction_of_a_cell(shift):
    wide = texture()
    first, second = wide[:, :, 16:144, 32:288], wide[:, :, 16:144, 32 - shift : 288 - shift]
    queries, _ = patch_descriptors(first, 8)
    _, keys = patch_descriptors(second, 8)
    found = expected_displacement(60 * local_correlation(queries, keys, 4)) * 8
    inner = found[0, :, 4:-4, 4:-4].flatten(1).median(dim=1).values
    torch.testing.assert_close(inner, torch.tensor([float(shift), 0.0]), atol=0.5, rtol=0)


def test_gain_and_bias_do_not_matter():
    image = 20 * texture()
    for plain, changed in zip(
        patch_descriptors(image, 8), patch_descriptors(1.5 * image + 7, 8), strict=True
    ):
        torch.testing.assert_close(plain, changed, atol=0.03, rtol=0)


def test_flat_places_match_nothing():
    for descriptors in patch_descriptors(torch.full((1, 1, 64, 64), 0.7), 8):
        torch.testing.assert_close(descriptors, torch.zeros_like(descriptors))
