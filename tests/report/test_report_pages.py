"""Pages hold what they should, whatever the files are called and however many there are."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gfn_core.audit.finding import Finding
from gfn_core.report.card import Card
from gfn_core.report.pages import (
    ArchiveRow,
    AuditNote,
    ClipPage,
    Fact,
    archive_page,
    clip_page,
)
from gfn_core.store.page_card import read_card_json

HOSTILE = [
    "<img src=x onerror=alert(1)>\"'&.mp4",
    "</script><script>document.title='owned'</script>.mp4",
    "{{ 7 * 7 }} ${1}.mp4",
    "javascript:alert(1).mp4",
    "\u202egpj.4pm",
    "a\nb\tc.mp4",
    "日本語 🎬.mp4",
]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def card(video: str = "a.mp4") -> Card:
    finding = Finding("drift", video, f"about {video}", start_seconds=1.0, end_seconds=2.0)
    sparks = ([1.0, 3.0, 2.0], [0.5, 0.5, 0.5])
    return Card(
        video, 45, 1.5, 1, "stabilized", 0.9, 0.8, 2.0, 0.5, *sparks, [finding.as_row()], ""
    )


def foreign(name: str) -> Finding:
    return Finding("foreign-file", "", f"about {name}", path=f"gfn/{name}")


def broken(video: str) -> dict[str, Any]:
    return Finding("altered", video, f"about {video}").as_row()


def page(video: str) -> ClipPage:
    return ClipPage(
        card=card(video),
        facts=[Fact("source", video)],
        findings=[Finding("drift", video, f"about {video}", start_seconds=1.0, end_seconds=2.0)],
        source_href="../in/a.mp4",
        output_href="../a.mp4",
        archive_href="index.html",
        start_seconds=0.0,
        end_seconds=1.5,
        plot_svg="<svg></svg>",
        plot_left=0.1,
        plot_right=0.9,
        command=f"gfn stabilize {video}",
        settings=json.dumps({"video": video}),
    )


class Elements(HTMLParser):
    """What a browser would make of a page: elements, their attributes, visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("video", HOSTILE)
def test_a_hostile_name_stays_text(video: str) -> None:
    plain, hostile = Elements(clip_page(page("a.mp4"))), Elements(clip_page(page(video)))
    assert hostile.tags == plain.tags
    assert not [name for name, _ in hostile.attributes if name.startswith("on")]
    assert video in hostile.text
    rows = [ArchiveRow(video, "failed", f"about {video}", None, card(video), [broken(video)])]
    assert Elements(archive_page(rows)).tags == Elements(archive_page([])).tags
    audited = Elements(archive_page(rows, AuditNote("now", [foreign(video)])))
    assert audited.tags == Elements(archive_page([], AuditNote("now", [foreign("a.mp4")]))).tags
    assert video in audited.text


def test_pages_ask_for_nothing_from_elsewhere() -> None:
    for text in (clip_page(page("a.mp4")), archive_page([])):
        assert "default-src 'none'" in text
        for scheme in ("http://", "https://", "//cdn"):
            assert scheme not in text.replace("http://www.w3.org/2000/svg", "")


def test_no_script_runs_but_the_pages_own() -> None:
    import base64
    import hashlib

    text = clip_page(page(HOSTILE[1]))
    (allowed,) = re.findall(r"script-src 'sha256-([^']+)'", text)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (own,) = scripts
    assert base64.b64encode(hashlib.sha256(own.encode()).digest()).decode() == allowed
    assert "unsafe-inline" not in text.split("script-src")[1].split('"')[0]


@pytest.mark.parametrize("video", HOSTILE)
def test_a_card_is_read_back_from_its_page(tmp_path: Path, video: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(clip_page(page(video)), encoding="utf-8")
    text = read_card_json(path)
    assert text is not None
    assert Card.from_json(text) == card(video)


def test_a_page_without_a_card_has_none(tmp_path: Path) -> None:
    assert read_card_json(tmp_path / "nothing.html") is None
    (tmp_path / "page.html").write_text("<html></html>")
    assert read_card_json(tmp_path / "page.html") is None


def rows(count: int) -> list[ArchiveRow]:
    rng = np.random.default_rng(5)
    thumbnail = "data:image/webp;base64," + "A" * 2500
    made = []
    for number in range(count):
        video = f"folder {number % 7}/clip {number:04d}.mp4"
        one = replace(card(video), shake_after_px=float(rng.random()), thumbnail=thumbnail)
        status = "failed" if number % 50 == 0 else "stabilized"
        found = [broken(video)] if number % 9 == 0 else one.findings
        made.append(ArchiveRow(video, status, "", f"clip{number}.html", one, found))
    return made


def dumped(path: Path, folder: Path) -> str:
    """What headless Chromium makes of a page, scripts included."""
    assert CHROMIUM
    budget = "--virtual-time-budget=5000"
    command = [CHROMIUM, *FLAGS, budget, f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    done = subprocess.run(
        [*command, path.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_five_thousand_clips_in_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(archive_page(rows(5000)), encoding="utf-8")
    assert path.stat().st_size < 40e6
    text = dumped(path, tmp_path)
    body = text[text.index('<tbody id="rows">') : text.index("</tbody>")]
    assert 100 <= body.count("<tr>") < 1000, "only what is looked at is drawn"
    assert "clip 0000.mp4" in body
    assert body.count("<polyline") == 2 * body.count("<tr>")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_hostile_names_in_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    made = [
        ArchiveRow(video, "failed", video, None, card(video), [broken(video)]) for video in HOSTILE
    ]
    note = AuditNote("now", [foreign(video) for video in HOSTILE])
    path.write_text(archive_page(made, note), encoding="utf-8")
    found = Elements(dumped(path, tmp_path))
    assert found.tags.count("tr") == 1 + len(HOSTILE)
    assert "owned" not in found.text.split("document.title")[0]
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "x" not in [value for name, value in found.attributes if name == "src"]
