"""What a source file is: its content's digest and its video, as a JSON artifact."""

import json
from dataclasses import dataclass
from pathlib import Path

from gfn_core.errors import ArtifactDamaged
from gfn_core.media.video_info import VideoInfo
from gfn_core.store.archive import read_json


@dataclass(frozen=True)
class ProbedSource:
    """A source file at one moment."""

    sha256: str
    size_bytes: int
    info: VideoInfo


def save_probed(path: Path, probed: ProbedSource) -> None:
    """Write `probed`."""
    content = {
        "sha256": probed.sha256,
        "size_bytes": probed.size_bytes,
        "info": probed.info.to_dict(),
    }
    path.write_text(json.dumps(content, indent=1))


def load_probed(path: Path) -> ProbedSource:
    """Read it back; raises `ArtifactDamaged`."""
    content = read_json(path)
    try:
        info = VideoInfo.from_dict(content["info"])
        return ProbedSource(content["sha256"], content["size_bytes"], info)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactDamaged(f"{path}: lacks {error}; delete it to redo it") from error
