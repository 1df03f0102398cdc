"""The pages' HTML. Everything that comes from a file is escaped (Jinja's autoescape)."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader
from markupsafe import Markup


@dataclass(frozen=True)
class Fact:
    """One line of a page's table."""

    name: str
    value: str


def clip_page(video: str, facts: Sequence[Fact], path_plot_svg: str) -> str:
    """Page of one clip: what is known of it, and its path before and after."""
    template = _templates().get_template("clip.html")
    return template.render(video=video, facts=facts, plot=Markup(path_plot_svg))  # noqa: S704  our own SVG


@dataclass(frozen=True)
class ArchiveRow:
    """One clip of the archive's page."""

    video: str
    status: str
    detail: str
    href: str | None  # its own page, relative to this one


def archive_page(rows: Sequence[ArchiveRow]) -> str:
    """Page of an archive: one row a clip."""
    return _templates().get_template("archive.html").render(rows=rows)


def training_page(curves_svg: str, samples_url: str) -> str:
    """Page of a training: its curves, and a picture of samples as a data URL."""
    template = _templates().get_template("training.html")
    return template.render(curves=Markup(curves_svg), samples=samples_url)  # noqa: S704  our own SVG


def _templates() -> Environment:
    return Environment(loader=PackageLoader("gfn_core.report"), autoescape=True)
