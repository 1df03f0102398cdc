"""Two network namespaces with one cable between them, which can be pulled out."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

OURS, THEIRS, PREFIX_LENGTH = "10.213.77.1", "10.213.77.2", 30


def can_be_made() -> bool:
    """Whether this is a machine, and we the user, that may make namespaces."""
    return os.geteuid() == 0 and shutil.which("ip") is not None


@dataclass(frozen=True)
class Cable:
    """The cable, by the names of its namespace and of its two ends."""

    namespace: str = "gfn-worker"
    near: str = "gfn-near"
    far: str = "gfn-far"

    @property
    def inside(self) -> tuple[str, ...]:
        """Start of a command that is run at the far end."""
        return ("ip", "netns", "exec", self.namespace)

    def pull(self) -> None:
        """Nothing gets through any more, and nobody is told."""
        ip("link", "set", self.near, "down")

    def plug(self) -> None:
        """As before."""
        ip("link", "set", self.near, "up")


@contextmanager
def cable() -> Iterator[Cable]:
    """Make the namespace and lay the cable; both are gone at the end."""
    laid = Cable()
    ip("netns", "add", laid.namespace)
    ip("link", "add", laid.near, "type", "veth", "peer", "name", laid.far)
    try:
        ip("link", "set", laid.far, "netns", laid.namespace)
        ip("addr", "add", f"{OURS}/{PREFIX_LENGTH}", "dev", laid.near)
        laid.plug()
        for words in (
            ("addr", "add", f"{THEIRS}/{PREFIX_LENGTH}", "dev", laid.far),
            ("link", "set", laid.far, "up"),
            ("link", "set", "lo", "up"),
        ):
            ip("-n", laid.namespace, *words)
        yield laid
    finally:
        ip("link", "delete", laid.near)  # and with it the far end
        ip("netns", "delete", laid.namespace)


def ip(*words: str) -> None:
    """Run ip(8)."""
    subprocess.run(["ip", *words], check=True)
