"""What a clip's page says: put together from its artifacts, and two decoded frames."""

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np

from gfn_core.audit.finding import Finding
from gfn_core.audit.motion_checks import motion_findings
from gfn_core.audit.shake import shake_px
from gfn_core.audit.trajectory_checks import trajectory_findings
from gfn_core.errors import GfnError
from gfn_core.media.still import StillSize, soon_after_key_frame, still, upright
from gfn_core.precision import Precision
from gfn_core.report.card import Card
from gfn_core.report.course import Course
from gfn_core.report.pages import ClipPage, Fact
from gfn_core.report.path_plot import LEFT, RIGHT, course_plot_svg, time_span
from gfn_core.report.pictures import StillPair, as_data, with_outline
from gfn_core.smoothing.style import Style
from gfn_core.store.delivery import Receipt
from gfn_core.store.keys import plain
from gfn_core.store.probed import ProbedSource
from tasks.clip import Clip

STILL_PX = 640  # longer side


@dataclass(frozen=True)
class ClipFacts:
    """All that the page of one clip is made of."""

    clip: Clip
    probed: ProbedSource
    course: Course
    receipt: Receipt

    @property
    def findings(self) -> list[Finding]:
        """What is doubtful about motion and trajectory."""
        motion, trajectory = self.course.motion, self.course.trajectory
        video = self.clip.video
        return [
            *motion_findings(video, motion),
            *trajectory_findings(video, motion, trajectory),
        ]

    def page(self) -> ClipPage:
        """Put the page together."""
        clip, findings, stills = self.clip, self.findings, self.stills()
        here = clip.archive.view("report", clip.video, ".html").parent
        start, end = time_span(self.course)
        return ClipPage(
            card=self.card(findings, stills),
            facts=self.facts(),
            findings=findings,
            source_href=clip.origin.url if clip.origin else _href(clip.source, here),
            output_href=_href(clip.output, here),
            archive_href=_href(clip.archive.view("report", "index", ".html"), here),
            start_seconds=start,
            end_seconds=end,
            plot_svg=course_plot_svg(self.course, findings),
            plot_left=LEFT,
            plot_right=RIGHT,
            command=command_line(clip),
            settings=json.dumps(plain(clip.settings), indent=1),
            still_seconds=stills.seconds if stills else 0.0,
            before=as_data(stills.before) if stills else "",
            after=as_data(stills.after) if stills else "",
        )

    def card(self, findings: list[Finding], stills: StillPair | None) -> Card:
        """The clip in brief."""
        motion, trajectory = self.course.motion, self.course.trajectory
        before, after = shake_px(motion, trajectory)
        spark_before, spark_after = self.course.spark()
        return Card(
            video=self.clip.video,
            frames=len(motion),
            seconds=round(self.probed.info.duration_seconds, 3),
            shots=int(motion.shot_start.sum()),
            treatment=self.receipt.treatment,
            crop=round(float(trajectory.shown.min(initial=trajectory.window)), 4),
            confidence=round(float(motion.confidence.mean()), 4) if len(motion) else 0.0,
            shake_before_px=round(before, 3),
            shake_after_px=round(after, 3),
            spark_before=spark_before,
            spark_after=spark_after,
            findings=[finding.as_row() for finding in findings],
            thumbnail=stills.thumbnail if stills else "",
        )

    def stills(self) -> StillPair | None:
        """A frame before and after, the most corrected that is soon decoded in both videos.

        Others may lie hundreds of frames after a key frame. None where it cannot be decoded.
        """
        info, course, threads = self.probed.info, self.course, self.clip.threads
        size = StillSize.of(info, STILL_PX)
        try:
            in_source = soon_after_key_frame(
                self.clip.source, course.pts_seconds, info.stream_index
            )
            frame = course.most_corrected(
                in_source & soon_after_key_frame(self.clip.output, course.pts_seconds, None)
            )
            seconds = float(course.pts_seconds[frame])
            before = still(self.clip.source, seconds, size, info.stream_index, threads)
            after = still(self.clip.output, seconds, size, None, threads)
        except (GfnError, IndexError, ValueError):
            return None
        outlined = with_outline(before, course.corners[frame])
        return StillPair(seconds, upright(outlined, info), upright(after, info))

    def facts(self) -> list[Fact]:
        """What is known of the clip in figures."""
        info, motion, trajectory = self.probed.info, self.course.motion, self.course.trajectory
        correction, geometry = trajectory.correction, info.geometry
        shift = np.abs(correction.translation).max(initial=0.0) * geometry.width / 2
        turn = np.degrees(np.abs(correction.rotation_rad).max(initial=0.0))
        least_shown = trajectory.shown.min(initial=trajectory.window)
        before, after = shake_px(motion, trajectory)
        confidence = motion.confidence.mean() if len(motion) else 0.0
        return [
            Fact("source", f"{info.codec}, {geometry.width} x {geometry.height} px"),
            Fact("length", f"{len(motion)} frames, {info.duration_seconds:.2f} s"),
            Fact("shots", str(int(motion.shot_start.sum()))),
            Fact(
                "window shown",
                f"{trajectory.window:.1%} of the frame's width, {least_shown:.1%} at least",
            ),
            Fact("largest correction", f"{shift:.1f} px of the source, {turn:.2f} degrees"),
            Fact(
                "acceleration by the motion, mean over the frame",
                f"{before:.2f} px of 1920 before, {after:.2f} px after",
            ),
            Fact("confidence of the motion, mean", f"{confidence:.2f}"),
            Fact("stabilized video", f"{self.receipt.output} ({self.receipt.treatment})"),
            Fact("left out", ", ".join(self.receipt.left_out) or "nothing"),
            Fact("source sha256", self.probed.sha256),
        ]


def command_line(clip: Clip) -> str:
    """The command that makes this clip, to be run in the archive's folder.

    In a folder's tree it makes the others with it, for that tree is what is mirrored.
    """
    settings, source = clip.settings, clip.address
    if "/" in clip.video:
        source = source.removesuffix(f"/{clip.video}")
    smoothing, encoding = settings.smoothing, settings.encoding
    precision = settings.motion.precision
    style = Style.of(smoothing)
    words = [
        *(
            "gfn",
            "stabilize",
            source if clip.origin else os.path.relpath(source, clip.archive.root),
            ".",
        ),
        *("--crop", "auto" if smoothing.removed_share else f"{smoothing.crop:g}"),
        *(("--style", style.value) if style else ()),
        *("--zoom", "dynamic" if smoothing.zoom_share else "fixed"),
        *("--estimator", settings.motion.estimator.value),
        *(("--weights", str(settings.motion.weights)) if settings.motion.weights else ()),
        *(("--precision", precision.value) if precision is not Precision.FLOAT32 else ()),
        *("--codec", encoding.codec, "--preset", encoding.preset),
        *(["--local-motion"] if settings.local_motion else []),
    ]
    if encoding.quality is not None:
        words += ["--quality", str(encoding.quality)]
    if encoding.target:
        words += ["--target-size", str(encoding.target)]
    if encoding.keep_fields:
        words += ["--interlaced", "keep"]
    return shlex.join(words)


def _href(target: Path, folder: Path) -> str:
    """Address of `target` for a page in `folder`: an archive moves with its sources."""
    return quote(os.fsencode(os.path.relpath(target, folder)))
