"""Which device a network runs on."""

import torch

from gfn_core.errors import SettingsError


def device_named(name: str) -> torch.device:
    """Return the device of that name; `auto` is a GPU where there is one.

    Raises SettingsError for a device that this machine does not have.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise SettingsError("device cuda: no usable GPU on this machine; choose auto or cpu")
    if name not in ("cpu", "cuda"):
        raise SettingsError(f"no device {name!r}; choose auto, cpu or cuda")
    return torch.device(name)
