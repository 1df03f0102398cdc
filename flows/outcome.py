"""What became of each clip of a run."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from flows.footage import Footage

Status = Literal["done", "up to date", "deferred", "quarantined", "failed"]

NOTHING_DONE_EXIT_CODE = 2
LEFT_EXIT_CODE = 4


@dataclass(frozen=True)
class Outcome:
    """The end of one clip's way through the stages."""

    video: str
    status: Status
    output: str = ""
    executed: tuple[str, ...] = ()  # stages that ran, in order; the others were there already
    seconds: dict[str, float] = field(default_factory=dict)  # by executed stage
    notes: tuple[str, ...] = ()  # what of the source is damaged, or missing in the output
    error: str = ""
    footage: Footage | None = None
    output_bytes: int = 0  # of the stabilized video
    stored_bytes: int = 0  # of the artifacts that were made
    is_crash: bool = False  # its process died, or was ended at its deadline

    @classmethod
    def from_plain(cls, entry: dict[str, Any]) -> "Outcome":
        """Invert `asdict`, after a way through JSON; raises `TypeError` or `KeyError`."""
        lists = {name: tuple(entry[name]) for name in ("executed", "notes")}
        footage = entry.get("footage")
        return cls(**entry | lists | {"footage": Footage(**footage) if footage else None})


@dataclass(frozen=True)
class RunSummary:
    """A whole run, as `--json` prints it."""

    outcomes: tuple[Outcome, ...]
    seconds: float
    trouble: str = ""  # of the run itself, not of a clip

    def count(self, status: Status) -> int:
        """Number of clips that ended so."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def counts(self) -> str:
        """How many ended how; what is rare only where it happened."""
        usual = ("done", "up to date", "failed")
        shown = [status for status in get_args(Status) if status in usual or self.count(status)]
        return ", ".join(f"{self.count(status)} {status}" for status in shown)

    @property
    def exit_code(self) -> int:
        """0 all is well, 1 something failed, 2 no clip was there, 4 some wait for the next run."""
        if not self.outcomes:
            return NOTHING_DONE_EXIT_CODE
        if self.count("failed") or self.count("quarantined") or self.trouble:
            return 1
        return LEFT_EXIT_CODE if self.count("deferred") else 0

    def to_json(self) -> str:
        """The run as JSON."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, path: Path) -> "RunSummary":
        """Read a stored run."""
        content = json.loads(path.read_text())
        outcomes = tuple(Outcome.from_plain(entry) for entry in content["outcomes"])
        return cls(outcomes, content["seconds"], content.get("trouble", ""))
