"""Everything real in the folder of shared clips: what differs from its source is named."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from flows.discovery import VIDEO_SUFFIXES
from tests.fidelity.conftest import GFN, PLAINLY, Passage

CLIPS = (Path(__file__).parents[3] / "shared" / "clips").resolve()
VIDEOS = sorted(path for path in CLIPS.rglob("*") if path.suffix.lower() in VIDEO_SUFFIXES)

NOTHING = "nothing excuses this"
NAMED = {  # property of a file: word of the note
    "size": NOTHING,
    "orientation": "orientation",
    "pixel_aspect": "pixel aspect",
    "pixel_format": "pixel format",
    "is_interlaced": "fields",
    "hdr": "mastering",
    "chapters": "chapter",
}

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not VIDEOS, reason="real footage is not here"),
]


@pytest.fixture(scope="session")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Passage]:
    """All of them, stabilized in one run."""
    out = tmp_path_factory.mktemp("real")
    command = [
        *GFN,
        str(CLIPS),
        str(out),
        *PLAINLY,
        "--preset",
        "veryfast",
        "--estimator",
        "globalflownet",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return passages_of(json.loads(done.stdout)["outcomes"], out)


def passages_of(outcomes: list[dict], out: Path) -> dict[str, Passage]:
    return {
        item["video"]: Passage(
            CLIPS / item["video"], out / item["output"], tuple(item["notes"]), item["error"]
        )
        for item in outcomes
    }


@pytest.mark.parametrize("video", [path.relative_to(CLIPS).as_posix() for path in VIDEOS])
def test_what_differs_is_named(crossed: dict[str, Passage], video: str) -> None:
    passage = crossed[video]
    if passage.error:
        assert passage.error.startswith(str(passage.source))
        assert "internal error" not in passage.error
        pytest.skip(f"refused: {passage.error}")
    try:
        passage.before  # noqa: B018  it is read and kept
    except av.FFmpegError as error:
        pytest.skip(f"the independent reader refuses it: {error}")
    named = " | ".join(passage.lost)
    assert [what for what, word in differences(passage) if word not in named] == []


def differences(passage: Passage) -> Iterator[tuple[str, str]]:
    """What is not as it was, and the word by which a note would name it."""
    before, after = passage.before, passage.after
    tick = max(before.tick, after.tick) * 1.001
    if len(after.times) != len(before.times):
        yield f"{len(after.times)} frames, not {len(before.times)}", NOTHING
    elif np.abs(after.times - before.times).max() > tick:
        yield "times of frames", "times of frames"  # every reader guesses: see media/timeline.py
    if abs(after.duration_seconds - before.duration_seconds) > tick:
        yield f"{after.duration_seconds} s, not {before.duration_seconds}", "time"
    for name, word in NAMED.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{name} {now}, not {was}", word
    if not before.color.items() <= after.color.items():
        yield f"colours {after.color}, not {before.color}", "colour"
    if not before.tags.items() <= after.tags.items():
        yield f"tags {after.tags}, not {before.tags}", "tag"
    kept = {s.packets for n, s in enumerate(after.streams) if n != after.main}
    for number, stream in enumerate(before.streams):
        if number != before.main and stream.packets not in kept:
            yield f"{stream.kind} stream ({stream.codec})", "stream"
