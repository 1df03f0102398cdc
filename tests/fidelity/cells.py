"""The matrix: one row for each kind of file that archives hold.

A cell says how ffmpeg makes its file out of numbered frames, and what of it the stabilized video
cannot hold; everything else is to come out as it was.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fidelity.facts import run_ffmpeg
from tests.fidelity.numbered_frames import numbered_frames

Finish = Callable[[Path, Path], None]  # makes the file out of a first one

FRAMES, RATE = 10, 25
SOUND = "-f lavfi -i sine=duration=0.4"
TWO_SOUNDS = f"{SOUND} -f lavfi -i sine=880:duration=0.4"
AAC = "-c:a aac -b:a 64k"
UNTIMED = "times of frames: missing, repeated or out of order: given in rising order"
X264 = "-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p"
VP9 = "-c:v libvpx-vp9 -cpu-used 5 -pix_fmt yuv420p"
SVT = "-c:v libsvtav1 -preset 12"
WOVEN = "-vf tinterlace=interleave_top -flags +ilme+ildct"
DEINTERLACED = "fields (tff): deinterlaced, one picture a frame"
FAST = "--preset ultrafast"
MASTERING = (
    "hdr10=1:repeat-headers=1:max-cll=1000,400:log-level=none:"
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)


@dataclass(frozen=True)
class Cell:
    """One kind of file."""

    group: str
    name: str
    file: str  # its name; the suffix decides the container
    options: str = X264  # of ffmpeg's output, the encoder among them
    lost: tuple[str, ...] = ()  # what the output cannot hold, as the summary says it
    inputs: str = ""  # further inputs, after the picture
    size: tuple[int, int] = (160, 120)
    frames: int = FRAMES
    shakes: bool = True
    command: str = FAST  # options of `gfn stabilize`
    finish: Finish | None = None
    is_quick: bool = False  # part of the default test run

    @property
    def key(self) -> str:
        """What no other cell is called."""
        return f"{self.group}/{self.file}"

    @property
    def has_numbers(self) -> bool:
        """Whether its frames can be told apart: large enough, and not two in one."""
        return self.shakes and min(self.size) > 48 and self.group != "interlace"

    def make(self, folder: Path) -> Path:
        """Make the file in `folder`."""
        path = folder / self.file
        width, height = self.size
        pictures = numbered_frames(width, height, self.frames, shakes=self.shakes)
        first = path if self.finish is None else folder / f"first of {path.stem}.mkv"
        run_ffmpeg(
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", RATE),
            *("-i", "-", *shlex.split(self.inputs), *shlex.split(self.options), first),
            stdin=b"".join(pictures),
        )
        if self.finish is not None:
            self.finish(first, path)
            first.unlink()
        return path


def remuxed(options: str = "", before: str = "") -> Finish:
    """Copy the streams with ffmpeg's `options`, those `before` the input first."""

    def finish(first: Path, path: Path) -> None:
        output = ("-map", "0", "-c", "copy", *shlex.split(options), path)
        run_ffmpeg(*shlex.split(before), "-i", first, *output)

    return finish


def with_file(name: str, content: bytes, options: str) -> Finish:
    """Add a small file, as an input or an attachment; `{}` in `options` is its path."""

    def finish(first: Path, path: Path) -> None:
        beside = first.with_name(f"{path.stem} {name}")
        beside.write_bytes(content)
        words = [word.replace("{}", str(beside)) for word in shlex.split(options)]
        run_ffmpeg("-i", first, *words, "-c:v", "copy", path)
        beside.unlink()

    return finish


def with_words(codec: str, files: int = 1) -> Finish:
    """Add text subtitles."""
    inputs = "-i {} " * files + "-map 0 " + " ".join(f"-map {n + 1}" for n in range(files))
    marks = "-metadata:s:s:0 language=fre -disposition:s:0 forced"
    text = b"1\n00:00:00,100 --> 00:00:00,300\nWords\n"
    return with_file("words.srt", text, f"{inputs} -c:s {codec} {marks}")


def with_cover(first: Path, path: Path) -> None:
    """Add a still picture."""
    cover = first.with_suffix(".png")
    run_ffmpeg("-f", "lavfi", "-i", "color=red:size=32x32:duration=0.04", "-frames:v", 1, cover)
    mapped = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic")
    run_ffmpeg("-i", first, "-i", cover, *mapped, path)
    cover.unlink()


def colors(matrix: str, transfer: str, primaries: str, scale: str = "tv") -> str:
    """Convert to a colour space, and tag it."""
    tags = f"color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}:range={scale}"
    return f"-vf scale=out_color_matrix={matrix}:out_range={scale},setparams={tags}"


# Presentation graphics, 0.1 s: a composition of 160 x 120 without an object, and its end.
GRAPHICS = b"".join(
    b"PG" + (9000).to_bytes(4, "big") + bytes(4) + kind + len(part).to_bytes(2, "big") + part
    for kind, part in ((b"\x16", b"\x00\xa0\x00\x78\x10\x00\x00\x80\x00\x00\x00"), (b"\x80", b""))
)
IMAGES = "-i {} -map 0 -map 1 -c:s copy"
CHAPTERS = with_file(
    "chapters.txt",
    b";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=200\ntitle=One\n"
    b"[CHAPTER]\nTIMEBASE=1/1000\nSTART=200\nEND=400\ntitle=Two\n",
    "-i {} -map 0 -map_chapters 1",
)
ATTACHED = with_file("note.txt", b"a note", "-map 0 -attach {} -metadata:s:t mimetype=text/plain")
BEACH = "-metadata title=Beach -metadata creation_time=2019-05-04T03:02:01Z"
PLACE = "-metadata location=+48.1173+011.5167/ -metadata 'comment=by the sea'"
APPLE = "-metadata com.apple.quicktime"
TONGUES = "-metadata:s:a:0 language=ger -metadata:s:a:1 language=fre"
TWO_TONGUES = f"-map 0 -map 1 -map 2 {X264} {TONGUES}"

FORMATS = "codecs and containers"
OWN = "the source's own codec (--codec same)"
PLANES = "bits and planes, written as H.264"

CELLS = (
    Cell(FORMATS, "H.264, B-frames, AAC", "h264.mp4", f"{X264} {AAC}", (), SOUND, is_quick=True),
    Cell(
        *(FORMATS, "H.264, open GOP, FLAC", "open.mkv"),
        f"{X264} -x264-params open-gop=1:keyint=4:min-keyint=2 -c:a flac",
        inputs=SOUND,
    ),
    Cell(FORMATS, "H.264, PCM", "h264.mov", f"{X264} -c:a pcm_s16le", (), SOUND),
    Cell(FORMATS, "H.264, MP2", "h264.ts", f"{X264} -c:a mp2", (), SOUND),
    Cell(FORMATS, "H.264, AAC", "aac.ts", f"{X264} {AAC}", (), SOUND, is_quick=True),
    Cell(FORMATS, "H.264, AC-3 (AVCHD)", "h264.mts", f"{X264} -c:a ac3 -f mpegts", (), SOUND),
    Cell(FORMATS, "HEVC", "hevc.mp4", f"{X265} {AAC}", (), SOUND),
    Cell(FORMATS, "VP8, Vorbis", "vp8.webm", "-c:v libvpx -c:a libvorbis", (), SOUND),
    Cell(FORMATS, "VP9, Opus", "vp9.webm", f"{VP9} -c:a libopus", (), SOUND),
    Cell(FORMATS, "AV1", "av1.mp4", SVT),
    Cell(FORMATS, "MPEG-1", "mpeg1.mpg", "-c:v mpeg1video -c:a mp2", (), SOUND),
    Cell(FORMATS, "MPEG-2, B-frames", "mpeg2.mpg", "-c:v mpeg2video -bf 2"),
    Cell(FORMATS, "MPEG-2, B-frames", "mpeg2.ts", "-c:v mpeg2video -bf 2"),
    Cell(FORMATS, "MPEG-4 part 2, MP3", "mpeg4.avi", "-c:v mpeg4 -c:a mp3", (), SOUND),
    Cell(FORMATS, "MPEG-4 part 2, B-frames", "b.avi", "-c:v mpeg4 -bf 2", is_quick=True),
    Cell(FORMATS, "Motion JPEG", "mjpeg.avi", "-c:v mjpeg -pix_fmt yuvj422p -color_range pc"),
    Cell(
        *(FORMATS, "ProRes, PCM", "prores.mov"),
        "-c:v prores_ks -pix_fmt yuv422p10le -c:a pcm_s24le",
        inputs=SOUND,
    ),
    Cell(
        *(FORMATS, "DV, PAL", "dv.avi"),
        "-vf scale=720:576:flags=neighbor,setsar=16/15,setfield=bff -c:v dvvideo",
        ("fields (bff): deinterlaced, one picture a frame",),
        size=(180, 144),
    ),
    Cell(FORMATS, "FFV1, 10 bit", "ffv1.mkv", "-c:v ffv1 -pix_fmt yuv422p10le"),
    Cell(FORMATS, "HuffYUV", "huffyuv.avi", "-c:v huffyuv -pix_fmt yuv422p"),
    Cell(
        *(FORMATS, "GIF", "picture.gif", ""),
        ("pixel format bgra: encoded as yuv444p",),
    ),
    *(
        Cell(OWN, name, file, options, command=f"{FAST} --codec same", is_quick=name == "VP9")
        for name, file, options in (
            ("H.264", "h264.mp4", X264),
            ("HEVC, 10 bit", "hevc.mkv", f"{X265} -pix_fmt yuv420p10le"),
            ("HEVC, 12 bit 4:2:2", "hevc12.mkv", f"{X265} -pix_fmt yuv422p12le"),
            ("VP8", "vp8.webm", "-c:v libvpx"),
            ("VP9", "vp9.webm", VP9),
            ("VP9, 12 bit 4:4:4", "vp9.mkv", f"{VP9} -pix_fmt yuv444p12le"),
            ("AV1, 10 bit", "av1.webm", f"{SVT} -pix_fmt yuv420p10le"),
            ("FFV1, RGB", "rgb.mkv", "-c:v ffv1 -pix_fmt gbrp"),
            ("FFV1, alpha", "alpha.mkv", "-c:v ffv1 -pix_fmt yuva420p"),
            ("FFV1, 16 bit grey", "grey.mkv", "-c:v ffv1 -pix_fmt gray16le"),
            ("Motion JPEG", "mjpeg.mov", "-c:v mjpeg -pix_fmt yuvj420p"),
        )
    ),
    Cell(
        *(OWN, "ProRes 4444", "4444.mov", "-c:v prores_ks -pix_fmt yuva444p10le"),
        ("pixel format yuva444p12le: encoded as yuva444p10le",),
        command=f"{FAST} --codec same",
    ),
    *(
        Cell(
            *(PLANES, name, f"{name}.mkv", f"-c:v ffv1 -pix_fmt {name}"),
            (f"pixel format {name}: encoded as {coded}",) if coded else (),
            is_quick=name in ("yuv422p10le", "gbrp10le"),
        )
        for name, coded in (
            ("yuv420p", ""),
            ("yuv422p", ""),
            ("yuv444p", ""),
            ("yuv420p10le", ""),
            ("yuv422p10le", ""),
            ("yuv444p10le", ""),
            ("yuv420p12le", "yuv420p10le"),
            ("gray", ""),
            ("gray10le", ""),
            ("gbrp10le", "yuv444p10le"),
            ("yuva420p", "yuv420p"),
            ("yuva444p10le", "yuv444p10le"),
        )
    ),
    *(
        Cell("colour", name, f"{file}.mp4", options, is_quick=file in ("full", "pq"))
        for name, file, options in (
            ("BT.601", "601", f"{colors('smpte170m', 'smpte170m', 'smpte170m')} {X264}"),
            ("BT.709", "709", f"{colors('bt709', 'bt709', 'bt709')} {X264}"),
            ("full range", "full", f"{colors('bt709', 'bt709', 'bt709', 'pc')} {X264}"),
            (
                *("BT.2020, HLG", "hlg"),
                f"{colors('bt2020nc', 'arib-std-b67', 'bt2020')} {X264} -pix_fmt yuv420p10le",
            ),
            (
                *("BT.2020, PQ, mastering display, light levels", "pq"),
                f"{colors('bt2020nc', 'smpte2084', 'bt2020')} -c:v libx265 -preset ultrafast "
                f"-pix_fmt yuv420p10le -x265-params '{MASTERING}'",
            ),
            (
                *("chroma at the top left", "siting"),
                f"-vf format=yuv420p,setparams=chroma_location=topleft {X264}",
            ),
        )
    ),
    *(
        Cell("geometry", name, file, X264, finish=remuxed(before=turn), is_quick=file == "90.mp4")
        for name, file, turn in (
            ("turned by 90 degrees", "90.mp4", "-display_rotation 90"),
            ("turned by 180 degrees", "180.mov", "-display_rotation 180"),
            ("turned by 270 degrees", "270.mkv", "-display_rotation 270"),
            ("mirrored", "mirrored.mp4", "-display_rotation 0 -display_hflip"),
        )
    ),
    Cell("geometry", "pixels of 16:11", "wide.mp4", f"-vf setsar=16/11 {X264}"),
    Cell(
        *("geometry", "odd sides", "odd.mkv", "-c:v ffv1 -pix_fmt yuv420p"),
        lost=("pixel format yuv420p: encoded as yuv444p",),
        size=(161, 119),
    ),
    Cell("geometry", "16 x 16", "small.mp4", X264, size=(16, 16)),
    Cell("geometry", "7680 x 4320", "large.mp4", X264, size=(7680, 4320), frames=2),
    *(
        Cell(
            *("interlace", name, file, options, lost),
            *("", (160, 120), 2 * FRAMES, True, command),
            is_quick=file.endswith(".mp4"),
        )
        for name, file, options, lost, command in (
            ("MPEG-2", "tff.ts", f"{WOVEN} -c:v mpeg2video", (DEINTERLACED,), FAST),
            ("H.264", "tff.mp4", f"{WOVEN} {X264} -x264-params tff=1", (DEINTERLACED,), FAST),
            (
                *("H.264, --interlaced keep", "kept.mp4"),
                *(f"{WOVEN} {X264} -x264-params tff=1", (), f"{FAST} --interlaced keep"),
            ),
        )
    ),
    Cell(
        *("times", "variable frame rate", "vfr.mp4"),
        "-vf 'settb=1/1000,setpts=40*N+12*mod(N\\,3)' "
        f"{X264} -enc_time_base 1/1000 -fps_mode passthrough",
        lost=("time of the last frame: 0.028 s longer",),
        is_quick=True,
    ),
    Cell(
        *("times", "dropped frames", "gaps.mkv"),
        f"-vf 'select=not(between(n\\,3\\,4))' {X264} -fps_mode passthrough",
    ),
    Cell(
        *("times", "repeated frames", "repeated.mp4"),
        f"-vf 'select=not(mod(n\\,2)),fps={RATE}' {X264}",
    ),
    Cell("times", "starts late", "late.mp4", finish=remuxed("-output_ts_offset 2.5")),
    Cell("times", "starts before 0", "early.mov", finish=remuxed("-output_ts_offset -0.12")),
    Cell(
        *("times", "edit list", "edit.mp4", f"{X264} {AAC} -g 4", (), SOUND),
        finish=remuxed(before="-ss 0.1"),
    ),
    Cell(
        *("times", "no timestamps", "times.avi"),
        "-c:v libx264 -preset ultrafast -bf 2",
        lost=(UNTIMED,),
    ),
    Cell("times", "a bare stream", "bare.m2v", "-c:v mpeg2video -bf 2", lost=(UNTIMED,)),
    Cell("times", "sound starts later", "l.mov", f"{X264} {AAC}", (), f"-itsoffset 0.1 {SOUND}"),
    Cell("streams", "two languages", "two.mp4", f"{TWO_TONGUES} {AAC}", (), TWO_SOUNDS),
    Cell(
        *("streams", "two languages, title, comment", "two.mkv"),
        f"{TWO_TONGUES} -c:a flac -metadata:s:a:1 title=Director -disposition:a:1 comment",
        inputs=TWO_SOUNDS,
        is_quick=True,
    ),
    Cell("streams", "subtitles, SubRip", "srt.mkv", finish=with_words("srt", 2)),
    Cell("streams", "subtitles, ASS", "ass.mkv", finish=with_words("ass")),
    Cell(
        "streams",
        "subtitles, images",
        "images.mkv",
        finish=with_file("words.sup", GRAPHICS, IMAGES),
    ),
    Cell("streams", "subtitles, QuickTime text", "text.mp4", finish=with_words("mov_text")),
    Cell("streams", "chapters", "chapters.mkv", finish=CHAPTERS),
    Cell("streams", "chapters", "chapters.mp4", finish=CHAPTERS, is_quick=True),
    Cell("streams", "attachment", "attachment.mkv", finish=ATTACHED),
    Cell("streams", "cover", "cover.mp4", finish=with_cover),
    Cell("streams", "cover", "cover.mkv", finish=with_cover),
    Cell("streams", "timecode track", "timecode.mov", f"{X264} -timecode 10:00:00:00"),
    Cell("tags", "date, place, title", "tags.mp4", f"{X264} {BEACH} {PLACE}", is_quick=True),
    Cell("tags", "date, title, any other", "tags.mkv", f"{X264} {BEACH} -metadata any=thing"),
    Cell(
        *("tags", "of telephones", "phone.mov"),
        f"{X264} -movflags use_metadata_tags {APPLE}.make=Apple {APPLE}.model=Phone "
        f"{APPLE}.creationdate=2019-05-04T05:02:01+0200",
    ),
    Cell("a camera that stood still", "H.264", "static.mp4", shakes=False, is_quick=True),
    Cell("a camera that stood still", "Motion JPEG", "s.avi", "-c:v mjpeg", shakes=False),
)
