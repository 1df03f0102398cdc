"""Styles: named sets of smoothing weights, for those who do not want to know of weights."""

from dataclasses import replace
from enum import StrEnum

from gfn_core.smoothing.settings import StageOneSettings


class Style(StrEnum):
    """What a good camera path is."""

    STEADY = "steady"  # the camera's own path without its shake
    CINEMATIC = "cinematic"  # even pans that ease in and out, as from a dolly (Grundmann 2011)
    TRIPOD = "tripod"  # standing still as long as the window allows, then on to the next place

    def applied_to(self, settings: StageOneSettings) -> StageOneSettings:
        """Return `settings` with this style's weights."""
        if self is Style.CINEMATIC:
            return replace(
                settings,
                norm="l1",
                velocity_seconds=1.0,
                acceleration_seconds=1.0,
                jerk_seconds=0.7,
                intended_seconds=0.0,
                swing_weight=0.0,
            )
        if self is Style.TRIPOD:
            return replace(
                settings,
                norm="l1",
                velocity_seconds=5.0,
                acceleration_seconds=0.5,
                intended_seconds=0.0,
                swing_weight=0.0,
            )
        return settings

    @classmethod
    def of(cls, settings: StageOneSettings) -> "Style":
        """Return the style that `settings` have: the one that changes nothing in them."""
        return next(style for style in reversed(cls) if style.applied_to(settings) == settings)
