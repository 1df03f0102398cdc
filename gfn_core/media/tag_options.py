"""How ffmpeg is told to carry over the tags of a file and of its streams."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from gfn_core.media.contents import Contents, telling
from gfn_core.media.stream_plan import StreamPlan

LONGEST_TITLE = 1000  # characters on a command line

BASIC = "title artist album date comment genre copyright location creation_time"
# Tags that have a field of their own; others need a list of any keys, which few players show.
OWN_FIELDS = {
    "mov": frozenset(f"{BASIC} author make model".split()),
    "mp4": frozenset(
        f"{BASIC} album_artist composer writer encoding_tool grouping lyrics description synopsis "
        "show episode_id network keywords track disc compilation season_number".split()
    ),
}


def with_tags(
    command: Sequence[str | PurePath], output: PurePath, options: Sequence[str]
) -> list[str | PurePath]:
    """Return ffmpeg's `command` with `options` for its `output`."""
    place = list(command).index(output)
    return [*command[:place], *options, *command[place:]]


def tag_options(
    contents: Contents, plan: StreamPlan, *, source_input: int, encoded: int | None = None
) -> list[str]:
    """Return output options that take all tags from the source, which is input `source_input`.

    Tags that are outdated then are dropped from the stream that is `encoded` anew.
    """
    options = ["-map_metadata", str(source_input), "-map_chapters", str(source_input)]
    for place, stream in enumerate(plan.streams):
        source = contents.streams[stream.index]
        options += [f"-map_metadata:s:{place}", f"{source_input}:s:{stream.index}"]
        if 0 < len(source.title) <= LONGEST_TITLE:  # which QuickTime calls a name
            options += [f"-metadata:s:{place}", f"title={source.title}"]
        for name in source.outdated_once_encoded if stream.index == encoded else ():
            options += [f"-metadata:s:{place}", f"{name}="]
    if plan.muxer in OWN_FIELDS:
        options += _quicktime_options(contents, plan.muxer)
    return options


def _quicktime_options(contents: Contents, muxer: str) -> Iterator[str]:
    tags = telling(contents.tags)
    if not OWN_FIELDS[muxer].issuperset(tags):
        yield from ("-movflags", "use_metadata_tags")
    if "creation_time" in tags:  # ffmpeg may read it from two places, and join them
        yield from ("-metadata", f"creation_time={tags['creation_time'].split(';')[0]}")
