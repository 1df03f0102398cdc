"""The night goes on: files that crash their process every time are left out after a few tries."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.outcome import Outcome
from flows.plan import PlannedClip
from flows.run_log import killed_runs, read_run_log, state_of
from gfn_core.store.archive import Archive
from gfn_core.store.journal import Journal
from gfn_core.store.quarantine import Suspect, note_death, pardon, suspects


@dataclass
class Quarantine:
    """What is known of the files that a run is about."""

    archive: Archive
    suspects: dict[str, Suspect] = field(default_factory=dict)  # by state of the source

    @classmethod
    def of(cls, archive: Archive, *, retry: bool = False) -> "Quarantine":
        """Read it, after what killed runs have left to be said; `retry` forgets all of it."""
        _bury_killed_runs(archive)
        known = suspects(archive)
        if retry:
            pardon(archive, known)
            known = {}
        return cls(archive, known)

    def held(self, planned: Iterable[PlannedClip]) -> list[Outcome]:
        """Return the ends of those clips that are not to be tried."""
        if not self.suspects:
            return []
        found = ((item.clip.video, self.suspects.get(state_of(item.clip))) for item in planned)
        return [
            Outcome(video, "quarantined", error=suspect.verdict)
            for video, suspect in found
            if suspect and suspect.is_quarantined
        ]

    def learn(self, state: str, outcome: Outcome) -> None:
        """Take in what became of a clip."""
        if outcome.is_crash and state:
            death = outcome.error.removeprefix(f"{outcome.video}: ")
            self.suspects[state] = note_death(self.archive, state, outcome.video, death)
        elif outcome.status in ("done", "up to date") and state in self.suspects:
            del self.suspects[state]
            pardon(self.archive, [state])


def _bury_killed_runs(archive: Archive) -> None:
    """Suspect the clips that were worked on when a run was killed: one of them may have done it."""
    for path in killed_runs(archive):
        journal = Journal(path)  # whoever else buries it waits here, and finds it done
        run = read_run_log(path)
        if not run.end:
            for video, line in run.under_way.items():
                if line["state"]:
                    death = f"{line['stage']}: the run {run.run_id} was killed"
                    note_death(archive, line["state"], video, death)
            journal.note("buried")
        journal.close()
