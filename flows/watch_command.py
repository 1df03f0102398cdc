"""`gfn watch`: a folder into which clips are dropped."""

from pathlib import Path
from typing import Annotated

import typer

from flows.archive_options import ArchiveOptions
from flows.cli_options import Json, NoPrefect, Quiet
from flows.option_group import with_option_groups


@with_option_groups
def watch(
    folder: Annotated[Path, typer.Argument(help="Folder to watch, with all that is in it.")],
    out: Annotated[Path, typer.Argument(help="Receives the videos, and gfn/.")],
    options: ArchiveOptions,
    settle: Annotated[
        float, typer.Option(min=0, help="Seconds for which a new file must stay as it is.")
    ] = 60.0,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between looks.")] = 10.0,
    once: Annotated[
        bool, typer.Option("--once", help="Leave when all that is there has gone in.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    no_prefect: NoPrefect = False,
) -> None:
    """Stabilize new files of a folder as soon as nobody writes to them any more.

    Goes on until Ctrl-C, or until --deadline.
    """
    from flows.stabilizing import Audience
    from flows.watching import Rhythm, watch_folder

    request = options.request((folder,), out)
    rhythm = Rhythm(settle, every, once)
    code = watch_folder(request, rhythm, Audience(as_json, quiet), with_prefect=not no_prefect)
    raise typer.Exit(code)
