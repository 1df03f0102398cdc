"""Names that archives give: what can stay stays; what cannot is UTF-8, short, and tells apart."""

import os
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from gfn_core.store.archive_name import KEPT_BYTES, LONGEST_ADDITION, archive_name

part_bytes = (
    st.binary(min_size=1, max_size=255)
    .map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_"))
    .filter(lambda name: name not in (b".", b".."))
)


@given(st.lists(part_bytes, min_size=1, max_size=3))
def test_every_file_made_of_a_video_can_bear_its_name(parts: list[bytes]) -> None:
    name = archive_name(PurePosixPath(*map(os.fsdecode, parts)))
    for part in name.split("/"):
        assert len((part + LONGEST_ADDITION).encode()) <= 255  # raises where it is no UTF-8


@given(part_bytes)
def test_what_can_stay_stays(part: bytes) -> None:
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return
    if len(part) <= KEPT_BYTES:
        assert archive_name(PurePosixPath(text)) == text


def test_both_unicode_forms_stay_what_they_are() -> None:
    composed, decomposed = "caf\u00e9.mp4", "cafe\u0301.mp4"
    assert archive_name(PurePosixPath(composed)) != archive_name(PurePosixPath(decomposed))


def test_a_long_name_keeps_its_suffix_and_its_difference() -> None:
    first, second = ("x" * 250 + end for end in ("1.mp4", "2.mp4"))
    names = [archive_name(PurePosixPath(name)) for name in (first, second)]
    assert names[0] != names[1]
    assert all(name.startswith("x" * 100) and name.endswith(".mp4") for name in names)


def test_a_byte_that_is_no_text_is_spelled_out() -> None:
    assert archive_name(PurePosixPath(os.fsdecode(b"sub/caf\xe9.mp4"))) == "sub/caf%E9.mp4"
