#!/usr/bin/env python3
"""Run a command of this project; on the first call, set everything up for it.

    python3 bootstrap.py gfn demo OUT
    python3 bootstrap.py pytest

Makes .venv beside this file, installs the project into it with the pinned versions of
constraints.txt, and starts the named command from there. A later call starts it at once, unless
pyproject.toml or constraints.txt has changed. Needs Python 3.11 or newer and nothing else.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMP = VENV / "installed"


def main(arguments: list[str]) -> None:
    """Set up if need be, then become the named command."""
    if sys.version_info < (3, 11):
        sys.exit(f"gfn needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    if not arguments:
        sys.exit(__doc__)
    wanted = fingerprint()
    if not STAMP.exists() or STAMP.read_text() != wanted:
        install()
        STAMP.write_text(wanted)
    command = BIN / arguments[0]
    if not command.exists():
        sys.exit(f"no such command in {BIN}: {arguments[0]}")
    sys.exit(subprocess.call([str(command), *arguments[1:]]))


def fingerprint() -> str:
    """Digest of everything that decides what is installed."""
    files = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def install() -> None:
    """Create the environment and install the project with its development tools."""
    print(f"Setting up {VENV} (once, a few minutes) ...", file=sys.stderr, flush=True)
    venv.create(VENV, with_pip=True, clear=True)
    subprocess.check_call(
        [
            *(str(BIN / "python"), "-m", "pip", "install", "--quiet"),
            *("--disable-pip-version-check", "--constraint", str(ROOT / "constraints.txt")),
            *("--editable", f"{ROOT}[dev]"),
        ]
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        sys.exit(f"setting up failed (exit code {error.returncode}); see the messages above")
