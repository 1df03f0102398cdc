"""How fast an archive's past runs went, to say how long the next one takes."""

from collections.abc import Iterable
from dataclasses import dataclass

from flows.outcome import RunSummary
from flows.plan import PlannedClip
from gfn_core.errors import ArtifactDamaged
from gfn_core.store.archive import Archive
from gfn_core.store.provenance import count_rows, read_provenance

LATEST_RUNS = 20
PER_PIXEL = ("motion", "render")  # the other stages take as long for small frames


@dataclass(frozen=True)
class ClipSize:
    """What the time of a clip's stages depends on."""

    frames: int
    megapixels: float

    def work(self, stage: str) -> float:
        """Amount of work in a stage."""
        return self.frames * (self.megapixels if stage in PER_PIXEL else 1.0)


@dataclass(frozen=True)
class Throughput:
    """Work a second of one clip's process, by stage."""

    rates: dict[str, float]

    def seconds(self, planned: Iterable[PlannedClip], slots: int) -> float | None:
        """Estimate the time of the missing stages; None where a stage never ran."""
        total = 0.0
        for item in planned:
            size = clip_size(item.clip.archive, item.clip.video)
            for stage in item.missing:
                if size is None or stage not in self.rates:
                    return None
                total += size.work(stage) / self.rates[stage]
        return total / slots


def past_throughput(archive: Archive) -> Throughput:
    """Read it from the archive's records of its latest runs."""
    work: dict[str, float] = {}
    seconds: dict[str, float] = {}
    for record in sorted((archive.store / "runs").glob("*.json"))[-LATEST_RUNS:]:
        for outcome in RunSummary.from_json(record).outcomes:
            size = clip_size(archive, outcome.video)
            if size is None:
                continue
            for stage, taken in outcome.seconds.items():
                work[stage] = work.get(stage, 0.0) + size.work(stage)
                seconds[stage] = seconds.get(stage, 0.0) + taken
    return Throughput({stage: work[stage] / seconds[stage] for stage in work if seconds[stage]})


def clip_size(archive: Archive, video: str) -> ClipSize | None:
    """Return the size of a clip by its published motion; None where that is missing."""
    table = archive.view("motion", video, ".parquet")
    try:
        facts = read_provenance(table)
        return ClipSize(count_rows(table), facts["width_px"] * facts["height_px"] / 1e6)
    except (ArtifactDamaged, KeyError):
        return None
