"""Fixed descriptors of places: small pictures of what lies around them, free of gain and bias.

Their dot products are normalised cross-correlations. A network that matches by these next to what
it has learned sees motion from its first step of training on.
"""

from torch import Tensor
from torch.nn import functional

SAMPLES = 7  # on each axis
LEAST_CONTRAST = 0.1  # norm of a patch of standardised luma: below, it shows mostly noise


def patch_descriptors(luma: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    """Queries (B, 49, H/s, W/s) and keys (B, 49, 2H/s, 2W/s) of `luma` (B, 1, H, W).

    Samples are s/2 px apart. A query is centred on a cell of s px, which is a corner of the keys'
    cells; so queries average 2 x 2 of them, and keys are blurred as much.
    """
    cells = functional.avg_pool2d(luma, stride // 2)  # (B, 1, 2H/s, 2W/s)
    margin = SAMPLES // 2
    padded = functional.pad(cells, [margin + 1] * 4, mode="replicate")
    corners = functional.avg_pool2d(padded, 2, stride=1)  # corner i is left of cell i - margin
    smooth = functional.avg_pool2d(corners, 2, stride=1)
    rows, columns = cells.shape[2] // 2, cells.shape[3] // 2
    queries = functional.unfold(corners[:, :, 1:, 1:], SAMPLES, stride=2)  # (B, 49, h*w)
    keys = functional.unfold(smooth, SAMPLES)  # (B, 49, 4*h*w)
    return (
        _normalized(queries.view(len(luma), -1, rows, columns)),
        _normalized(keys.view(len(luma), -1, 2 * rows, 2 * columns)),
    )


def _normalized(patches: Tensor) -> Tensor:
    centred = patches - patches.mean(dim=1, keepdim=True)
    contrast = centred.square().sum(dim=1, keepdim=True).sqrt()
    return centred / (contrast + LEAST_CONTRAST)
