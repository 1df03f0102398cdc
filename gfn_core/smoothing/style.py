"""Styles: named sets of smoothing weights, for those who do not want to know of weights."""

from dataclasses import replace
from enum import StrEnum

from gfn_core.smoothing.settings import StageOneSettings

USUAL = StageOneSettings()


class Style(StrEnum):
    """What a good camera path is."""

    STEADY = "steady"  # the camera's own path without its shake
    CINEMATIC = "cinematic"  # even pans that ease in and out, as from a dolly (Grundmann 2011)
    TRIPOD = "tripod"  # standing still as long as the window allows, then on to the next place

    def applied_to(self, settings: StageOneSettings) -> StageOneSettings:
        """Return `settings` with this style's weights, whichever they had."""
        steady = replace(
            settings,
            norm=USUAL.norm,
            velocity_seconds=USUAL.velocity_seconds,
            acceleration_seconds=USUAL.acceleration_seconds,
            jerk_seconds=USUAL.jerk_seconds,
            intended_seconds=USUAL.intended_seconds,
            swing_weight=USUAL.swing_weight,
        )
        if self is Style.STEADY:
            return steady
        segments = replace(steady, norm="l1", intended_seconds=0.0, swing_weight=0.0)
        if self is Style.CINEMATIC:
            return replace(
                segments, velocity_seconds=1.0, acceleration_seconds=1.0, jerk_seconds=0.7
            )
        return replace(segments, velocity_seconds=5.0, acceleration_seconds=0.5)

    @classmethod
    def of(cls, settings: StageOneSettings) -> "Style | None":
        """Return the style that `settings` have; None for weights of one's own."""
        return next((style for style in cls if style.applied_to(settings) == settings), None)
