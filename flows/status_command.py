"""`gfn status` and `gfn morning`: how a run is doing, and what became of the night."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from flows.cli_options import Archive, Json


def status(out: Archive, as_json: Json = False) -> None:
    """Say which runs go on over an archive, how far they are, and what is in quarantine."""
    from flows.ledger import existing_archive
    from flows.status import status_of
    from flows.telling import show_status

    found = status_of(existing_archive(out), datetime.now(UTC))
    print(json.dumps(asdict(found), indent=1)) if as_json else show_status(found)


def morning(
    out: Archive,
    hours: Annotated[float, typer.Option(min=0.01, help="How far back to look.")] = 24.0,
    as_json: Json = False,
) -> None:
    """Say what became of the night: done, doubtful, failed, hours of footage, time, disk.

    Writes the same as a page, OUT/gfn/report/morning.html.
    """
    from flows.ledger import existing_archive
    from flows.morning import morning_of, write_morning_page
    from flows.telling import show_morning

    archive, now = existing_archive(out), datetime.now(UTC)
    night = morning_of(archive, now - timedelta(hours=hours), now)
    page = write_morning_page(archive, night)
    print(json.dumps(night.as_json(), indent=1)) if as_json else show_morning(night, page)
