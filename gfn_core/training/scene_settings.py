"""What synthetic scenes look like: ranges for everything that is drawn at random.

A range is (least, most). Settings of a given difficulty run from mild (0) to hard (1), so that a
training can start where photometric change is small and end where it is not (design, section 4).
"""

from dataclasses import dataclass, field

import numpy as np

from gfn_core.errors import SettingsError

Range = tuple[float, float]


@dataclass(frozen=True)
class CameraSettings:
    """Motion of the camera from frame to frame."""

    translation: Range = (0.0, 0.12)  # share of the frame's width
    rotation_rad: Range = (0.0, 0.07)
    log_scale: Range = (0.0, 0.06)
    perspective: Range = (0.0, 0.02)  # per half-width
    shake_exponent: float = (
        3.0  # magnitude = uniform ** exponent: the larger, the rarer the extremes
    )
    rolling_shutter_chance: float = 0.2
    readout: Range = (0.2, 0.8)  # share of the time between frames
    lens_chance: float = 0.2
    lens: Range = (-0.1, 0.1)  # radial distortion at the corners, share of the radius

    def __post_init__(self) -> None:
        _check(self, "translation", 0, 0.5)
        _check(self, "rotation_rad", 0, 0.5)
        _check(self, "log_scale", 0, 0.3)
        _check(self, "perspective", 0, 0.1)
        _check(self, "readout", 0, 1)
        _check(self, "lens", -0.12, 0.12)
        _check_number(self, "shake_exponent", 1, 10)
        _check_number(self, "rolling_shutter_chance", 0, 1)
        _check_number(self, "lens_chance", 0, 1)


@dataclass(frozen=True)
class ObjectSettings:
    """What moves by itself."""

    count: tuple[int, int] = (0, 6)
    moving_area: Range = (0.01, 0.6)  # share of the first frame, all objects together
    area_exponent: float = 1.5  # area = uniform ** exponent, so small objects are commoner
    speed: Range = (0.004, 0.08)  # against the background, share of the frame's width a frame
    rotation_rad: Range = (0.0, 0.08)
    log_scale: Range = (0.0, 0.06)
    deforming_chance: float = 0.3
    articulated_chance: float = 0.15
    shadow_chance: float = 0.3
    water_chance: float = 0.1  # a moving surface, counted as moving area
    cloud_chance: float = 0.1  # a translucent veil that drifts, not counted

    def __post_init__(self) -> None:
        _check(self, "count", 0, 12)
        _check(self, "moving_area", 0, 0.8)
        _check(self, "speed", 0, 0.5)
        _check(self, "rotation_rad", 0, 1)
        _check(self, "log_scale", 0, 0.5)
        _check_number(self, "area_exponent", 0.1, 10)
        for chance in ("deforming", "articulated", "shadow", "water", "cloud"):
            _check_number(self, f"{chance}_chance", 0, 1)


@dataclass(frozen=True)
class BackdropSettings:
    """The background photograph."""

    visible: Range = (0.5, 0.9)  # share of the photograph's extent that the frame shows
    faded_chance: float = 0.15  # low contrast all over
    blurred_chance: float = 0.1
    sky_chance: float = 0.15  # upper part almost without texture

    def __post_init__(self) -> None:
        _check(self, "visible", 0.1, 1)
        for chance in ("faded", "blurred", "sky"):
            _check_number(self, f"{chance}_chance", 0, 1)


@dataclass(frozen=True)
class DegradationSettings:
    """What lens, sensor and encoder do to frames that are otherwise perfect; gray levels of 255."""

    noise: Range = (0.0, 8.0)  # standard deviation at mid-gray
    gain: Range = (0.85, 1.18)  # of the second frame against the first
    bias: Range = (-10.0, 10.0)
    gamma: Range = (0.85, 1.18)
    defocus_px: Range = (0.0, 1.2)  # standard deviation at a frame width of 320 px
    shutter: Range = (0.0, 0.5)  # exposure as a share of the time between frames
    blur_chance: float = 0.4  # motion blur and defocus
    jpeg_chance: float = 0.5
    jpeg_quality: Range = (30, 95)
    vignette: Range = (0.0, 0.3)  # darkening at the corners

    def __post_init__(self) -> None:
        _check(self, "noise", 0, 50)
        _check(self, "gain", 0.3, 3)
        _check(self, "bias", -80, 80)
        _check(self, "gamma", 0.3, 3)
        _check(self, "defocus_px", 0, 5)
        _check(self, "shutter", 0, 1)
        _check(self, "jpeg_quality", 1, 100)
        _check(self, "vignette", 0, 1)
        _check_number(self, "blur_chance", 0, 1)
        _check_number(self, "jpeg_chance", 0, 1)

    @classmethod
    def none(cls) -> "DegradationSettings":
        """Perfect frames."""
        zero, one = (0.0, 0.0), (1.0, 1.0)
        return cls(
            noise=zero, gain=one, bias=zero, gamma=one, defocus_px=zero, shutter=zero,
            blur_chance=0.0, jpeg_chance=0.0, vignette=zero,
        )  # fmt: skip


@dataclass(frozen=True)
class SceneSettings:
    """Everything that a scene is drawn from."""

    camera: CameraSettings = field(default_factory=CameraSettings)
    objects: ObjectSettings = field(default_factory=ObjectSettings)
    backdrop: BackdropSettings = field(default_factory=BackdropSettings)
    degradation: DegradationSettings = field(default_factory=DegradationSettings)

    @classmethod
    def of_difficulty(cls, difficulty: float) -> "SceneSettings":
        """Return settings from mild (0) to hard (1)."""
        if not 0 <= difficulty <= 1:
            raise SettingsError(f"difficulty is {difficulty}, choose 0 to 1")
        d = difficulty
        return cls(
            CameraSettings(
                translation=(0.0, 0.05 + 0.1 * d),
                rotation_rad=(0.0, 0.02 + 0.06 * d),
                log_scale=(0.0, 0.02 + 0.05 * d),
                perspective=(0.0, 0.005 + 0.02 * d),
                shake_exponent=2 + d,
                rolling_shutter_chance=0.3 * d,
                lens_chance=0.3 * d,
            ),
            ObjectSettings(
                count=(0, 2 + round(4 * d)),
                moving_area=(0.01, 0.25 + 0.37 * d),
                area_exponent=2 - d,
                deforming_chance=0.4 * d,
                articulated_chance=0.2 * d,
                shadow_chance=0.4 * d,
                water_chance=0.15 * d,
                cloud_chance=0.15 * d,
            ),
            BackdropSettings(
                faded_chance=0.25 * d, blurred_chance=0.15 * d, sky_chance=0.1 + 0.1 * d
            ),
            DegradationSettings(
                noise=(0.0, 2 + 8 * d),
                gain=(1 - 0.02 - 0.18 * d, 1 + 0.02 + 0.23 * d),
                bias=(-2 - 12 * d, 2 + 12 * d),
                gamma=(1 - 0.02 - 0.18 * d, 1 + 0.02 + 0.23 * d),
                blur_chance=0.1 + 0.4 * d,
                jpeg_chance=0.3 + 0.3 * d,
                jpeg_quality=(75 - 50 * d, 95),
                vignette=(0.0, 0.1 + 0.25 * d),
            ),
        )


def heavy_tailed(rng: np.random.Generator, limits: Range, exponent: float) -> float:
    """Draw from `limits`, the more often near the least the larger `exponent`."""
    least, most = limits
    return float(least + (most - least) * rng.uniform() ** exponent)


def _check(settings: object, name: str, least: float, most: float) -> None:
    low, high = getattr(settings, name)
    if not least <= low <= high <= most:
        raise SettingsError(
            f"{type(settings).__name__}.{name} is ({low}, {high}), "
            f"choose a range within {least} to {most}"
        )


def _check_number(settings: object, name: str, least: float, most: float) -> None:
    value = getattr(settings, name)
    if not least <= value <= most:
        raise SettingsError(
            f"{type(settings).__name__}.{name} is {value}, choose {least} to {most}"
        )
