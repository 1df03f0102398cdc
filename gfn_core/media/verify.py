"""Checks a written file against its source, without decoding either."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from gfn_core.errors import EncodingFailed
from gfn_core.media.container import main_video_stream, open_container
from gfn_core.media.timeline import Timeline


def verify_output(path: Path, expected_pts_seconds: ArrayLike, tick_seconds: float) -> None:
    """Check that `path` holds as many frames as expected, each at its time.

    Times may differ by a tick of the source (`tick_seconds`) or of the output, the longer one.

    Raises:
        EncodingFailed: frames are missing, too many, or at other times.
    """
    expected = np.asarray(expected_pts_seconds, float)
    with open_container(path) as container:
        stream = main_video_stream(container, path)
        tick = max(tick_seconds, float(stream.time_base or 0))
        written = Timeline.of(container, stream).packet_pts * float(stream.time_base or 0)
    if len(written) != len(expected):
        raise EncodingFailed(
            f"{path}: {len(written)} frames were written, not {len(expected)}; run again"
        )
    late = float(np.max(np.abs(written - expected), initial=0.0))
    if late > tick * 1.001:  # a thousandth for the arithmetic
        raise EncodingFailed(f"{path}: a frame is {late:.4f} s from its time; run again")


def packet_digests(path: Path, kind: str = "audio") -> tuple[str, ...]:
    """Return a digest of the packets of each stream of a kind, in their order."""
    with open_container(path) as container:
        digests = {s.index: hashlib.sha256() for s in container.streams if s.type == kind}
        for packet in container.demux():
            if packet.size and packet.stream_index in digests:
                digests[packet.stream_index].update(bytes(packet))
        return tuple(digest.hexdigest() for digest in digests.values())


def verify_audio(path: Path, source: Path, left_out_count: int = 0) -> None:
    """Check that each audio stream of `path` is, bit for bit, one of `source`.

    Raises:
        EncodingFailed: a stream differs, or more than `left_out_count` are missing.
    """
    written, original = packet_digests(path), packet_digests(source)
    if set(written) - set(original) or len(written) < len(original) - left_out_count:
        raise EncodingFailed(f"{path}: its sound is not that of {source}; run again")
