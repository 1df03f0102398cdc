"""What other crops would give: the corrections of one video at each of them, computed together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.residual import RESIDUAL
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.banded_program import BandedProgram
from gfn_core.smoothing.calm_path import NEGLIGIBLE, UNKNOWNS, CalmPath
from gfn_core.smoothing.credible import Credible
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_path import from_vector
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import frame_rate, shots, smooth
from gfn_core.smoothing.trajectory import Trajectory


def corrections_at(
    motion: Motion, settings: StageOneSettings, crops: Sequence[float]
) -> Iterator[tuple[float, Similarity]]:
    """Yield the window and the corrections (N,) for each of `crops`, as they would be rendered.

    But for two things: what a fixed window and the "l2" norm make is computed by a quick solver, to
    a thousandth of a px or so, and nothing is bent.
    """
    chosen = [replace(settings, crop=crop) for crop in crops]
    credible, unbent = Credible.of(motion), np.zeros((len(motion), RESIDUAL))
    for each, correction in zip(chosen, _stage_one(motion, credible.steps, chosen), strict=True):
        moved = Trajectory(motion.geometry, each.window, correction, unbent)
        yield each.window, credible.corrected(moved).correction


def _stage_one(
    motion: Motion, steps: Similarity, chosen: Sequence[StageOneSettings]
) -> Iterator[Similarity]:
    rate = frame_rate(motion.pts_seconds)
    if not chosen:
        return
    if chosen[0].zoom_share > 0 or chosen[0].norm != "l2":
        for each in chosen:
            yield smooth(steps, motion.shot_start, motion.geometry, rate, each).correction
        return
    found = [Similarity.identity(len(motion)) for _ in chosen]
    for shot in shots(motion.shot_start):
        parts = _of_shot(steps[shot], motion.geometry, rate, chosen)
        for correction, part in zip(found, parts, strict=True):
            correction.linear[shot], correction.translation[shot] = part.linear, part.translation
    yield from found


def _of_shot(
    steps: Similarity, geometry: FrameGeometry, rate: float, chosen: Sequence[StageOneSettings]
) -> Iterator[Similarity]:
    paths = [CalmPath(CropWindow(geometry, each.window), rate, each) for each in chosen]
    terms = paths[0].terms(steps)  # the crop decides the constraints alone
    moves = any(np.abs(term.offset).max(initial=0) >= NEGLIGIBLE for term in terms)
    program = BandedProgram(terms, UNKNOWNS)
    for path in paths:
        if not moves or path.settings.crop == 1:
            yield Similarity.identity(len(steps.linear))
        else:
            found = program.minimize(*path.constraints(), path.margin)
            yield from_vector(found[:, :4].ravel(), geometry)
