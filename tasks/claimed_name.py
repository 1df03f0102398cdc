"""Two sources may want one name in an archive, each in a run of its own: the first keeps it."""

from pathlib import Path

from gfn_core.errors import ArtifactDamaged, GfnError
from gfn_core.store.catalogue import read_entry
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.provenance import read_provenance
from gfn_core.store.published import index_entry
from tasks.clip import MOTION, Clip


def refuse_another_source(clip: Clip, source_sha256: str) -> None:
    """Raise `GfnError` if the archive's video of this name is of another file that is still there.

    A source that was moved, or changed where it is, is no other; nor is a copy of it.
    """
    path = index_entry(clip.archive, clip.video)
    if clip.force or not clip.archive.bring(path):
        return
    try:
        known = read_entry(path)
        motion = ArtifactRef(MOTION, known.keys.get(MOTION.name, ""))
        known_sha256 = read_provenance(clip.archive.fetched(motion)).get("source_sha256")
    except ArtifactDamaged:
        return
    if known.source in ("", clip.address) or known_sha256 == source_sha256:
        return
    if "://" in known.source or Path(known.source).exists():
        raise GfnError(
            f"{clip.address}: {clip.video} is in this archive already, of {known.source}; "
            "name another OUT, or use --force to replace it"
        )
