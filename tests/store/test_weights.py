import pytest
import torch
from safetensors.torch import load_file, save_file

from gfn_core.errors import WeightsUnusable
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.networks.global_flow_net import GlobalFlowNet, GlobalFlowNetSettings
from gfn_core.networks.subspace_name import Subspace
from gfn_core.store.weights import (
    digest_of,
    load_flow_network,
    load_global_flow_net,
    read_weights,
    save_weights,
)

CPU = torch.device("cpu")
SMALL = FlowNetworkSettings(
    channels=(4, 4, 8),
    radii=(1, 1, 1),
    descriptor=4,
    evidence=4,
    widths=(16, 16, 16),
    hidden=(4, 4, 4),
)
SETTINGS = GlobalFlowNetSettings(SMALL, Subspace.DCT, (1, 2, 3), weighted=False)


def test_round_trip_keeps_settings_and_values(tmp_path):
    network = GlobalFlowNet(SETTINGS)
    digest = save_weights(network, tmp_path / "net.safetensors")
    loaded = load_global_flow_net(tmp_path / "net.safetensors", CPU)
    assert loaded.global_settings == SETTINGS
    assert not loaded.training
    assert digest_of(loaded.state_dict()) == digest == digest_of(network.state_dict())
    frame = torch.rand(1, 1, 64, 64)
    torch.testing.assert_close(loaded(frame, frame).flow, network.eval()(frame, frame).flow)


def test_compact_weights_take_half_the_room_and_say_nearly_the_same(tmp_path):
    network = GlobalFlowNet(SETTINGS).eval()
    save_weights(network, tmp_path / "whole.safetensors")
    save_weights(network, tmp_path / "compact.safetensors", compact=True)
    whole, compact = (
        sum(value.nbytes for value in load_file(tmp_path / f"{name}.safetensors").values())
        for name in ("whole", "compact")
    )
    assert compact == whole / 2
    loaded = load_global_flow_net(tmp_path / "compact.safetensors", CPU)
    assert next(loaded.parameters()).dtype == torch.float32
    first, second = torch.rand(2, 1, 1, 64, 64)
    torch.testing.assert_close(
        loaded(first, second).flow, network(first, second).flow, atol=0.1, rtol=0.02
    )


def test_flow_networks_too(tmp_path):
    network = FlowNetwork(SMALL)
    save_weights(network, tmp_path / "net.safetensors")
    assert load_flow_network(tmp_path / "net.safetensors", CPU).settings == SMALL


def test_the_digest_names_values_and_not_files(tmp_path):
    network = FlowNetwork(SMALL)
    first = save_weights(network, tmp_path / "a.safetensors")
    assert save_weights(network, tmp_path / "b.safetensors") == first
    with torch.no_grad():
        next(network.parameters()).flatten()[0] += 1e-6
    assert save_weights(network, tmp_path / "c.safetensors") != first


def test_no_file(tmp_path):
    with pytest.raises(WeightsUnusable, match=r"gone.safetensors: no such weights file"):
        load_global_flow_net(tmp_path / "gone.safetensors", CPU)


@pytest.mark.parametrize("content", [b"", b"nonsense" * 100])
def test_not_safetensors(tmp_path, content):
    path = tmp_path / "net.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsUnusable, match="not a readable safetensors file"):
        load_global_flow_net(path, CPU)


def test_cut_short(tmp_path):
    path = tmp_path / "net.safetensors"
    save_weights(GlobalFlowNet(SETTINGS), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsUnusable, match=str(path)):
        load_global_flow_net(path, CPU)


def test_a_flipped_bit(tmp_path):
    path = tmp_path / "net.safetensors"
    save_weights(GlobalFlowNet(SETTINGS), path)
    content = bytearray(path.read_bytes())
    content[-50] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsUnusable, match="damaged: its values have digest"):
        load_global_flow_net(path, CPU)


def test_weights_of_something_else(tmp_path):
    path = tmp_path / "net.safetensors"
    save_file({"x": torch.zeros(3)}, path)
    with pytest.raises(
        WeightsUnusable, match="not weights of gfn: no architecture, digest, settings"
    ):
        read_weights(path)


def test_another_architecture(tmp_path):
    path = tmp_path / "net.safetensors"
    save_weights(FlowNetwork(SMALL), path)
    with pytest.raises(WeightsUnusable, match="unknown architecture 'flow-network/2'"):
        load_global_flow_net(path, CPU)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[]", "its settings are not those"),
        ("not json", "its settings are not those"),
        ('{"radii": [1]}', "its settings are not those"),
        ('{"descriptor": 4, "evidence": 4}', "tensors do not fit"),
    ],
)
def test_settings_that_do_not_fit(tmp_path, settings, message):
    path = tmp_path / "net.safetensors"
    save_weights(FlowNetwork(SMALL), path)
    tensors = load_file(path)
    metadata = {
        "architecture": "flow-network/2",
        "settings": settings,
        "digest": digest_of(tensors),
    }
    save_file(tensors, path, metadata)
    with pytest.raises(WeightsUnusable, match=message):
        load_flow_network(path, CPU)
