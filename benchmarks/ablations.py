"""What filter, weights, bases and robust loss are each worth to GlobalFlowNet.

    python -m benchmarks.ablations --images DIR --out DIR [--steps 400]

Each variant is trained anew, all but the features of the shipped weights, and measured alone,
without refinement, on the scenes used in development. Figures are median / mean endpoint
error, px of 640.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import torch
from rich.console import Console
from safetensors.torch import save_file

from benchmarks.accuracy import endpoint_error_px, scene_pairs
from benchmarks.motion_methods import Student
from flows.training import TrainingRequest, run_training
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.guided_estimator import GuidedSettings
from gfn_core.networks.global_flow_net import GlobalFlowNetSettings
from gfn_core.networks.subspace_name import Subspace
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.store.weights import digest_of, load_global_flow_net, read_weights
from gfn_core.training.kinds import LossKind
from gfn_core.training.loop import LoopSettings
from gfn_core.training.objectives import ObjectiveSettings
from gfn_core.training.recipe import TrainingRecipe

FEATURES = ("pyramid", "descriptors")
USUAL, NETWORK = ObjectiveSettings(), GlobalFlowNetSettings()
VARIANTS = {
    "as shipped": (NETWORK, USUAL),
    "no filter": (GlobalFlowNetSettings(filtered=False), USUAL),
    "DCT only": (GlobalFlowNetSettings(subspace=Subspace.DCT, frequencies=(1, 2, 3)), USUAL),
    "filter without weights": (GlobalFlowNetSettings(weighted=False), USUAL),
    "loss L1": (NETWORK, ObjectiveSettings(kind=LossKind.ABSOLUTE)),
    "loss L2": (NETWORK, ObjectiveSettings(kind=LossKind.SQUARED)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and measure; 0 when done."""
    asked = _arguments().parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    pairs = list(scene_pairs(asked.images, 0, asked.scenes))
    start, rows = _features(asked.out), []
    for name in asked.variants or VARIANTS:
        network, objective = VARIANTS[name]
        recipe = TrainingRecipe(
            network=network,
            objective=objective,
            loop=LoopSettings(steps=asked.steps, learning_rate=8e-4),
            keep_features=True,
        )
        out = asked.out / name.replace(" ", "_")
        request = TrainingRequest(out, recipe, images=asked.images, start=start)
        trained = run_training(request, Console(stderr=True))
        cpu = torch.device("cpu")
        estimator = GlobalFlowEstimator(load_global_flow_net(trained, cpu), cpu, GuidedSettings())
        student = Student(estimator, refined=False)
        for pair in pairs:
            error_px = endpoint_error_px(student(pair.first, pair.second), pair.true_flow)
            rows.append((name, pair.material, error_px))
        table = pd.DataFrame(rows, columns=["variant", "material", "error_px"])
        table.to_parquet(asked.out / "ablations.parquet")
    found = table.groupby(["variant", "material"], sort=False)["error_px"]
    shown = found.median().map("{:.3f} / ".format) + found.mean().map("{:.2f}".format)
    print(shown.unstack("material").to_string())
    return 0


def _features(out: Path) -> Path:
    """Write the features of the shipped weights to a file of their own."""
    shipped, path = read_weights(SHIPPED_WEIGHTS), out / "features.safetensors"
    kept = {name: value for name, value in shipped.tensors.items() if name.startswith(FEATURES)}
    about = {"architecture": shipped.architecture, "settings": shipped.settings}
    save_file(kept, path, about | {"digest": digest_of(kept)})
    return path


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.ablations", description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="photographs, as for training")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--scenes", type=int, default=20, help="per moving area")
    parser.add_argument("--variants", nargs="*", choices=VARIANTS, help="default: all")
    return parser


if __name__ == "__main__":
    sys.exit(main())
