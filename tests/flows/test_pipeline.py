"""The way of clips through stages that only pretend: order, segments, failures."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest

from flows.outcome import Outcome
from flows.pipeline import Runner, process_clips
from gfn_core.errors import GfnError
from gfn_core.motion.segments import Segment
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from gfn_core.store.keys import Stage
from tasks.clip import Clip, Made
from tasks.stage_task import StageTask

SEGMENTS = [Segment(0, 0, 24), Segment(0, 24, 48), Segment(24, 48, 72)]


def clips(count: int) -> list[Clip]:
    archive, settings = Archive(Path("/nowhere")), StabilizeSettings()
    return [Clip(archive, Path(f"{n}.mp4"), f"{n}.mp4", settings) for n in range(count)]


def made(name: str, seconds: float = 1.0) -> Made:
    return Made(Stage(name, 1, "").artifact(), cached=False, seconds=seconds)


def stage(name: str, work: Callable[[Clip], None] = lambda clip: None) -> StageTask:
    def run(clip: Clip) -> Made:
        work(clip)
        return made(name)

    return StageTask(Stage(name, 1, ""), run)


def in_segments(name: str, work: Callable[[Clip], None] = lambda clip: None) -> StageTask:
    def parts(clip: Clip) -> Sequence[Clip]:
        return [replace(clip, segment=segment) for segment in SEGMENTS]

    return replace(stage(name, work), parts=parts)


def run(stages: Sequence[StageTask], count: int = 3, slots: int = 2) -> dict[str, Outcome]:
    with ThreadPoolExecutor(slots) as pool:
        runner = Runner(pool.submit, slots, lambda rivals: 8 // rivals)
        ended = list(process_clips(clips(count), runner, stages))
    assert len(ended) == count, "each clip ends once"
    return {outcome.video: outcome for outcome in ended}


def test_segments_come_between_the_stages_before_and_after() -> None:
    seen: dict[str, list[str]] = {}
    lock = Lock()

    def note(name: str) -> Callable[[Clip], None]:
        def work(clip: Clip) -> None:
            with lock:
                seen.setdefault(clip.video, []).append(name)

        return work

    stages = (
        stage("probe", note("probe")),
        in_segments("motion-segment", note("segment")),
        stage("motion", note("motion")),
    )
    ended = run(stages)
    assert all(names == ["probe", *["segment"] * 3, "motion"] for names in seen.values())
    assert {o.executed for o in ended.values()} == {("probe", "motion")}
    assert {o.seconds["motion"] for o in ended.values()} == {4.0}


def test_never_more_at_a_time_than_slots_and_threads_by_how_many() -> None:
    running, most, threads = 0, 0, []
    lock = Lock()

    def work(clip: Clip) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            threads.append(clip.threads)
        with lock:
            running -= 1

    run((in_segments("motion-segment", work), stage("motion", work)), count=5, slots=3)
    assert most <= 3
    assert set(threads) <= {8 // 3, 8 // 2, 8}


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_segment_that_fails_ends_its_clip_once(failing: int) -> None:
    def work(clip: Clip) -> None:
        if clip.video == "1.mp4" and clip.segment == SEGMENTS[failing]:
            raise GfnError(f"{clip.video}: broken")

    ended = run((in_segments("motion-segment", work), stage("motion")))
    assert ended["1.mp4"].error == "1.mp4: broken"
    assert [o.status for o in ended.values() if o.video != "1.mp4"] == ["done", "done"]


def test_a_clip_that_cannot_be_divided_ends_too() -> None:
    def no_parts(clip: Clip) -> Sequence[Clip]:
        raise GfnError(f"{clip.video}: its probe is damaged")

    ended = run((replace(stage("motion-segment"), parts=no_parts),))
    assert all("damaged" in outcome.error for outcome in ended.values())
