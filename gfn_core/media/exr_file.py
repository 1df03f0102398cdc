"""OpenEXR pictures of 32-bit floats, compressed by zip: what compositors take maps in.

Written here, in the few lines that a map needs, since OpenCV leaves its own writer switched off
(https://openexr.com/en/latest/OpenEXRFileLayout.html).
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC, VERSION = 20000630, 2
FLOAT, ZIP, LINES_A_BLOCK = 2, 3, 16


def write_exr(path: Path, channels: dict[str, NDArray[np.float32]]) -> None:
    """Write `channels`, each (H, W), by name such as "R"."""
    names = sorted(channels)
    height, width = channels[names[0]].shape
    picture = np.stack([channels[name] for name in names], axis=1).astype("<f4")  # (H, C, W)
    header = _header(names, width, height)
    blocks = [
        _block(first, picture[first : first + LINES_A_BLOCK])
        for first in range(0, height, LINES_A_BLOCK)
    ]
    sizes = np.array([len(block) for block in blocks])
    offsets = len(header) + 8 * len(blocks) + np.cumsum(sizes) - sizes
    path.write_bytes(header + offsets.astype("<u8").tobytes() + b"".join(blocks))


def _block(first_line: int, lines: NDArray[np.float32]) -> bytes:
    raw = lines.tobytes()
    packed = zlib.compress(_predicted(raw), 4)
    content = packed if len(packed) < len(raw) else raw
    return struct.pack("<ii", first_line, len(content)) + content


def _predicted(raw: bytes) -> bytes:
    """Even bytes first, then odd ones, and of each the difference to the one before."""
    data = np.frombuffer(raw, np.uint8)
    halves = np.concatenate([data[::2], data[1::2]])
    halves[1:] = halves[1:] - halves[:-1] + np.uint8(128)
    return halves.tobytes()


def _header(names: list[str], width: int, height: int) -> bytes:
    entries = b"".join(
        name.encode() + b"\0" + struct.pack("<iBxxxii", FLOAT, 0, 1, 1) for name in names
    )
    window = struct.pack("<iiii", 0, 0, width - 1, height - 1)
    attributes = [
        ("channels", "chlist", entries + b"\0"),
        ("compression", "compression", bytes([ZIP])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", b"\0"),
        ("pixelAspectRatio", "float", struct.pack("<f", 1)),
        ("screenWindowCenter", "v2f", struct.pack("<ff", 0, 0)),
        ("screenWindowWidth", "float", struct.pack("<f", 1)),
    ]
    packed = (
        f"{name}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value
        for name, kind, value in attributes
    )
    return struct.pack("<ii", MAGIC, VERSION) + b"".join(packed) + b"\0"
