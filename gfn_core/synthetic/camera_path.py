"""How a hand-held camera moves: what its holder meant, and what the hand and the feet added."""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.similarity import Similarity

SHAKE_TRANSLATION = 0.03  # half-widths, standard deviation; 1.5 % of the frame's width
SHAKE_ROTATION_RAD = np.deg2rad(1.0)
SHAKE_LOG_SCALE = 0.01
HAND_BAND_HZ = (0.8, 6.0)  # slower is steering, faster is damped by the arm's mass
STEPS_HZ = 1.9
STEP_HEIGHT = 0.012  # half-widths
PAN_REACH = 0.62  # half-widths to each side
PAN_RISE = 0.05


@dataclass(frozen=True)
class CameraPath:
    """Where the camera looked, by frame: maps points of the frame to points of the scene.

    Both are in half-widths of the frame; the scene's origin is its centre. The whole pose of frame
    t is `intended[t] @ shake[t]`.
    """

    intended: Similarity  # (N,)
    shake: Similarity  # (N,)

    @property
    def pose(self) -> Similarity:
        """What the camera saw, (N,), frame to scene."""
        return self.intended @ self.shake

    @property
    def true_motion(self) -> FloatArray:
        """Homographies (N, 3, 3) from frame t-1 to frame t; the first is the identity."""
        pose = self.pose
        count = len(pose.linear)
        before = pose[np.maximum(np.arange(count) - 1, 0)]
        motion = (pose.inverse() @ before).matrix
        motion[0] = np.eye(3)
        return motion


def shaky_path(frames: int, frame_rate: float, seed: int) -> CameraPath:
    """Return a slow pan that eases in and out, taken by someone walking and not very steady."""
    rng = np.random.default_rng(seed)
    time_seconds = np.arange(frames) / frame_rate
    return CameraPath(_pan(frames), _shake(rng, time_seconds, frame_rate))


def _pan(frames: int) -> Similarity:
    progress = np.arange(frames) / max(1, frames - 1)
    eased = 0.5 - 0.5 * np.cos(np.pi * progress)
    x = PAN_REACH * (2 * eased - 1)
    y = -PAN_RISE * np.sin(np.pi * progress)
    zoom = -0.05 * eased
    return Similarity.from_parameters(x, y, np.zeros(frames), zoom)


def _shake(rng: np.random.Generator, time_seconds: FloatArray, frame_rate: float) -> Similarity:
    frames = len(time_seconds)
    x, y, rotation, log_scale = (_band_noise(rng, frames, frame_rate) for _ in range(4))
    phase = 2 * np.pi * STEPS_HZ * time_seconds + rng.uniform(0, 2 * np.pi)
    # A step drops the body sharply and lifts it slowly; every second one sways to the same side.
    bounce = STEP_HEIGHT * (np.sin(phase) + 0.45 * np.sin(2 * phase))
    sway = 0.5 * STEP_HEIGHT * np.sin(phase / 2)
    return Similarity.from_parameters(
        SHAKE_TRANSLATION * x + sway,
        0.7 * SHAKE_TRANSLATION * y + bounce,
        SHAKE_ROTATION_RAD * rotation,
        SHAKE_LOG_SCALE * log_scale,
    )


def _band_noise(rng: np.random.Generator, frames: int, frame_rate: float) -> FloatArray:
    """Return noise (N,) of unit variance that lives in the hand's band, falling off as 1/f."""
    # Made over a longer stretch, so that the ends of the clip are not tied to one another.
    length = 2 * frames + 64
    frequency_hz = np.fft.rfftfreq(length, 1 / frame_rate)
    low, high = HAND_BAND_HZ
    gain = np.zeros_like(frequency_hz)
    inside = (frequency_hz >= low) & (frequency_hz <= high)
    gain[inside] = 1 / frequency_hz[inside]
    spectrum = gain * (rng.normal(size=gain.size) + 1j * rng.normal(size=gain.size))
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise[:frames] / noise.std())
