"""Text that comes from files, for rich's consoles."""

from rich.markup import escape as escape_markup

from flows.printable import printable


def escape(text: str) -> str:
    """Show `text` as it is: neither rich nor the terminal finds an order in it."""
    return escape_markup(printable(text))
