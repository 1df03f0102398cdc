"""Weights on disk: safetensors only, with the architecture they fit and a digest of their values.

The digest covers names, shapes and values, so that it names the weights wherever they lie; it is
part of every key of motion estimated with them.
"""

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gfn_core.errors import WeightsUnusable
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.networks.global_flow_net import GlobalFlowNet, GlobalFlowNetSettings
from gfn_core.networks.global_motion_estimator import GlobalMotionSettings
from gfn_core.networks.glocal import Glocal, GlocalSettings
from gfn_core.networks.subspace_name import Subspace
from gfn_core.store.weights_header import weights_header

Network = TypeVar("Network", bound=nn.Module)

FLOW_NETWORK = "flow-network/2"
GLOBAL_FLOW_NET = "globalflownet/2"
GLOCAL = "glocal/2"

ShippedNetwork = FlowNetwork | Glocal


@dataclass(frozen=True)
class LoadedWeights:
    """Contents of a weights file, verified."""

    architecture: str
    settings: str  # JSON of the network's settings
    digest: str
    tensors: dict[str, Tensor]


def save_weights(network: ShippedNetwork, path: Path, *, compact: bool = False) -> str:
    """Write the weights of `network` to `path`, whole or not at all; return their digest.

    `compact` ones are rounded to half precision, to ship; a checkpoint keeps them as they are.
    """
    kind = torch.float16 if compact else torch.float32
    tensors = {
        name: value.detach().to("cpu", kind).contiguous()
        for name, value in network.state_dict().items()
    }
    digest = digest_of(tensors)
    architecture, settings = _described(network)
    metadata = {
        "architecture": architecture,
        "settings": json.dumps(dataclasses.asdict(settings), sort_keys=True),
        "digest": digest,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    save_file(tensors, unfinished, metadata)
    unfinished.replace(path)
    return digest


def load_global_flow_net(path: Path, device: torch.device) -> GlobalFlowNet:
    """Build the GlobalFlowNet whose weights lie in `path`; raises WeightsUnusable."""
    return _loaded(
        path, GLOBAL_FLOW_NET, lambda it: GlobalFlowNet(_global_flow_net_settings(it))
    ).to(device)


def load_flow_network(path: Path, device: torch.device) -> FlowNetwork:
    """Build the flow network whose weights lie in `path`; raises WeightsUnusable."""
    return _loaded(path, FLOW_NETWORK, lambda it: FlowNetwork(_flow_network_settings(it))).to(
        device
    )


def load_glocal(path: Path, device: torch.device) -> Glocal:
    """Build the GLOCAL whose weights lie in `path`; raises WeightsUnusable."""
    return _loaded(path, GLOCAL, lambda it: Glocal(_glocal_settings(it))).to(device)


def read_weights(path: Path) -> LoadedWeights:
    """Read and verify a weights file; raises WeightsUnusable."""
    metadata = weights_header(path)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsUnusable(f"{path}: damaged: its values cannot be read") from error
    missing = {"architecture", "settings", "digest"} - metadata.keys()
    if missing:
        raise WeightsUnusable(f"{path}: not weights of gfn: no {', '.join(sorted(missing))} in it")
    digest = digest_of(tensors)
    if digest != metadata["digest"]:
        raise WeightsUnusable(
            f"{path}: damaged: its values have digest {digest[:12]}, "
            f"its header says {metadata['digest'][:12]}; fetch it again"
        )
    return LoadedWeights(metadata["architecture"], metadata["settings"], digest, tensors)


def read_foreign_weights(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file that another program wrote; raises WeightsUnusable."""
    weights_header(path)
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsUnusable(f"{path}: damaged: its values cannot be read") from error


def save_optimizer(optimizer: torch.optim.Optimizer, path: Path) -> None:
    """Write what `optimizer` has gathered."""
    torch.save(optimizer.state_dict(), path)


def load_optimizer(optimizer: torch.optim.Optimizer, path: Path) -> None:
    """Continue with what was gathered; raises WeightsUnusable."""
    try:
        optimizer.load_state_dict(torch.load(path, weights_only=True))
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, UnpicklingError) as error:
        raise WeightsUnusable(f"{path}: not the state of this training's optimizer") from error


def digest_of(tensors: dict[str, Tensor]) -> str:
    """SHA-256 of names, types, shapes and values."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _loaded(path: Path, architecture: str, built: Callable[[dict[str, Any]], Network]) -> Network:
    """Build a network as the header of `path` says, and fill it; raises WeightsUnusable."""
    weights = read_weights(path)
    if weights.architecture != architecture:
        raise WeightsUnusable(
            f"{path}: weights of an unknown architecture {weights.architecture!r}, "
            f"expected {architecture!r}; update gfn or name other weights"
        )
    try:
        network = built(json.loads(weights.settings))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeightsUnusable(f"{path}: its settings are not those of {architecture}") from error
    try:
        network.load_state_dict(weights.tensors)
    except RuntimeError as error:
        raise WeightsUnusable(f"{path}: tensors do not fit the settings in its header") from error
    return network.eval()


def _described(
    network: ShippedNetwork,
) -> tuple[str, FlowNetworkSettings | GlobalFlowNetSettings | GlocalSettings]:
    """Name of the network's architecture, and its settings."""
    if isinstance(network, GlobalFlowNet):
        return GLOBAL_FLOW_NET, network.global_settings
    return GLOCAL if isinstance(network, Glocal) else FLOW_NETWORK, network.settings


def _glocal_settings(values: dict[str, Any]) -> GlocalSettings:
    backbone = _flow_network_settings(values.pop("backbone"))
    global_motion = GlobalMotionSettings(**values.pop("global_motion"))
    return GlocalSettings(backbone, global_motion, **values)


def _flow_network_settings(values: dict[str, Any]) -> FlowNetworkSettings:
    sizes: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in values.items()
    }
    return FlowNetworkSettings(**sizes)


def _global_flow_net_settings(values: dict[str, Any]) -> GlobalFlowNetSettings:
    network = _flow_network_settings(values.pop("network"))
    subspace = Subspace(values.pop("subspace"))
    frequencies = tuple(values.pop("frequencies"))
    return GlobalFlowNetSettings(network, subspace, frequencies, **values)
