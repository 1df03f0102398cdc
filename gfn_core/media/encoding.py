"""How the output is encoded: codec, quality, pixel format."""

from dataclasses import dataclass

from av import VideoFormat
from av.codec import find_best_pix_fmt_of_list
from av.video.format import names as all_formats  # type: ignore[attr-defined]

from gfn_core.errors import SettingsError
from gfn_core.media.codec_traits import (
    ALIASES,
    CODECS,
    SAME,
    SAME_ENCODERS,
    X26X_PRESETS,
    CodecTraits,
)
from gfn_core.media.ffmpeg_binary import encoder_pixel_formats
from gfn_core.media.target_size import TargetSize

USUAL_CODEC = "libx264"
SMOOTHING_SECONDS = 2  # of bits a decoder may wait for, where a size is asked for
PEAK = 2  # times the mean bit rate


@dataclass(frozen=True)
class Encoding:
    """Settings of the encoder.

    Raises:
        SettingsError: the codec is unknown, or a value out of its range.
    """

    codec: str = USUAL_CODEC  # one of CODECS, a short name, or "same"
    quality: int | None = None  # constant quality on the codec's own scale, less is better
    preset: str = "medium"  # effort: x264's words for every codec, or the codec's own
    target: TargetSize | None = None  # instead of constant quality
    keep_fields: bool = False  # woven frames stay so; each field is warped by itself
    threads: int = 0  # 0: as many as cores

    def __post_init__(self) -> None:
        if self.encoder not in (*CODECS, SAME):
            raise SettingsError(f"codec {self.codec!r}: not one of {', '.join((*CODECS, SAME))}")
        if self.threads < 0:
            raise SettingsError(f"threads {self.threads}: give a count, or 0 for all cores")
        traits, qualities = self.traits, self.traits.qualities
        if self.quality is not None and qualities and self.quality not in qualities:
            raise SettingsError(
                f"quality {self.quality}: {self.encoder} takes {qualities[0]} to {qualities[-1]}"
            )
        if traits.presets and self.preset not in (*X26X_PRESETS, *traits.presets):
            presets = ", ".join(dict.fromkeys((*X26X_PRESETS, *traits.presets)))
            raise SettingsError(f"preset {self.preset!r}: {self.encoder} takes {presets}")
        if self.target and not traits.takes_bit_rate:
            raise SettingsError(f"{self.encoder} cannot aim at a size; choose another codec")

    @property
    def encoder(self) -> str:
        """Name of the encoder in ffmpeg; "same" as long as the source is not known."""
        return ALIASES.get(self.codec, self.codec)

    @property
    def traits(self) -> CodecTraits:
        """What the encoder understands; x264's as long as the source is not known."""
        return CODECS.get(self.encoder, CODECS["libx264"])

    def keeps(self, field_order: str | None) -> bool:
        """Whether frames of two fields stay so."""
        return (
            self.keep_fields and field_order is not None and self.traits.field_options is not None
        )

    def field_options(self, field_order: str | None) -> dict[str, str]:
        """Return the options of ffmpeg's encoder that keep frames of two fields."""
        return (self.traits.field_options or {}) if self.keeps(field_order) else {}

    def chroma_options(self, pixel_format: str) -> dict[str, int]:
        """Return the options that keep full chroma as fine as luma; x264 spends less on it."""
        layout = VideoFormat(pixel_format, 16, 16)
        widths = {component.width for component in layout.components}
        full = len(layout.components) > 1 and len(widths) == 1 and not layout.is_rgb
        return {"chromaoffset": -6} if self.encoder == "libx264" and full else {}

    def options(self, bits_per_second: int | None = None) -> dict[str, str | int]:
        """Return the options of ffmpeg's encoder; for a bit rate, where one is given."""
        traits = self.traits
        options: dict[str, str | int] = {"threads": self.threads}
        if traits.presets:
            options[traits.preset_option] = self._preset
        if bits_per_second is not None:
            rates = {"b": 1, "maxrate": PEAK, "bufsize": PEAK * SMOOTHING_SECONDS}
            return options | {name: factor * bits_per_second for name, factor in rates.items()}
        if traits.quality_option:
            quality = traits.quality if self.quality is None else self.quality
            options[traits.quality_option] = quality
        return options | traits.fixed

    def may_keep(self, codec: str) -> bool:
        """Whether a source in `codec` that needs no correction may stay as it is.

        It may not where another codec was asked for than the usual one, or a size.
        """
        own = SAME_ENCODERS.get(codec)
        takes_any = self.encoder in (USUAL_CODEC, SAME)
        return self.target is None and (takes_any or own in (self.encoder, self.traits.stand_in))

    @property
    def _preset(self) -> str:
        own = self.traits.presets
        if self.preset in own:
            return self.preset
        effort = X26X_PRESETS.index(self.preset) / (len(X26X_PRESETS) - 1)
        return own[round(effort * (len(own) - 1))]

    @property
    def pixel_formats(self) -> tuple[str, ...]:
        """Formats whose every bit the encoder codes; empty where this ffmpeg lacks it."""
        taken = [name for name in encoder_pixel_formats(self.encoder) if name in all_formats]
        deepest = self.traits.deepest_bits
        return tuple(
            name for name in taken if all(c.bits <= deepest for c in VideoFormat(name).components)
        )

    def pixel_format_for(self, source: str, width: int, height: int) -> str:
        """Return the format that the encoder takes and that loses least of `source`'s.

        Bit depth is never lost where the encoder takes a format as deep. An encoder that refuses
        half a chroma sample at the edge gets finer chroma for frames with odd sides.
        """
        taken = self.pixel_formats
        if not taken:
            raise SettingsError(f"codec {self.codec!r}: this ffmpeg has no {self.encoder}")
        if not self.traits.takes_odd_sides:
            taken = tuple(name for name in taken if _is_divided(name, width, height))
        if source in taken:
            return source
        wanted = VideoFormat(source)
        depth = max(component.bits for component in wanted.components)
        deep = [f for f in taken if min(c.bits for c in VideoFormat(f).components) >= depth]
        has_alpha = any(component.is_alpha for component in wanted.components)
        best, _ = find_best_pix_fmt_of_list(deep or taken, source, has_alpha)
        return best.name if best else source


def _is_divided(pixel_format: str, width: int, height: int) -> bool:
    """Whether a frame's sides hold each component's a whole number of times."""
    components = VideoFormat(pixel_format, width, height).components
    return all(width % each.width == 0 == height % each.height for each in components)
