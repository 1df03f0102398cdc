"""A large still picture of a small town: the scene that the demo clip's camera looks at."""

import numpy as np

from gfn_core.synthetic.brush import Picture
from gfn_core.synthetic.greenery import paint_tree
from gfn_core.synthetic.houses import paint_houses
from gfn_core.synthetic.landscape import paint_hills, paint_sky
from gfn_core.synthetic.street import paint_bunting, paint_lamp, paint_street

GROUND = 0.66  # where the houses meet the pavement, as a share of the picture's height


def paint_town(rng: np.random.Generator, width: int = 2600, height: int = 1600) -> Picture:
    """Paint the town, (height, width, 3) uint8 RGB; the generator's seed decides every pixel."""
    picture = np.zeros((height, width, 3), np.uint8)
    ground = round(GROUND * height)
    paint_sky(picture[:ground], rng)
    paint_hills(picture[:ground], rng, round(0.5 * height))
    paint_houses(picture, rng, ground)
    paint_street(picture, rng, ground)
    for left in range(0, width, width // 3):
        level = round(height * rng.uniform(0.40, 0.44))
        paint_bunting(picture, rng, (left, level), (left + width // 3, level - 10))
    foot = ground + 0.055 * height
    for x in np.arange(0.06, 1.0, 0.17):
        place = width * (x + rng.uniform(-0.02, 0.02))
        paint_tree(picture, rng, place, foot, height * rng.uniform(0.24, 0.32))
    for x in np.arange(0.145, 1.0, 0.17):
        paint_lamp(picture, width * x, foot + 8, 0.2 * height)
    return picture
