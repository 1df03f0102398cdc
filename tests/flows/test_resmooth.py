"""Smoothing anew from the store: what runs, what does not, and what it needs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from flows.outcome import Outcome
from flows.plan import PlannedClip
from flows.request import ArchiveRequest
from flows.resmooth import Changes, ResmoothRequest, Selection
from flows.resmoothing import forecast_of
from flows.run import stabilize_plainly
from gfn_core.errors import GfnError, SettingsError
from gfn_core.media.encoding import Encoding
from gfn_core.media.target_size import TargetSize
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.settings import (
    AUTO_REMOVED_SHARE,
    DYNAMIC_ZOOM_SHARE,
    StageOneSettings,
)
from gfn_core.smoothing.style import Style
from gfn_core.store.catalogue import catalogue
from gfn_core.store.keys import from_plain, plain
from gfn_core.store.trajectory_table import load_trajectory
from tests.tracks_settings import BY_TRACKS


@pytest.fixture
def out(finished: ArchiveRequest) -> Path:
    return finished.out


def executed(request: ResmoothRequest, run_id: str = "again") -> dict[str, tuple[str, ...]]:
    outcomes = outcomes_of(request, run_id)
    assert not [outcome.error for outcome in outcomes.values() if outcome.error]
    return {video: outcome.executed for video, outcome in outcomes.items()}


def outcomes_of(request: ResmoothRequest, run_id: str = "again") -> dict[str, Outcome]:
    return {item.video: item for item in stabilize_plainly(request, run_id).outcomes}


def window(out: Path, video: str) -> float:
    return load_trajectory(out / "gfn" / "trajectory" / f"{video}.parquet").window


def test_no_motion_is_estimated(out: Path) -> None:
    request = ResmoothRequest(out, Changes(crop=0.8))
    redone = ("trajectory", "render", "report")
    assert executed(request) == {"first.mp4": redone, "sub/second.mp4": redone}
    assert window(out, "first.mp4") == 0.8
    assert executed(request) == {"first.mp4": (), "sub/second.mp4": ()}


def test_what_is_not_named_stays_as_it_was(out: Path) -> None:
    executed(ResmoothRequest(out, Changes(quality=35)))
    (entry, _) = catalogue(ResmoothRequest(out).archive)
    assert entry.settings["smoothing"]["crop"] == window(out, "first.mp4") == 0.9
    assert entry.settings["encoding"]["quality"] == 35
    assert entry.settings["encoding"]["preset"] == "ultrafast"
    assert not any(item.missing for item in ResmoothRequest(out).plan())


def test_crop_and_style_may_be_chosen_as_for_stabilize(out: Path) -> None:
    words = ("--crop", "auto", "--style", "tripod", "--zoom", "dynamic", "--no-render")
    command(out, *words, "--only", "first*")
    entry, other = catalogue(ResmoothRequest(out).archive)
    chosen = from_plain(StabilizeSettings, entry.settings).smoothing
    assert chosen.removed_share == AUTO_REMOVED_SHARE
    assert chosen.zoom_share == DYNAMIC_ZOOM_SHARE
    assert Style.of(chosen) is Style.TRIPOD
    assert Style.of(from_plain(StabilizeSettings, other.settings).smoothing) is Style.STEADY


def test_a_crop_by_hand_ends_the_search_for_one() -> None:
    searched = StabilizeSettings(smoothing=StageOneSettings(crop=0.75, removed_share=0.8))
    by_hand = Changes(crop=0.8, style=Style.CINEMATIC).applied_to(searched).smoothing
    assert (by_hand.crop, by_hand.removed_share) == (0.8, 0.0)
    assert Changes(style=Style.STEADY).applied_to(searched).smoothing.removed_share == 0.8


def test_a_size_and_a_quality_replace_each_other() -> None:
    sized = Changes(target=TargetSize(share=0.5)).applied_to(StabilizeSettings())
    assert sized.encoding.target == TargetSize(share=0.5)
    assert from_plain(StabilizeSettings, plain(sized)) == sized  # as an archive keeps them
    again = Changes(quality=20, keep_fields=True).applied_to(sized).encoding
    assert (again.quality, again.target, again.keep_fields) == (20, None, True)
    assert Changes(preset="slow").applied_to(sized).encoding.target == TargetSize(share=0.5)


def test_stabilize_finds_what_resmooth_made(out: Path) -> None:
    executed(ResmoothRequest(out, Changes(crop=0.8)))
    settings = StabilizeSettings(
        motion=BY_TRACKS,
        smoothing=StageOneSettings(crop=0.8),
        encoding=Encoding(quality=30, preset="ultrafast"),
    )
    again = ArchiveRequest((out.parent / "in",), out, settings)
    assert not any(item.missing for item in again.plan())


def names(planned: list[PlannedClip]) -> list[str]:
    return [item.clip.video for item in planned]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(only="sub/*"), ["sub/second.mp4"]),
        (Selection(only="*.mp4"), ["first.mp4", "sub/second.mp4"]),
        (Selection(where="frames > 40"), ["first.mp4"]),
        (Selection(where="crop = 0.9 and width_px = 320 -- a comment"), None),
        (Selection(only="sub/*", where="confidence between 0 and 1"), ["sub/second.mp4"]),
    ],
)
def test_a_selection(out: Path, selection: Selection, expected: list[str] | None) -> None:
    planned = ResmoothRequest(out, selection=selection).plan()
    assert names(planned) == (expected or ["first.mp4", "sub/second.mp4"])


@pytest.mark.parametrize(
    ("selection", "error", "message"),
    [
        (Selection(only="third*"), GfnError, "no clip is selected"),
        (Selection(where="colour = 1"), SettingsError, "colour"),
        (Selection(where="true); drop table clips; select (1"), SettingsError, "one SELECT"),
        (Selection(where="exists (from read_text('/etc/passwd'))"), SettingsError, "disabled"),
    ],
)
def test_a_selection_that_cannot_be(
    out: Path, selection: Selection, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ResmoothRequest(out, selection=selection).plan()


def test_sources_may_have_moved(out: Path) -> None:
    (out.parent / "in").rename(out.parent / "elsewhere")
    lost = outcomes_of(ResmoothRequest(out, Changes(crop=0.8)))
    assert {item.status for item in lost.values()} == {"failed"}
    assert "--source" in lost["first.mp4"].error
    found = ResmoothRequest(out, Changes(crop=0.8), source_folder=out.parent / "elsewhere")
    assert set(executed(found).values()) == {("probe", "render", "report")}


def test_another_file_under_the_name_is_refused(out: Path) -> None:
    shutil.copyfile(out.parent / "in/sub/second.mp4", out.parent / "in/first.mp4")
    outcomes = outcomes_of(ResmoothRequest(out, Changes(crop=0.8)))
    assert "is not the file whose motion is stored" in outcomes["first.mp4"].error
    assert outcomes["sub/second.mp4"].status == "done"


def test_lost_motion_is_said(out: Path) -> None:
    entry, _ = catalogue(ResmoothRequest(out).archive)
    (out / "gfn/objects/motion" / f"{entry.keys['motion']}.parquet").unlink()
    outcomes = outcomes_of(ResmoothRequest(out, Changes(crop=0.8)))
    assert "its motion is not stored" in outcomes["first.mp4"].error
    assert outcomes["sub/second.mp4"].status == "done"


def test_trajectories_alone_need_no_source(out: Path) -> None:
    shutil.rmtree(out.parent / "in")
    before = {path: path.read_bytes() for path in out.rglob("*.mp4")}
    done = command(out, "--crop", "0.8", "--no-render")
    executed = [outcome["executed"] for outcome in json.loads(done.stdout)["outcomes"]]
    assert executed == [["trajectory"], ["trajectory"]]
    assert window(out, "first.mp4") == 0.8
    assert {path: path.read_bytes() for path in before} == before
    # and the videos follow when they are asked for, with nothing said again
    assert {item.missing for item in ResmoothRequest(out).plan()} == {("probe", "render", "report")}


def test_a_forecast(out: Path) -> None:
    request = ResmoothRequest(out, Changes(crop=0.8))
    forecast = forecast_of(request, request.plan())
    assert (forecast.clips, forecast.frames) == (2, 75)
    assert forecast.seconds is not None
    record = json.loads((out / "gfn/runs/first.json").read_text())
    taken = [clip["seconds"] for clip in record["outcomes"]]
    longest = sum(each["trajectory"] + each["render"] + each["report"] for each in taken)
    assert 0.3 * longest < forecast.seconds < 1.1 * longest


def command(out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `gfn resmooth` in a process of its own, and see that it loads no torch."""
    script = (
        "import sys; from flows.cli import app; "
        "code = app(sys.argv[1:], standalone_mode=False); "
        "assert 'torch' not in sys.modules; sys.exit(code)"
    )
    words = ("resmooth", str(out), "--json", "--no-prefect", *words)
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_the_command(out: Path) -> None:
    forecast = command(out, "--crop", "0.85", "--only", "first*", "--dry-run")
    assert json.loads(forecast.stdout)["frames"] == 45
    assert window(out, "first.mp4") == 0.9
    done = command(out, "--crop", "0.85", "--only", "first*")
    (outcome,) = json.loads(done.stdout)["outcomes"]
    assert outcome["executed"] == ["trajectory", "render", "report"]
    assert pd.read_parquet(out / "gfn/trajectory").video.nunique() == 2
    assert (window(out, "first.mp4"), window(out, "sub/second.mp4")) == (0.85, 0.9)
