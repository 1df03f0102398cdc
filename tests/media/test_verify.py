"""A written file is checked before it is trusted."""

import numpy as np
import pytest

from gfn_core.errors import EncodingFailed
from gfn_core.media.container import open_container
from gfn_core.media.verify import (
    packet_digests,
    verify_audio,
    verify_decodes,
    verify_output,
)

TONE = ("-f", "lavfi", "-i", "sine=duration=1")


def test_a_right_file_passes(make_video):
    verify_output(make_video("film.mp4"), np.arange(25) / 25, 1 / 12800)


def test_a_missing_frame_is_found(make_video):
    with pytest.raises(EncodingFailed, match="25 frames were written, not 26"):
        verify_output(make_video("film.mp4"), np.arange(26) / 25, 1 / 12800)


def test_a_frame_at_another_time_is_found(make_video):
    times = np.arange(25) / 25
    times[7] += 2 / 12800
    with pytest.raises(EncodingFailed, match="from its time"):
        verify_output(make_video("film.mp4"), times, 1 / 12800)


def test_other_sound_is_found(make_video, ffmpeg, tmp_path):
    source = make_video("film.mp4", "-c:a", "aac", inputs=TONE)
    silent, other = tmp_path / "silent.mp4", tmp_path / "other.mp4"
    ffmpeg("-i", source, "-an", "-c", "copy", silent)
    ffmpeg("-i", source, "-af", "volume=0.5", "-c:v", "copy", other)
    verify_audio(source, source)
    verify_audio(silent, source, left_out_count=1)
    for wrong in (silent, other):
        with pytest.raises(EncodingFailed, match="sound"):
            verify_audio(wrong, source)


def test_an_output_is_decoded_to_its_last_frame(make_video):
    path = make_video("film.mkv", "-c:v", "libx264", "-g", "5", "-bf", "0")
    told = []
    verify_decodes(path, 25, threads=1, progress=told.append)
    assert told == [25] * 25
    with pytest.raises(EncodingFailed, match="25 frames can be decoded, not 26"):
        verify_decodes(path, 26)


def test_an_output_with_a_hole_is_refused(make_video):
    """Its packets are all there, at their times; what is in one of them is not."""
    path = make_video("film.mp4", "-c:v", "libx264", "-g", "5", "-bf", "0")
    with open_container(path) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][12]
    content = bytearray(path.read_bytes())
    content[packet.pos + 4 : packet.pos + packet.size] = bytes(packet.size - 4)
    path.write_bytes(content)
    with pytest.raises(EncodingFailed, match=r"film\.mp4"):
        verify_decodes(path, 25)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_sound_is_the_same_without_the_headers_of_a_transport_stream(
    make_video, ffmpeg, tmp_path, suffix
):
    source = make_video("film.ts", "-c:v", "libx264", "-c:a", "aac", inputs=TONE)
    output = tmp_path / f"film{suffix}"
    ffmpeg("-i", source, "-c", "copy", output)
    verify_audio(output, source)
    assert packet_digests(output) == packet_digests(source)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_aac_of_a_transport_stream_is_copied_without_its_headers(make_video, copy_through, suffix):
    source = make_video("film.ts", "-c:v", "libx264", "-c:a", "aac", inputs=TONE)
    output, left_out = copy_through(source, suffix)
    assert left_out == ()
    verify_audio(output, source)
