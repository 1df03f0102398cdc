"""A written file is checked before it is trusted."""

import numpy as np
import pytest

from gfn_core.errors import EncodingFailed
from gfn_core.media.verify import verify_audio, verify_output

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
