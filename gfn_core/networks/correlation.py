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
    `offsets(radius)[j]` below its centre. Keys outside the frame match with 0. Each matrix product
    matches the rows of cells with one row of keys each, all columns at once, of which a band is
    kept: some waste in arithmetic, but a few fast calls instead of D * D slow ones.
    """
    batch, channels, height, width = queries.shape
    diameter = 2 * radius
    surround = functional.pad(keys, (radius - 1,) * 4).permute(2, 0, 1, 3)
    padded = surround.shape[3]  # 2W + D - 2
    of_parity = [surround[parity::2].contiguous() for parity in (0, 1)]  # (H + R - 1, B, C, 2W...)
    cells = queries.permute(2, 0, 3, 1).reshape(height * batch, width, channels)
    bands = []
    for j in range(diameter):
        rows = of_parity[j % 2][j // 2 : j // 2 + height]
        products = cells @ rows.reshape(height * batch, channels, padded)  # (H*B, W, 2W...)
        # Cell x meets keys 2x to 2x + D - 1, each two further on than those of the cell before.
        steps = (batch * width * padded, width * padded, padded + 2, 1)
        bands.append(products.as_strided((height, batch, width, diameter), steps))
    return torch.stack(bands, dim=3).flatten(3).permute(1, 3, 0, 2)


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
