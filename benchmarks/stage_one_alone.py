"""Stabilizes a clip without the second stage: `python -m benchmarks.stage_one_alone CLIP OUT CROP`.

For comparison only, so it is no option of the command.
"""

import sys
from pathlib import Path

from flows.request import ArchiveRequest
from flows.stabilizing import Audience, run_request
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.settings import StageOneSettings, StageTwoSettings


def main(clip: str, out: str, crop: str) -> int:
    """Stabilize; return the exit code of `gfn stabilize`."""
    smoothing = StageOneSettings(crop=float(crop), bend=StageTwoSettings("off"))
    request = ArchiveRequest((Path(clip),), Path(out), StabilizeSettings(smoothing=smoothing))
    return run_request(request, Audience(quiet=True), with_prefect=False).exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
