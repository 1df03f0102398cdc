"""What a weights file says of itself, read without its values and without torch."""

from pathlib import Path

from safetensors import SafetensorError, safe_open

from gfn_core.errors import WeightsUnusable


def weights_digest(path: Path) -> str:
    """Digest of the values, as the header has it; reading the values checks it.

    Raises WeightsUnusable.
    """
    digest = weights_header(path).get("digest")
    if digest is None:
        raise WeightsUnusable(f"{path}: not weights of gfn: no digest in it")
    return digest


def weights_header(path: Path) -> dict[str, str]:
    """Read the header of a safetensors file; raises WeightsUnusable."""
    if not path.is_file():
        raise WeightsUnusable(f"{path}: no such weights file; name another or reinstall gfn")
    try:
        with safe_open(path, framework="numpy") as file:
            return file.metadata() or {}
    except (SafetensorError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsUnusable(f"{path}: not a readable safetensors file: {reason}") from error
