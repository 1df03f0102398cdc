"""A digest for each artifact, so that a bit that flips on the disk is found.

`digests/motion/<key>.parquet.sha256` holds the line that `sha256sum` prints, so that
`sha256sum --check ../../digests/motion/*` in `objects/motion` verifies without gfn. A comment above
it, which `sha256sum` passes over, says when, where and in what time the artifact was made.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

DIGEST_SUFFIX = ".sha256"
MADE = re.compile(r"# made (\S+) in ([0-9.]+) s on (\S+)")


@dataclass(frozen=True)
class Making:
    """When, where and in what time an artifact was made."""

    ended: datetime
    seconds: float
    host: str

    def __str__(self) -> str:
        ended = self.ended.isoformat(timespec="seconds")
        return f"# made {ended} in {self.seconds:.3f} s on {self.host}"


def content_sha256(path: Path) -> str:
    """Digest of a whole file, as `sha256sum` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_path(artifact: Path) -> Path:
    """Where the digest of `artifact` lies, which lies in `objects/<stage>` of a store."""
    stage, store = artifact.parent.name, artifact.parents[2]
    return store / "digests" / stage / (artifact.name + DIGEST_SUFFIX)


def digest_note(unfinished: Path, final: Path, making: Making) -> str:
    """What is noted of `unfinished`, once it is called `final`."""
    return f"{making}\n{content_sha256(unfinished)}  {final.name}\n"


def noted_digest(artifact: Path) -> str | None:
    """Digest noted when `artifact` was made; None where there is none, or one of another file."""
    try:
        digest, name = digest_path(artifact).read_text().splitlines()[-1].split()
    except (OSError, ValueError, IndexError):
        return None
    return digest if name == artifact.name else None


def noted_making(artifact: Path) -> Making | None:
    """How `artifact` was made; None where nothing was noted."""
    try:
        found = MADE.match(digest_path(artifact).read_text())
        return (
            Making(datetime.fromisoformat(found[1]), float(found[2]), found[3]) if found else None
        )
    except (OSError, ValueError):
        return None
