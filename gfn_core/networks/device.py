"""The device of a name, on this machine."""

import torch

from gfn_core.device_name import DeviceName
from gfn_core.errors import SettingsError


def device_named(name: DeviceName) -> torch.device:
    """Return the device; raises SettingsError for one that this machine does not have."""
    has_gpu = torch.cuda.is_available()
    if name is DeviceName.CUDA and not has_gpu:
        raise SettingsError("device cuda: no usable GPU on this machine; choose auto or cpu")
    return torch.device("cpu" if name is DeviceName.CPU or not has_gpu else "cuda")
