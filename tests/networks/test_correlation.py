import pytest
import torch

from gfn_core.networks.correlation import expected_displacement, local_correlation


def by_hand(first, second, radius):
    batch, _, height, width = first.shape
    diameter = 2 * radius + 1
    volume = torch.zeros(batch, diameter * diameter, height, width)
    for y in range(height):
        for x in range(width):
            for channel in range(diameter * diameter):
                row = y + channel // diameter - radius
                column = x + channel % diameter - radius
                if 0 <= row < height and 0 <= column < width:
                    products = first[:, :, y, x] * second[:, :, row, column]
                    volume[:, channel, y, x] = products.sum(dim=1)
    return volume


@pytest.mark.parametrize("radius", [1, 2, 3])
@pytest.mark.parametrize("size", [(5, 7), (7, 5), (2, 3)])
def test_equals_plain_loops(radius, size):
    first, second = torch.randn(2, 4, *size), torch.randn(2, 4, *size)
    torch.testing.assert_close(
        local_correlation(first, second, radius), by_hand(first, second, radius)
    )


def test_gradients():
    first = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    second = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda a, b: local_correlation(a, b, 1), (first, second))


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (2, -1), (-3, 3)])
def test_a_shift_is_found(dx, dy):
    torch.manual_seed(0)
    first = torch.nn.functional.normalize(torch.randn(1, 32, 12, 16), dim=1)
    second = torch.roll(first, (dy, dx), dims=(2, 3))
    found = expected_displacement(50 * local_correlation(first, second, 3))
    inner = found[0, :, 4:-4, 4:-4]
    expected = torch.tensor([dx, dy], dtype=torch.float32)[:, None, None].expand_as(inner)
    torch.testing.assert_close(inner, expected, atol=0.02, rtol=0)
