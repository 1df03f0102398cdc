"""Files that have crashed their process again and again, and are left alone until told otherwise.

A try is noted for the *state* of a source (the key of its probe) and for one version of gfn: an
edited file, or another gfn, begins anew.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from gfn_core import __version__
from gfn_core.errors import ArtifactDamaged
from gfn_core.store.archive import Archive, read_json, write_whole

MOST_TRIES = 3


@dataclass(frozen=True)
class Suspect:
    """A source in one state, and what it did to the processes that worked on it."""

    state: str  # key of its probe
    video: str
    deaths: tuple[str, ...] = ()
    software: str = __version__

    @property
    def is_quarantined(self) -> bool:
        """Whether it has been tried often enough."""
        return len(self.deaths) >= MOST_TRIES

    @property
    def verdict(self) -> str:
        """One line for those who miss the clip."""
        return (
            f"{self.video}: quarantined after {len(self.deaths)} tries (the last: "
            f"{self.deaths[-1]}); look at the file, or try it again with --retry"
        )


def suspects(archive: Archive) -> dict[str, Suspect]:
    """Return all that this version of gfn suspects, by state."""
    found = (_read(path) for path in _folder(archive).glob("*.json"))
    return {one.state: one for one in found if one and one.software == __version__}


def note_death(archive: Archive, state: str, video: str, death: str) -> Suspect:
    """Note that a process died over a source."""
    known = _read(_path(archive, state))
    deaths = known.deaths if known and known.software == __version__ else ()
    suspect = Suspect(state, video, (*deaths, death))
    text = json.dumps(asdict(suspect), indent=1)
    write_whole(_path(archive, state), lambda path: path.write_text(text), archive)
    return suspect


def pardon(archive: Archive, states: Iterable[str]) -> None:
    """Forget what was noted of sources."""
    for state in states:
        archive.remove(_path(archive, state))


def _read(path: Path) -> Suspect | None:
    try:
        content = read_json(path)
        return Suspect(**content | {"deaths": tuple(content["deaths"])})
    except (ArtifactDamaged, KeyError, TypeError):
        return None


def _folder(archive: Archive) -> Path:
    return archive.store / "quarantine"


def _path(archive: Archive, state: str) -> Path:
    return _folder(archive) / f"{state}.json"
