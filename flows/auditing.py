"""`gfn audit` for a person: what is wrong or doubtful, what was mended, what could be removed."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from flows.archive_audit import ArchiveAudit
from flows.cross_checking import CrossCheck
from flows.ledger import write_page
from flows.locations import opened_archive
from flows.markup import escape
from flows.repairing import collect_garbage, garbage, publish_again, repair_request
from flows.stabilizing import Audience, run_request
from gfn_core.audit.finding import KINDS, Finding, Severity, worst_severity
from gfn_core.store.archive import Archive

EXIT_CODES = {None: 0, Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 3}
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


@dataclass(frozen=True)
class AuditOrder:
    """What an audit is asked to do beside looking."""

    deep: bool = False  # read whole sources and outputs
    repair: bool = False  # make anew what is broken
    gc: bool = False  # list what nothing refers to
    yes: bool = False  # and remove it
    cross_check: CrossCheck | None = None  # look again at a sample of frames
    page: bool = False  # show what was found on the archive's page, too
    with_prefect: bool = True


@dataclass(frozen=True)
class AuditResult:
    """What an audit found and did, as `--json` prints it."""

    archive: str
    clips: int
    findings: tuple[Finding, ...]  # that are left
    mended: tuple[Finding, ...]
    garbage: tuple[str, ...]  # relative to the archive
    is_removed: bool

    @property
    def exit_code(self) -> int:
        """0 nothing to look at, 1 warnings, 3 errors."""
        return EXIT_CODES[worst_severity(self.findings)]

    def to_json(self) -> str:
        """The result as JSON."""
        worst = worst_severity(self.findings)
        content = {
            "archive": self.archive,
            "clips": self.clips,
            "worst": worst.label if worst is not None else None,
            "findings": [finding.as_row() for finding in self.findings],
            "mended": [finding.as_row() for finding in self.mended],
            "garbage": self.garbage,
            "is_removed": self.is_removed,
        }
        return json.dumps(content, indent=1)


def audit_archive(folder: Path, order: AuditOrder, audience: Audience) -> AuditResult:
    """Audit the archive in `folder`, do what is ordered, and tell `audience`."""
    archive = opened_archive(folder)
    with audience.notices.status("auditing"):
        findings = ArchiveAudit(archive, order.deep).findings()
    mended: list[Finding] = []
    if order.repair:
        before, findings = findings, _repaired(archive, findings, order, audience)
        mended = [finding for finding in before if finding not in findings]
    files: Sequence[Path] = ()
    if order.gc:
        audit = ArchiveAudit(archive)
        files = collect_garbage(audit) if order.yes else [file.path for file in garbage(audit)]
        if order.yes:
            findings = ArchiveAudit(archive, order.deep).findings()
    audit = ArchiveAudit(archive)
    if order.cross_check:
        with audience.notices.status("looking again"):
            findings += order.cross_check.findings(audit)
    if order.page or (order.yes and files):
        write_page(archive, findings if order.page else None)
    result = AuditResult(
        str(archive.root),
        len(audit.clips),
        tuple(findings),
        tuple(mended),
        tuple(path.relative_to(archive.root).as_posix() for path in files),
        order.yes,
    )
    if audience.as_json:
        print(result.to_json())
    _show(audience.results, result, order)
    return result


def _repaired(
    archive: Archive, findings: list[Finding], order: AuditOrder, audience: Audience
) -> list[Finding]:
    """Make anew what is broken; return what is still to be said."""
    request = repair_request(ArchiveAudit(archive, order.deep), findings)
    if request.clips:
        quiet = Audience(quiet=audience.quiet or audience.as_json)
        run_request(request, quiet, with_prefect=order.with_prefect)
    touched = {finding.clip for finding in findings if finding.kind.is_mended}
    for clip in ArchiveAudit(archive).clips:
        if clip.entry.video in touched:
            publish_again(clip)
    return ArchiveAudit(archive, order.deep).findings()


def _show(console: Console, result: AuditResult, order: AuditOrder) -> None:
    told: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in sorted(result.findings, key=lambda found: -found.severity):
        if finding.severity > Severity.INFO or not finding.clip:
            told.setdefault((finding.code, finding.clip, finding.path), []).append(finding)
    for first, *more in told.values():
        place = " ".join(filter(None, (first.clip or first.path, place_in_time(first))))
        line = f"[{STYLES[first.severity]}]{first.code}[/] {escape(place)}: {escape(first.message)}"
        rest = f"; and {len(more)} more like it (--json)" if more else ""
        console.print(line + rest, soft_wrap=True, highlight=False)
    _show_kinds(console, result.findings)
    if order.repair:
        console.print(f"{len(result.mended)} findings are mended")
    for name in result.garbage:
        verb = "removed" if result.is_removed else "would remove"
        console.print(f"{verb} {escape(name)}", soft_wrap=True, highlight=False)
    if result.is_removed and any(finding.code == "orphan" for finding in result.findings):
        console.print("orphans of the last hour stay: they may be those of a run that goes on")
    if result.garbage and not result.is_removed:
        console.print("nothing was removed; add --yes to remove these files")
    console.print(f"{result.clips} clips; {_counts(result.findings)}")


def _show_kinds(console: Console, findings: Iterable[Finding]) -> None:
    """How often each kind was found, and what to do; those of no weight are not listed singly."""
    found = Counter(finding.code for finding in findings)
    table = Table(box=None, show_header=False, pad_edge=False)
    for code, count in sorted(found.items(), key=lambda item: -KINDS[item[0]].severity):
        kind = KINDS[code]
        table.add_row(f"{count}", f"[{STYLES[kind.severity]}]{code}[/]", kind.meaning, kind.hint)
    if found:
        console.print(table)


def _counts(findings: Iterable[Finding]) -> str:
    found = Counter(finding.severity for finding in findings)
    return ", ".join(f"{found[severity]} {severity.label}" for severity in reversed(Severity))


def place_in_time(finding: Finding) -> str:
    """Where in the video, as people read it; empty where it is about the whole."""
    if finding.start_seconds is None:
        return ""
    start, end = finding.start_seconds, finding.end_seconds
    return clock(start) if end is None or end == start else f"{clock(start)} to {clock(end)}"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
