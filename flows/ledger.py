"""The archive's own record of its runs, and the page that lists its clips."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname
from typing import Any
from urllib.parse import quote

from flows.locations import opened_archive
from flows.outcome import Outcome, RunSummary
from gfn_core.audit.finding import Finding
from gfn_core.errors import GfnError
from gfn_core.report.card import Card
from gfn_core.report.pages import ArchiveRow, AuditNote, archive_page
from gfn_core.smoothing.trajectory import Treatment
from gfn_core.store.archive import Archive, write_whole
from gfn_core.store.page_card import read_card_json

LATEST_RUNS = 20  # in which a clip's last failure is looked for


def existing_archive(out: Path) -> Archive:
    """Return the archive in the folder `out`; raises `GfnError` where there is none."""
    archive = opened_archive(out)
    if not archive.store.is_dir():
        raise GfnError(f"{archive.root}: not an archive of gfn: it has no folder gfn")
    return archive


def new_run_id() -> str:
    """Name a run by when and by whom it is done; in containers, process numbers are alike."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{gethostname()}-{os.getpid()}"


def note_run(archive: Archive, run_id: str, summary: RunSummary) -> None:
    """Keep the run's summary, and renew the archive's page."""
    write_whole(_record(archive, run_id), lambda path: path.write_text(summary.to_json()), archive)
    write_page(archive)


def write_page(archive: Archive, audited: Sequence[Finding] | None = None) -> None:
    """Renew the archive's page; with what an audit has just found, if there was one."""
    rows = archive_rows(archive, audited)
    of_no_clip = [finding for finding in audited or () if not finding.clip]
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    note = None if audited is None else AuditNote(when, of_no_clip)
    page = archive_page(rows, note).encode(errors="replace")
    write_whole(page_path(archive), lambda path: path.write_bytes(page), archive)


def read_run(archive: Archive, run_id: str) -> RunSummary:
    """Read what `note_run` kept."""
    return RunSummary.from_json(_record(archive, run_id))


def page_path(archive: Archive) -> Path:
    """Where the archive's page lies."""
    return archive.store / "report" / "index.html"


def archive_rows(archive: Archive, audited: Sequence[Finding] | None = None) -> list[ArchiveRow]:
    """Say of every clip what the archive holds, and how its latest run ended.

    Findings are those on the clip's own page, or, after an audit, those that it made.
    """
    latest = _latest_outcomes(archive)
    published = {video: read_card(archive, video) for video in _published(archive)}
    found: dict[str, list[dict[str, Any]]] = {
        video: card.findings for video, card in published.items() if card and audited is None
    }
    for finding in audited or ():
        found.setdefault(finding.clip, []).append(finding.as_row())
    named = published.keys() | latest.keys() | (found.keys() - {""})
    return [
        _row(archive, video, latest.get(video), published.get(video), found.get(video, []))
        for video in sorted(named)
    ]


def _row(
    archive: Archive,
    video: str,
    latest: Outcome | None,
    card: Card | None,
    findings: Sequence[dict[str, Any]],
) -> ArchiveRow:
    page = archive.view("report", video, ".html")
    href = quote(os.fsencode(os.path.relpath(page, page_path(archive).parent)))
    detail = latest.error or "; ".join(latest.notes) if latest else ""
    reachable = href if page.exists() else None
    return ArchiveRow(video, _status(latest, card), detail, reachable, card, findings)


def _status(latest: Outcome | None, card: Card | None) -> str:
    """What was done to the clip, or what became of it instead."""
    done = card.treatment if card else Treatment.STABILIZED
    if latest is None or latest.status in ("done", "up to date"):
        return done
    return done if latest.status == "deferred" and card else latest.status


def latest_runs(archive: Archive) -> Iterator[RunSummary]:
    """Yield what is kept of the latest runs, the oldest first."""
    for record in sorted(_record(archive, "").parent.glob("*.json"))[-LATEST_RUNS:]:
        try:
            yield RunSummary.from_json(record)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # the record of a run is no more than a convenience


def _latest_outcomes(archive: Archive) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for run in latest_runs(archive):
        for outcome in run.outcomes:
            is_known = outcome.video in found and found[outcome.video].status != "failed"
            if outcome.status != "up to date" or not is_known:
                found[outcome.video] = outcome
    return found


def _published(archive: Archive) -> Iterator[str]:
    folder = archive.store / "clips"
    for path in folder.rglob("*.json"):
        yield path.relative_to(folder).as_posix().removesuffix(".json")


def read_card(archive: Archive, video: str) -> Card | None:
    """Return a published clip in brief; None where its page is missing."""
    text = read_card_json(archive.view("report", video, ".html"))
    try:
        return Card.from_json(text) if text else None
    except (ValueError, TypeError):
        return None


def _record(archive: Archive, run_id: str) -> Path:
    return archive.store / "runs" / f"{run_id}.json"
