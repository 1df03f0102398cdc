"""What is current for each video, under names that people can read.

The objects of a store hold every motion ever estimated; the published tables hold one a video, with
the column `video` in front, so that `gfn/motion` and `gfn/trajectory` each read as one dataset over
the whole archive.
"""

import json
import shutil
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gfn_core.errors import ArtifactDamaged
from gfn_core.store.archive import Archive, read_json, write_whole
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.provenance import write_table

TABLES = ("motion", "trajectory", "activity")


@dataclass(frozen=True)
class CurrentArtifacts:
    """The artifacts that are current for one video."""

    video: str
    output: str  # relative to the archive
    artifacts: tuple[ArtifactRef, ...]
    source: str = ""  # where the video as filmed was, last time
    settings: dict[str, Any] = field(default_factory=dict)  # of all stages, as JSON

    @property
    def keys(self) -> dict[str, str]:
        """Key by stage name."""
        return {artifact.stage.name: artifact.key for artifact in self.artifacts}

    @property
    def entry(self) -> dict[str, Any]:
        """What the index holds of the video; `store.catalogue` reads it back."""
        return {
            "video": self.video,
            "output": self.output,
            "source": self.source,
            "keys": self.keys,
            "settings": self.settings,
        }


def publish(archive: Archive, current: CurrentArtifacts, page: Path) -> None:
    """Publish the tables and the `page` of one video; its index entry comes last."""
    for artifact in current.artifacts:
        kind, suffix = artifact.stage.name, artifact.stage.suffix
        if kind in TABLES:
            publish_table(archive, current.video, artifact)
        elif kind == "report":
            view = archive.view(kind, current.video, suffix)
            write_whole(view, partial(shutil.copyfile, page), archive)
    write_entry(archive, current.entry)


def is_published(archive: Archive, current: CurrentArtifacts) -> bool:
    """Whether `current` is what people see for its video."""
    entry = index_entry(archive, current.video)
    archive.bring(entry)
    try:
        return read_json(entry) == current.entry
    except ArtifactDamaged:
        return False


def publish_trajectory(archive: Archive, current: CurrentArtifacts) -> None:
    """Publish the trajectory alone: video and page stay, and the index says so by their keys."""
    trajectory = next(item for item in current.artifacts if item.stage.name == "trajectory")
    old = read_json(index_entry(archive, current.video))
    keys = old["keys"] | {"trajectory": trajectory.key}
    publish_table(archive, current.video, trajectory)
    write_entry(archive, current.entry | {"keys": keys, "source": old.get("source", "")})


def publish_table(archive: Archive, video: str, artifact: ArtifactRef) -> None:
    """Publish one table of a video; its index entry stays as it is."""
    view = archive.view(artifact.stage.name, video, artifact.stage.suffix)
    write_whole(view, partial(_add_video, archive.fetched(artifact), video), archive)


def write_entry(archive: Archive, entry: dict[str, Any]) -> None:
    """Write the index entry of a video."""
    write_whole(
        index_entry(archive, entry["video"]),
        lambda path: path.write_text(json.dumps(entry, indent=1)),
        archive,
    )


def index_entry(archive: Archive, video: str) -> Path:
    """Where the index entry of `video` lies."""
    return archive.view("clips", video, ".json")


def _add_video(source: Path, video: str, view: Path) -> None:
    try:
        table = pq.read_table(source)
    except (OSError, pa.ArrowException) as error:
        raise ArtifactDamaged(f"{source}: cannot be read; delete it to redo it") from error
    names = pa.array([video] * len(table), pa.string())
    write_table(view, table.add_column(0, pa.field("video", pa.string()), names))
