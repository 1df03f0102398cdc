"""What is current for each video, under names that people can read.

The objects of a store hold every motion ever estimated; the published tables hold one a video, with
the column `video` in front, so that `gfn/motion` and `gfn/trajectory` each read as one dataset over
the whole archive.
"""

import json
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gfn_core.errors import ArtifactDamaged
from gfn_core.store.archive import Archive, read_json, write_whole
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.provenance import write_table

TABLES = ("motion", "trajectory")


@dataclass(frozen=True)
class CurrentArtifacts:
    """The artifacts that are current for one video."""

    video: str
    output: str  # relative to the archive
    artifacts: tuple[ArtifactRef, ...]

    @property
    def keys(self) -> dict[str, str]:
        """Key by stage name."""
        return {artifact.stage.name: artifact.key for artifact in self.artifacts}


def publish(archive: Archive, current: CurrentArtifacts, page: Path) -> None:
    """Publish the tables and the `page` of one video; its index entry comes last."""
    for artifact in current.artifacts:
        kind, suffix = artifact.stage.name, artifact.stage.suffix
        view = archive.view(kind, current.video, suffix)
        if kind in TABLES:
            table = archive.path(artifact)
            write_whole(view, partial(_add_video, table, current.video), archive)
        elif kind == "report":
            write_whole(view, partial(shutil.copyfile, page), archive)
    entry = {"video": current.video, "output": current.output, "keys": current.keys}
    write_whole(
        _index_entry(archive, current.video),
        lambda path: path.write_text(json.dumps(entry, indent=1)),
        archive,
    )


def is_published(archive: Archive, current: CurrentArtifacts) -> bool:
    """Whether `current` is what people see for its video."""
    try:
        return bool(read_json(_index_entry(archive, current.video))["keys"] == current.keys)
    except (ArtifactDamaged, KeyError):
        return False


def _index_entry(archive: Archive, video: str) -> Path:
    return archive.view("clips", video, ".json")


def _add_video(source: Path, video: str, view: Path) -> None:
    try:
        table = pq.read_table(source)
    except (OSError, pa.ArrowException) as error:
        raise ArtifactDamaged(f"{source}: cannot be read; delete it to redo it") from error
    names = pa.array([video] * len(table), pa.string())
    write_table(view, table.add_column(0, pa.field("video", pa.string()), names))
