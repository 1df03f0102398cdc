"""Keys change with everything that matters, and with nothing else."""

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from gfn_core.store.keys import Stage

MOTION = Stage("motion", version=1, suffix=".parquet")


@dataclass(frozen=True)
class Settings:
    crop: float = 0.9
    ratio: Fraction = Fraction(1, 3)
    names: tuple[str, ...] = ("a",)


def test_equal_ingredients_give_equal_keys() -> None:
    first = MOTION.artifact("digest", settings=Settings())
    assert first == MOTION.artifact("digest", settings=Settings())
    assert len(first.key) == 32


@pytest.mark.parametrize(
    "other",
    [
        MOTION.artifact("digest2", settings=Settings()),
        MOTION.artifact("digest", "more", settings=Settings()),
        MOTION.artifact("digest", settings=Settings(crop=0.8)),
        MOTION.artifact("digest", settings=Settings(ratio=Fraction(1, 2))),
        MOTION.artifact("digest", settings=Settings(names=("a", "b"))),
        replace(MOTION, version=2).artifact("digest", settings=Settings()),
        replace(MOTION, name="render").artifact("digest", settings=Settings()),
    ],
)
def test_each_ingredient_counts(other: object) -> None:
    assert other.key != MOTION.artifact("digest", settings=Settings()).key  # type: ignore[attr-defined]


def test_what_has_no_stable_text_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be part of a key"):
        MOTION.artifact("digest", settings=Settings(names=({1, 2},)))  # type: ignore[arg-type]
