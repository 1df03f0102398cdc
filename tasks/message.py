"""What a child tells its supervisor, which does not trust it: a decoder may have been taken over.

A pickle can name any function to be called by whoever reads it. Here it can name findings, and
nothing else; errors go by their names.
"""

import io
import pickle
from typing import Any

import gfn_core.errors
from gfn_core.audit.finding import Finding
from gfn_core.errors import GfnError

Message = tuple[str, Any]  # kind, value; of the kind ERROR, a `GfnError`

ERROR = "error"
MOST_BYTES = 64 << 20


def packed(kind: str, value: object) -> bytes:
    """Turn a message into bytes."""
    return pickle.dumps((kind, (type(value).__name__, str(value)) if kind == ERROR else value))


def unpacked(data: bytes) -> Message:
    """Invert `packed`; raises `pickle.UnpicklingError` where it is no message."""
    try:
        kind, value = _Reader(io.BytesIO(data)).load()
        return str(kind), _error(*value) if kind == ERROR else value
    except Exception as error:  # of as many kinds as there are ways to be damaged
        raise pickle.UnpicklingError(f"no message: {error}") from error


def _error(name: str, text: str) -> GfnError:
    kind = getattr(gfn_core.errors, name)
    if not issubclass(kind, GfnError):
        raise pickle.UnpicklingError(f"{name} is no error of ours")
    error: GfnError = kind(text)
    return error


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if (module, name) == (Finding.__module__, Finding.__qualname__):
            return Finding
        raise pickle.UnpicklingError(f"{module}.{name} is none of what a stage may send")
