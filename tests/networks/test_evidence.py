import pytest
import torch

from gfn_core.networks.evidence import CLUES, Evidence, RoughFlow

CELL = torch.full((2, 1, 1), 2.0)  # px of the frame
DEPARTURE, THERE_AND_BACK, RESIDUAL = slice(1, 3), 4, 6  # channels of the clues


def square_before_a_background():
    """Luma (1, 1, 48, 64) of two frames whose background stands still, and the true flow.

    A square of 16 x 16 cells moves right by 4 cells; what it comes to hide lies right of it.
    """
    generator = torch.Generator().manual_seed(0)
    background, square = (torch.rand(1, 1, 48, 64, generator=generator) for _ in range(2))
    first, second = background.clone(), background.clone()
    first[..., 16:32, 20:36] = square[..., 16:32, 20:36]
    second[..., 16:32, 24:40] = square[..., 16:32, 20:36]
    there, back = torch.zeros(1, 2, 48, 64), torch.zeros(1, 2, 48, 64)
    there[:, 0, 16:32, 20:36] = 8.0  # px
    back[:, 0, 16:32, 24:40] = -8.0
    return first, second, RoughFlow(there, back)


def test_what_is_being_hidden_has_no_match_and_no_way_back():
    first, second, rough = square_before_a_background()
    clues = Evidence(8).clues(first, second, rough, CELL)
    assert clues.shape == (1, CLUES, 48, 64)
    hidden = torch.zeros(48, 64, dtype=torch.bool)
    hidden[16:32, 36:40] = True
    for channel in (THERE_AND_BACK, RESIDUAL):
        clue = clues[0, channel]
        assert clue[hidden].min() > clue[~hidden].max()


def test_departure_is_that_from_the_largest_motion():
    first, second, rough = square_before_a_background()
    departure = Evidence(8).clues(first, second, rough, CELL)[0, DEPARTURE]
    inside, outside = departure[:, 18:30, 22:34], departure[:, :12]
    assert inside[0].mean() == pytest.approx(1.0, abs=0.05)  # 8 px are one cell of the features
    assert outside.abs().max() < 0.05


def test_features_lie_on_the_grid_of_the_levels():
    first, second, rough = square_before_a_background()
    assert Evidence(8)(first, second, rough, CELL).shape == (1, 8, 12, 16)


def test_rest_is_no_motion_either_way():
    rough = RoughFlow.rest(torch.rand(2, 1, 4, 6))
    assert rough.there.shape == rough.back.shape == (2, 2, 4, 6)
    assert not rough.there.any()
    assert not rough.back.any()
