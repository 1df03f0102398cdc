"""How stages are handed to whatever executes them."""

from collections.abc import Callable
from typing import Any, Protocol

from tasks.clip import Clip
from tasks.stage_task import StageTask


class StageFuture(Protocol):
    """A stage under way; both Prefect's and the standard library's futures are such."""

    def add_done_callback(self, function: Callable[[Any], None], /) -> None:
        """Call `function` with this future once it has ended."""

    def result(self) -> Any:  # noqa: ANN401  Prefect's futures are not typed further
        """Return what the stage made, or raise what ended it."""


Submit = Callable[[StageTask, Clip], StageFuture]
