"""The convex program of stage 1, for one window of frames."""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_path import (
    Affine,
    difference,
    from_vector,
    radius,
    to_vector,
    velocity,
)
from gfn_core.smoothing.settings import StageOneSettings

SOLVER_SLACK = 1e-9  # half-widths (1e-6 px) kept free, so that rounding never crosses the border
NEGLIGIBLE = 1e-6  # half-widths (0.001 px at 1920): a correction this small is none


@dataclass(frozen=True)
class CalmPath:
    """The calmest corrections for some camera motion, inside a crop window."""

    window: CropWindow
    frame_rate: float
    settings: StageOneSettings

    def solve(self, motion: Similarity, history: Similarity) -> Similarity:
        """Return corrections (n - h,) for `motion` (n,), whose first h frames have `history` (h,).

        Every correction returned meets the crop window exactly.
        """
        geometry = self.window.geometry
        fixed = to_vector(history, geometry)
        terms = [term.after_fixing(fixed) for term in self.terms(motion)]
        free = 4 * len(motion.linear) - len(fixed)
        if all(np.abs(term.offset).max(initial=0) < NEGLIGIBLE for term in terms):
            return Similarity.identity(free // 4)  # zero costs nothing, so it is the optimum
        rows, room = self.constraints()
        # Imports cvxpy, which takes more than a second, and calm footage does not need it.
        from gfn_core.smoothing.convex_program import minimize  # noqa: PLC0415

        unit = room.max()  # so that the solver's tolerances fit any crop
        terms = [Affine(term.matrix, term.offset / unit) for term in terms]
        deviation = unit * minimize(terms, rows, room / unit, free // 4, self.settings.norm)
        deviation = _inside(deviation, rows, room)
        if np.abs(deviation).max(initial=0) < NEGLIGIBLE:
            deviation = np.zeros_like(deviation)
        return from_vector(deviation.ravel(), geometry)

    def terms(self, motion: Similarity) -> list[Affine]:
        """Velocity, acceleration and jerk of the output, each times its time constant's power.

        In half-widths, so that all compare with the deviation from the camera's own path.
        """
        chosen = self.settings
        seconds = (chosen.velocity_seconds, chosen.acceleration_seconds, chosen.jerk_seconds)
        derivative = None
        terms = []
        for order, constant in enumerate(seconds[: len(motion.linear) - 1], start=1):
            derivative = (
                difference(derivative) if derivative else velocity(motion, self.window.geometry)
            )
            weight = (constant * self.frame_rate) ** order
            if weight > 0:
                terms.append(Affine(derivative.matrix * weight, derivative.offset * weight))
        return terms

    def constraints(self) -> tuple[FloatArray, FloatArray]:
        """Rows (9, 4) and room (9,): rows @ deviation <= room in every frame."""
        margin = 1 - self.settings.crop
        no_further_zoom = np.array([[-1.0, 0.0, 0.0, 0.0]])
        rows = np.concatenate([self.window.corner_rows, no_further_zoom])
        room = np.append(self.window.corner_room, self.settings.zoom_share * margin)
        rows[:, :2] /= radius(self.window.geometry)
        return rows, np.maximum(room - SOLVER_SLACK, 0)


def _inside(deviation: FloatArray, rows: FloatArray, room: FloatArray) -> FloatArray:
    """Shrink deviations (n, 4) that miss the constraints by the solver's tolerance.

    The constraints are convex and hold for zero, so shrinking always gets there.
    """
    used = deviation @ rows.T  # (n, 9)
    share = np.divide(room, used, out=np.ones_like(used), where=used > room)
    return np.asarray(deviation * share.min(axis=1, keepdims=True))
