"""The card beside a weights file: what the weights are, and what went into them."""

import json
from pathlib import Path

from gfn_core import __version__
from gfn_core.store.keys import plain
from gfn_core.training.glocal_recipe import GlocalRecipe
from gfn_core.training.recipe import TrainingRecipe


def write_model_card(
    weights: Path,
    digest: str,
    recipe: TrainingRecipe | GlocalRecipe,
    step: int,
    data: str,
    command: str,
) -> Path:
    """Write NAME.md beside `weights`; return its path."""
    card = weights.with_suffix(".md")
    settings = json.dumps(plain(recipe), indent=2)
    card.write_text(
        f"# {weights.stem}\n\n"
        f"- network: {recipe.trained}, {step} steps of {recipe.pool.batch_size} pairs "
        f"at {recipe.width}x{recipe.height}, seed {recipe.seed}\n"
        f"- digest (SHA-256 of names, shapes and values): `{digest}`\n"
        f"- data: {data}\n"
        f"- software: gfn {__version__}\n"
        f"- command: `{command}`\n\n"
        f"```json\n{settings}\n```\n"
    )
    return card
