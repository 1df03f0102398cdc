"""The software bill of materials: every package that an installation of gfn brings along.

    python -m tools.sbom            writes docs/sbom.cdx.json (CycloneDX 1.6)

Names and versions are those of constraints.txt; licences are read from the packages installed here,
which are to be those. Native libraries that a package carries inside are its components.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import imageio_ffmpeg

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "sbom.cdx.json"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)$", re.MULTILINE)
REQUIRED = re.compile(r"^[A-Za-z0-9._-]+")

# What their metadata does not say in SPDX's words; from the packages' own licence files.
CLASSIFIED = {
    "Apache 2.0": "Apache-2.0",
    "Artistic License": "Artistic-1.0-Perl",
    "GNU General Public License (GPL)": "GPL-1.0-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}

BUNDLED = re.compile(r"[^/]+\.libs/(lib[\w+-]+?)-[0-9a-f]{8}(?:-[0-9a-f]+)?\.so\.?([\d.]*)$")
LIBAV = ("libavcodec", "libavdevice", "libavfilter", "libavformat", "libavutil")
NATIVE = dict.fromkeys((*LIBAV, "libswscale", "libswresample"), "LGPL-3.0-or-later") | {
    "libx264": "GPL-2.0-or-later",
    "libx265": "GPL-2.0-or-later",
}


def main() -> None:
    """Write the bill."""
    TARGET.write_text(json.dumps(bill(), indent=1) + "\n")
    print(TARGET)


def bill() -> dict[str, Any]:
    """The bill as CycloneDX has it; the same for the same packages."""
    needed = required_by("gfn")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "gfn", "bom-ref": "gfn"}},
        "components": [
            component(name, version, is_needed=canonical(name) in needed)
            for name, version in pinned()
        ],
    }


def pinned() -> list[tuple[str, str]]:
    """Names and versions of constraints.txt."""
    return PINNED.findall((ROOT / "constraints.txt").read_text())


def component(name: str, version: str, *, is_needed: bool) -> dict[str, Any]:
    """One package; what only development needs is "excluded"."""
    url = f"pkg:pypi/{canonical(name)}@{version}"
    described = {
        "type": "library",
        "bom-ref": url,
        "name": name,
        "version": version,
        "scope": "required" if is_needed else "excluded",
        "licenses": [{"expression": licence_of(name, version)}],
        "purl": url,
    }
    inside = [*bundled(distribution(name)), *programs(canonical(name))]
    return described | ({"components": inside} if inside else {})


def bundled(package: Distribution) -> Iterator[dict[str, Any]]:
    """Libraries that a wheel has taken along, with the licences that bind whoever passes it on."""
    found = (BUNDLED.fullmatch(file.as_posix()) for file in package.files or [])
    for name, version in sorted({(match[1], match[2]) for match in found if match}):
        yield native(name, version, NATIVE.get(name))


def programs(name: str) -> Iterator[dict[str, Any]]:
    """Programs that a package has taken along, which are run and not linked."""
    if name == "imageio-ffmpeg":
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        yield native("ffmpeg", said.split()[2], "GPL-3.0-or-later")


def native(name: str, version: str, licence: str | None) -> dict[str, Any]:
    """A component that is no Python package."""
    described = {"type": "library", "name": name, "version": version}
    return described | ({"licenses": [{"expression": licence}]} if licence else {})


def required_by(name: str) -> set[str]:
    """All packages that `name` needs, and those that they need."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for needed in requirements(waiting.pop()) - found:
            found.add(needed)
            waiting.append(needed)
    return found


def requirements(name: str) -> set[str]:
    """Packages that `name` names without an extra."""
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return set()
    return {canonical(REQUIRED.match(line)[0]) for line in lines if "extra ==" not in line}  # type: ignore[index]


def licence_of(name: str, version: str) -> str:
    """A package's licence in SPDX's words, as far as it says so."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        sys.exit(f"{name} is not installed; run this in an environment of constraints.txt")
    if package.version.partition("+")[0] != version:  # "+cpu" is the same, built otherwise
        sys.exit(f"{name} {package.version} is installed, {version} is pinned")
    return expression(package)


def expression(package: Distribution) -> str:
    """Licence of a package: its expression, else its classifiers, else its first words on it.

    Of several classifiers the user has the choice.
    """
    said = package.metadata
    if said.get("License-Expression"):
        return str(said["License-Expression"])
    classifiers = [line.split(" :: ") for line in said.get_all("Classifier") or []]
    names = [parts[-1] for parts in classifiers if parts[0] == "License" and len(parts) > 2]
    if names:
        return " OR ".join(sorted(CLASSIFIED.get(name, name) for name in names))
    words = (said.get("License") or "unknown").splitlines()[0].strip()
    return CLASSIFIED.get(words, words)


def canonical(name: str) -> str:
    """A package's name as indexes have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
