"""How large objects must be, for them to cover the share of the frame that was asked for."""

from collections.abc import Callable

import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.training.compositing import background_through
from gfn_core.training.scene_camera import CameraPath
from gfn_core.training.scene_layer import Layer, screen_points
from gfn_core.training.scene_objects import MovingObject

AREA_COLUMNS = 80  # cells across on which areas are measured while objects are sized
AREA_TOLERANCE = 0.004
SIZING_STEPS = 12
LEAST_SCALE, MOST_SCALE = 0.01, 30.0  # of the sizes first drawn


def sized_to(
    objects: list[MovingObject],
    others: list[Layer],
    path: CameraPath,
    geometry: FrameGeometry,
    moving_area: float,
) -> list[MovingObject]:
    """Scale all objects alike, until they and `others` cover `moving_area` of frame 0."""
    rows = max(2, round(AREA_COLUMNS * geometry.half_height))
    points = screen_points(geometry.scaled(AREA_COLUMNS, rows))
    outlines = [o.coarse() for o in objects]
    unhidden = background_through(others, points)

    def share_at(log_scale: float) -> float:
        through = unhidden.copy()
        for o in outlines:
            through *= o.scaled(log_scale).let_through(points, path, geometry.half_height)
        return float((through < 0.5).mean())

    log_scale = _where_reached(share_at, moving_area)
    return [o.scaled(log_scale) for o in objects]


def _where_reached(share_at: Callable[[float], float], wanted: float) -> float:
    """Find the log-scale at which a share of the frame is reached, about.

    Shares grow with the scale but for holes and borders, so it can be bracketed; inside the
    bracket, steps follow the slope of the share's logarithm: 2 for an object wholly in view.
    """
    low, high = np.log(LEAST_SCALE), np.log(MOST_SCALE)
    log_scale, step, earlier = 0.0, 0.0, 0.0
    slope = 2.0
    for _ in range(SIZING_STEPS):
        share = share_at(log_scale)
        if abs(share - wanted) < AREA_TOLERANCE:
            break
        low, high = (low, log_scale) if share > wanted else (log_scale, high)
        if step and share and earlier:
            slope = float(np.clip(np.log(share / earlier) / step, 0.4, 2.5))
        earlier = share
        following = log_scale + float(np.log(wanted / max(share, 1e-4))) / slope
        if not low < following < high:
            following = (low + high) / 2
        step, log_scale = following - log_scale, following
    return log_scale
