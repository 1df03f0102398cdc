"""What other crops would give: the corrections of one video at each of them, computed together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.banded_program import BandedProgram
from gfn_core.smoothing.calm_path import NEGLIGIBLE, UNKNOWNS, CalmPath
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_path import from_vector
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import frame_rate, shots, smooth


def corrections_at(
    motion: Motion, settings: StageOneSettings, crops: Sequence[float]
) -> Iterator[tuple[float, Similarity]]:
    """Yield the window and the corrections (N,) for each of `crops`.

    What a fixed window and the "l2" norm make is computed by a quick solver, to a thousandth of a
    px or so; all else as it would be rendered.
    """
    chosen = [replace(settings, crop=crop) for crop in crops]
    if settings.zoom_share > 0 or settings.norm != "l2":
        rate = frame_rate(motion.pts_seconds)
        for each in chosen:
            arguments = (motion.similarity, motion.shot_start, motion.geometry, rate)
            yield each.window, smooth(*arguments, each).correction
        return
    found = [Similarity.identity(len(motion)) for _ in chosen]
    rate, steps = frame_rate(motion.pts_seconds), motion.similarity
    for shot in shots(motion.shot_start):
        parts = _of_shot(steps[shot], motion.geometry, rate, chosen)
        for correction, part in zip(found, parts, strict=True):
            correction.linear[shot], correction.translation[shot] = part.linear, part.translation
    yield from zip([each.window for each in chosen], found, strict=True)


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
