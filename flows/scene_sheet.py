"""Writes a contact sheet of training scenes."""

from pathlib import Path

import cv2
import numpy as np

from gfn_core.errors import SettingsError
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import render_pair
from gfn_core.training.scene_preview import contact_sheet
from gfn_core.training.scene_settings import SceneSettings

SIZE_PX = (320, 192)
SCENES_ACROSS = 2


def write_scene_sheet(out: Path, images: Path | None, scenes: int, seed: int) -> None:
    """Render `scenes` of rising difficulty; raises SettingsError where the picture cannot be."""
    rng = np.random.default_rng(seed)
    library = PhotoLibrary.load_or_draw(images, rng)
    pairs = [
        render_pair(rng, library, SceneSettings.of_difficulty((n + 1) / scenes), *SIZE_PX)
        for n in range(scenes)
    ]
    sheet = cv2.cvtColor(contact_sheet(pairs, SCENES_ACROSS), cv2.COLOR_RGB2BGR)
    try:
        written = cv2.imwrite(str(out), sheet)
    except cv2.error:
        written = False
    if not written:
        raise SettingsError(f"{out}: cannot be written; name a .png or .jpg in an existing folder")
