"""The way into the `gfn` command: also while its parts are imported, an interrupt is quiet."""

import sys

INTERRUPTED_EXIT_CODE = 130


def main() -> None:
    """Import the command line and run it."""
    try:
        from flows.cli import main as run  # noqa: PLC0415  (takes a third of a second)

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED_EXIT_CODE)
