"""A row of old town houses, each with its own wall, roof, windows, shutters and door."""

from dataclasses import dataclass
from itertools import cycle, product

import cv2
import numpy as np

from gfn_core.synthetic.brush import (
    Color,
    Picture,
    Plane,
    box,
    cover,
    darken,
    fill,
    fractal_noise,
    line,
    shaded,
    varied,
)

WALLS = (
    (233, 196, 120),
    (214, 130, 104),
    (240, 226, 196),
    (150, 178, 188),
    (190, 92, 74),
    (226, 168, 150),
    (172, 188, 142),
    (236, 210, 160),
)
ROOFS = ((168, 84, 60), (140, 72, 58), (112, 96, 100), (182, 100, 66))
SHUTTERS = ((52, 92, 76), (50, 78, 112), (120, 46, 44), (92, 66, 50))
FLOWERS = ((214, 60, 70), (236, 150, 60), (222, 112, 168), (248, 226, 110))
PLINTH = (150, 142, 132)
FRAME = (246, 242, 232)
GLASS, LAMPLIGHT = (64, 84, 106), (214, 168, 92)
LEAF = (66, 116, 56)


@dataclass(frozen=True)
class House:
    """Where a house stands, px, and its colors."""

    left: int
    right: int
    eaves: int
    ground: int
    ridge: int
    wall: Color
    roof: Color
    shutter: Color
    storeys: int
    gabled: bool
    bricks: bool

    @property
    def width(self) -> int:
        """Width of the front."""
        return self.right - self.left


@dataclass(frozen=True)
class Opening:
    """A window: the middle of its upper edge and its size, px."""

    x: float
    top: float
    width: float
    height: float


def paint_houses(picture: Picture, rng: np.random.Generator, ground_px: int) -> None:
    """Paint a row of houses from edge to edge, standing on `ground_px`."""
    left = -40
    walls = cycle(rng.permutation(WALLS).tolist())  # so that neighbours never share a color
    while left < picture.shape[1]:
        house = _plan(rng, left, ground_px, picture.shape[0], next(walls))
        _paint_roof(picture, rng, house)
        _paint_front(picture, rng, house)
        _paint_openings(picture, rng, house)
        left = house.right


def _plan(
    rng: np.random.Generator, left: int, ground: int, picture_height: int, wall: Color
) -> House:
    width = int(picture_height * rng.uniform(0.125, 0.2))
    storeys = int(rng.integers(2, 5))
    eaves = ground - int(picture_height * (0.055 + 0.082 * storeys + rng.uniform(0, 0.02)))
    gabled = bool(rng.random() < 0.45)
    rise = width * (rng.uniform(0.62, 0.85) if gabled else rng.uniform(0.3, 0.42))
    return House(
        left,
        left + width,
        eaves,
        ground,
        eaves - int(rise),
        varied(rng, wall, 0.05),
        varied(rng, ROOFS[rng.integers(len(ROOFS))], 0.08),
        SHUTTERS[rng.integers(len(SHUTTERS))],
        storeys,
        gabled,
        bool(rng.random() < 0.35),
    )


def _paint_roof(picture: Picture, rng: np.random.Generator, house: House) -> None:
    _paint_chimney(picture, rng, house)
    overhang = 10
    left, right = house.left - overhang, house.right + overhang
    inset = house.width * 0.08
    outline = [
        (left, house.eaves + 8),
        (left + inset, house.ridge),
        (right - inset, house.ridge),
        (right, house.eaves + 8),
    ]
    if house.gabled:
        outline = [(left, house.eaves + 8), ((left + right) / 2, house.ridge - 12)]
        outline += [(right, house.eaves + 8)]
    height = house.eaves - house.ridge + 24
    cover(
        picture,
        outline,
        shaded(
            house.roof, _courses(rng, (right - left, height), course_px=15, unit_px=22, depth=0.55)
        ),
    )
    line(picture, [*outline, outline[0]], [0.55 * c for c in house.roof], 2)


def _paint_chimney(picture: Picture, rng: np.random.Generator, house: House) -> None:
    x = house.left + house.width * rng.choice((0.24, 0.72))
    top = house.ridge - rng.uniform(14, 44)
    bottom = (house.eaves + house.ridge) / 2
    bricks = _courses(rng, (38, int(bottom - top) + 2), course_px=9, unit_px=17, depth=0.4)
    cover(picture, box(x, top, x + 34, bottom), shaded((158, 92, 74), bricks))
    fill(picture, box(x - 4, top - 6, x + 38, top + 4), (112, 104, 100))


def _paint_front(picture: Picture, rng: np.random.Generator, house: House) -> None:
    front: list[tuple[float, float]] = [
        (house.left, house.ground),
        (house.left, house.eaves),
        (house.right, house.eaves),
        (house.right, house.ground),
    ]
    top = house.eaves
    if house.gabled:
        top = house.ridge + 14
        front.insert(2, ((house.left + house.right) / 2, top))
    height = house.ground - top + 2
    plaster = 0.8 + 0.2 * fractal_noise(rng, house.width + 2, height, 90, octaves=6)
    plaster *= 0.9 + 0.18 * fractal_noise(rng, house.width + 2, height, 4, octaves=2)
    if house.bricks:
        plaster *= _courses(rng, (house.width + 2, height), course_px=11, unit_px=26, depth=0.3)
    plaster *= np.linspace(1.1, 0.93, house.width + 2, dtype=np.float32)  # lit from the left
    cover(picture, front, shaded(house.wall, plaster))
    if not house.gabled:
        darken(picture, box(house.left, house.eaves, house.right, house.eaves + 14), 0.5, 5)
    plinth = 0.7 + 0.5 * fractal_noise(rng, house.width + 2, 36, 12, octaves=4)
    cover(
        picture,
        box(house.left, house.ground - 34, house.right, house.ground),
        shaded(PLINTH, plinth),
    )
    line(
        picture,
        [(house.right, house.eaves), (house.right, house.ground)],
        [0.6 * c for c in house.wall],
        3,
    )


def _paint_openings(picture: Picture, rng: np.random.Generator, house: House) -> None:
    columns = max(2, house.width // 92)
    storey_px = (house.ground - house.eaves) / house.storeys
    door = (house.storeys - 1, int(rng.integers(columns)))
    flowers = FLOWERS[rng.integers(len(FLOWERS))]
    for storey, column in product(range(house.storeys), range(columns)):
        x = house.left + house.width * (column + 0.5) / columns
        top = house.eaves + storey_px * (storey + 0.24)
        if (storey, column) == door:
            _paint_door(picture, house, x, top - 8)
            continue
        window = Opening(x, top, 40, storey_px * 0.56)
        _paint_window(picture, rng, window)
        _paint_shutters(picture, house.shutter, window)
        if rng.random() < 0.6:
            _paint_flowers(picture, rng, flowers, window)
    if house.gabled:
        middle = (house.left + house.right) / 2
        _paint_window(picture, rng, Opening(middle, house.eaves - house.width * 0.2, 34, 42))


def _paint_window(picture: Picture, rng: np.random.Generator, at: Opening) -> None:
    x, top, bottom, half = at.x, at.top, at.top + at.height, at.width / 2
    darken(picture, box(x - half, top, x + half + 5, bottom + 5), 0.35, 3)
    fill(picture, box(x - half - 3, top - 3, x + half + 3, bottom + 3), FRAME)
    glass_width, glass_height = int(at.width) + 2, int(at.height) + 2
    sheen = np.linspace(1.9, 0.75, glass_height, dtype=np.float32)[:, None]
    reflection = 0.7 + 0.6 * fractal_noise(rng, glass_width, glass_height, 28, octaves=3)
    glass = shaded(LAMPLIGHT if rng.random() < 0.12 else GLASS, sheen * reflection)
    cover(picture, box(x - half + 1, top + 1, x + half - 1, bottom - 1), glass)
    line(picture, [(x, top), (x, bottom)], FRAME, 3)
    for share in (0.33, 0.67):
        y = top + at.height * share
        line(picture, [(x - half, y), (x + half, y)], FRAME, 2)
    fill(picture, box(x - half - 7, bottom + 2, x + half + 7, bottom + 7), PLINTH)


def _paint_shutters(picture: Picture, color: Color, at: Opening) -> None:
    for side in (-1, 1):
        inner, outer = at.x + side * (at.width / 2 + 4), at.x + side * (at.width / 2 + 21)
        fill(picture, box(min(inner, outer), at.top, max(inner, outer), at.top + at.height), color)
        for y in np.arange(at.top + 5, at.top + at.height - 3, 6):
            line(picture, [(inner + 3 * side, y), (outer - 3 * side, y)], _lit(color), 1)


def _paint_door(picture: Picture, house: House, x: float, top: float) -> None:
    fill(picture, box(x - 31, top - 6, x + 31, house.ground), FRAME)
    fill(picture, box(x - 25, top, x + 25, house.ground), house.shutter)
    fill(picture, box(x - 20, top + 6, x + 20, top + 30), GLASS)
    for left, right in ((-19, -3), (3, 19)):
        panel = box(x + left, top + 40, x + right, house.ground - 12)
        line(picture, [*panel, panel[0]], _lit(house.shutter), 2)
    cv2.circle(picture, (int(x + 16), int(house.ground - 50)), 3, (222, 190, 92), -1, cv2.LINE_AA)


def _paint_flowers(picture: Picture, rng: np.random.Generator, color: Color, at: Opening) -> None:
    x, y, half = at.x, at.top + at.height + 3, at.width / 2
    fill(picture, box(x - half - 2, y, x + half + 2, y + 9), (110, 74, 52))
    for _ in range(46):
        place = (int(x + rng.uniform(-half, half)), int(y + rng.normal(-3, 4)))
        paint = varied(rng, color if rng.random() < 0.45 else LEAF, 0.3)
        cv2.circle(picture, place, int(rng.integers(1, 4)), paint, -1, cv2.LINE_AA)


def _courses(
    rng: np.random.Generator,
    size: tuple[int, int],
    *,
    course_px: int,
    unit_px: int,
    depth: float,
) -> Plane:
    """Return the brightness (H, W) of bricks or tiles laid in courses, each unit a little other."""
    width, height = size
    rows = np.arange(height)[:, None]
    course = rows // course_px
    columns = np.arange(width)[None, :] + (course % 2) * (unit_px // 2)
    unit = columns // unit_px
    tone = rng.uniform(0.74, 1.2, (height // course_px + 1, width // unit_px + 2))[course, unit]
    joint = (rows % course_px < 2) | (columns % unit_px < 2)
    grain = 0.88 + 0.24 * fractal_noise(rng, width, height, 5, octaves=2)
    brightness = tone * (1 - depth * joint) * grain
    return np.asarray(cv2.GaussianBlur(brightness.astype(np.float32), (0, 0), 0.6))


def _lit(color: Color) -> Color:
    return [min(255.0, 1.5 * c + 12) for c in color]
