"""Files that a command writes where a person says: nobody's are replaced unasked."""

from collections.abc import Callable
from pathlib import Path

from gfn_core.errors import SettingsError
from gfn_core.store.archive import STORE_FOLDER, Archive, write_whole
from gfn_core.whole_file import whole_file

VIDEOS = (".mp4", ".mkv", ".mov")
PLOTS = (".svg", ".png", ".pdf")


def free_target(
    target: Path,
    *,
    force: bool,
    suffixes: tuple[str, ...] = (),
    sources: tuple[Path, ...] = (),
) -> Path:
    """Return `target`; raises `SettingsError` where nothing should or can be written there.

    Nothing is written into the store of an archive, nor over one of the `sources`, nor, unless by
    `force`, over what is there already. Of some `suffixes` it must have one.
    """
    if suffixes and target.suffix.lower() not in suffixes:
        raise SettingsError(f"{target}: name a file that ends in {', '.join(suffixes)}")
    if target.resolve() in [source.resolve() for source in sources]:
        raise SettingsError(f"{target}: is a source; name another file")
    for parent in target.resolve().parents:
        if parent.name == STORE_FOLDER and (parent / "clips").is_dir():
            raise SettingsError(f"{target}: lies in the store of an archive; name another place")
    if target.exists() and not force:
        raise SettingsError(f"{target}: is there already; name another file, or use --force")
    return target


def write_plot(
    archive: Archive, name: str, asked: Path | None, save: Callable[[Path], object]
) -> Path:
    """Write a plot where it was asked for, or else into the archive; return where."""
    if asked is None:
        target = archive.store / "report" / f"{name}.svg"
        write_whole(target, save, archive)
        return target
    with whole_file(asked) as unfinished:
        save(unfinished)
    return asked
