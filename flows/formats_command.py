"""`gfn formats`: what this machine can read and write."""

import json
from dataclasses import asdict

from flows.cli_options import Json


def formats(as_json: Json = False) -> None:
    """List the codecs and containers that can be read and written on this machine."""
    from rich.console import Console
    from rich.table import Table

    from gfn_core.media.formats import formats as find

    found = find()
    if as_json:
        print(json.dumps(asdict(found), indent=1))
        return
    table = Table("--codec", "here", "files", "--quality", "bits", "alpha", "fields", box=None)
    for codec in found.writes:
        here = "yes" if codec.works else f"no: {codec.stand_in or 'choose another'}"
        table.add_row(
            *(codec.encoder, here, " ".join(codec.suffixes), codec.qualities or "lossless"),
            *(str(codec.deepest_bits), _yes(codec.has_alpha), _yes(codec.keeps_fields)),
        )
    console = Console()
    console.print("[bold]Writes[/]; [bold]--codec same[/] takes the source's where it is one of:")
    console.print(table)
    console.print(f"\n[bold]Reads[/] {', '.join(found.reads)}", soft_wrap=True)
    console.print(f"[bold]in[/] {', '.join(found.demuxers)}", soft_wrap=True)
    if found.lacks:
        console.print(f"[bold]not[/] {', '.join(found.lacks)}", soft_wrap=True)


def _yes(value: bool) -> str:
    return "yes" if value else "-"
