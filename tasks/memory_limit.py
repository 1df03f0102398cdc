"""How much memory a stage may take: a file that swells costs its clip, not the machine."""

import os
import resource
from pathlib import Path

LARGEST_SHARE = 0.75  # of the machine's memory, or of the container's
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def limit_memory() -> None:
    """Have this process's allocations fail beyond the largest share."""
    most = int(machine_bytes() * LARGEST_SHARE)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def machine_bytes() -> int:
    """Memory that there is for all."""
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(physical, int(CONTAINER_LIMIT.read_text()))
    except (OSError, ValueError):  # no container, or "max"
        return physical
