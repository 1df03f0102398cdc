"""The page of a training: its curves, and what the network sees in scenes it was not trained on."""

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor, nn

from gfn_core.networks.flow_network import FlowNetwork
from gfn_core.networks.global_flow_net import GlobalFlowNet
from gfn_core.networks.glocal import Glocal, GlocalMotion
from gfn_core.report.pages import training_page
from gfn_core.training.batch import Batch, CompactPair
from gfn_core.training.mixed_motion_pool import observed
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_pairs import Curriculum, ScenePairs
from gfn_core.training.scene_preview import flow_colors

Picture = NDArray[np.uint8]  # (H, W, 3)
Curves = dict[str, list[tuple[int, float]]]  # of each figure, (step, value)

SAMPLES = 6
SAMPLE_SEED = 987_654_321  # scenes that no training draws
SAMPLE_SIZE = (256, 160)
CURVES_ACROSS = 3
FEW_POINTS = 10  # a line through so few is hard to see, or none at all


@dataclass(frozen=True)
class Samples:
    """What a network sees in scenes that it was not trained on, one row a scene."""

    picture: Picture  # (H, W, 3)
    columns: tuple[str, ...]  # what each column of the picture shows


def write_training_page(path: Path, curves: Curves, samples: Samples) -> None:
    """Write one self-contained page: `curves`, and samples of what the network estimates."""
    caption = "; ".join(samples.columns)
    path.write_text(training_page(curves_svg(curves), caption, _as_data_url(samples.picture)))


def curves_svg(curves: Curves) -> str:
    """Draw every curve of a training over its steps."""
    down = -(-max(1, len(curves)) // CURVES_ACROSS)
    figure = Figure(figsize=(11, 2.2 * down), layout="constrained")
    panels = figure.subplots(down, CURVES_ACROSS, squeeze=False).ravel()
    for panel in panels[len(curves) :]:
        panel.set_axis_off()
    for panel, (name, points) in zip(panels, curves.items(), strict=False):
        panel.plot(*zip(*points, strict=True), marker="." if len(points) < FEW_POINTS else "")
        panel.set_title(name, fontsize=9)
        panel.grid(alpha=0.25)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def flow_samples(network: FlowNetwork, library: PhotoLibrary) -> Samples:
    """Show flow and background, true and as found."""
    pairs, batch = _drawn(network, library)
    with torch.inference_mode():
        finest = network.estimate(
            network.features(batch.first), network.features(batch.second), batch.rough
        )[-1]
    is_global = isinstance(network, GlobalFlowNet)
    truth = _flows(batch.global_flow if is_global else batch.mixed_flow)
    background = torch.sigmoid(finest.background_logit)
    rows = []
    for index, (true, found) in enumerate(zip(truth, _flows(finest.flow), strict=True)):
        fastest = float(np.linalg.norm(true, axis=-1).max())
        flows = [flow_colors(flow, fastest) for flow in (true, found)]
        shares = [_share(batch.background[index]), _share(background[index])]
        rows.append([_gray(pairs[index].frames[0]), *flows, *shares])
    columns = ("frame", "true flow", "flow found", "true background", "background found")
    return Samples(_sheet(rows), columns)


def glocal_samples(network: Glocal, library: PhotoLibrary) -> Samples:
    """Show global and local flow and both masks; truth beside them for people only."""
    pairs, batch = _drawn(network, library)
    with torch.inference_mode():
        motion: GlocalMotion = network(observed(network, batch))
    camera, local = _flows(motion.camera.flow[:SAMPLES]), _flows(motion.local.flow[:SAMPLES])
    true_local = _flows(batch.mixed_flow - batch.global_flow)
    rows = []
    for index, true in enumerate(_flows(batch.global_flow)):
        fastest = float(np.linalg.norm(true, axis=-1).max())
        moving = float(np.linalg.norm(true_local[index], axis=-1).max())
        flows = [flow_colors(true, fastest), flow_colors(camera[index], fastest)]
        flows += [flow_colors(each[index], max(moving, 1.0)) for each in (true_local, local)]
        masks = [_share(motion.camera.background[index]), _share(motion.local.relevance[index])]
        rows.append([_gray(pairs[index].frames[0]), *flows, *masks])
    columns = ("frame", "true global flow", "found", "true local flow", "found")
    return Samples(_sheet(rows), (*columns, "background found", "relevance found"))


def _drawn(network: nn.Module, library: PhotoLibrary) -> tuple[list[CompactPair], Batch]:
    """Scenes that no training draws."""
    scenes = ScenePairs(library, SAMPLE_SEED, *SAMPLE_SIZE, curriculum=Curriculum(start=1.0))
    pairs: list[CompactPair] = [scenes[index] for index in range(SAMPLES)]
    return pairs, Batch.of(pairs, next(network.parameters()).device)


def _flows(flows: Tensor) -> NDArray[np.float32]:
    return np.asarray(flows.permute(0, 2, 3, 1).cpu().numpy())


def _sheet(rows: Sequence[Sequence[Picture]]) -> Picture:
    return np.vstack([np.hstack([_sized(picture) for picture in row]) for row in rows])


def _share(share: Tensor) -> Picture:
    return _gray(255 * share[0].cpu().numpy())


def _gray(values: NDArray[np.float32] | Picture) -> Picture:
    gray = np.clip(values, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), np.uint8)


def _sized(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, SAMPLE_SIZE, interpolation=cv2.INTER_NEAREST), np.uint8)


def _as_data_url(picture: Picture) -> str:
    png = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1]
    return "data:image/png;base64," + b64encode(png.tobytes()).decode()
