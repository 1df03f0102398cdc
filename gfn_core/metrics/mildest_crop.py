"""The mildest window that removes enough of a clip's shake, from stored motion alone."""

from dataclasses import replace

import numpy as np

from gfn_core.metrics.prediction import predict
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.credible import Credible
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.what_if import corrections_at

MILDEST, STEP = 0.98, 0.02
STILL_PX = 0.5  # jitter that nobody sees


def mildest_crop(motion: Motion, settings: StageOneSettings) -> float:
    """Return the widest window that removes `settings.removed_share` of the source's jitter.

    No less than `settings.crop`, which is returned where none does. Where most of the correction is
    left out for doubt, no window would help, and nothing is counted.
    """
    credible = Credible.of(motion)
    counted = replace(credible.motion, shot_start=motion.shot_start | (credible.kept < 0.5))
    count = max(0, round((MILDEST - settings.crop) / STEP))
    crops = [round(MILDEST - i * STEP, 4) for i in range(count)]
    shake_px = predict(counted, 1.0, Similarity.identity(len(motion))).jitter_px
    allowed_px = max((1 - settings.removed_share) * shake_px, STILL_PX)
    for crop, (window, correction) in zip(
        crops, corrections_at(motion, settings, crops), strict=True
    ):
        left_px = predict(counted, window, correction).jitter_px
        if np.isfinite(left_px) and left_px <= allowed_px:
            return crop
    return settings.crop
