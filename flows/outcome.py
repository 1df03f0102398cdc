"""What became of each clip of a run."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Status = Literal["done", "up to date", "failed"]


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


@dataclass(frozen=True)
class RunSummary:
    """A whole run, as `--json` prints it."""

    outcomes: tuple[Outcome, ...]
    seconds: float

    def count(self, status: Status) -> int:
        """Number of clips that ended so."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 when every clip is stabilized, 1 when some failed, 2 when none is there."""
        if not self.outcomes:
            return 2
        return 1 if self.count("failed") else 0

    def to_json(self) -> str:
        """The run as JSON."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, path: Path) -> "RunSummary":
        """Read a stored run."""
        content = json.loads(path.read_text())
        outcomes = tuple(
            Outcome(**entry | {name: tuple(entry[name]) for name in ("executed", "notes")})
            for entry in content["outcomes"]
        )
        return cls(outcomes, content["seconds"])
