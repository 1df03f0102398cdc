"""`gfn evaluate homography`: every method's point matching error on pairs with marked points."""

import json
from pathlib import Path

import cv2
import torch
from rich.console import Console
from rich.table import Table

from gfn_core.device_name import DeviceName
from gfn_core.errors import GfnError
from gfn_core.geometry import FrameGeometry
from gfn_core.media.marked_pairs import marked_pairs
from gfn_core.metrics.point_matching import by_class, point_matching_error
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.glocal_estimator import GlocalEstimator
from gfn_core.motion.guided_estimator import GuidedSettings
from gfn_core.motion.homography import in_pixels
from gfn_core.motion.pair_methods import (
    PairMethod,
    estimated,
    identity,
    lk_homography,
    network_alone,
    sift_ransac,
)
from gfn_core.motion.tracks_estimator import TracksEstimator
from gfn_core.networks.device import device_named
from gfn_core.settings import GLOCAL_WEIGHTS, SHIPPED_WEIGHTS
from gfn_core.store.weights import load_global_flow_net, load_glocal

Errors = dict[str, dict[str, float]]  # by method, by class


def evaluate_homography(root: Path, device: DeviceName, *, as_json: bool) -> None:
    """Measure all methods on the pairs of `root`, and print each class and their mean."""
    errors = homography_errors(root, homography_methods(device_named(device)))
    if as_json:
        print(json.dumps(errors, indent=1))
    else:
        _show(errors)


def homography_methods(device: torch.device) -> dict[str, PairMethod]:
    """All methods by name, classical ones first."""
    settings = GuidedSettings()
    flow_net = GlobalFlowEstimator(load_global_flow_net(SHIPPED_WEIGHTS, device), device, settings)
    glocal = GlocalEstimator(load_glocal(GLOCAL_WEIGHTS, device), device, settings)
    return {
        "identity": identity,
        "SIFT + RANSAC": sift_ransac,
        "LK + RANSAC": lk_homography,
        "tracks": estimated(TracksEstimator()),
        "GlobalFlowNet alone": network_alone(flow_net),
        "globalflownet": estimated(flow_net),
        "GLOCAL alone": network_alone(glocal),
        "glocal": estimated(glocal),
    }


def homography_errors(root: Path, methods: dict[str, PairMethod]) -> Errors:
    """Point matching error, px, of each method in each class of `root`, and its mean."""
    found: dict[str, list[tuple[str, float]]] = {name: [] for name in methods}
    for pair in marked_pairs(root):
        geometry = FrameGeometry(pair.first.shape[1], pair.first.shape[0])
        for name, method in methods.items():
            cv2.setRNGSeed(0)
            motion_px = in_pixels(method(pair.first, pair.second), geometry)
            found[name].append((pair.scene, point_matching_error(motion_px, pair.points)))
    if not any(found.values()):
        raise GfnError(f"{root}: no pairs in it")
    return {name: by_class(errors) for name, errors in found.items()}


def _show(errors: Errors) -> None:
    classes = list(next(iter(errors.values())))
    table = Table("method", *classes, box=None, pad_edge=False)
    for name, row in errors.items():
        table.add_row(name, *(f"{row[scene]:.2f}" for scene in classes))
    Console().print(table)
    Console().print("mean distance of marked points, px; the mean is that of the classes")
