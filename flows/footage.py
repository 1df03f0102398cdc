"""What the time and the disk that a clip takes depend on."""

from dataclasses import dataclass

from gfn_core.errors import ArtifactDamaged
from gfn_core.store.archive import Archive
from gfn_core.store.probed import load_probed
from gfn_core.store.provenance import count_rows, read_provenance
from tasks.clip import Clip

PER_PIXEL = ("motion", "render")  # the other stages take as long for small frames


@dataclass(frozen=True)
class Footage:
    """How much there is of a clip."""

    frames: float
    megapixels: float  # of a frame
    seconds: float = 0.0  # of play; 0 where only the motion is known
    source_bytes: float = 0.0

    @property
    def pixels(self) -> float:
        """Megapixels of all frames."""
        return self.frames * self.megapixels

    def work(self, stage: str) -> float:
        """Amount of work in a stage."""
        return self.pixels if stage in PER_PIXEL else self.frames


def footage_of(clip: Clip) -> Footage | None:
    """Return what the store knows of a clip, by its probe or its motion; None where it does not."""
    try:
        probed = load_probed(clip.archive.path(clip.probe))
    except (OSError, ArtifactDamaged):
        return analysed_footage(clip.archive, clip.video)
    info = probed.info
    megapixels = info.geometry.width * info.geometry.height / 1e6
    return Footage(info.frame_count, megapixels, info.duration_seconds, probed.size_bytes)


def analysed_footage(archive: Archive, video: str) -> Footage | None:
    """Return what a clip's published motion tells; None where that is missing."""
    table = archive.view("motion", video, ".parquet")
    try:
        facts = read_provenance(table)
        return Footage(count_rows(table), facts["width_px"] * facts["height_px"] / 1e6)
    except (ArtifactDamaged, KeyError):
        return None
