"""Which ffmpeg is run, and what an input file may make it open.

A video file is not trusted: a playlist or a concat script could make ffmpeg read other files or
the network. Every open, by the binary or through PyAV, is limited to local files and to demuxers
that read one self-contained file.
"""

import re
import subprocess
from functools import cache
from pathlib import Path, PurePath
from typing import cast

import imageio_ffmpeg

PROTOCOLS = "file,pipe"

# No playlists (hls, dash, concat, imf), image sequences, devices or raw data.
DEMUXERS = (
    "apng,asf,av1,avi,avs2,avs3,cavsvideo,dirac,dv,evc,flv,gif,gxf,h261,h263,h264,hevc,ivf,lmlm4,"
    "m4v,matroska,mjpeg,mov,mp4,mpeg,mpegts,mpegvideo,mpjpeg,mxf,nsv,nut,obu,ogg,r3d,rm,roq,"
    "smjpeg,swf,vc1,vc1test,viv,vivo,vvc,webm,wtv,y4m,yuv4mpegpipe"
)

PROBE_OPTIONS = {"protocol_whitelist": PROTOCOLS, "format_whitelist": DEMUXERS}


def ffmpeg_path() -> str:
    """Return the path of the ffmpeg binary."""
    return cast(str, imageio_ffmpeg.get_ffmpeg_exe())


def file_url(path: Path) -> str:
    """Name a local file so that libav reads no option, pattern or protocol into its name."""
    return f"file:{path.absolute()}"


def file_argument(path: Path) -> PurePath:
    """Name a local file likewise on ffmpeg's command line.

    No text, because a name need not be UTF-8, which ffmpeg-python asks of every text.
    """
    return PurePath(file_url(path))


@cache
def encoder_pixel_formats(encoder: str) -> tuple[str, ...]:
    """Return the pixel formats that `encoder` takes in this build; empty if it is not there."""
    command = [ffmpeg_path(), "-hide_banner", "-h", f"encoder={encoder}"]
    help_text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    formats = re.search(r"Supported pixel formats: (.*)", help_text)
    return tuple(formats[1].split()) if formats else ()


@cache
def has_option(name: str) -> bool:
    """Return whether this build's command line knows the option `-name`."""
    command = [ffmpeg_path(), "-hide_banner", "-h", "long"]
    help_text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return re.search(rf"^-{name}\b", help_text, re.MULTILINE) is not None
