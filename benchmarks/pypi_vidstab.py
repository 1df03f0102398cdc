"""The `vidstab` of PyPI, another project than ffmpeg's: corners, LK and a moving average.

It needs an OpenCV older than ours, so it runs in an environment of its own, named by
GFN_PYPI_VIDSTAB (`python -m venv E; E/bin/pip install vidstab "opencv-python-headless<4.13"`, then
GFN_PYPI_VIDSTAB=E/bin/python).
"""

import os
from pathlib import Path

from benchmarks.timed_command import RunError, timed

PYTHON = "GFN_PYPI_VIDSTAB"
PROGRAM = """
import sys
import cv2
cv2.destroyAllWindows = lambda: None  # a headless OpenCV has no windows, and refuses to close them
from vidstab import VidStab
source, output, smoothing = sys.argv[1:]
VidStab().stabilize(
    input_path=source, output_path=output, smoothing_window=int(smoothing), show_progress=False
)
"""


def stabilized(clip: Path, folder: Path, smoothing: int) -> tuple[Path, float]:
    """Stabilize `clip` into a Motion-JPEG file in `folder`, with black edges; also its seconds.

    Raises RunError where it is not there, or did not come to an end.
    """
    if PYTHON not in os.environ:
        raise RunError(f"vidstab of PyPI: {PYTHON} does not say where it is installed")
    video = folder / "vidstab.avi"
    command = [os.environ[PYTHON], "-c", PROGRAM, str(clip.resolve()), str(video), str(smoothing)]
    seconds, _ = timed(command, folder)
    return video, seconds
