"""The convex program of stage 1, for one window of frames.

Every frame has eight unknowns: the deviation of its correction from the identity, as in
`output_path`, and the swing, from the output's path to the intended one, times its weight. So the
cost of both is their squared length. Zooming in has a linear price besides, so that it stays
exactly zero where little would be gained.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from gfn_core.geometry import FloatArray
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_path import Affine, difference, radius, velocity
from gfn_core.smoothing.settings import StageOneSettings

if TYPE_CHECKING:
    from gfn_core.smoothing.convex_program import Program

UNKNOWNS = 8
SOLVER_SLACK = 1e-9  # half-widths (1e-6 px) kept free, so that rounding never crosses the border
NEGLIGIBLE = 1e-6  # half-widths (0.001 px at 1920): a correction this small is none


@dataclass(frozen=True)
class CalmPath:
    """The calmest corrections for some camera motion, inside a crop window."""

    window: CropWindow
    frame_rate: float
    settings: StageOneSettings

    @property
    def margin(self) -> float:
        """Root mean square way of the frame's points in a zoom to the crop, half-widths."""
        return radius(self.window.geometry) * (1 - self.settings.crop)

    def solve(self, motion: Similarity, history: FloatArray, zoom_prices: FloatArray) -> FloatArray:
        """Return unknowns (n - h, 8) for `motion` (n,), whose first h frames have `history` (h, 8).

        `zoom_prices` (n - h,) are what zooming in by a margin costs, in squared margins. Every
        correction returned meets the crop window exactly.
        """
        terms = [term.after_fixing(history.ravel()) for term in self.terms(motion)]
        nothing = np.zeros((len(zoom_prices), UNKNOWNS))
        if _still(terms):
            return nothing  # and nothing costs nothing, so it is the optimum
        # Imports cvxpy, which takes more than a second, and calm footage does not need it.
        from gfn_core.smoothing.convex_program import minimize  # noqa: PLC0415

        found = self.margin * minimize(self._program(terms), zoom_prices)
        rows, room = self.constraints()
        found[:, :4] = _inside(found[:, :4], rows[:, :4], room)
        return nothing if np.abs(found[:, :4]).max(initial=0) < NEGLIGIBLE else found

    def zoom_price(self, motion: Similarity) -> float:
        """Return the price at which `motion` (n,) makes the settings' use of the zoom room."""
        terms = self.terms(motion)
        if _still(terms):
            return 0.0
        from gfn_core.smoothing.convex_program import price_within  # noqa: PLC0415

        program = self._program(terms)
        all_of_it = program.room[-1] / -program.rows[-1, 0]
        return price_within(program, self.settings.zoom_use * all_of_it)

    def _program(self, terms: list[Affine]) -> "Program":
        """Return the program in units of the margin, so that the tolerances fit any crop."""
        from gfn_core.smoothing.convex_program import Program  # noqa: PLC0415

        rows, room = self.constraints()
        terms = [Affine(term.matrix, term.offset / self.margin) for term in terms]
        return Program(terms, rows, room / self.margin, self.settings.norm)

    def terms(self, motion: Similarity) -> list[Affine]:
        """Derivatives of the two paths, each times its time constant's power, of (8 n,).

        In half-widths, so that all compare with the deviation from the camera's own path.
        """
        chosen, count = self.settings, len(motion.linear)
        derivatives = [velocity(motion, self.window.geometry)] if count > 1 else []
        while len(derivatives) < min(count - 1, 3):
            derivatives.append(difference(derivatives[-1]))
        output = sp.kron(sp.eye_array(count), np.eye(4, UNKNOWNS)).tocsr()
        seconds = (chosen.velocity_seconds, chosen.acceleration_seconds, chosen.jerk_seconds)
        terms = [
            derivative.after(output) * (constant * self.frame_rate) ** order
            for order, constant, derivative in zip((1, 2, 3), seconds, derivatives, strict=False)
            if constant > 0
        ]
        if len(derivatives) > 1 and chosen.swing_weight * chosen.intended_seconds > 0:
            both = np.hstack([np.eye(4), np.eye(4) / chosen.swing_weight])
            intended = sp.kron(sp.eye_array(count), both).tocsr()
            weight = (chosen.intended_seconds * self.frame_rate) ** 2
            terms.append(derivatives[1].after(intended) * weight)
        return terms

    def constraints(self) -> tuple[FloatArray, FloatArray]:
        """Rows (9, 8) and room (9,): rows @ unknowns <= room in every frame."""
        no_further_zoom = np.array([[-1.0, 0.0, 0.0, 0.0]])
        rows = np.concatenate([self.window.corner_rows, no_further_zoom])
        rows[:, :2] /= radius(self.window.geometry)
        zoom_room = 1 - self.settings.crop / self.settings.window
        room = np.maximum(np.append(self.window.corner_room, zoom_room) - SOLVER_SLACK, 0)
        return np.pad(rows, [(0, 0), (0, UNKNOWNS - 4)]), room


def _still(terms: list[Affine]) -> bool:
    """Whether the camera's own path costs nothing."""
    return all(np.abs(term.offset).max(initial=0) < NEGLIGIBLE for term in terms)


def _inside(deviation: FloatArray, rows: FloatArray, room: FloatArray) -> FloatArray:
    """Return deviations (n, 4) without what the solver's tolerance let through.

    The last row bounds the zoom alone. The others are convex and hold for zero, so shrinking a
    deviation always meets them, and never adds to the zoom.
    """
    least = room[-1] / rows[-1, 0]  # below zero: the row says -alpha <= room
    zoomed = np.column_stack([np.maximum(deviation[:, 0], least), deviation[:, 1:]])
    used = zoomed @ rows[:-1].T  # (n, 8)
    share = np.divide(room[:-1], used, out=np.ones_like(used), where=used > room[:-1])
    return np.asarray(zoomed * share.min(axis=1, keepdims=True))
