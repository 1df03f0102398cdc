"""Clips of labelled actions, in the folder layouts of the benchmarks.

UCF-101: `UCF-101/CLASS/*.avi` (or `CLASS/*.avi`) and `ucfTrainTestlist/` with `trainlist01.txt`
(lines `CLASS/NAME.avi 1`) and `testlist01.txt` (lines `CLASS/NAME.avi`).

NCAA: one .csv with a row an event, and the games as `videos/YOUTUBEID.*`. Columns, by their names
in any case and spelling: the video's id, the event's start and end (microseconds), its label, and
which of train, val and test it belongs to. Its authors give away the table alone, so the videos'
place is our reading.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from gfn_core.errors import SettingsError, SourceError

UCF_LISTS = "ucfTrainTestlist"
MICROSECONDS = 1e6
NCAA_COLUMNS = {
    "video": ("youtubeid",),
    "start": ("eventstarttime",),
    "end": ("eventendtime",),
    "label": ("eventlabel",),
    "split": ("trainvalortest", "trainvaltest", "split"),
}


@dataclass(frozen=True)
class ActionClip:
    """A labelled stretch of a video."""

    path: Path
    label: str
    is_test: bool
    start_seconds: float = 0.0
    end_seconds: float = float("inf")


def action_clips(root: Path, split: int = 1) -> list[ActionClip]:
    """Read the lists in `root`; raises SettingsError where neither layout is found."""
    lists = root / UCF_LISTS
    tables = sorted(root.glob("*.csv"))
    if lists.is_dir():
        return _ucf_clips(root, lists, split)
    if tables:
        return _ncaa_clips(root, tables[0])
    raise SettingsError(f"{root}: neither a folder {UCF_LISTS} nor a .csv of events in it")


def _ucf_clips(root: Path, lists: Path, split: int) -> list[ActionClip]:
    folder = root / "UCF-101" if (root / "UCF-101").is_dir() else root
    clips = []
    for is_test, name in ((False, f"trainlist{split:02d}.txt"), (True, f"testlist{split:02d}.txt")):
        if not (lists / name).is_file():
            raise SettingsError(f"{lists / name}: is not there")
        for line in (lists / name).read_text().split("\n"):
            if words := line.split():
                clips.append(ActionClip(folder / words[0], words[0].split("/")[0], is_test))
    return clips


def _ncaa_clips(root: Path, table: Path) -> list[ActionClip]:
    with table.open(newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    if not rows:
        raise SourceError(f"{table}: is empty")
    names = [re.sub(r"[^a-z]", "", name.lower()) for name in rows[0]]
    place = {}
    for what, spellings in NCAA_COLUMNS.items():
        found = [names.index(name) for name in spellings if name in names]
        if not found:
            raise SourceError(f"{table}: has no column {spellings[0]}")
        place[what] = found[0]
    videos = {path.stem: path for path in sorted((root / "videos").glob("*"))}
    clips = []
    for number, row in enumerate(rows[1:], start=2):
        try:
            path = videos.get(row[place["video"]])
            times = [float(row[place[which]]) / MICROSECONDS for which in ("start", "end")]
            is_test = row[place["split"]].strip().lower() == "test"
        except (IndexError, ValueError) as error:
            raise SourceError(f"{table}: line {number} is damaged ({error})") from error
        if path is not None:  # of the games, one has what could still be fetched
            clips.append(ActionClip(path, row[place["label"]], is_test, *times))
    return clips
