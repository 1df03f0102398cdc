"""Local cost volume: how well each cell of one frame matches the cells around it in another."""

import torch
from torch import Tensor
from torch.nn import functional


def local_correlation(first: Tensor, second: Tensor, radius: int) -> Tensor:
    """Dot products of `first` (B, C, H, W) with its neighbourhood in `second`: (B, D*D, H, W).

    D = 2 * radius + 1; channel (dy + radius) * D + dx + radius holds the match with the cell dx to
    the right and dy below. Cells outside the frame match with 0. One matrix product per row of
    cells gives all columns of D rows, of which a diagonal band is kept: some waste in arithmetic,
    but one fast call instead of D * D slow ones.
    """
    batch, channels, height, width = first.shape
    diameter, padded = 2 * radius + 1, width + 2 * radius
    surround = functional.pad(second, [radius] * 4)
    shifted = [surround[:, :, dy : dy + height] for dy in range(diameter)]
    rows = torch.stack(shifted, dim=3).permute(0, 2, 1, 3, 4)  # (B, H, C, D, W + 2R)
    rows = rows.reshape(batch * height, channels, diameter * padded)
    cells = first.permute(0, 2, 3, 1).reshape(batch * height, width, channels)
    products = (cells @ rows).view(batch, height, width, diameter, padded)
    step = torch.arange(diameter, device=first.device)
    band = torch.arange(width, device=first.device)[:, None] + step  # (W, D) column of each match
    band = band[:, None].expand(batch, height, width, diameter, diameter)
    return products.gather(4, band).flatten(3).permute(0, 3, 1, 2)


def expected_displacement(match_logits: Tensor) -> Tensor:
    """Soft arg-max of a cost volume (B, D*D, H, W): displacement (B, 2, H, W) in cells."""
    diameter = round(match_logits.shape[1] ** 0.5)
    steps = torch.arange(diameter, device=match_logits.device, dtype=torch.float32) - diameter // 2
    share = torch.softmax(match_logits.float(), dim=1)
    share = share.view(len(share), diameter, diameter, *share.shape[2:])
    horizontal = torch.einsum("bijhw,j->bhw", share, steps)
    vertical = torch.einsum("bijhw,i->bhw", share, steps)
    return torch.stack([horizontal, vertical], dim=1)
