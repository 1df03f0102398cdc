"""A digest for each artifact, so that a bit that flips on the disk is found.

`digests/motion/<key>.parquet.sha256` holds the line that `sha256sum` prints, so that
`sha256sum --check ../../digests/motion/*` in `objects/motion` verifies without gfn.
"""

import hashlib
from pathlib import Path

DIGEST_SUFFIX = ".sha256"


def content_sha256(path: Path) -> str:
    """Digest of a whole file, as `sha256sum` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_path(artifact: Path) -> Path:
    """Where the digest of `artifact` lies, which lies in `objects/<stage>` of a store."""
    stage, store = artifact.parent.name, artifact.parents[2]
    return store / "digests" / stage / (artifact.name + DIGEST_SUFFIX)


def digest_line(unfinished: Path, final: Path) -> str:
    """The line that says what `unfinished` holds, once it is called `final`."""
    return f"{content_sha256(unfinished)}  {final.name}\n"


def noted_digest(artifact: Path) -> str | None:
    """Digest noted when `artifact` was made; None where there is none, or one of another file."""
    try:
        digest, name = digest_path(artifact).read_text().split()
    except (OSError, ValueError):
        return None
    return digest if name == artifact.name else None
