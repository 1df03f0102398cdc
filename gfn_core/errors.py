"""Every error that a user can meet, as one tree.

GfnError
├── SettingsError        a setting is out of its range (also a ValueError)
├── SourceError          a source file cannot be used; the batch goes on without it
│   ├── NotAVideo        no video stream, or not a media file at all
│   └── DamagedVideo     a video that cannot be decoded (far enough)
├── FileTrouble          the file system refuses: full, read-only, forbidden, broken
│   └── NoSpace          too little room, noticed before the disk was full
├── FramesDiffer         the renderer met other frames than those analysed
├── EncodingFailed       ffmpeg refused or died
├── ArtifactDamaged      a stored artifact cannot be read back
├── StoreUnavailable     object storage does not answer
├── LeaseLost            another worker took over what this one was making
├── WeightsUnusable      a weights file is missing, damaged or of another network
├── OutOfTime            the run's deadline comes first; the next run goes on
└── StageFailed          a stage's process did not come back
    ├── StageCrashed     killed by a signal
    └── StageTimedOut    ran past its deadline

A message is one line: what it is about, what is wrong, what to do.
"""

import errno
from typing import Self

ADVICE = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some of your quota",
    errno.EROFS: "make it writable",
    errno.EACCES: "check its permissions",
    errno.EPERM: "check its permissions",
}


class GfnError(Exception):
    """Base of all errors that a user can meet; its text is one line."""


class SettingsError(GfnError, ValueError):
    """A setting is out of its range."""


class SourceError(GfnError):
    """A source file cannot be used."""


class NotAVideo(SourceError):
    """The file holds no video stream."""


class DamagedVideo(SourceError):
    """The file's video stream cannot be decoded."""


class FileTrouble(GfnError):
    """The file system refuses to read or to write."""

    @classmethod
    def of(cls, error: OSError, label: str) -> Self:
        """Say what the system said, and what to do; `label` names what was being done."""
        place = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or " ".join(str(error).split())
        advice = ADVICE.get(error.errno or 0, "check the disk")
        return cls(f"{label}: {place}{reason}; {advice} and run again")


class NoSpace(FileTrouble):
    """Too little room is left for the output."""


class FramesDiffer(GfnError):
    """The renderer met other frames than those analysed."""


class EncodingFailed(GfnError):
    """The encoder refused its input or died."""


class ArtifactDamaged(GfnError):
    """A stored artifact cannot be read back."""


class StoreUnavailable(GfnError):
    """Object storage does not answer, or refuses."""


class LeaseLost(GfnError):
    """A lease ran out while its holder was at work."""


class WeightsUnusable(GfnError):
    """A weights file is missing, damaged or of another network."""


class OutOfTime(GfnError):
    """The deadline of the run comes before the end of a stage."""


class StageFailed(GfnError):
    """A stage's process did not come back with a result."""


class StageCrashed(StageFailed):
    """A stage's process was killed by a signal."""


class StageTimedOut(StageFailed):
    """A stage's process ran past its deadline."""
