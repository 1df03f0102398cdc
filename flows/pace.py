"""How fast an archive's runs go, to say how long the next one takes and what ends before dawn."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from flows.footage import Footage, footage_of
from flows.ledger import latest_runs
from flows.outcome import Outcome
from gfn_core.store.archive import Archive
from tasks.clip import Clip


def _sums() -> defaultdict[str, float]:
    return defaultdict(float)


@dataclass
class Pace:
    """What the clips of past runs took, so that more can be foretold; learns as a run goes on."""

    work: defaultdict[str, float] = field(default_factory=_sums)  # by stage, as `Footage.work`
    seconds: defaultdict[str, float] = field(default_factory=_sums)  # of one process, by stage
    whole: defaultdict[str, float] = field(default_factory=_sums)  # of clips that were finished

    @classmethod
    def of_past_runs(cls, archive: Archive) -> "Pace":
        """Read it from the archive's records of its latest runs."""
        pace = cls()
        for run in latest_runs(archive):
            for outcome in run.outcomes:
                pace.learn(outcome)
        return pace

    def learn(self, outcome: Outcome) -> None:
        """Take in what one clip took."""
        footage = outcome.footage
        if footage is None:
            return
        for stage, seconds in outcome.seconds.items():
            self.work[stage] += footage.work(stage)
            self.seconds[stage] += seconds
        if footage.source_bytes and outcome.output_bytes:
            self.whole["source_bytes"] += footage.source_bytes
            self.whole["frames"] += footage.frames
            self.whole["pixels"] += footage.pixels
            self.whole["seconds"] += footage.seconds
            self.whole["output_bytes"] += outcome.output_bytes
            self.whole["stored_bytes"] += outcome.stored_bytes

    def footage_of(self, clip: Clip) -> Footage | None:
        """Return what is known of a clip, or else what files of its size have held so far."""
        known = footage_of(clip)
        if known is not None and known.source_bytes:
            return known
        size_bytes = clip.source.stat().st_size if clip.source.exists() else 0
        if known is not None:
            return replace(known, source_bytes=size_bytes)
        return self._guess(size_bytes)

    def stage_seconds(self, stage: str, footage: Footage) -> float | None:
        """Estimate the time of a stage; None where it never ran."""
        if not self.work[stage]:
            return None
        return footage.work(stage) * self.seconds[stage] / self.work[stage]

    def new_bytes(self, stages: tuple[str, ...], footage: Footage) -> float | None:
        """Estimate what the missing `stages` of a clip will write; None where nothing tells."""
        if not self.whole["pixels"]:
            return None
        stored = footage.frames * self.whole["stored_bytes"] / self.whole["frames"]
        output = footage.pixels * self.whole["output_bytes"] / self.whole["pixels"]
        return stored + (output if "render" in stages else 0.0)

    def _guess(self, size_bytes: float) -> Footage | None:
        if not self.whole["frames"]:
            return None
        share = size_bytes / self.whole["source_bytes"]
        megapixels = self.whole["pixels"] / self.whole["frames"]
        frames, seconds = self.whole["frames"] * share, self.whole["seconds"] * share
        return Footage(frames, megapixels, seconds, size_bytes)
