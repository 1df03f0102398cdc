"""What an audit can find. docs/audit.md explains each kind to those who meet it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """How much a finding matters; the worst one decides the command's exit code."""

    INFO = 0  # good to know
    WARNING = 1  # look at it
    ERROR = 2  # something stored is not what it should be

    @property
    def label(self) -> str:
        """As people read it."""
        return self.name.lower()


@dataclass(frozen=True)
class FindingKind:
    """One kind of finding."""

    code: str
    severity: Severity
    meaning: str
    hint: str
    is_mended: bool = False  # `--repair` recomputes it, as long as the source is there


_REDO = "`gfn audit --repair` makes it anew"

INTEGRITY = (
    FindingKind("missing", Severity.ERROR, "what the index names is not there", _REDO, True),
    FindingKind("truncated", Severity.ERROR, "a file ends early", _REDO, True),
    FindingKind("altered", Severity.ERROR, "not what was written: its digest differs", _REDO, True),
    FindingKind("missing-column", Severity.ERROR, "a table lacks a column", _REDO, True),
    FindingKind("old-schema", Severity.ERROR, "a table of an older schema version", _REDO, True),
    FindingKind(
        "new-schema",
        Severity.WARNING,
        "a table of a newer schema version",
        "update gfn; this version leaves it alone",
    ),
    FindingKind(
        "misplaced",
        Severity.ERROR,
        "a table was made from something else than its name says",
        _REDO,
        True,
    ),
    FindingKind("frame-count", Severity.ERROR, "frame counts disagree", _REDO, True),
    FindingKind(
        "not-rendered",
        Severity.INFO,
        "motion without a video yet",
        "`gfn resmooth` smooths it and renders the video",
    ),
    FindingKind(
        "partly-decoded",
        Severity.INFO,
        "fewer frames could be decoded than the source lists",
        "the source is damaged or cut off; its output holds what there is",
    ),
    FindingKind("frame-order", Severity.ERROR, "frames are repeated or out of order", _REDO, True),
    FindingKind("not-finite", Severity.ERROR, "values that are no numbers", _REDO, True),
    FindingKind(
        "outside-frame",
        Severity.ERROR,
        "a correction would show what lies outside the source frame",
        _REDO,
        True,
    ),
    FindingKind("output-gone", Severity.ERROR, "a stabilized video is not there", _REDO, True),
    FindingKind(
        "output-altered",
        Severity.WARNING,
        "a file at an output's name is not what was delivered",
        "move it away if it is yours, then `gfn audit --repair`",
    ),
    FindingKind(
        "source-gone",
        Severity.WARNING,
        "a source is not where it was",
        "mount or move it back; what is stored stays usable",
    ),
    FindingKind(
        "source-changed",
        Severity.WARNING,
        "a source is no longer the file that was stabilized",
        _REDO + " from the source as it is now",
        True,
    ),
    FindingKind(
        "outdated",
        Severity.INFO,
        "made by another version of a stage, or from another trajectory, than is current",
        "`gfn resmooth` or `gfn stabilize` makes it anew when you want it",
    ),
    FindingKind(
        "duplicate-entry",
        Severity.ERROR,
        "a video is listed twice, so that whoever reads the folder counts it twice",
        "`gfn audit --gc` removes the copy",
    ),
    FindingKind(
        "entry-damaged",
        Severity.ERROR,
        "an index entry cannot be read, or is missing beside its tables",
        "run `gfn stabilize` again; it makes only what is missing",
    ),
    FindingKind(
        "foreign-file",
        Severity.WARNING,
        "a file in the store that is not gfn's",
        "move it away; gfn never touches it",
    ),
    FindingKind(
        "clock-skew",
        Severity.WARNING,
        "a file is dated in the future",
        "set the clock of the machine that wrote it; gfn compares contents, so nothing is lost",
    ),
    FindingKind(
        "unverified",
        Severity.INFO,
        "no digest was noted, so that damage would go unnoticed",
        "delete it, and `gfn stabilize` makes it anew with a digest",
    ),
    FindingKind(
        "half-written",
        Severity.INFO,
        "an unfinished file that a killed run left",
        "`gfn audit --gc` removes it",
    ),
    FindingKind(
        "orphan",
        Severity.INFO,
        "an artifact that nothing refers to, such as one of earlier settings",
        "`gfn audit --gc` removes it; kept, it saves time if you go back",
    ),
    FindingKind(
        "abandoned-lock",
        Severity.INFO,
        "a lock file that nobody holds",
        "`gfn audit --gc` removes it; it does no harm",
    ),
)

PLAUSIBILITY = (
    FindingKind(
        "outlier-step",
        Severity.WARNING,
        "one step of the camera is far from those around it",
        "look at the place; a knock against the camera is real, a flash or a passer-by is not",
    ),
    FindingKind(
        "low-confidence",
        Severity.WARNING,
        "a stretch in which the motion cannot be relied on",
        "look at the place; blur, darkness and blank walls leave little to follow, and an object "
        "may fill the frame",
    ),
    FindingKind(
        "suspected-cut",
        Severity.WARNING,
        "a frame that looks like a cut but is not taken for one",
        "look at the place; across a missed cut the path means nothing",
    ),
    FindingKind(
        "large-foreground",
        Severity.INFO,
        "a stretch in which little of the picture moves with the camera",
        "look at the place; the motion may be that of a person or a car",
    ),
    FindingKind(
        "drift",
        Severity.INFO,
        "over a shot the camera turns or zooms far, at a slow and even rate",
        "a real zoom or turn, or an error that adds up: compare first and last frame",
    ),
    FindingKind(
        "rolling-shutter",
        Severity.INFO,
        "the picture leans as the camera speeds up: it looks rolling-shuttered",
        "some wobble may stay: look at the straight lines of houses",
    ),
    FindingKind(
        "crop-bound",
        Severity.INFO,
        "for much of a clip the window lies against the frame's edge",
        "a smaller --crop would let it be calmer",
    ),
    FindingKind(
        "got-worse",
        Severity.WARNING,
        "by the stored motion the output shakes more than the source",
        "look at both; leave this clip as it was, or try another --crop",
    ),
)

CROSS_CHECK = (
    FindingKind(
        "estimators-disagree",
        Severity.WARNING,
        "another estimator finds another motion in the same frames",
        "look at the place, which of the two the background moves by; `gfn stabilize --estimator`",
    ),
    FindingKind(
        "not-reversible",
        Severity.WARNING,
        "backward in time the estimator does not find the way back",
        "look at the place; the motion there is a guess",
    ),
    FindingKind(
        "not-checked",
        Severity.INFO,
        "a clip could not be looked at again",
        "its source must be there as it was; `gfn audit` says more",
    ),
)

ALL_KINDS = INTEGRITY + PLAUSIBILITY + CROSS_CHECK
KINDS = {kind.code: kind for kind in ALL_KINDS}


@dataclass(frozen=True)
class Finding:
    """One finding: what, where, and what to do about it."""

    code: str  # of `KINDS`
    clip: str  # the video's name; empty where it is about no one video
    message: str
    path: str = ""  # of the file, relative to the archive
    start_seconds: float | None = None  # in the video
    end_seconds: float | None = None

    @property
    def kind(self) -> FindingKind:
        """What kind of finding this is."""
        return KINDS[self.code]

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return self.kind.severity

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self.kind.hint

    def as_row(self) -> dict[str, Any]:
        """The finding as JSON types."""
        return {
            "code": self.code,
            "severity": self.severity.label,
            "clip": self.clip,
            "message": self.message,
            "hint": self.hint,
            "path": self.path,
            "start_seconds": self.start_seconds,
            "end_seconds": self.end_seconds,
        }


def worst_severity(findings: Iterable[Finding]) -> Severity | None:
    """Severity of the worst finding; None where there is none."""
    return max((finding.severity for finding in findings), default=None)
