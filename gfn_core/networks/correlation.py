"""Local cost volume: how well each cell of one frame matches places around it in another.

The second frame's grid is twice as fine, so that matches are half a cell apart: the shake of a
hand is a few px, less than a cell of 8 px, and would be one and the same match otherwise.
"""

import torch
from torch import Tensor
from torch.nn import functional


def local_correlation(queries: Tensor, keys: Tensor, radius: int) -> Tensor:
    """Dot products (B, D*D, H, W) of `queries` (B, C, H, W) with `keys` (B, C, 2H, 2W), D = 2 R.

    Channel j * D + i of a cell belongs to the key that lies `offsets(radius)[i]` to the right and
    `offsets(radius)[j]` below its centre. Keys outside the frame match with 0. One matrix product
    per row of cells gives all columns of D rows of keys, of which a band is kept: some waste in
    arithmetic, but one fast call instead of D * D slow ones.
    """
    batch, channels, height, width = queries.shape
    diameter = 2 * radius
    margin = (radius - 1, radius - 1)
    surround = functional.pad(keys, margin * 2)  # (B, C, 2H + D - 2, 2W + D - 2)
    padded = surround.shape[3]
    shifted = [surround[:, :, j : j + 2 * height - 1 : 2] for j in range(diameter)]
    rows = torch.stack(shifted, dim=3).permute(0, 2, 1, 3, 4)  # (B, H, C, D, 2W + D - 2)
    rows = rows.reshape(batch * height, channels, diameter * padded)
    cells = queries.permute(0, 2, 3, 1).reshape(batch * height, width, channels)
    products = (cells @ rows).view(batch, height, width, diameter, padded)
    step = torch.arange(diameter, device=keys.device)
    band = 2 * torch.arange(width, device=keys.device)[:, None] + step  # (W, D) columns of keys
    band = band[:, None].expand(batch, height, width, diameter, diameter)
    return products.gather(4, band).flatten(3).permute(0, 3, 1, 2)


def offsets(radius: int, device: torch.device) -> Tensor:
    """Displacements (2 R,) of the keys around a cell's centre, in cells of the queries."""
    return (torch.arange(2 * radius, device=device, dtype=torch.float32) - radius + 0.5) / 2


def expected_displacement(match_logits: Tensor) -> Tensor:
    """Soft arg-max of a cost volume (B, D*D, H, W): displacement (B, 2, H, W) in cells."""
    diameter = round(match_logits.shape[1] ** 0.5)
    steps = offsets(diameter // 2, match_logits.device)
    share = torch.softmax(match_logits.float(), dim=1)
    share = share.view(len(share), diameter, diameter, *share.shape[2:])
    horizontal = torch.einsum("bijhw,j->bhw", share, steps)
    vertical = torch.einsum("bijhw,i->bhw", share, steps)
    return torch.stack([horizontal, vertical], dim=1)
