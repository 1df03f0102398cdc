"""Where the chroma samples of a video lie, which only ffmpeg's own description of it tells."""

import re
import subprocess
from pathlib import Path

from gfn_core.media.ffmpeg_binary import PROBE_OPTIONS, ffmpeg_path, file_url
from gfn_core.media.parent_death import die_with_parent

# Last of what is said of the pixel format; "top coded first" speaks of fields.
LOCATION = re.compile(r"[(,] ?(left|center|topleft|top|bottomleft|bottom)\)")
DEADLINE_SECONDS = 60


def chroma_location(path: Path, stream_index: int) -> str | None:
    """Return ffmpeg's name of the chroma location of a stream; None where it is not specified."""
    limits = (word for name, value in PROBE_OPTIONS.items() for word in (f"-{name}", value))
    command = [ffmpeg_path(), "-hide_banner", "-nostdin", "-v", "verbose", *limits]
    try:
        described = subprocess.run(
            [*command, "-i", file_url(path)],  # without an output it only describes its input
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            check=False,
            preexec_fn=die_with_parent,
        )
    except subprocess.TimeoutExpired:
        return None
    text = described.stderr.decode(errors="replace")
    stream = re.search(rf"^  Stream #0:{stream_index}\b.*: Video: (.*)$", text, re.MULTILINE)
    found = LOCATION.search(stream[1]) if stream else None
    return found[1] if found else None
