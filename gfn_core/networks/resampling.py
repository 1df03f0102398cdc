"""Moving fields between grids. Convention: (x, y), cell centres, `align_corners=False`."""

import torch
from torch import Tensor
from torch.nn import functional


def resized(field: Tensor, rows: int, columns: int) -> Tensor:
    """Resample `field` (B, C, H, W) bilinearly to (B, C, rows, columns); values are kept."""
    if field.shape[2:] == (rows, columns):
        return field
    return functional.interpolate(field, (rows, columns), mode="bilinear", align_corners=False)


def pooled(field: Tensor, rows: int, columns: int) -> Tensor:
    """Average `field` (B, C, H, W) over the cells of a coarser grid."""
    return functional.adaptive_avg_pool2d(field, (rows, columns))


def cell_px(field: Tensor, width_px: int, height_px: int) -> Tensor:
    """Size of a cell (2, 1, 1), as (x, y), of `field` (B, C, H, W) over a frame."""
    rows, columns = field.shape[2:]
    return torch.tensor([width_px / columns, height_px / rows], device=field.device)[:, None, None]


def warped(field: Tensor, displacement: Tensor) -> Tensor:
    """Sample `field` (B, C, H, W) at each cell's place plus `displacement` (B, 2, H, W) in cells.

    Outside the frame the field is 0, which no unit vector matches.
    """
    rows, columns = field.shape[2:]
    x = torch.arange(columns, device=field.device, dtype=torch.float32) + displacement[:, 0].float()
    y = torch.arange(rows, device=field.device, dtype=torch.float32)[:, None]
    y = y + displacement[:, 1].float()
    grid = torch.stack([(2 * x + 1) / columns - 1, (2 * y + 1) / rows - 1], dim=-1)
    with torch.autocast(field.device.type, enabled=False):
        return functional.grid_sample(field.float(), grid, align_corners=False).to(field.dtype)
