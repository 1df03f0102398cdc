"""How the output is encoded: codec, quality, pixel format."""

from dataclasses import dataclass

from av import VideoFormat
from av.codec import find_best_pix_fmt_of_list

from gfn_core.errors import SettingsError
from gfn_core.media.ffmpeg_binary import encoder_pixel_formats

X26X_PRESETS = (
    *("ultrafast", "superfast", "veryfast", "faster", "fast"),
    *("medium", "slow", "slower", "veryslow", "placebo"),
)


@dataclass(frozen=True)
class CodecTraits:
    """What ffmpeg's encoder of one codec makes, and understands."""

    made: str  # ffmpeg's name of the codec
    quality_option: str | None  # None: lossless
    worst_quality: int  # largest value of that option; 0 is best
    presets: tuple[str, ...]  # from fast to slow
    preset_option: str = "preset"


USUAL_CODEC = "libx264"
CODECS = {
    "libx264": CodecTraits("h264", "crf", 51, X26X_PRESETS),
    "libx265": CodecTraits("hevc", "crf", 51, X26X_PRESETS),
    "libsvtav1": CodecTraits("av1", "crf", 63, tuple(str(speed) for speed in range(13, -1, -1))),
    "prores_ks": CodecTraits("prores", "qscale", 32, ()),
    "ffv1": CodecTraits("ffv1", None, 0, ()),
}
ALIASES = {"x264": "libx264", "x265": "libx265", "svtav1": "libsvtav1", "prores": "prores_ks"}


@dataclass(frozen=True)
class Encoding:
    """Settings of the encoder.

    Raises:
        SettingsError: the codec is unknown, or a value out of its range.
    """

    codec: str = USUAL_CODEC  # libx264, libx265, libsvtav1, prores_ks, ffv1, or a short name
    quality: int = 18  # constant quality; smaller is better and larger; ffv1 is lossless anyway
    preset: str = "medium"  # effort; svtav1's "medium" is 6 of 0 to 13
    threads: int = 0  # 0: as many as cores

    def __post_init__(self) -> None:
        if self.encoder not in CODECS:
            raise SettingsError(f"codec {self.codec!r}: not one of {', '.join(CODECS)}")
        if self.traits.quality_option and not 0 <= self.quality <= self.traits.worst_quality:
            raise SettingsError(
                f"quality {self.quality}: {self.encoder} takes 0 to {self.traits.worst_quality}"
            )
        if self.traits.presets and self._preset not in self.traits.presets:
            presets = ", ".join(self.traits.presets)
            raise SettingsError(f"preset {self.preset!r}: {self.encoder} takes {presets}")
        if self.threads < 0:
            raise SettingsError(f"threads {self.threads}: give a count, or 0 for all cores")

    @property
    def encoder(self) -> str:
        """Name of the encoder in ffmpeg."""
        return ALIASES.get(self.codec, self.codec)

    @property
    def traits(self) -> CodecTraits:
        """What the encoder understands."""
        return CODECS[self.encoder]

    def may_keep(self, codec: str) -> bool:
        """Whether a source in `codec` that needs no correction may stay as it is.

        It may not where another codec was asked for than the usual one.
        """
        return self.encoder == USUAL_CODEC or self.traits.made == codec

    @property
    def _preset(self) -> str:
        return "6" if self.encoder == "libsvtav1" and self.preset == "medium" else self.preset

    def options(self) -> dict[str, str | int]:
        """Return the encoder's options on ffmpeg's command line."""
        options: dict[str, str | int] = {"threads": self.threads}
        if self.traits.quality_option:
            options[self.traits.quality_option] = self.quality
        if self.traits.presets:
            options[self.traits.preset_option] = self._preset
        return options

    def pixel_format_for(self, source: str) -> str:
        """Return the format that the encoder takes and that loses least of `source`'s.

        Bit depth is never lost where the encoder takes a format as deep.
        """
        taken = encoder_pixel_formats(self.encoder)
        if not taken:
            raise SettingsError(f"codec {self.codec!r}: this ffmpeg has no {self.encoder}")
        if source in taken:
            return source
        wanted = VideoFormat(source)
        depth = max(component.bits for component in wanted.components)
        deep = [f for f in taken if min(c.bits for c in VideoFormat(f).components) >= depth]
        has_alpha = any(component.is_alpha for component in wanted.components)
        best, _ = find_best_pix_fmt_of_list(deep or list(taken), source, has_alpha)
        return best.name if best else source
