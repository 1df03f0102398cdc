"""The archive's own record of its runs, and the page that lists its clips."""

import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from flows.outcome import Outcome, RunSummary
from gfn_core.report.pages import ArchiveRow, archive_page
from gfn_core.store.archive import Archive, write_whole


def new_run_id() -> str:
    """Name a run by when and by whom it is done."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"


def note_run(archive: Archive, run_id: str, summary: RunSummary) -> None:
    """Keep the run's summary, and renew the archive's page."""
    page = archive_page([_row(archive, outcome) for outcome in summary.outcomes])
    write_whole(_record(archive, run_id), lambda path: path.write_text(summary.to_json()), archive)
    write_whole(page_path(archive), lambda path: path.write_text(page), archive)


def read_run(archive: Archive, run_id: str) -> RunSummary:
    """Read what `note_run` kept."""
    return RunSummary.from_json(_record(archive, run_id))


def page_path(archive: Archive) -> Path:
    """Where the archive's page lies."""
    return archive.store / "report" / "index.html"


def _record(archive: Archive, run_id: str) -> Path:
    return archive.store / "runs" / f"{run_id}.json"


def _row(archive: Archive, outcome: Outcome) -> ArchiveRow:
    page = archive.view("report", outcome.video, ".html")
    href = quote(page.relative_to(page_path(archive).parent).as_posix()) if page.exists() else None
    return ArchiveRow(outcome.video, outcome.status, outcome.error, href)
