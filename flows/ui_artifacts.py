"""What Prefect's own pages show of a run over an archive: a summary, and a table of its clips."""

import httpx
from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.exceptions import PrefectException

from flows.ledger import page_path
from flows.outcome import Outcome, RunSummary
from gfn_core.store.archive import Archive

MOST_ROWS = 200  # Prefect's page draws them all; failed clips come first
MARKED = "\\`*_{}[]<>()#+-.!|&~"


def show_in_prefect(archive: Archive, summary: RunSummary) -> None:
    """Attach both artifacts to the flow run under way; a run does not fail for want of them."""
    try:
        _create(archive, summary)
    except (PrefectException, httpx.HTTPError, OSError) as error:
        get_run_logger().warning("no artifacts of this run: %s", error)


def _create(archive: Archive, summary: RunSummary) -> None:
    create_markdown_artifact(
        key="archive-run", markdown=run_markdown(archive, summary), description="What was done"
    )
    outcomes = sorted(summary.outcomes, key=lambda outcome: not outcome.error)
    create_table_artifact(
        key="archive-clips",
        table=[_row(outcome) for outcome in outcomes[:MOST_ROWS]],
        description=f"{min(len(outcomes), MOST_ROWS)} of {len(outcomes)} clips, failed ones first",
    )


def run_markdown(archive: Archive, summary: RunSummary) -> str:
    """Summary of a run, with its report, whose names mean nothing to Markdown."""
    page = page_path(archive)
    lines = [
        f"# {len(summary.outcomes)} clips in {summary.seconds:.1f} s",
        summary.counts,
        f"Report: [{escaped(str(page))}]({page.as_uri()})",
        *(f"- **{o.status}** {escaped(o.error)}" for o in summary.outcomes if o.error),
    ]
    return "\n\n".join(lines[: MOST_ROWS + 3])


def escaped(text: str) -> str:
    """Return `text` such that Markdown shows it as it is."""
    return "".join(f"\\{sign}" if sign in MARKED else sign for sign in text)


def _row(outcome: Outcome) -> dict[str, str | float]:
    return {
        "clip": outcome.video,
        "status": outcome.status,
        "stages run": ", ".join(outcome.executed),
        "seconds": round(sum(outcome.seconds.values()), 1),
        "detail": outcome.error or "; ".join(outcome.notes),
    }
