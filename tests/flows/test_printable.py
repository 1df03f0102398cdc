"""Names on a terminal: they order it nothing."""

import io

from rich.console import Console

from flows.markup import escape
from flows.printable import printable


def test_orders_become_text() -> None:
    name = "a\x1b[2J\nb\u202egpm.\udcff.mp4"
    shown = printable(name)
    assert shown == r"a\x1b[2J\nb\u202egpm.\udcff.mp4"
    assert printable(shown) == shown


def test_writing_of_all_kinds_stays() -> None:
    name = "Grüße – 日本 👩\u200d🚀 9.41\u202fAM.mp4"
    assert printable(name) == name


def test_rich_shows_markup_as_it_is() -> None:
    written = io.StringIO()
    Console(file=written, width=200).print(escape("[red]a[/red] [/] \x1b[31m.mp4"))
    assert written.getvalue() == "[red]a[/red] [/] \\x1b[31m.mp4\n"
