"""The synthetic scenes on which accuracy is reported: fixed seeds, held-out photographs.

One object covers 0, 10, 25, 40 or 60 % of the frame and moves by itself before a background that
the camera moves by 14 px on average at 640x360: the case in which classical fits lock on to the
object (design, sections 3 and 4). The relation between the frames is a homography.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gfn_core.errors import SettingsError
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import ScenePair, render_pair
from gfn_core.training.scene_settings import (
    BackdropSettings,
    CameraSettings,
    DegradationSettings,
    ObjectSettings,
    SceneSettings,
)

MOVING_AREAS = (0.0, 0.1, 0.25, 0.4, 0.6)
WIDTH_PX, HEIGHT_PX = 640, 360
EVALUATION_SEED = 20_231_103


@dataclass(frozen=True)
class EvaluationScene:
    """One scene: `index` of the row of scenes whose movers cover `moving_area` of the frame."""

    moving_area: float
    index: int

    def rendered(self, library: PhotoLibrary) -> ScenePair:
        """Render it from a library, which should hold held-out photographs only."""
        per_mille = round(1000 * self.moving_area)
        rng = np.random.default_rng([EVALUATION_SEED, per_mille, self.index])
        return render_pair(rng, library, evaluation_settings(self.moving_area), WIDTH_PX, HEIGHT_PX)


def evaluation_scenes(scenes_per_area: int = 60) -> Iterator[EvaluationScene]:
    """Yield the scenes of all rows; a smaller number gives the first scenes of each row.

    Raises SettingsError where no scenes are asked for.
    """
    if scenes_per_area < 1:
        raise SettingsError(f"{scenes_per_area} scenes a row, choose 1 or more")
    for moving_area in MOVING_AREAS:
        for index in range(scenes_per_area):
            yield EvaluationScene(moving_area, index)


def evaluation_settings(moving_area: float) -> SceneSettings:
    """Return the settings of one row: 0 has no objects, the others have one."""
    return SceneSettings(
        CameraSettings(
            translation=(0.0, 0.07),
            rotation_rad=(0.0, 0.035),
            log_scale=(0.0, 0.03),
            perspective=(0.0, 0.01),
            shake_exponent=2.0,
            rolling_shutter_chance=0.0,
            lens_chance=0.0,
        ),
        ObjectSettings(
            count=(1, 1) if moving_area else (0, 0),
            moving_area=(moving_area, moving_area),
            speed=(0.01, 0.06),
            deforming_chance=0.2,
            articulated_chance=0.0,
            water_chance=0.0,
            cloud_chance=0.0,
        ),
        BackdropSettings(faded_chance=0.05, blurred_chance=0.05, sky_chance=0.1),
        DegradationSettings(
            noise=(1.0, 5.0),
            gain=(0.9, 1.1),
            bias=(-5.0, 5.0),
            gamma=(0.95, 1.05),
            defocus_px=(0.0, 0.5),
            shutter=(0.0, 0.3),
            blur_chance=0.3,
            jpeg_chance=0.5,
            jpeg_quality=(60, 95),
            vignette=(0.0, 0.2),
        ),
    )
