"""`gfn train`: train the networks oneself, and look at what they are trained on."""

import json
import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli_options import Device, Json, Quiet
from flows.option_group import with_option_groups
from gfn_core.device_name import DeviceName
from gfn_core.networks.subspace_name import Subspace
from gfn_core.training.kinds import LossKind, TeacherKind, Trained

if TYPE_CHECKING:
    from flows.stabilizing import Audience
    from flows.training import TrainingRequest

train = typer.Typer(no_args_is_help=True, help="Train the networks; look at what they train on.")

Out = Annotated[Path, typer.Argument(help="Folder for checkpoints, log, weights and pictures.")]
Images = Annotated[
    Path | None,
    typer.Option(help="Photographs in free/ and cut-outs in cutouts/; without, drawn ones."),
]
Steps = Annotated[int, typer.Option(min=1, help="Steps in all.")]
Minutes = Annotated[float | None, typer.Option(help="Stop after these; a later call goes on.")]
Start = Annotated[
    Path | None,
    typer.Option("--from", help="Weights to begin with; with --clips by default those shipped."),
]
Batch = Annotated[int, typer.Option(min=2, help="Pairs a step; a quarter of them are new.")]
KeepFeatures = Annotated[
    bool,
    typer.Option("--keep-features", help="Keep the features of --from: half the time a step."),
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of weights and scenes.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes that render scenes.")]


@dataclass(frozen=True)
class TrainingOptions:
    """What one may choose whatever is trained."""

    images: Images = None
    minutes: Minutes = None
    seed: Seed = 0
    workers: Workers = 1
    device: Device = DeviceName.AUTO
    as_json: Json = False
    quiet: Quiet = False

    @property
    def of_request(self) -> dict[str, Any]:
        """Arguments of a request to train, of whichever kind."""
        return {
            "images": self.images,
            "minutes": self.minutes,
            "workers": self.workers,
            "device": self.device,
            "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),  # for the model card
        }

    @property
    def audience(self) -> "Audience":
        """Who is told what."""
        from flows.stabilizing import Audience

        return Audience(self.as_json, self.quiet)


@train.command("teacher")
@with_option_groups
def train_teacher(
    out: Out,
    options: TrainingOptions,
    steps: Steps = 20_000,
    batch: Batch = 8,
    start: Start = None,
    keep_features: KeepFeatures = False,
) -> None:
    """Train the unfiltered flow network on synthetic scenes; a second call resumes."""
    from flows.training import TrainingRequest
    from gfn_core.training.loop import LoopSettings
    from gfn_core.training.pair_pool import PoolSettings
    from gfn_core.training.recipe import TrainingRecipe

    recipe = TrainingRecipe(
        Trained.TEACHER,
        loop=LoopSettings(steps=steps),
        pool=PoolSettings.of_batch(batch),
        keep_features=keep_features,
        seed=options.seed,
    )
    _run(TrainingRequest(out, recipe, start=start, **options.of_request), options)


@train.command("student")
@with_option_groups
def train_student(
    out: Out,
    options: TrainingOptions,
    clips: Annotated[
        Path | None, typer.Option(help="Real videos to distil on: adapts the student to them.")
    ] = None,
    teacher: Annotated[TeacherKind, typer.Option(help="Whose flow is distilled.")] = (
        TeacherKind.DIS
    ),
    teacher_weights: Annotated[Path | None, typer.Option(help="Of network or raft.")] = None,
    loss: Annotated[LossKind, typer.Option(help="Penalty on the flow's error.")] = LossKind.ROBUST,
    subspace: Annotated[Subspace, typer.Option(help="What the filter lets through.")] = (
        Subspace.BASES_DCT
    ),
    weighted: Annotated[bool, typer.Option(help="Filter under background weights.")] = True,
    filtered: Annotated[bool, typer.Option(help="Filter at all.")] = True,
    steps: Steps = 20_000,
    batch: Batch = 8,
    start: Start = None,
    keep_features: KeepFeatures = False,
) -> None:
    """Train GlobalFlowNet on synthetic scenes, and by distillation on clips; resumable."""
    from flows.training import TrainingRequest, first_weights
    from gfn_core.networks.global_flow_net import GlobalFlowNetSettings
    from gfn_core.training.loop import LoopSettings
    from gfn_core.training.objectives import ObjectiveSettings
    from gfn_core.training.pair_pool import PoolSettings
    from gfn_core.training.recipe import TrainingRecipe

    recipe = TrainingRecipe(
        Trained.STUDENT,
        network=GlobalFlowNetSettings(subspace=subspace, weighted=weighted, filtered=filtered),
        objective=ObjectiveSettings(kind=loss),
        loop=LoopSettings(steps=steps),
        pool=PoolSettings.of_batch(batch),
        keep_features=keep_features,
        seed=options.seed,
    )
    request = TrainingRequest(
        out,
        recipe,
        clips=clips,
        teacher=teacher,
        teacher_weights=teacher_weights,
        start=first_weights(start, clips),
        **options.of_request,
    )
    _run(request, options)


@train.command("glocal")
@with_option_groups
def train_glocal(
    out: Out,
    options: TrainingOptions,
    clips: Annotated[
        Path | None, typer.Option(help="Real videos, in turn with the photographs.")
    ] = None,
    backbone: Annotated[
        Path | None,
        typer.Option(
            help="Weights of the flow network that sees mixed motion, or of a GLOCAL with one."
        ),
    ] = None,
    vectors: Annotated[int, typer.Option(min=0, help="Of the implicit bottleneck; 0: none.")] = 16,
    masked: Annotated[bool, typer.Option(help="Tell foreground from background.")] = True,
    area_prior: Annotated[float, typer.Option(min=0, help="Price of foreground; 0: none.")] = 1.0,
    steps: Steps = 4_000,
) -> None:
    """Train GLOCAL on pictures alone, without any ground truth; a second call resumes."""
    from flows.glocal_training import GlocalTrainingRequest, run_glocal_training
    from gfn_core.networks.global_motion_estimator import GlobalMotionSettings
    from gfn_core.networks.glocal import GlocalSettings
    from gfn_core.settings import SHIPPED_WEIGHTS
    from gfn_core.training.glocal_losses import GlocalLossSettings
    from gfn_core.training.glocal_recipe import GlocalRecipe

    standard = GlocalRecipe()
    recipe = replace(
        standard,
        network=GlocalSettings(global_motion=GlobalMotionSettings(vectors=vectors, masked=masked)),
        losses=GlocalLossSettings(area_prior=area_prior),
        loop=replace(standard.loop, steps=steps),
        seed=options.seed,
    )
    request = GlocalTrainingRequest(
        out, recipe, clips=clips, backbone=backbone or SHIPPED_WEIGHTS, **options.of_request
    )
    _say(run_glocal_training(request, options.audience.notices), options)


@train.command("preview")
def preview(
    out: Annotated[Path, typer.Argument(help="Picture to write.")] = Path("scenes.png"),
    images: Images = None,
    scenes: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 12,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Draw a contact sheet of training scenes: frames, mixed and global flow, background."""
    from flows.scene_sheet import write_scene_sheet

    write_scene_sheet(out, images, scenes, seed)
    print(json.dumps({"picture": str(out)}) if as_json else out)


def _run(request: "TrainingRequest", options: TrainingOptions) -> None:
    from flows.training import run_training

    _say(run_training(request, options.audience.notices), options)


def _say(weights: Path, options: TrainingOptions) -> None:
    print(json.dumps({"weights": str(weights)}) if options.as_json else weights)
