"""docs/audit.md and the code say the same."""

import re
from pathlib import Path

from gfn_core.audit.finding import ALL_KINDS, KINDS, Finding, Severity, worst_severity

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "audit.md"


def test_every_kind_is_documented_with_its_severity() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+)(, mended)? \|", DOCUMENT.read_text(), re.MULTILINE)
    documented = [(code, severity, bool(mended)) for code, severity, mended in rows]
    assert documented == [(kind.code, kind.severity.label, kind.is_mended) for kind in ALL_KINDS]


def test_codes_are_unique() -> None:
    assert len(KINDS) == len(ALL_KINDS)


def test_the_worst_severity_decides() -> None:
    info, error = Finding("orphan", "", ""), Finding("altered", "", "")
    assert worst_severity([]) is None
    assert worst_severity([info]) is Severity.INFO
    assert worst_severity([info, error, info]) is Severity.ERROR


def test_a_finding_as_json_has_all_that_the_document_names() -> None:
    row = Finding("drift", "a.mp4", "far", start_seconds=1.0).as_row()
    named = re.search(r"each finding with (.*?)\(in the video", DOCUMENT.read_text(), re.DOTALL)
    assert named is not None
    assert set(re.findall(r"`(\w+)`", named[1])) == set(row)
