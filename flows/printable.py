"""Text that comes from files, made harmless for a terminal."""

import re

# Control characters, ends of lines and paragraphs, marks that turn the writing around, and bytes
# that are no text: a name may hold a line of its own, a colour, an order to the terminal.
HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Write what is harmful as escapes, and leave the rest as it is."""
    return HARMFUL.sub(lambda found: ascii(found[0])[1:-1], text)
