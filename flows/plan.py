"""What a run would do, found out without doing it: the `--dry-run`, and what a rerun skips."""

from dataclasses import dataclass
from typing import Literal

from flows.outcome import Outcome
from gfn_core.errors import GfnError
from gfn_core.store.delivery import is_delivered, load_receipt
from gfn_core.store.motion_table import load_motion
from gfn_core.store.probed import ProbedSource, load_probed
from gfn_core.store.published import is_published
from tasks.clip import PROBE, Clip
from tasks.damage import damage

Route = Literal["stabilize", "resmooth", "smooth"]

ALL_STAGES = ("probe", "motion", "trajectory", "render", "report")
MEASURED_STAGES = ("probe", "motion", "trajectory", "render", "activity", "report")


@dataclass(frozen=True)
class PlannedClip:
    """A clip, and the stages that it still needs."""

    clip: Clip
    missing: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        """How a clip ends that needs nothing."""
        return Outcome(self.clip.video, "up to date", self.clip.output_name)


def plan(clip: Clip) -> PlannedClip:
    """Find which stages of `clip` are missing; an unreadable artifact counts as missing."""
    try:
        return PlannedClip(clip, _missing(clip))
    except (GfnError, OSError):
        return PlannedClip(clip, all_stages(clip))


def all_stages(clip: Clip) -> tuple[str, ...]:
    """Names of the stages that `clip` goes through."""
    return MEASURED_STAGES if clip.settings.local_motion else ALL_STAGES


def plan_stored(clip: Clip, sha256: str, route: Route) -> PlannedClip:
    """Find which stages `clip`, whose motion is stored, still needs on a `route` without motion."""
    try:
        missing = _missing_for(clip, sha256)
    except (GfnError, OSError):
        missing = ("trajectory", "render", "report")
    if route == "smooth":
        return PlannedClip(clip, tuple(name for name in missing if name == "trajectory"))
    probe = ("probe",) if missing and not _is_probed(clip) else ()
    return PlannedClip(clip, probe + tuple(name for name in missing if name != "motion"))


def _missing(clip: Clip) -> tuple[str, ...]:
    if not _is_probed(clip):
        return all_stages(clip)
    probed = load_probed(clip.archive.fetched(clip.probe))
    missing = _missing_for(clip, probed.sha256)
    if clip.strict and "motion" not in missing and _is_damaged(clip, probed):
        return ("motion", *missing)  # which will refuse it
    return missing


def _is_damaged(clip: Clip, probed: ProbedSource) -> bool:
    motion = load_motion(clip.archive.fetched(clip.chain(probed.sha256).motion))
    return damage(motion, probed.info) != ""


def _is_probed(clip: Clip) -> bool:
    return (clip.origin is not None or clip.source.exists()) and clip.archive.has(clip.probe)


def _missing_for(clip: Clip, sha256: str) -> tuple[str, ...]:
    archive, current = clip.archive, clip.current(sha256)
    missing = [item.stage.name for item in current.artifacts if not archive.has(item)]
    receipt = archive.path(next(r for r in current.artifacts if r.stage.name == "render"))
    if "render" not in missing and not is_delivered(archive, load_receipt(receipt)):
        missing.append("render")
    if "report" not in missing and not is_published(archive, current):
        missing.append("report")
    return tuple(name for name in all_stages(clip) if name in missing and name != PROBE.name)
