"""A folder with everything in it that is no good: the good clips come out, the rest is named."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import tasks.supervisor
from flows.outcome import Outcome
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.settings import RunSettings
from gfn_core.media.encoding import Encoding
from gfn_core.media.ffmpeg_binary import ffmpeg_path
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from tasks.confinement import confinement_version
from tasks.patience import Patience

QUICK = StabilizeSettings(
    motion=MotionSettings(EstimatorName.TRACKS), encoding=Encoding(preset="ultrafast")
)
SHAKEN = (
    "testsrc2=size=128x96:rate=15:duration={seconds},crop=96:64:16+6*sin(1.9*n):16+6*cos(2.7*n)"
)
GFN = "from flows.cli import main; main()"
QUICKLY = ("--no-prefect", "--estimator", "tracks", "--preset", "ultrafast")


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shaky clip of 9 frames, 96 x 64 px; not to be changed."""
    return draw(tmp_path_factory.mktemp("tiny") / "tiny.mkv", seconds=0.6)


def draw(path: Path, seconds: float) -> Path:
    """Write a clip whose camera shakes by half a dozen pixels."""
    picture = SHAKEN.format(seconds=seconds)
    command = [ffmpeg_path(), "-v", "error", "-y", "-f", "lavfi", "-i", picture]
    subprocess.run([*command, "-c:v", "libx264", "-g", "4", "-bf", "0", str(path)], check=True)
    return path


@pytest.fixture
def source(tmp_path: Path, tiny_clip: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(tiny_clip, folder / "clip.mkv")
    return folder


def run(source: Path, out: Path, **settings: bool) -> dict[str, Outcome]:
    request = ArchiveRequest((source,), out, QUICK, RunSettings(**settings))
    return {o.video: o for o in stabilize_plainly(request, f"{time.monotonic_ns()}").outcomes}


def files(folder: Path) -> set[str]:
    """Names of all files that a person would see."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if not name.startswith("gfn/")}


def unfinished(out: Path) -> list[Path]:
    return list((out / "gfn" / "tmp").iterdir())


NASTY = (
    *(b"two\nlines \x1b[31m.mkv", b"--help.mkv", b"%d-%s.mkv", b"'a' \"b\" $(c) [red].mkv"),
    *("caf\u00e9.mkv".encode(), "cafe\u0301.mkv".encode()),
    *(b"caf\xe9.mkv", b"x" * 251 + b".mkv"),
)


@pytest.mark.slow
def test_the_good_come_out_under_their_names_and_the_rest_is_named(
    source: Path, tmp_path: Path, tiny_clip: Path
) -> None:
    for name in NASTY:
        shutil.copyfile(tiny_clip, source / os.fsdecode(name))
    (source / "empty.mp4").touch()
    (source / "zeros.mp4").write_bytes(bytes(4096))
    (source / "text.mp4").write_text("[/b] no video")
    (source / "list.mp4").write_text("ffconcat version 1.0\nfile clip.mkv\n")
    os.mkfifo(source / "fifo.mp4")
    (source / "device.mp4").symlink_to("/dev/zero")
    (source / "gone.mp4").symlink_to(source / "nowhere")
    (source / "self.mp4").symlink_to(source / "self.mp4")
    (source / "folder.mp4").mkdir()
    shutil.copyfile(tiny_clip, source / "folder.mp4" / "inner.mkv")
    (source / "up").symlink_to(source)
    before = {path: path.read_bytes() for path in source.rglob("*.mkv")}
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", GFN, "stabilize", source, out, *QUICKLY],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "\x1b[31m" not in done.stdout
    (record,) = (out / "gfn" / "runs").glob("*.json")
    outcomes = {each["video"]: each for each in json.loads(record.read_text())["outcomes"]}
    failed = {video for video, each in outcomes.items() if each["status"] == "failed"}
    assert failed == {
        *("empty.mp4", "zeros.mp4", "text.mp4", "list.mp4"),
        *("fifo.mp4", "device.mp4", "gone.mp4", "self.mp4"),
    }
    assert "internal error" not in record.read_text()
    kept = {os.fsdecode(name) for name in NASTY[:-2]} | {"clip.mkv", "folder.mp4/inner.mkv"}
    renamed = files(out) - kept
    assert kept < files(out)
    assert "caf%E9.mkv" in renamed
    assert len(renamed) == 2
    assert {path: path.read_bytes() for path in source.rglob("*.mkv")} == before
    assert not unfinished(out)
    again = run(source, out)
    assert {o.status for o in again.values()} == {"up to date", "failed"}
    assert not [o.executed for o in again.values() if o.executed]


def at_the_encoder(out: Path, act: Callable[[int], object]) -> threading.Thread:
    """Do something the moment that an encoder for `out` is at work; given its process."""

    def watch() -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            for entry in Path("/proc").glob("[0-9]*"):  # any of which may end meanwhile
                try:
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if b"pipe:0" in words and any(os.fsencode(out) in word for word in words):
                    act(int(entry.name))
                    return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("the encoder is killed", "ffmpeg could not write the output"),
        ("the stage crashes", "its process was killed by SIGSEGV"),
        ("the source changes", "changed while it was being worked on"),
        ("the source vanishes", "has vanished|No such file"),
    ],
)
def test_what_happens_in_the_middle_costs_its_clip_and_no_more(
    source: Path, tmp_path: Path, small_clip: Path, what: str, message: str
) -> None:
    clip, out = source / "clip.mkv", tmp_path / "out"
    content = clip.write_bytes(small_clip.read_bytes()) and clip.read_bytes()
    actions: dict[str, Callable[[int], object]] = {
        "the encoder is killed": lambda process: os.kill(process, signal.SIGKILL),
        "the stage crashes": lambda process: os.kill(parent_of(process), signal.SIGSEGV),
        "the source changes": lambda _: os.utime(clip),
        "the source vanishes": lambda _: clip.unlink(),
    }
    thread = at_the_encoder(out, actions[what])
    outcome = run(source, out)["clip.mkv"]
    thread.join()
    assert outcome.status == "failed"
    assert re.search(message, outcome.error)
    assert (files(out), unfinished(out)) == (set(), [])
    clip.write_bytes(content)
    assert run(source, out)["clip.mkv"].status == "done"
    assert files(out) == {"clip.mkv"}


@pytest.mark.slow
def test_an_encoder_that_hangs_is_ended_with_its_stage(
    source: Path, tmp_path: Path, small_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "clip.mkv").write_bytes(small_clip.read_bytes())
    out, seen, statuses, waiting = tmp_path / "out", [], [], []

    class Impatience(Patience):
        """Waits for what comes before the encoder as long as ever."""

        def __init__(self, total_seconds: float, silent_seconds: float) -> None:
            super().__init__(total_seconds, silent_seconds)
            waiting.append(self)

    monkeypatch.setattr(tasks.supervisor, "Patience", Impatience)

    def stop(process: int) -> None:
        seen.extend([process, parent_of(process)])
        statuses.append(Path(f"/proc/{process}/status").read_text())
        os.kill(process, signal.SIGSTOP)
        waiting[-1]._silent_seconds = 2.0

    thread = at_the_encoder(out, stop)
    outcome = run(source, out)["clip.mkv"]
    thread.join()
    assert "stopped after 2 s without progress" in outcome.error
    if confinement_version():
        assert "NoNewPrivs:\t1" in statuses[0]
    deadline = time.monotonic() + 10
    while any(map(is_alive, seen)):
        assert time.monotonic() < deadline, "a process is left"
        time.sleep(0.02)
    assert (files(out), unfinished(out)) == (set(), [])


@pytest.mark.slow
def test_a_broken_tail_is_stabilized_up_to_there_or_refused(source: Path, tmp_path: Path) -> None:
    clip, out = draw(source / "clip.mkv", seconds=2), tmp_path / "out"
    content = bytearray(clip.read_bytes())
    content[len(content) * 2 // 3 :] = bytes(len(content) // 3)
    clip.write_bytes(content)
    refused = run(source, out, strict=True)["clip.mkv"]
    assert refused.status == "failed"
    assert "damaged: only" in refused.error
    assert files(out) == set()
    taken = run(source, out)["clip.mkv"]
    assert taken.status == "done"
    refused = run(source, out, strict=True)["clip.mkv"]
    assert "damaged: only" in refused.error
    assert files(out) == {"clip.mkv"}  # what was delivered stays


@pytest.mark.slow
def test_a_link_that_leads_out_of_out_is_not_followed(source: Path, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (source / "sub").mkdir()
    (source / "clip.mkv").rename(source / "sub" / "clip.mkv")
    out.mkdir()
    elsewhere.mkdir()
    (out / "sub").symlink_to(elsewhere)
    assert "a link leads out of" in run(source, out)["sub/clip.mkv"].error
    assert not list(elsewhere.iterdir())


@pytest.mark.slow
def test_force_replaces_what_is_foreign_but_never_a_source(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "clip.mkv").write_bytes(b"the owner's own cut")
    assert "not ours to replace" in run(source, out)["clip.mkv"].error
    assert (out / "clip.mkv").read_bytes() == b"the owner's own cut"
    assert run(source, out, force=True)["clip.mkv"].status == "done"
    other = tmp_path / "other"
    other.mkdir()
    os.link(source / "clip.mkv", other / "clip.mkv")
    content = (source / "clip.mkv").read_bytes()
    assert "is the source itself" in run(source, other, force=True)["clip.mkv"].error
    assert (source / "clip.mkv").read_bytes() == content


IN_A_SMALL_DISK = """
set -e
mount -t tmpfs -o {options} tmpfs "$OUT"
{before}
gfn() {{
    "$PYTHON" -c "{gfn}" stabilize "$SOURCE" "$OUT" {quickly} -q || echo "rc=$?" >> "$NOTES"
}}
gfn 2>> "$NOTES"
find "$OUT" -type f -not -name '*.lock' -not -path '*/objects/*' -not -path '*/digests/*' \
    >> "$NOTES"
{after}
"""


def on_a_small_disk(
    tmp_path: Path, source: Path, options: str, before: str = "", after: str = "", *words: str
) -> str:
    """What a run says whose OUT is a file system of its own, and what lies there afterwards."""
    out, notes = tmp_path / "disk", tmp_path / "notes"
    out.mkdir()
    script = IN_A_SMALL_DISK.format(
        options=options, before=before, after=after, gfn=GFN, quickly=" ".join((*QUICKLY, *words))
    )
    paths = {"OUT": out, "SOURCE": source, "NOTES": notes, "PYTHON": sys.executable}
    environment = os.environ | {name: str(path) for name, path in paths.items()}
    if not may_mount(out):
        pytest.skip("no file system may be mounted here")
    subprocess.run(["unshare", "-rm", "sh", "-c", script], env=environment, check=True)
    return notes.read_text()


def may_mount(folder: Path) -> bool:
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return bool(shutil.which("unshare")) and not subprocess.run(command, check=False).returncode


@pytest.mark.slow
def test_a_disk_that_is_almost_full_is_noticed_before_anything_is_done(
    source: Path, tmp_path: Path
) -> None:
    notes = on_a_small_disk(tmp_path, source, "size=8m")
    assert "17 MB are needed; free some space" in notes
    assert notes.splitlines()[1:] == ["rc=2"]


@pytest.mark.slow
def test_a_disk_that_fills_up_fails_its_clip_and_a_rerun_resumes(
    source: Path, tmp_path: Path, small_clip: Path
) -> None:
    """Twenty files may be made there, which is too few for a run."""
    shutil.copyfile(small_clip, source / "clip.mkv")
    notes = on_a_small_disk(
        tmp_path,
        source,
        "size=64m,nr_inodes=20",
        after='mount -o remount,nr_inodes=1000 "$OUT"; rm "$NOTES"; gfn 2>> "$NOTES"; '
        'echo again >> "$NOTES"; find "$OUT" -name "*.mkv" >> "$NOTES"',
    )
    assert notes == f"again\n{tmp_path}/disk/clip.mkv\n"


@pytest.mark.slow
def test_a_disk_that_is_full_in_the_middle_says_so(
    source: Path, tmp_path: Path, small_clip: Path
) -> None:
    shutil.copyfile(small_clip, source / "clip.mkv")
    notes = on_a_small_disk(tmp_path, source, "size=64m,nr_inodes=20")
    assert "No space left on device; free some space and run again" in notes
    assert "rc=1" in notes
    assert "Traceback" not in notes
    left = [line for line in notes.splitlines() if line.startswith(f"{tmp_path}/disk")]
    assert left
    assert all(line.startswith(f"{tmp_path}/disk/gfn/runs/") for line in left)


@pytest.mark.slow
def test_a_disk_that_cannot_be_written_is_said_once(source: Path, tmp_path: Path) -> None:
    notes = on_a_small_disk(tmp_path, source, "size=64m", before='mount -o remount,ro "$OUT"')
    assert notes.count("Read-only file system; make it writable") == 1
    assert notes.splitlines()[1:] == ["rc=2"]


@pytest.mark.slow
def test_a_file_that_grows_too_large_fails_its_clip(source: Path, tmp_path: Path) -> None:
    """As under a quota of the shell's; the encoder is what meets it."""
    done = subprocess.run(
        [sys.executable, "-c", GFN, "stabilize", source, tmp_path / "out", *QUICKLY, "-q"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000)),
    )
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "File too large" in done.stderr
    assert files(tmp_path / "out") == set()
    assert not unfinished(tmp_path / "out")
