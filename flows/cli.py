"""The `gfn` command. Imports what a command needs when it runs, so that `--help` is quick."""

import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from flows.activity_command import activity
from flows.archive_options import ArchiveOptions
from flows.audit_command import audit
from flows.cli_options import (
    Crop,
    DryRun,
    Json,
    NoPrefect,
    Quiet,
    Sources,
)
from flows.compare_command import compare, preview
from flows.evaluate_command import measures
from flows.export_command import export_motion, import_motion
from flows.formats_command import formats
from flows.option_group import with_option_groups
from flows.printable import printable
from flows.query_command import query
from flows.resmooth_command import resmooth
from flows.status_command import morning, status
from flows.sweep_command import sweep
from flows.train_command import train
from flows.watch_command import watch
from gfn_core import __version__
from gfn_core.errors import FileTrouble, GfnError

app = typer.Typer(
    name="gfn",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Stabilize whole video archives by their global motion.",
    epilog="Exit codes: 0 all went well, 1 some clips failed, 2 nothing could be done "
    "(wrong options, no videos), 4 the deadline left some for the next run, 130 interrupted.",
)
server = typer.Typer(no_args_is_help=True, help="The Prefect server that gfn runs for you.")
app.add_typer(server, name="server")
app.add_typer(measures, name="evaluate")
app.command()(resmooth)
app.command()(query)
app.command()(compare)
app.command()(preview)
app.command("export")(export_motion)
app.command("import")(import_motion)
app.command()(audit)
app.command()(formats)
app.add_typer(train, name="train")
app.command()(sweep)
app.command()(status)
app.command()(morning)
app.command()(watch)
app.command()(activity)

USAGE_EXIT_CODE = 2


def main() -> None:
    """Run the command line; whatever a user can meet ends as one line on stderr."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names need not be text
    try:
        app(standalone_mode=True)
    except GfnError as error:
        _leave(error)
    except OSError as error:
        _leave(FileTrouble.of(error, "stopped"))


def _leave(error: GfnError) -> None:
    print(f"gfn: {printable(str(error))}", file=sys.stderr)
    sys.exit(USAGE_EXIT_CODE)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"gfn {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Stabilize whole video archives by their global motion."""


@app.command()
@with_option_groups
def stabilize(
    paths: Sources,
    options: ArchiveOptions,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    no_prefect: NoPrefect = False,
) -> None:
    """Stabilize videos: files, or folders with all that is in them.

    The last path is OUT: it receives the videos in the sources' own tree, and a folder gfn/ with
    the motion, the trajectories and the reports. Sources are never written to. A second call does
    only what is missing.
    """
    from flows.stabilizing import Audience, run_request, show_request

    if len(paths) < 2:
        raise typer.BadParameter("name at least one SOURCE, and OUT")
    request = options.request(tuple(paths[:-1]), paths[-1])
    audience = Audience(as_json, quiet)
    if dry_run:
        show_request(request, audience)
        return
    summary = run_request(request, audience, with_prefect=not no_prefect)
    raise typer.Exit(summary.exit_code)


@app.command()
def demo(
    out: Annotated[Path, typer.Argument(help="Folder for the demo's files.")] = Path("gfn-demo"),
    crop: Crop = 0.9,
    seconds: Annotated[float, typer.Option(min=1.0, help="Length of the clip.")] = 8.0,
    as_json: Json = False,
    quiet: Quiet = False,
    no_prefect: NoPrefect = False,
) -> None:
    """Draw a shaky clip whose camera motion is known, stabilize it, and say how much is gone."""
    from flows.demo import DemoFiles, demo_request, finish_demo, render_demo_clip
    from flows.stabilizing import Audience, run_request
    from gfn_core.settings import StabilizeSettings
    from gfn_core.smoothing.settings import StageOneSettings
    from gfn_core.synthetic.demo_clip import DemoSettings

    files, clip = DemoFiles(out), DemoSettings(seconds=seconds)
    audience = Audience(quiet=quiet or as_json)
    settings = StabilizeSettings(smoothing=StageOneSettings(crop=crop))
    audience.notices.print(f"drawing {files.source} ...")
    render_demo_clip(files, clip)
    summary = run_request(demo_request(files, settings), audience, with_prefect=not no_prefect)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)
    result = finish_demo(files, clip)
    if as_json:
        print(json.dumps({"shake_px": result.shake_px, "left_px": result.left_px}))
    audience.results.print(
        f"known shake: {result.shake_px:.1f} px, left: {result.left_px:.1f} px: "
        f"{result.removed_share:.0%} of it is gone\n"
        f"original:     {files.source}\nstabilized:   {files.stabilized}\n"
        f"side by side: {files.side_by_side}"
    )


@server.command("start")
def server_start(as_json: Json = False) -> None:
    """Start the server, unless it runs already, and say where its pages are."""
    from flows.server import ensure_server
    from flows.settings import state_folder

    _say({"url": ensure_server(state_folder()).url}, as_json=as_json)


@server.command("status")
def server_status(as_json: Json = False) -> None:
    """Say whether the server runs, and where."""
    from flows.server import find_server
    from flows.settings import state_folder

    running = find_server(state_folder())
    _say({"url": running.url if running else "not running"}, as_json=as_json)


@server.command("stop")
def server_stop(as_json: Json = False) -> None:
    """Stop the server; archives do not depend on it."""
    from flows.server import stop_server
    from flows.settings import state_folder

    stopped = stop_server(state_folder())
    _say({"server": "stopped" if stopped else "was not running"}, as_json=as_json)


def _say(answer: dict[str, str], *, as_json: bool) -> None:
    print(json.dumps(answer) if as_json else " ".join(answer.values()))
