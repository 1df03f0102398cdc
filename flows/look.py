"""How results look, from the words that users choose."""

from pathlib import Path

from flows.cli_options import CropChoice, FieldChoice, ZoomStyle
from flows.resmooth import Changes
from gfn_core.media.encoding import Encoding
from gfn_core.media.target_size import TargetSize
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.precision import Precision
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.style import Style
from gfn_core.store.weights_header import weights_digest


def settings_of(
    *,
    crop: str,
    style: Style,
    zoom: ZoomStyle,
    estimator: EstimatorName,
    weights: Path | None,
    precision: Precision,
    encoding: Encoding,
    local_motion: bool = False,
) -> StabilizeSettings:
    """Return the settings of all stages; raises `SettingsError` and `WeightsUnusable`."""
    chosen = CropChoice.parse(crop)
    if weights is not None:
        weights_digest(weights)
    smoothing = StageOneSettings(
        crop=chosen.crop, removed_share=chosen.removed_share, zoom_share=zoom.share
    )
    return StabilizeSettings(
        motion=MotionSettings(estimator, precision=precision, weights=weights),
        smoothing=style.applied_to(smoothing),
        encoding=encoding,
        local_motion=local_motion,
    )


def changes_of(
    *,
    crop: str | None,
    style: Style | None,
    zoom: ZoomStyle | None,
    codec: str | None,
    quality: int | None,
    preset: str | None,
    target_size: str | None,
    interlaced: FieldChoice | None,
) -> Changes:
    """Return what is to change of clips' settings; None keeps what each clip had."""
    chosen = CropChoice.parse(crop) if crop else None
    return Changes(
        crop=chosen.crop if chosen else None,
        removed_share=chosen.removed_share if chosen else 0.0,
        style=style,
        zoom_share=zoom.share if zoom else None,
        codec=codec,
        quality=quality,
        preset=preset,
        target=TargetSize.parse(target_size) if target_size else None,
        keep_fields=None if interlaced is None else interlaced is FieldChoice.KEEP,
    )


def encoding_of(
    codec: str, quality: int | None, preset: str, target_size: str, interlaced: FieldChoice
) -> Encoding:
    """Return the settings of the encoder; raises `SettingsError`."""
    target = TargetSize.parse(target_size) if target_size else None
    return Encoding(codec, quality, preset, target, keep_fields=interlaced is FieldChoice.KEEP)
