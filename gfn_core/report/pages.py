"""The pages' HTML: self-contained, without network, usable from a disk.

Everything that comes from a file is escaped: by Jinja in the page, by `textContent` in the scripts.
The page's own script is named by its digest, so that no other could run.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from gfn_core.audit.finding import Finding
from gfn_core.report.card import Card, script_safe


@dataclass(frozen=True)
class Fact:
    """One line of a page's table."""

    name: str
    value: str


@dataclass(frozen=True)
class ClipPage:
    """What a clip's page shows; addresses are relative to the page."""

    card: Card
    facts: Sequence[Fact]
    findings: Sequence[Finding]
    source_href: str
    output_href: str
    archive_href: str
    start_seconds: float
    end_seconds: float
    plot_svg: str
    plot_left: float  # of the plot's width: where its time axis begins and ends
    plot_right: float
    command: str
    settings: str
    still_seconds: float = 0.0
    before: str = ""  # data addresses; empty where no frame could be decoded
    after: str = ""


def clip_page(page: ClipPage) -> str:
    """Page of one clip; its card stands at the beginning, for the archive's page to read."""
    return _filled(
        "clip.html",
        "clip.js",
        page=page,
        card_json=Markup(page.card.to_json()),  # noqa: S704  escaped for scripts
        plot=Markup(page.plot_svg),  # noqa: S704  our own SVG
    )


@dataclass(frozen=True)
class ArchiveRow:
    """One clip of the archive's page."""

    video: str
    status: str
    detail: str
    href: str | None  # its own page, relative to this one
    card: Card | None  # None where it has never been stabilized
    findings: Sequence[dict[str, Any]] = ()  # as `Finding.as_row`

    def as_json(self) -> dict[str, Any]:
        """The row as the page's script reads it."""
        card = self.card
        own = {"video": self.video, "status": self.status, "detail": self.detail}
        return own | {
            "href": self.href,
            "seconds": card and card.seconds,
            "crop": card and card.crop,
            "confidence": card and card.confidence,
            "shake_before_px": card and card.shake_before_px,
            "shake_after_px": card and card.shake_after_px,
            "spark_before": card.spark_before if card else [],
            "spark_after": card.spark_after if card else [],
            "findings": [_brief(row) for row in self.findings],
            "thumbnail": card.thumbnail if card else "",
        }


@dataclass(frozen=True)
class AuditNote:
    """What an audit found that is about no single clip, and when."""

    when: str
    findings: Sequence[Finding]


def archive_page(rows: Sequence[ArchiveRow], audit: AuditNote | None = None) -> str:
    """Page of an archive of any size: its script draws as many rows as are looked at."""
    text = json.dumps([row.as_json() for row in rows], separators=(",", ":"))
    clips = Markup(script_safe(text))  # noqa: S704  escaped for scripts
    return _filled("archive.html", "archive.js", clips_json=clips, count=len(rows), audit=audit)


def training_page(curves_svg: str, columns: str, samples_url: str) -> str:
    """Page of a training: its curves, and a picture of samples as a data URL, of such columns."""
    template = _templates().get_template("training.html")
    curves = Markup(curves_svg)  # noqa: S704  our own SVG
    return template.render(curves=curves, columns=columns, samples=samples_url)


def morning_page(night: object) -> str:
    """Page of a night; `night` holds what the template shows."""
    return _templates().get_template("morning.html").render(night=night)


def _brief(finding: dict[str, Any]) -> dict[str, Any]:
    """What the table shows; in words only what is broken, for there are thousands of the rest."""
    shown = ("code", "severity", *(["message"] if finding.get("severity") == "error" else []))
    return {name: finding.get(name) for name in shown}


def _filled(template: str, script_name: str, **values: object) -> str:
    environment = _templates()
    script = environment.loader.get_source(environment, script_name)[0]  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = environment.get_template(template)
    return page.render(
        script=Markup(script),  # noqa: S704  our own file
        script_hash=Markup(f"sha256-{digest}"),  # noqa: S704
        **values,
    ).rstrip()


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("gfn_core.report"), autoescape=True)
