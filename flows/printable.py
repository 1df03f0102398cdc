"""Text that comes from files, made harmless for a terminal."""


def printable(text: str) -> str:
    """Write control characters, lone surrogates and marks that turn the writing around as escapes.

    A file's name may hold any of them: a line of its own, a colour, an order to the terminal.
    """
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )
