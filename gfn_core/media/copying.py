"""Copying a video as it is."""

import shutil
from pathlib import Path


def copy_video(source: Path, destination: Path) -> None:
    """Copy a file's content, without its times and permissions."""
    shutil.copyfile(source, destination)
