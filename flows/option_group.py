"""Options that several commands share, as one frozen value instead of a list in each of them."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints


def with_option_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Spread each dataclass among the parameters of `command`: its fields become options.

    Typer reads signatures; the one that it sees here has the fields in the dataclass's place.
    """
    groups: dict[str, type[Any]] = {}
    parameters: list[inspect.Parameter] = []
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        if is_dataclass(hints[name]):
            groups[name] = hints[name]
            parameters += _of_fields(groups[name])
        else:
            keyword = inspect.Parameter.KEYWORD_ONLY
            parameters.append(parameter.replace(kind=keyword, annotation=hints[name]))

    @wraps(command)
    def spread(**chosen: Any) -> None:  # noqa: ANN401  whatever the fields are
        for name, group in groups.items():
            own = {field.name: chosen.pop(field.name) for field in fields(group)}
            chosen[name] = group(**own)
        command(**chosen)

    vars(spread)["__signature__"] = inspect.Signature(parameters)
    spread.__annotations__ = {each.name: each.annotation for each in parameters}
    return spread


def _of_fields(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]
