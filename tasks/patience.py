"""How long a stage is waited for: so long in all, and so long without a sign of progress."""

import time


class Patience:
    """Two deadlines that start now; the second starts anew with each sign of progress."""

    def __init__(self, total_seconds: float, silent_seconds: float) -> None:
        self._total_seconds, self._silent_seconds = total_seconds, silent_seconds
        self._started = self._heard = time.monotonic()

    def renew(self) -> None:
        """Note a sign of progress."""
        self._heard = time.monotonic()

    @property
    def is_at_end(self) -> bool:
        """Whether either deadline has passed."""
        return self._is_over or time.monotonic() - self._heard > self._silent_seconds

    @property
    def end(self) -> str:
        """Which of them it was."""
        if self._is_over:
            return f"stopped after its deadline of {self._total_seconds:.0f} s"
        return f"stopped after {self._silent_seconds:.0f} s without progress"

    @property
    def _is_over(self) -> bool:
        return time.monotonic() - self._started > self._total_seconds
