"""Files that only claim to be videos, lie about what they hold, or end in the middle."""

import ctypes
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from gfn_core.errors import DamagedVideo, GfnError, NotAVideo, SourceError
from gfn_core.media import timeline
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe

TENTHS = range(1, 10)
SMALL_MEMORY_BYTES = 2**30


def read(path: Path) -> list[int]:
    """Times of the frames, which analysis and rendering must see alike."""
    info = probe(path)
    analysed = [frame.pts for frame in open_reader(path, info, info.geometry, 1)]
    rendered = [frame.pts for frame in read_planes(path, info, 1)]
    assert analysed == rendered
    return analysed


@pytest.fixture(scope="module")
def cut_files(tmp_path_factory, ffmpeg):
    """Videos whose headers come first, so that a beginning is worth something; their frames."""
    folder = tmp_path_factory.mktemp("whole")
    options = {
        "film.mkv": ("-c:v", "libx264", "-g", "8"),
        "film.ts": ("-c:v", "libx264", "-g", "8", "-bf", "2"),
        "film.avi": ("-c:v", "mpeg4", "-bf", "2"),
        "film.mp4": ("-c:v", "libx264", "-movflags", "+faststart"),
        "film.mpg": ("-c:v", "mpeg2video"),
    }
    for name, encoding in options.items():
        source = "testsrc2=size=96x64:rate=25:duration=1.2"
        ffmpeg("-f", "lavfi", "-i", source, *encoding, folder / name)
    return folder


@pytest.mark.parametrize("suffix", [".mkv", ".ts", ".avi", ".mp4", ".mpg"])
def test_a_file_cut_at_every_tenth_gives_its_beginning(
    cut_files: Path, tmp_path: Path, suffix: str
) -> None:
    whole = cut_files / f"film{suffix}"
    content, counts = whole.read_bytes(), []
    for tenth in TENTHS:
        part = tmp_path / f"{tenth}{suffix}"
        part.write_bytes(content[: len(content) * tenth // 10])
        try:
            counts.append(len(read(part)))
        except SourceError as error:
            assert str(part) in str(error)
            counts.append(0)
    assert counts == sorted(counts)
    assert 0 < counts[4] < len(read(whole))


PLAYLISTS = {
    "hls.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
    "hls.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
    "concat.mp4": "ffconcat version 1.0\nfile '{target}'\n",
    "concat.ts": "ffconcat version 1.0\nfile {target}\n",
    "dash.mp4": "<?xml version='1.0'?>\n<MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><Period>"
    "<AdaptationSet><Representation id='1'><BaseURL>{target}</BaseURL></Representation>"
    "</AdaptationSet></Period></MPD>",
    "session.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "smil.mov": "<?xml version='1.0'?><?quicktime type='application/x-quicktime-media-link'?>"
    "<embed src='{target}' />",
    "script.avs": 'AviSource("{target}")\n',
    "list.wpl": "<?wpl version='1.0'?><smil><body><seq><media src='{target}'/></seq></body></smil>",
    "link.asf": "[Reference]\nRef1={target}\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_no_playlist_reaches_the_network(tmp_path: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        path = tmp_path / name
        path.write_text(PLAYLISTS[name].format(target=f"http://127.0.0.1:{port}/a.mp4", port=port))
        with pytest.raises(SourceError):
            probe(path)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()


@pytest.mark.parametrize("name", ["hls.mp4", "concat.mp4", "hls.m3u8"])
def test_no_playlist_reaches_another_file(cut_files: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    shutil.copyfile(cut_files / "film.ts", tmp_path / "secret.ts")
    path.write_text(PLAYLISTS[name].format(target="secret.ts", port=0))
    with pytest.raises(NotAVideo):
        probe(path)


@pytest.mark.parametrize("kind", ["fifo", "folder", "socket", "device", "empty", "nothing", "loop"])
def test_what_is_no_file_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "clip.mp4"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "socket":
            socket.socket(socket.AF_UNIX).bind(str(path))
        case "device":
            path.symlink_to("/dev/zero")
        case "empty":
            path.touch()
        case "loop":
            path.symlink_to(path)
    with pytest.raises(SourceError, match=r"clip\.mp4: "):
        probe(path)


def test_a_file_that_may_not_be_read_is_named(cut_files: Path, tmp_path: Path) -> None:
    path = tmp_path / "private.mkv"
    shutil.copyfile(cut_files / "film.mkv", path)
    path.chmod(0)

    def give_up_privileges() -> None:  # root may read all; these are the capabilities for it
        for capability in (1, 2):
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP

    assert probed_elsewhere(path, give_up_privileges) == "SourceError"


@pytest.mark.parametrize("content", [b"\0" * 65536, b"hello\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04"])
def test_what_is_no_video_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(NotAVideo):
        probe(path)


def test_a_picture_and_an_image_sequence_are_no_videos(tmp_path: Path, ffmpeg) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc2=rate=3:duration=1", tmp_path / "image%03d.png")
    with pytest.raises(NotAVideo, match="no video but text, a playlist or a picture"):
        probe(tmp_path / "image001.png")
    with pytest.raises(SourceError, match="No such file"):
        probe(tmp_path / "image%03d.png")


@pytest.mark.parametrize("wrong", [".avi", ".mp4", ".ts", ".gif", ".txt"])
def test_a_wrong_suffix_changes_nothing(cut_files: Path, tmp_path: Path, wrong: str) -> None:
    path = tmp_path / f"film{wrong}"
    shutil.copyfile(cut_files / "film.mkv", path)
    assert read(path) == read(cut_files / "film.mkv")


NAMES = (
    *(b"with space.mkv", b"'single' \"double\".mkv", b"two\nlines\r.mkv", b"\ttab\x1b[31m.mkv"),
    *(b"-i.mkv", b"--help.mkv", b"%d-%03d-%s.mkv", b"*?[a].mkv", b"a|b;c&d$HOME`id`.mkv"),
    *(b"file:x.mkv", b"concat:a|b.mkv", b"http:__host_a.mkv", b"a\\b,c=d:e.mkv", b"#x?y=1.mkv"),
    *("caf\u00e9.mkv".encode(), "cafe\u0301.mkv".encode(), "\u202egpm.mkv".encode()),
    *(b"caf\xe9-\xff\xfe.mkv", b"x" * 251 + b".mkv", ("é" * 125).encode() + b".mkv"),
)


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_is_no_more_than_a_name(cut_files: Path, tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    shutil.copyfile(cut_files / "film.mkv", path)
    assert read(path) == read(cut_files / "film.mkv")


@pytest.mark.parametrize("name", NAMES[::3], ids=repr)
def test_a_name_is_written_to(cut_files: Path, tmp_path: Path, copy_through, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    shutil.copyfile(cut_files / "film.mkv", path)
    written, _ = copy_through(path)
    assert len(read(written)) == len(read(path))


def test_a_decoder_that_cannot_go_back_to_the_beginning_is_replaced(
    cut_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Met in a mutated 3gp file, whose index decord then could not use."""
    path = cut_files / "film.mkv"
    info = probe(path)
    reader = open_reader(path, info, info.geometry, 1)
    assert reader.name == "decord"

    def fail(place: int) -> None:
        raise RuntimeError("Failed to seek to frame 0")

    monkeypatch.setattr(reader._reader, "seek", fail)
    assert [frame.pts for frame in reader] == read(path)


def probed_elsewhere(path: Path, prepare: Callable[[], None]) -> str:
    """What `probe` says in a process of its own that was prepared so."""
    code = (
        "import sys; from pathlib import Path; from gfn_core.errors import GfnError\n"
        "from gfn_core.media.probe import probe\n"
        "try: probe(Path(sys.argv[1])); print('read')\n"
        "except GfnError as error: print(type(error).__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=prepare,
    )
    return done.stdout.strip() or done.stderr


def in_small_memory(path: Path) -> str:
    """What `probe` says in a process that may take a GiB."""
    limits = (SMALL_MEMORY_BYTES, SMALL_MEMORY_BYTES)
    return probed_elsewhere(path, lambda: resource.setrlimit(resource.RLIMIT_DATA, limits))


@pytest.mark.parametrize("side", [12_000, 16_384, 65_500])
def test_frames_that_claim_to_be_huge_are_not_unpacked(
    make_video, tmp_path: Path, side: int
) -> None:
    """144 million pixels and more, out of a few kB."""
    path = make_video("bomb.avi", "-c:v", "mjpeg", size="64x48", seconds=0.2)
    content = bytearray(path.read_bytes())
    start = content.find(b"\xff\xc0")  # of a frame's header: length, depth, height, width
    while start > 0:
        content[start + 5 : start + 9] = struct.pack(">HH", side, side)
        start = content.find(b"\xff\xc0", start + 9)
    path.write_bytes(content)
    assert in_small_memory(path) == "DamagedVideo"


def test_samples_by_the_billion_are_not_listed(make_video) -> None:
    """A table of one line says that each byte of the file is a frame, 2 billion times."""
    path = make_video("bomb.mp4", "-c:v", "libx264", "-bf", "0", size="64x48", seconds=0.2)
    content, count = bytearray(path.read_bytes()), 2**31 - 1
    for box, offset, line in (
        (b"stsz", 8, (1, count)),  # every sample has 1 byte
        (b"stts", 8, (1, count, 1)),  # and lasts a tick
        (b"stsc", 8, (1, 1, count, 1)),  # and all lie in one chunk
    ):
        struct.pack_into(f">{len(line)}I", content, content.find(box) + offset, *line)
    path.write_bytes(content)
    assert in_small_memory(path) == "DamagedVideo"


def test_frames_without_end_are_refused(cut_files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST_FRAMES", 20)
    with pytest.raises(DamagedVideo, match="more than 20 frames"):
        probe(cut_files / "film.mkv")


def test_bytes_flipped_anywhere_raise_nothing_unforeseen(cut_files: Path, tmp_path: Path) -> None:
    from benchmarks.mutations import mutate

    bases = sorted(cut_files.iterdir())
    for index in range(40):
        mutant = mutate(bases, 7, index)
        path = tmp_path / mutant.name
        path.write_bytes(mutant.content)
        try:
            info = probe(path)
            size = info.geometry.fitted(160)
            list(islice(open_reader(path, info, size, 1), 60))
            list(islice(read_planes(path, info, 1), 60))
        except GfnError as error:
            assert path.name in str(error)
