"""The demo clip's sound: a quiet music box, one note every half second."""

import numpy as np
from numpy.typing import NDArray

NOTE_SECONDS = 0.5
MELODY_HZ = (523.25, 659.26, 783.99, 1046.5, 880.0, 783.99, 659.26, 587.33)  # C pentatonic
PARTIALS = ((1.0, 1.0, 3.2), (2.0, 0.35, 5.0), (3.01, 0.14, 8.0))  # ratio, loudness, decay in 1/s
PEAK = 0.35


def demo_sound(seconds: float, sample_rate: int) -> NDArray[np.int16]:
    """Return mono samples (N,).

    The note on each full second is the louder one: the balloon's burner flares with it, so that
    sound out of step with the picture is seen as well as heard.
    """
    count = round(seconds * sample_rate)
    sound = np.zeros(count)
    for index in range(int(np.ceil(seconds / NOTE_SECONDS))):
        start = round(index * NOTE_SECONDS * sample_rate)
        note = _note(MELODY_HZ[index % len(MELODY_HZ)], sample_rate)[: count - start]
        sound[start : start + len(note)] += note * (1.0 if index % 2 == 0 else 0.55)
    loudest = max(float(np.abs(sound).max(initial=0.0)), 1e-9)
    return np.rint(sound * (PEAK * 32767 / loudest)).astype(np.int16)


def _note(pitch_hz: float, sample_rate: int) -> NDArray[np.float64]:
    time = np.arange(round(1.6 * sample_rate)) / sample_rate
    attack = np.minimum(1.0, time / 0.004)
    tone = sum(
        loudness * np.exp(-decay * time) * np.sin(2 * np.pi * ratio * pitch_hz * time)
        for ratio, loudness, decay in PARTIALS
    )
    return np.asarray(attack * tone)
