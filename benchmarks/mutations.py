"""Damaged copies of small video files, each the same for the same seed."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gfn_core.media.ffmpeg_binary import ffmpeg_path

SECONDS, RATE = 0.8, 15
PICTURE = (  # shaken by half a dozen pixels, so that there is something to stabilize
    f"testsrc2=size=128x96:rate={RATE}:duration={SECONDS},"
    "crop=96:64:16+6*sin(1.9*n):16+6*cos(2.7*n)"
)
SOUND = f"sine=frequency=440:duration={SECONDS}"

# One file for each kind of container and decoder that archives hold: options of its encoders.
BASES = {
    "h264.mp4": "-c:v libx264 -bf 2 -g 6 -c:a aac -movflags +faststart",
    "hevc.mp4": "-c:v libx265 -x265-params log-level=none -c:a aac",
    "av1.mp4": "-c:v libsvtav1 -preset 12 -svtav1-params fast-decode=0",
    "fragments.mp4": "-c:v libx264 -c:a aac -movflags frag_keyframe+empty_moov -g 4",
    "prores.mov": "-c:v prores_ks -c:a pcm_s16le",
    "mjpeg.mov": "-c:v mjpeg -pix_fmt yuvj422p",
    "h264.mkv": "-c:v libx264 -c:a flac",
    "ffv1.mkv": "-c:v ffv1 -pix_fmt yuv422p10le -c:a pcm_s16le",
    "vp9.webm": "-c:v libvpx-vp9 -deadline realtime -c:a libopus",
    "vp8.webm": "-c:v libvpx -deadline realtime",
    "xvid.avi": "-c:v mpeg4 -vtag XVID -bf 2 -c:a libmp3lame",
    "huffyuv.avi": "-c:v huffyuv",
    "dv.dv": "-c:v dvvideo -s 720x576 -pix_fmt yuv420p -r 25 -target pal-dv -frames:v 3",
    "mpeg2.mpg": "-c:v mpeg2video -c:a mp2 -f vob",
    "h264.ts": "-c:v libx264 -c:a aac",
    "mpeg2.m2ts": "-c:v mpeg2video -bf 2 -c:a ac3",
    "sorenson.flv": "-c:v flv -c:a libmp3lame -ar 44100",
    "h263.3gp": "-c:v h263 -s 128x96 -r 15",
    "theora.ogv": "-c:v libtheora -c:a libvorbis",
    "wmv2.wmv": "-c:v wmv2 -c:a wmav2",
    "plain.gif": "-c:v gif",
    "mpeg2.mxf": "-c:v mpeg2video -r 25 -c:a pcm_s16le -ar 48000",
}

Mutation = Callable[[bytearray, np.random.Generator], None]


def make_bases(folder: Path) -> list[Path]:
    """Write the undamaged files; an encoder that this ffmpeg lacks is passed over."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, options in BASES.items():
        path = folder / name
        command = [ffmpeg_path(), "-v", "error", "-nostdin", "-y", "-threads", "1"]
        inputs = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND]
        sound = [] if "-c:a" in options else ["-an"]
        done = subprocess.run(
            [*command, *inputs, *sound, *options.split(), path],
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode == 0:
            made.append(path)
    return made


@dataclass(frozen=True)
class Mutant:
    """A damaged copy."""

    name: str
    content: bytes


def mutate(bases: list[Path], seed: int, index: int) -> Mutant:
    """Damage one of `bases`: which, and how, follows from `seed` and `index`."""
    rng = np.random.default_rng((seed, index))
    base = bases[index % len(bases)]
    content = bytearray(base.read_bytes())
    kinds = rng.choice(len(MUTATIONS), size=rng.integers(1, 3), replace=False)
    for kind in kinds:
        if len(content) > 1:
            MUTATIONS[kind](content, rng)
    suffix = base.suffix
    if rng.random() < WRONG_SUFFIX_SHARE:
        suffix = bases[rng.integers(len(bases))].suffix
    how = "-".join(MUTATIONS[kind].__name__ for kind in kinds)
    return Mutant(f"{index:05d}-{base.stem}-{how}{suffix}", bytes(content))


WRONG_SUFFIX_SHARE = 0.1
HEADER_BYTES = 512
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def flips(content: bytearray, rng: np.random.Generator) -> None:
    """Flip single bits, anywhere."""
    for place in rng.integers(0, len(content), size=rng.integers(1, 65)):
        content[place] ^= 1 << int(rng.integers(8))


def header(content: bytearray, rng: np.random.Generator) -> None:
    """Overwrite bytes where containers describe themselves: at the beginning or the end."""
    reach = min(HEADER_BYTES, len(content))
    start = 0 if rng.random() < 0.5 else len(content) - reach
    for place in rng.integers(0, reach, size=rng.integers(1, 9)):
        content[start + place] = int(rng.integers(256))


def numbers(content: bytearray, rng: np.random.Generator) -> None:
    """Put extreme numbers, of 16 or 32 bits, where others were: sizes, counts, times."""
    for _ in range(rng.integers(1, 5)):
        width = int(rng.choice([2, 4]))
        value = EXTREMES[rng.integers(len(EXTREMES))] & (256**width - 1)
        order = "big" if rng.random() < 0.5 else "little"
        place = int(rng.integers(0, max(1, len(content) - width)))
        content[place : place + width] = value.to_bytes(width, order)


def cut(content: bytearray, rng: np.random.Generator) -> None:
    """End the file early."""
    del content[int(rng.integers(1, len(content))) :]


def hole(content: bytearray, rng: np.random.Generator) -> None:
    """Fill a part with zeros, as a broken disk or download does."""
    start, end = _span(content, rng)
    content[start:end] = bytes(end - start)


def loss(content: bytearray, rng: np.random.Generator) -> None:
    """Take a part out."""
    start, end = _span(content, rng)
    del content[start:end]


def repeat(content: bytearray, rng: np.random.Generator) -> None:
    """Write a part twice."""
    start, end = _span(content, rng)
    content[end:end] = content[start:end]


def noise(content: bytearray, rng: np.random.Generator) -> None:
    """Write noise over a part."""
    start, end = _span(content, rng)
    content[start:end] = rng.bytes(end - start)


def _span(content: bytearray, rng: np.random.Generator) -> tuple[int, int]:
    start = int(rng.integers(0, len(content)))
    length = int(2 ** rng.uniform(0, np.log2(max(2, len(content) / 2))))
    return start, min(len(content), start + length)


MUTATIONS: tuple[Mutation, ...] = (flips, header, numbers, cut, hole, loss, repeat, noise)
