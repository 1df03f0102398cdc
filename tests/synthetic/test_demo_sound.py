import numpy as np
import pytest

from gfn_core.synthetic.demo_sound import demo_sound


def test_length_and_type():
    sound = demo_sound(2.5, 48000)
    assert sound.shape == (120000,)
    assert sound.dtype == np.int16
    assert 5000 < np.abs(sound.astype(int)).max() < 20000


def test_a_note_starts_on_every_half_second():
    rate = 8000
    sound = demo_sound(4.0, rate).astype(float)
    for beat in range(1, 8):
        at = round(beat * 0.5 * rate)
        before, after = sound[at - 400 : at], sound[at : at + 400]
        assert np.abs(after).mean() > 1.5 * np.abs(before).mean()


def test_the_first_note_has_its_pitch():
    rate = 48000
    note = demo_sound(0.5, rate).astype(float)
    spectrum = np.abs(np.fft.rfft(note, 4 * rate))
    assert np.argmax(spectrum) / 4 == pytest.approx(523.25, abs=2)
