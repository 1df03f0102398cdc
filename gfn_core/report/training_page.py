"""The page of a training: its curves, and what the network sees in scenes it was not trained on."""

import io
from base64 import b64encode
from pathlib import Path

import cv2
import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gfn_core.networks.flow_network import FlowNetwork
from gfn_core.networks.global_flow_net import GlobalFlowNet
from gfn_core.report.pages import training_page
from gfn_core.training.batch import Batch, CompactPair
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_pairs import Curriculum, ScenePairs
from gfn_core.training.scene_preview import flow_colors

Curves = dict[str, list[tuple[int, float]]]  # of each figure, (step, value)

SAMPLES = 6
SAMPLE_SEED = 987_654_321  # scenes that no training draws
SAMPLE_SIZE = (256, 160)
CURVES_ACROSS = 3


def write_training_page(
    path: Path, curves: Curves, network: FlowNetwork, library: PhotoLibrary
) -> None:
    """Write one self-contained page: `curves`, and samples of what `network` estimates."""
    page = training_page(curves_svg(curves), _as_data_url(samples(network, library)))
    path.write_text(page)


def curves_svg(curves: Curves) -> str:
    """Draw every curve of a training over its steps."""
    down = -(-max(1, len(curves)) // CURVES_ACROSS)
    figure = Figure(figsize=(11, 2.2 * down), layout="constrained")
    panels = figure.subplots(down, CURVES_ACROSS, squeeze=False).ravel()
    for panel in panels[len(curves) :]:
        panel.set_axis_off()
    for panel, (name, points) in zip(panels, curves.items(), strict=False):
        panel.plot(*zip(*points, strict=True))
        panel.set_title(name, fontsize=9)
        panel.grid(alpha=0.25)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def samples(network: FlowNetwork, library: PhotoLibrary) -> NDArray[np.uint8]:
    """Draw one row a scene: frame, true and found flow, true and found background."""
    scenes = ScenePairs(library, SAMPLE_SEED, *SAMPLE_SIZE, curriculum=Curriculum(start=1.0))
    pairs: list[CompactPair] = [scenes[index] for index in range(SAMPLES)]
    device = next(network.parameters()).device
    batch = Batch.of(pairs, device)
    with torch.inference_mode():
        finest = network.estimate(
            network.features(batch.first), network.features(batch.second), batch.rough_flow
        )[-1]
    found = finest.flow.permute(0, 2, 3, 1).cpu().numpy()
    background = torch.sigmoid(finest.background_logit)[:, 0].cpu().numpy()
    is_global = isinstance(network, GlobalFlowNet)
    truth = (batch.global_flow if is_global else batch.mixed_flow).permute(0, 2, 3, 1)
    rows = []
    for index, pair in enumerate(pairs):
        true = truth[index].cpu().numpy()
        fastest = float(np.linalg.norm(true, axis=-1).max())
        row = [
            _gray(pair.frames[0]),
            flow_colors(true, fastest),
            flow_colors(found[index], fastest),
            _gray(255 * batch.background[index, 0].cpu().numpy()),
            _gray(255 * background[index]),
        ]
        rows.append(np.hstack([_sized(picture) for picture in row]))
    return np.vstack(rows)


def _gray(values: NDArray[np.float32] | NDArray[np.uint8]) -> NDArray[np.uint8]:
    gray = np.clip(values, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), np.uint8)


def _sized(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, SAMPLE_SIZE, interpolation=cv2.INTER_NEAREST), np.uint8)


def _as_data_url(picture: NDArray[np.uint8]) -> str:
    png = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1]
    return "data:image/png;base64," + b64encode(png.tobytes()).decode()
