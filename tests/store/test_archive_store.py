"""Artifacts are made once, whole, whoever dies in between."""

import multiprocessing
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gfn_core.errors import ArtifactDamaged
from gfn_core.store.archive import Archive, read_json, write_whole
from gfn_core.store.keys import Stage

STAGE = Stage("motion", version=1, suffix=".txt")


def test_an_artifact_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    archive, artifact = Archive(tmp_path), STAGE.artifact("a")
    with archive.claim(artifact) as unfinished:
        assert unfinished is not None
        unfinished.write_text("half")
        assert not archive.has(artifact)
    assert archive.path(artifact).read_text() == "half"
    assert not list((archive.store / "tmp").iterdir())


def test_a_failed_attempt_leaves_nothing(tmp_path: Path) -> None:
    archive, artifact = Archive(tmp_path), STAGE.artifact("a")
    with pytest.raises(RuntimeError), archive.claim(artifact) as unfinished:
        assert unfinished is not None
        unfinished.write_text("half")
        raise RuntimeError
    assert not archive.has(artifact)
    assert not list((archive.store / "tmp").iterdir())


def test_two_at_once_make_it_once(tmp_path: Path) -> None:
    archive, artifact = Archive(tmp_path), STAGE.artifact("a")

    def make(name: str) -> bool:
        with archive.claim(artifact) as unfinished:
            if unfinished is None:
                return False
            time.sleep(0.2)
            unfinished.write_text(name)
            return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, "abcdefgh"))
    assert sum(made) == 1


def hold_forever(root: Path, ready: "multiprocessing.synchronize.Event") -> None:
    with Archive(root).claim(STAGE.artifact("a")) as unfinished:
        assert unfinished is not None
        unfinished.write_text("half")
        ready.set()
        time.sleep(60)


def test_a_killed_maker_frees_its_claim(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    child = context.Process(target=hold_forever, args=(tmp_path, ready))
    child.start()
    assert ready.wait(30)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    archive, artifact = Archive(tmp_path), STAGE.artifact("a")
    assert not archive.has(artifact)
    with archive.claim(artifact) as unfinished:
        assert unfinished is not None
        unfinished.write_text("whole")
    assert archive.path(artifact).read_text() == "whole"
    assert not list((archive.store / "tmp").iterdir())


def test_a_published_file_is_replaced_whole(tmp_path: Path) -> None:
    archive, final = Archive(tmp_path), tmp_path / "gfn" / "report" / "index.html"
    write_whole(final, lambda path: path.write_text("first"), archive)

    def fail(path: Path) -> None:
        path.write_text("sec")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(final, fail, archive)
    assert final.read_text() == "first"


def test_several_writers_of_one_published_file_leave_one_of_them_whole(tmp_path: Path) -> None:
    archive, final = Archive(tmp_path), tmp_path / "gfn" / "report" / "index.html"
    texts = [str(number) * 20_000 for number in range(8)]

    def write(text: str) -> None:
        for _ in range(10):
            write_whole(final, lambda path: path.write_text(text), archive)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, texts))
    assert final.read_text() in texts
    assert not list((archive.store / "tmp").iterdir())


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00"])
def test_a_damaged_json_artifact_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(ArtifactDamaged, match=r"a\.json"):
        read_json(path)


def test_every_artifact_has_a_digest_that_sha256sum_confirms(tmp_path: Path) -> None:
    archive, artifact = Archive(tmp_path), STAGE.artifact("a")
    with archive.claim(artifact) as unfinished:
        assert unfinished is not None
        unfinished.write_text("whole")
    digest = f"../../digests/motion/{artifact.key}.txt.sha256"
    check = ["sha256sum", "--check", "--strict", digest]
    folder = archive.path(artifact).parent
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 0
    archive.path(artifact).write_text("whale")
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode != 0
