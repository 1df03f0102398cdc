"""Checks a written file against its source."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from av.stream import Stream
from numpy.typing import ArrayLike

from gfn_core.errors import EncodingFailed
from gfn_core.media.container import main_video_stream, open_container, prepare_decoder
from gfn_core.media.timeline import Timeline

ADTS_HEADER_BYTES = 7  # ISO/IEC 13818-7, before each packet of AAC in a transport stream


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


def verify_decodes(
    path: Path,
    frame_count: int,
    threads: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Check that every frame of `path` can be decoded, and that there are `frame_count` of them.

    Raises:
        EncodingFailed: one cannot, or is damaged, or there are more or fewer.
    """
    count = 0
    with open_container(path) as container:
        stream = main_video_stream(container, path)
        prepare_decoder(stream, threads)
        try:
            for frame in container.decode(stream):
                if frame.is_corrupt:
                    raise EncodingFailed(f"{path}: frame {count} is damaged; run again")
                count += 1
                progress(frame_count)
        except av.FFmpegError as error:
            reason = f"frame {count} cannot be decoded ({error.strerror})"
            raise EncodingFailed(f"{path}: {reason}; run again") from None
    if count != frame_count:
        raise EncodingFailed(f"{path}: {count} frames can be decoded, not {frame_count}; run again")


def packet_digests(path: Path, kind: str = "audio") -> tuple[str, ...]:
    """Return a digest of the packets of each stream of a kind, in their order.

    AAC counts without the headers that packets have in a transport stream, and no other container
    keeps; packets that lack them there are broken, and not copied.
    """
    with open_container(path) as container:
        digests = {s.index: hashlib.sha256() for s in container.streams if s.type == kind}
        headless = {s.index: hashlib.sha256() for s in container.streams if _is_aac(s)}
        with_headers: set[int] = set()
        for packet in container.demux():
            index, data = packet.stream_index, bytes(packet)
            if packet.size and index in digests:
                digests[index].update(data)
                if index in headless and (payload := _adts_payload(data)):
                    headless[index].update(payload)
                    with_headers.add(index)
        return tuple(
            (headless if index in with_headers else digests)[index].hexdigest() for index in digests
        )


def _is_aac(stream: Stream) -> bool:
    context = stream.codec_context
    return bool(context) and context.codec.canonical_name == "aac"


def _adts_payload(packet: bytes) -> bytes | None:
    """Return AAC as containers hold it that have a header once; None where there is no header."""
    if len(packet) < ADTS_HEADER_BYTES or packet[0] != 0xFF or packet[1] & 0xF6 != 0xF0:
        return None
    has_checksum = not packet[1] & 1
    return packet[ADTS_HEADER_BYTES + (2 if has_checksum else 0) :]


def verify_audio(path: Path, source: Path, left_out_count: int = 0) -> None:
    """Check that each audio stream of `path` is, bit for bit, one of `source`.

    Raises:
        EncodingFailed: a stream differs, or more than `left_out_count` are missing.
    """
    written, original = packet_digests(path), packet_digests(source)
    if set(written) - set(original) or len(written) < len(original) - left_out_count:
        raise EncodingFailed(f"{path}: its sound is not that of {source}; run again")
