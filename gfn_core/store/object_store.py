"""A bucket on S3-compatible storage, or a folder of one: whole objects, and conditions on writing.

A put is seen whole or not at all, and by everybody once it has returned. Two conditions make locks
of it: put only where there is nothing yet, and put only over what was last seen. Credentials and
endpoint come from where all tools of AWS look for them.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from gfn_core.errors import StoreUnavailable

Result = TypeVar("Result")
MISSING = ("404", "NoSuchKey", "NotFound")
REFUSED = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409")


@dataclass(frozen=True)
class StoredObject:
    """What a store says of an object without reading it."""

    name: str  # relative to the store's URL
    size_bytes: int
    etag: str
    modified: datetime
    metadata: tuple[tuple[str, str], ...] = ()  # not in listings
    age_seconds: float = 0.0  # by the server's own clock; not in listings


@dataclass(frozen=True)
class ObjectStore:
    """Everything under `url`, like s3://bucket/folder."""

    url: str

    def names(self, prefix: str = "") -> list[StoredObject]:
        """List what lies under `prefix`; a thousand a request."""
        root = self._path("")
        found = self._asked(lambda fs: fs.find(self._path(prefix), detail=True))
        return [
            StoredObject(
                path.removeprefix(root).lstrip("/"),  # none of the object that the URL itself names
                *(info["size"], info["ETag"], info["LastModified"]),
            )
            for path, info in found.items()
            if info["type"] == "file"  # a folder that came to be while it was listed is named, too
        ]

    def look_up(self, name: str) -> StoredObject | None:
        """Return what is known of an object; None where there is none."""
        found = self._called("head_object", name)
        if found is None:
            return None
        headers = found["ResponseMetadata"]["HTTPHeaders"]
        now = parsedate_to_datetime(headers["date"]) if "date" in headers else None
        age = (now - found["LastModified"]).total_seconds() if now else 0.0
        return StoredObject(
            name,
            found["ContentLength"],
            found["ETag"],
            found["LastModified"],
            tuple(sorted(found.get("Metadata", {}).items())),
            age,
        )

    def fetch(self, name: str, path: Path) -> bool:
        """Copy an object to `path`, whole; False where there is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{uuid4().hex}")
        try:
            self._asked(lambda fs: fs.get_file(self._path(name), str(unfinished)))
            unfinished.replace(path)
        except FileNotFoundError:
            return False
        finally:
            unfinished.unlink(missing_ok=True)
        return True

    def put(self, path: Path, name: str, metadata: dict[str, str] | None = None) -> None:
        """Copy a file to an object."""
        self._asked(lambda fs: fs.put_file(str(path), self._path(name), Metadata=metadata or {}))

    def put_if(self, content: bytes, name: str, *, etag: str | None) -> str | None:
        """Write an object if it is still the one with `etag`, or if there is none and it is None.

        Returns the new etag; None where the condition does not hold.
        """
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        answer = self._called("put_object", name, Body=content, **condition)
        return str(answer["ETag"]) if answer else None

    def delete(self, name: str) -> None:
        """Remove an object, if there is one."""
        self._called("delete_object", name)

    def _path(self, name: str) -> str:
        return f"{self.url.partition('://')[2].rstrip('/')}/{name}".rstrip("/")

    def _called(self, method: str, name: str, **arguments: object) -> Any:  # noqa: ANN401  (JSON)
        """Call S3; None where the object is missing or the condition does not hold."""
        bucket, _, key = self._path(name).partition("/")
        try:
            return self._asked(lambda fs: fs.call_s3(method, Bucket=bucket, Key=key, **arguments))
        except FileNotFoundError:
            return None

    def _asked(self, ask: Callable[[Any], Result]) -> Result:
        try:
            return ask(_filesystem())
        except Exception as error:  # of several libraries
            code = _code(error)
            is_missing = isinstance(error, FileNotFoundError) and code != "NoSuchBucket"
            if is_missing or code in MISSING or code in REFUSED:
                raise FileNotFoundError(code) from error
            reason = " ".join(str(error).split())
            raise StoreUnavailable(f"{self.url}: {reason}; check endpoint and access") from error


@functools.cache
def _filesystem() -> Any:  # noqa: ANN401  (s3fs has no types)
    from s3fs import S3FileSystem  # noqa: PLC0415  (half a second; only for archives in buckets)

    return S3FileSystem(use_listings_cache=False, skip_instance_cache=True)


def _code(error: BaseException) -> str:
    """S3's own code of an error, wherever it is wrapped."""
    cause: BaseException | None = error
    while cause is not None:
        response = getattr(cause, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))
        cause = cause.__cause__
    return ""
