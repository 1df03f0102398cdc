"""An archive in a bucket: whole or absent, made once, whoever works on it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gfn_core.errors import LeaseLost, StoreUnavailable
from gfn_core.store.bucket_archive import BucketArchive
from gfn_core.store.delivery import deliver, is_delivered, may_replace
from gfn_core.store.digest import noted_digest
from gfn_core.store.keys import Stage
from gfn_core.store.lease import Lease, leased
from gfn_core.store.object_store import ObjectStore

STAGE = Stage("motion", 1, ".parquet")
ARTIFACT = STAGE.artifact("some", "inputs")


def archive(bucket: str, root: Path) -> BucketArchive:
    return BucketArchive(root, ObjectStore(f"{bucket}/steady"))


def make(store: BucketArchive, content: bytes) -> bool:
    with store.claim(ARTIFACT) as unfinished:
        if unfinished is not None:
            unfinished.write_bytes(content)
        return unfinished is not None


def test_an_object_is_written_on_conditions_only(bucket: str) -> None:
    store = ObjectStore(f"{bucket}/folder")
    first = store.put_if(b"one", "a", etag=None)
    assert first is not None
    assert store.put_if(b"two", "a", etag=None) is None
    assert store.put_if(b"two", "a", etag='"0123"') is None
    second = store.put_if(b"three", "a", etag=first)
    assert second is not None
    assert second != first
    found = store.look_up("a")
    assert found is not None
    assert (found.size_bytes, found.etag) == (5, second)
    assert [entry.name for entry in store.names()] == ["a"]
    store.delete("a")
    assert store.look_up("a") is None


def test_what_one_machine_makes_another_finds(bucket: str, tmp_path: Path) -> None:
    here, there = (archive(bucket, tmp_path / name) for name in ("here", "there"))
    assert not there.has(ARTIFACT)
    assert make(here, b"motion")
    assert there.has(ARTIFACT)
    assert there.path(ARTIFACT).read_bytes() == b"motion"
    assert not make(there, b"other")
    there.pull()
    assert noted_digest(there.path(ARTIFACT)) == noted_digest(here.path(ARTIFACT)) is not None
    here.discard(ARTIFACT)
    there.pull()
    assert not there.has(ARTIFACT)


def test_several_machines_make_an_artifact_once(bucket: str, tmp_path: Path) -> None:
    machines = [archive(bucket, tmp_path / str(number)) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, machines, [b"a", b"b", b"c", b"d"]))
    assert sum(made) == 1
    contents = {
        machine.path(ARTIFACT).read_bytes() for machine in machines if machine.has(ARTIFACT)
    }
    assert contents == {b"abcd"[made.index(True) : made.index(True) + 1]}
    locks = [e.name for e in machines[0].bucket.names("gfn/locks")]
    assert locks == []


def test_what_dies_in_the_making_is_not_there(bucket: str, tmp_path: Path) -> None:
    here, there = (archive(bucket, tmp_path / name) for name in ("here", "there"))
    with pytest.raises(ValueError, match="died"), here.claim(ARTIFACT) as unfinished:
        assert unfinished is not None
        unfinished.write_bytes(b"half")
        raise ValueError("died")
    assert not there.has(ARTIFACT)
    assert here.bucket.names() == []


def test_a_lease_that_nobody_renews_is_taken_over(bucket: str) -> None:
    store = ObjectStore(bucket)
    dead = Lease(store, "lock", seconds=2)
    dead.acquire()
    started = time.monotonic()
    with leased(store, "lock", seconds=2):
        assert time.monotonic() - started > 1
        with pytest.raises(LeaseLost):
            dead.renew()
        dead.release()
        assert store.look_up("lock") is not None, "another's lease is not his to give back"
    assert store.look_up("lock") is None


def test_a_lease_lasts_as_long_as_its_holder(bucket: str) -> None:
    store, order = ObjectStore(bucket), []

    def second() -> None:
        with leased(store, "lock", seconds=2):
            order.append("second")

    with leased(store, "lock", seconds=2):
        other = threading.Thread(target=second)
        other.start()
        time.sleep(5)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_delivered_videos_are_known_as_ours(bucket: str, tmp_path: Path) -> None:
    here, there = (archive(bucket, tmp_path / name) for name in ("here", "there"))
    unfinished = here.unfinished("video.mp4")
    unfinished.write_bytes(b"steady")
    output = here.root / "a" / "video.mp4"
    assert may_replace(here, output)
    receipt = deliver(
        here, unfinished, output, frames=1, seconds=1.0, left_out=(), treatment="stabilized"
    )
    here.release(output)
    assert not output.exists()
    assert is_delivered(there, receipt)
    assert may_replace(there, there.root / "a" / "video.mp4")
    there.bucket.put_if(b"a film of somebody else", "b/video.mp4", etag=None)
    assert not may_replace(there, there.root / "b" / "video.mp4")


def test_a_server_that_is_gone_is_named(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreUnavailable, match=r"s3://no-such-bucket.*check"):
        ObjectStore("s3://no-such-bucket-anywhere").put_if(b"x", "a", etag=None)
