"""Under which name an archive keeps a video: its own, where every file made of it can bear that.

Two kinds of names cannot stay: those that leave no room for the suffixes of what is made of them,
and those that are no UTF-8, which neither Parquet nor JSON nor a page can hold.
"""

import hashlib
import os
from pathlib import PurePath

LONGEST_NAME_BYTES = 255  # of a file, on every usual file system
LONGEST_ADDITION = ".mkv.parquet"  # to a video's name: that of another container, and its tables'
KEPT_BYTES = LONGEST_NAME_BYTES - len(LONGEST_ADDITION)
DIGEST_DIGITS = 12
LONGEST_SUFFIX_BYTES = 16


def archive_name(relative: PurePath) -> str:
    """Name a video by its path below SOURCE, with forward slashes.

    Bytes that are no UTF-8 become "%E9"; what is too long is cut in its middle, where a digest of
    the whole tells it from others.
    """
    return "/".join(_kept(part) for part in relative.parts)


def _kept(part: str) -> str:
    text = "".join(_as_utf8(character) for character in part)
    if len(text.encode()) <= KEPT_BYTES:
        return text
    digest = hashlib.sha256(os.fsencode(part)).hexdigest()[:DIGEST_DIGITS]
    suffix = PurePath(text).suffix
    if len(suffix.encode()) > LONGEST_SUFFIX_BYTES:
        suffix = ""
    room = KEPT_BYTES - len(f"~{digest}{suffix}".encode())
    beginning = text.encode()[:room].decode(errors="ignore")
    return f"{beginning}~{digest}{suffix}"


def _as_utf8(character: str) -> str:
    """Python shows a byte that is no UTF-8 as a lone surrogate."""
    is_byte = "\udc80" <= character <= "\udcff"
    return f"%{os.fsencode(character)[0]:02X}" if is_byte else character
