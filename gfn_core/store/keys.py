"""Keys of artifacts: the digest of everything that went into one.

key(stage) = digest(stage, version, input keys, settings that the stage reads). Two runs that would
compute the same thing therefore agree on its name, and a changed source, setting, weights file or
stage version gives a new one.
"""

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Settings = TypeVar("Settings")

KEY_DIGITS = 32
SEGMENT = "-segment"  # ends the name of a stage that makes parts of another's artifact


@dataclass(frozen=True)
class Stage:
    """A stage of the pipeline; raise `version` whenever its result changes for equal inputs."""

    name: str
    version: int
    suffix: str  # of its artifact's file

    @property
    def whole(self) -> str:
        """Name of the stage that this is a part of, or its own."""
        return self.name.removesuffix(SEGMENT)

    def artifact(self, *inputs: str, settings: object = None) -> "ArtifactRef":
        """Name the artifact that this stage makes of `inputs` (digests or keys) and `settings`."""
        made_of = {
            "stage": self.name,
            "version": self.version,
            "inputs": inputs,
            "settings": plain(settings),
        }
        text = json.dumps(made_of, sort_keys=True, separators=(",", ":"))
        return ArtifactRef(self, hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS])


@dataclass(frozen=True)
class ArtifactRef:
    """A stored artifact by name; small enough to travel between tasks and machines."""

    stage: Stage
    key: str


def plain(value: object) -> Any:  # noqa: ANN401  (JSON has no better type)
    """Turn settings (nested frozen dataclasses) into what JSON can hold, one way only.

    Fields that do not count when two values are compared are left out: they decide no result.
    """
    if is_dataclass(value) and not isinstance(value, type):
        decisive = [field.name for field in fields(value) if field.compare]
        return {name: plain(getattr(value, name)) for name in decisive}
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Fraction | Path):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"cannot be part of a key: {value!r}")


def from_plain(kind: type[Settings], stored: dict[str, Any]) -> Settings:
    """Rebuild settings from what `plain` made of them, perhaps by another version of gfn.

    What this version does not know is dropped, what it newly has keeps its default. Raises
    `SettingsError` where a value is out of its range now.
    """
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind) if field.name in stored]  # type: ignore[arg-type]
    return kind(**{name: _as(hints[name], stored[name]) for name in known})


def _as(kind: Any, value: Any) -> Any:  # noqa: ANN401  (types at run time, values from JSON)
    given = [each for each in get_args(kind) if each is not NoneType]
    if get_origin(kind) in (Union, UnionType) and len(given) == 1 and value is not None:
        return _as(given[0], value)  # of what may be None
    if is_dataclass(kind) and isinstance(kind, type) and isinstance(value, dict):
        return from_plain(kind, value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return tuple(value) if isinstance(value, list) else value
