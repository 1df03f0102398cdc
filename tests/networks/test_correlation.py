import pytest
import torch

from gfn_core.networks.correlation import expected_displacement, local_correlation, offsets


def by_hand(queries, keys, radius):
    """Match every cell with every key around its centre, (2y + 0.5, 2x + 0.5) on the keys' grid."""
    batch, _, height, width = queries.shape
    diameter = 2 * radius
    volume = torch.zeros(batch, diameter * diameter, height, width)
    for y in range(height):
        for x in range(width):
            for channel in range(diameter * diameter):
                row = 2 * y + 1 + channel // diameter - radius
                column = 2 * x + 1 + channel % diameter - radius
                if 0 <= row < 2 * height and 0 <= column < 2 * width:
                    products = queries[:, :, y, x] * keys[:, :, row, column]
                    volume[:, channel, y, x] = products.sum(dim=1)
    return volume


@pytest.mark.parametrize("radius", [1, 2, 4])
@pytest.mark.parametrize("size", [(5, 7), (7, 5), (2, 3)])
def test_equals_plain_loops(radius, size):
    queries, keys = torch.randn(2, 4, *size), torch.randn(2, 4, 2 * size[0], 2 * size[1])
    torch.testing.assert_close(
        local_correlation(queries, keys, radius), by_hand(queries, keys, radius)
    )


def test_gradients():
    queries = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    keys = torch.randn(1, 2, 6, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda a, b: local_correlation(a, b, 2), (queries, keys))


def test_matches_are_half_a_cell_apart_and_symmetric():
    steps = offsets(4, torch.device("cpu"))
    torch.testing.assert_close(steps.diff(), torch.full((7,), 0.5))
    torch.testing.assert_close(steps, -steps.flip(0))


@pytest.mark.parametrize(("dx", "dy"), [(0.25, 0.25), (1.25, -0.75), (-1.75, 0.25)])
def test_a_displacement_is_found(dx, dy):
    """Keys are random but where the queries have gone."""
    torch.manual_seed(0)
    queries = torch.nn.functional.normalize(torch.randn(1, 64, 12, 16), dim=1)
    keys = torch.nn.functional.normalize(torch.randn(1, 64, 24, 32), dim=1)
    right, below = int(2 * dx + 0.5), int(2 * dy + 0.5)
    for y in range(3, 9):
        for x in range(3, 13):
            keys[:, :, 2 * y + below, 2 * x + right] = queries[:, :, y, x]
    found = expected_displacement(50 * local_correlation(queries, keys, 4))[0, :, 4:8, 4:12]
    expected = torch.tensor([dx, dy])[:, None, None].expand_as(found)
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0)
