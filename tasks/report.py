"""Report: the clip's page, and its current tables under names that people can read."""

from dataclasses import replace
from pathlib import Path

from gfn_core.errors import GfnError
from gfn_core.report.course import Course
from gfn_core.report.pages import clip_page
from gfn_core.store.delivery import delivery_lock, is_delivered, load_receipt
from gfn_core.store.motion_table import load_motion
from gfn_core.store.published import CurrentArtifacts, is_published, publish
from gfn_core.store.trajectory_table import load_trajectory
from tasks.clip import RENDER, REPORT, Clip, Made
from tasks.clip_page import ClipFacts
from tasks.making import Notes, make, probed_source
from tasks.stage_task import stage_task
from tasks.staging import stage_out
from tasks.supervisor import Progress

DEADLINE_SECONDS = 300.0


@stage_task(REPORT)
def report(clip: Clip) -> Made:
    """Write the clip's page and publish what is current."""
    current = clip.current(probed_source(clip).sha256)
    artifact = current.artifacts[-1]
    made = make(clip, artifact, _report, deadline_seconds=DEADLINE_SECONDS, is_confined=True)
    stage_out(clip)
    if is_published(clip.archive, current):
        return made
    _publish(clip, current, clip.archive.fetched(made.artifact))  # was so once, and is again
    return replace(made, cached=False)


def _report(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    probed = probed_source(clip)
    chain = clip.chain(probed.sha256)
    motion = load_motion(clip.archive.fetched(chain.motion))
    receipt = load_receipt(clip.archive.fetched(chain.render))
    planned = load_trajectory(clip.archive.fetched(chain.trajectory))
    clip.archive.bring(clip.output)
    course = Course(motion, planned.treated(receipt.treatment))
    facts = ClipFacts(clip, probed, course, receipt)
    unfinished.write_bytes(clip_page(facts.page()).encode(errors="replace"))
    _publish(clip, clip.current(probed.sha256), unfinished)
    return ()


def _publish(clip: Clip, current: CurrentArtifacts, page: Path) -> None:
    """Publish what belongs to the video that lies in OUT; raises `GfnError` where another does."""
    render = next(artifact for artifact in current.artifacts if artifact.stage == RENDER)
    receipt = load_receipt(clip.archive.fetched(render))
    with delivery_lock(clip.archive, receipt.output):
        if not is_delivered(clip.archive, receipt):
            raise GfnError(
                f"{clip.output}: another run has put its own there meanwhile; run again, one by one"
            )
        publish(clip.archive, current, page)
