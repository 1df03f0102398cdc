"""What a child tells its supervisor, which does not trust it: a decoder may have been taken over.

A pickle can name any function to be called by whoever reads it. Here it can name our own errors and
findings, and nothing else.
"""

import io
import pickle
from typing import Any

import gfn_core.errors
from gfn_core.audit.finding import Finding
from gfn_core.errors import GfnError

Message = tuple[str, Any]  # kind, value

MOST_BYTES = 64 << 20


def packed(kind: str, value: object) -> bytes:
    """Turn a message into bytes."""
    return pickle.dumps((kind, value))


def unpacked(data: bytes) -> Message:
    """Invert `packed`; raises `pickle.UnpicklingError` where it is no message."""
    try:
        kind, value = _Reader(io.BytesIO(data)).load()
    except Exception as error:  # of as many kinds as there are ways to be damaged
        raise pickle.UnpicklingError(f"no message: {error}") from error
    if not isinstance(kind, str):
        raise pickle.UnpicklingError("no message: it has no kind")
    return kind, value


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if (module, name) == (Finding.__module__, Finding.__qualname__):
            return Finding
        found = getattr(gfn_core.errors, name, None) if module == gfn_core.errors.__name__ else None
        if isinstance(found, type) and issubclass(found, GfnError):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is none of what a stage may send")
