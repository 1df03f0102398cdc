"""How long `gfn sweep` takes over a large archive: motion tables only, drawn by chance.

`python -m benchmarks.sweep_speed --out DIR` makes the archive and sweeps it; with `--only "3/*"` a
tenth of it, for a busy machine.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import save_motion
from gfn_core.store.published import CurrentArtifacts, publish
from gfn_core.synthetic.camera_path import shaky_path
from tasks.clip import MOTION

FRAME_RATE, FOLDERS = 30, 10
CROPS = "0.75,0.8,0.85,0.9,0.95"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the archive unless it is there, sweep it, and print the time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--frames", type=int, default=450)
    parser.add_argument("--only", default="*")
    parser.add_argument("--options", default="", help="more options for gfn sweep")
    asked = parser.parse_args(arguments)
    if not (asked.out / "gfn").exists():
        make_archive(Archive(asked.out.resolve()), asked.clips, asked.frames)
    program = [sys.executable, "-c", "from flows.cli import main; main()", "sweep", str(asked.out)]
    options = ["--crop", CROPS, "--only", asked.only, "--json", "--quiet", *asked.options.split()]
    started = time.perf_counter()
    done = subprocess.run([*program, *options], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    clips = len(json.loads(done.stdout)["clips"])
    print(f"{clips} clips at {len(CROPS.split(','))} crops: {seconds:.1f} s")


def make_archive(archive: Archive, clips: int, frames: int) -> None:
    """Publish the motion of `clips` shaky clips of `frames` each, in ten folders."""
    time_of, zero = np.arange(frames), np.zeros(frames)
    settings = plain(StabilizeSettings())
    for number in range(clips):
        video = f"{number % FOLDERS}/{number:05d}.mp4"
        homography = shaky_path(frames, FRAME_RATE, number).true_motion
        sure = np.ones(frames)
        motion = Motion(
            *(FrameGeometry(1920, 1080), time_of, time_of / FRAME_RATE, homography),
            *(time_of == 0, sure, sure, sure, zero, zero, zero),
            dct=np.zeros((frames, 0)),
        )
        table = MOTION.artifact(video)
        archive.path(table).parent.mkdir(parents=True, exist_ok=True)
        save_motion(archive.path(table), motion, {"source_sha256": video})
        publish(archive, CurrentArtifacts(video, video, (table,), "", settings), Path())


if __name__ == "__main__":
    main()
