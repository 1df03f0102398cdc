"""`gfn audit`: whether what an archive holds is whole and plausible."""

from typing import Annotated

import typer

from flows.cli_options import Archive, Json, NoPrefect, Quiet
from gfn_core.motion.estimator_name import EstimatorName


def audit(
    folder: Archive,
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what is broken.")] = False,
    gc: Annotated[bool, typer.Option("--gc", help="List what nothing refers to.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --gc: remove it.")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read whole sources and outputs, to find a flipped bit.")
    ] = False,
    cross_check: Annotated[
        EstimatorName | None,
        typer.Option(help="Look again at frames of some clips, by this estimator."),
    ] = None,
    sample: Annotated[int, typer.Option(min=1, help="With --cross-check: how many clips.")] = 12,
    page: Annotated[
        bool, typer.Option("--page", help="Show the findings on the archive's page, too.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    no_prefect: NoPrefect = False,
) -> None:
    """Check that all that an archive holds is there, whole and plausible.

    Writes nothing, unless told to. docs/audit.md explains each finding. Exit codes: 0 nothing to
    look at, 1 warnings, 3 errors, 2 no archive.
    """
    from flows.auditing import AuditOrder, audit_archive
    from flows.cross_checking import CrossCheck
    from flows.stabilizing import Audience

    if yes and not gc:
        raise typer.BadParameter("--yes goes with --gc")
    check = CrossCheck(cross_check, sample) if cross_check else None
    order = AuditOrder(deep, repair, gc, yes, check, page, with_prefect=not no_prefect)
    result = audit_archive(folder, order, Audience(as_json, quiet))
    raise typer.Exit(result.exit_code)
