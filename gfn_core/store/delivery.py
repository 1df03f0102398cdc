"""Delivering a finished video under its final name, and knowing later that it is ours.

A file at the final name is replaced only when it is one that we put there. The receipt says which:
it is published *before* the file moves and names what it replaces, so that a kill between the two
steps leaves a file that is still known as ours.
"""

import hashlib
import json
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gfn_core.errors import ArtifactDamaged, GfnError
from gfn_core.smoothing.trajectory import Treatment
from gfn_core.store.archive import Archive, FileState, read_json, write_whole
from gfn_core.store.digest import content_sha256


@dataclass(frozen=True)
class Receipt:
    """What was delivered where."""

    output: str  # relative to the archive
    sha256: str
    state: FileState
    replaced: FileState | None
    frames: int
    seconds: float  # of footage
    left_out: tuple[str, ...]  # what of the source the output's container cannot hold
    treatment: Treatment = Treatment.STABILIZED


def deliver(
    archive: Archive,
    unfinished: Path,
    output: Path,
    *,
    frames: int,
    seconds: float,
    left_out: tuple[str, ...],
    treatment: Treatment,
) -> Receipt:
    """Move a finished video to its final name; the caller has checked `may_replace`."""
    state = FileState.of(unfinished)
    if state is None:
        raise GfnError(f"{unfinished}: vanished before it was delivered; run again")
    name, sha256 = output.relative_to(archive.root).as_posix(), content_sha256(unfinished)
    with delivery_lock(archive, name):
        replaced = archive.state(output)
        receipt = Receipt(name, sha256, state, replaced, frames, seconds, left_out, treatment)
        write_whole(_claim_of(archive, name), lambda path: save_receipt(path, receipt), archive)
        archive.keep(unfinished, output)
    return receipt


def delivery_lock(archive: Archive, output_name: str) -> AbstractContextManager[None]:
    """Hold what lies at an output's name, against runs that want something else there."""
    digest = hashlib.sha256(output_name.encode(errors="surrogateescape")).hexdigest()
    return archive.lock(f"delivery-{digest[:32]}")


def may_replace(archive: Archive, output: Path) -> bool:
    """Whether nothing lies at `output`, or only what we delivered there."""
    state = archive.state(output)
    if state is None:
        return True
    claim = _claim_of(archive, output.relative_to(archive.root).as_posix())
    if not archive.bring(claim):
        return False
    receipt = load_receipt(claim)
    return state in (receipt.state, receipt.replaced) or _same_content(archive, output, receipt)


def is_delivered(archive: Archive, receipt: Receipt) -> bool:
    """Whether what `receipt` names still lies there."""
    output = archive.root / receipt.output
    state = archive.state(output)
    if state is None or state == receipt.state:
        return state is not None
    return _same_content(archive, output, receipt)


def save_receipt(path: Path, receipt: Receipt) -> None:
    """Write `receipt`."""
    path.write_text(json.dumps(asdict(receipt), indent=1))


def load_receipt(path: Path) -> Receipt:
    """Read a receipt back; raises `ArtifactDamaged`."""
    content: dict[str, Any] = read_json(path)
    try:
        replaced = content["replaced"]
        return Receipt(
            **content
            | {
                "state": FileState(**content["state"]),
                "replaced": FileState(**replaced) if replaced else None,
                "left_out": tuple(content["left_out"]),
                "treatment": Treatment(content["treatment"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactDamaged(f"{path}: not a receipt ({error}); delete it to redo it") from error


def _claim_of(archive: Archive, output_name: str) -> Path:
    return archive.view("render", output_name, ".json")


def _same_content(archive: Archive, output: Path, receipt: Receipt) -> bool:
    """The archive was copied, so times differ: compare what counts."""
    state = archive.state(output)
    same_size = state is not None and state.size_bytes == receipt.state.size_bytes
    return same_size and archive.sha256(output) == receipt.sha256
