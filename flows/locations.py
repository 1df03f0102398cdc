"""Folders and buckets: what a command was given may be a path or a URL like s3://bucket/folder."""

import hashlib
import os
import re
from pathlib import Path

from flows.settings import mirror_folder
from gfn_core.store.archive import Archive

BUCKET = re.compile(r"s3:/+")


def url_of(location: Path) -> str | None:
    """URL that the command line took for a path; None where it is one."""
    given = str(location)
    return BUCKET.sub("s3://", given, count=1) if BUCKET.match(given) else None


def archive_at(out: Path) -> Archive:
    """Return the archive in a folder or a bucket."""
    url = url_of(out)
    if url is None:
        return Archive(Path(os.path.realpath(out)))  # also of a link that leads to itself
    from gfn_core.store.bucket_archive import BucketArchive  # noqa: PLC0415
    from gfn_core.store.object_store import ObjectStore  # noqa: PLC0415

    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    return BucketArchive(Path(os.path.realpath(mirror_folder() / name)), ObjectStore(url))


def opened_archive(out: Path) -> Archive:
    """Return the archive in a folder or a bucket, with all that is in its store by now."""
    archive = archive_at(out)
    archive.pull()
    return archive
