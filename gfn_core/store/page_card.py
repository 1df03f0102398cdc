"""The card that a published page carries at its beginning, read without reading the page."""

import re
from pathlib import Path

CARD = re.compile(r'<script type="application/json" id="card">(.*?)</script>', re.DOTALL)
HEAD_BYTES = 256 * 1024  # a card is some 5 kB; one of a clip with very many findings, more


def read_card_json(page: Path) -> str | None:
    """Return the JSON text of the card in `page`; None where there is no page or no card."""
    try:
        with page.open("rb") as file:
            head = file.read(HEAD_BYTES).decode(errors="replace")
    except OSError:
        return None
    found = CARD.search(head)
    return found[1] if found else None
