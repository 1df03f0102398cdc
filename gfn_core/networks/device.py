"""The device of a name, on this machine, and how networks reckon there."""

import torch

from gfn_core.device_name import DeviceName
from gfn_core.errors import SettingsError
from gfn_core.precision import Precision


def device_named(name: DeviceName) -> torch.device:
    """Return the device; raises SettingsError for one that this machine does not have."""
    has_gpu = torch.cuda.is_available()
    if name is DeviceName.CUDA and not has_gpu:
        raise SettingsError("device cuda: no usable GPU on this machine; choose auto or cpu")
    return torch.device("cpu" if name is DeviceName.CPU or not has_gpu else "cuda")


def reckoning(device: torch.device, precision: Precision) -> torch.autocast:
    """Context in which networks on `device` reckon with that precision."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision is Precision.BFLOAT16)
