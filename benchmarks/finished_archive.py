"""An archive of very many finished clips: one is stabilized, the others share its files."""

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

from flows.request import ArchiveRequest, plan_archive
from flows.run import stabilize_plainly
from flows.settings import RunSettings
from gfn_core.media.encoding import Encoding
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.store.archive import Archive, FileState
from gfn_core.store.delivery import load_receipt
from gfn_core.store.digest import digest_path
from gfn_core.store.keys import ArtifactRef
from gfn_core.store.published import index_entry
from tasks.clip import Clip

CLIPS_A_FOLDER = 100


def finished_archive(clip: Path, folder: Path, count: int) -> tuple[Path, Path]:
    """Make folders of sources and of results with `count` clips; `clip` is the first of them."""
    sources, out = folder / "in", folder / "out"
    names = [f"{n // CLIPS_A_FOLDER:03d}/{n:05d}{clip.suffix}" for n in range(count)]
    for name in names:
        _link(clip, sources / name)
    quick = StabilizeSettings(
        MotionSettings(EstimatorName.TRACKS), encoding=Encoding(preset="ultrafast")
    )
    first = ArchiveRequest((sources / names[0],), folder / "first", quick, RunSettings(slots=1))
    stabilize_plainly(first, "first")
    made = first.plan()[0].clip
    for planned in plan_archive(ArchiveRequest((sources,), out)):
        _finish(planned.clip, made)
    return sources, out


def _finish(clip: Clip, made: Clip) -> None:
    """Give `clip` everything that was made of the other one, under the names that it expects."""
    archive, old = clip.archive, made.archive
    sha256 = json.loads(old.path(made.probe).read_text())["sha256"]
    chain, before = clip.chain(sha256), made.chain(sha256)
    _share(old, made.probe, archive, clip.probe)
    for stage in ("motion", "trajectory", "report"):
        _share(old, getattr(before, stage), archive, getattr(chain, stage))
    _link(made.output, clip.output)
    state = FileState.of(clip.output)
    assert state is not None
    receipt = replace(
        load_receipt(old.path(before.render)), output=clip.output_name, state=state, replaced=None
    )
    _write(archive.path(chain.render), asdict(receipt))
    _write(archive.view("render", clip.output_name, ".json"), asdict(receipt))
    for kind, suffix in (("motion", ".parquet"), ("trajectory", ".parquet"), ("report", ".html")):
        _link(old.view(kind, made.video, suffix), archive.view(kind, clip.video, suffix))
    _write(index_entry(archive, clip.video), clip.current(sha256).entry)


def _share(old: Archive, one: ArtifactRef, new: Archive, other: ArtifactRef) -> None:
    source, target = old.path(one), new.path(other)
    _link(source, target)
    _link(digest_path(source), digest_path(target))


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.link(source, target)


def _write(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
