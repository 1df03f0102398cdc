"""What each artifact took to make is noted beside its digest, where sha256sum passes over it."""

import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

import pytest

from gfn_core.store.archive import Archive
from gfn_core.store.digest import Making, digest_path, noted_digest, noted_making
from gfn_core.store.keys import Stage

STAGE = Stage("motion", version=1, suffix=".parquet")


def made(archive: Archive, content: str, seconds: float) -> Path:
    artifact = STAGE.artifact(content)
    with archive.claim(artifact) as unfinished:
        assert unfinished is not None
        unfinished.write_text(content)
        time.sleep(seconds)
    return archive.path(artifact)


def test_the_time_is_that_of_the_making(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    making = noted_making(made(Archive(tmp_path), "x", 0.2))
    assert making is not None
    assert 0.2 <= making.seconds < 10
    assert making.host == gethostname()
    assert abs((making.ended - before).total_seconds()) < 10


def test_what_is_noted_reads_back(tmp_path: Path) -> None:
    path = made(Archive(tmp_path), "x", 0.0)
    making = Making(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), 1.25, "some-host")
    digest_path(path).write_text(f"{making}\n{noted_digest(path)}  {path.name}\n")
    assert noted_making(path) == making


def test_a_digest_of_before_has_no_time(tmp_path: Path) -> None:
    path = made(Archive(tmp_path), "x", 0.0)
    digest = noted_digest(path)
    digest_path(path).write_text(f"{digest}  {path.name}\n")
    assert (noted_making(path), noted_digest(path)) == (None, digest)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
def test_sha256sum_verifies_without_gfn(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for content in "ab":
        path = made(archive, content, 0.0)
    digests = sorted(digest_path(path).parent.iterdir())
    check = ["sha256sum", "--check", "--strict", *digests]
    assert subprocess.run(check, cwd=path.parent, check=False).returncode == 0
    path.write_text("altered")
    assert subprocess.run(check, cwd=path.parent, check=False).returncode == 1
