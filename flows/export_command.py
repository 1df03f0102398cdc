"""`gfn export` and `gfn import`: stored motion for other programs, and theirs for gfn."""

import json
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import Archive, Force, Json, Only, Where
from flows.export_format import ExportFormat


def export_motion(
    archive: Archive,
    folder: Annotated[Path, typer.Argument(metavar="OUTDIR", show_default=False)],
    form: Annotated[
        ExportFormat, typer.Option("--format", help="csv, json, trf (vid.stab) or stmap (EXR).")
    ] = ExportFormat.CSV,
    only: Only = "*",
    where: Where = "",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write stored motion and paths for other programs, one file (stmap: one folder) a clip."""
    from flows.export import export
    from flows.locations import archive_at
    from flows.resmooth import Selection

    selection = Selection(only, where)
    written = export(archive_at(archive), selection, form, folder, force=force)
    print(json.dumps([str(path) for path in written]) if as_json else "\n".join(map(str, written)))


def import_motion(
    trf: Annotated[Path, typer.Argument(metavar="CLIP.trf", show_default=False)],
    video: Annotated[Path, typer.Argument(metavar="VIDEO", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="OUT", show_default=False)],
    as_json: Json = False,
) -> None:
    """Take vid.stab's motion of VIDEO into the archive OUT; "gfn resmooth OUT" renders it.

    CLIP.trf is what vidstabdetect writes with fileformat=ascii.
    """
    from flows.importing import import_trf

    name = import_trf(trf, video, out)
    print(json.dumps({"video": name}) if as_json else f'{name}: stored; now "gfn resmooth {out}"')
