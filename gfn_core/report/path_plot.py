"""Plot of a clip's course: paths before and after, room at the frame's edge, confidence."""

import io
from collections.abc import Callable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gfn_core.audit.finding import Finding
from gfn_core.geometry import FloatArray
from gfn_core.motion.similarity import Similarity
from gfn_core.report.course import SIDES, Course

RAW_COLOR, SMOOTH_COLOR, CUT_COLOR, DOUBT_COLOR = "#d1495b", "#2e86ab", "#888888", "#e6a117"
SIDE_COLORS = ("#2e86ab", "#5aa469", "#b565a7", "#d1793b")
INK = "#123456"  # becomes the page's own text colour, dark or light
LEFT, RIGHT = 0.1, 0.985  # of the figure's width: where the time axis begins and ends
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "gfn"}  # text as text; the same file every time
WHOLE_SHARE = 0.9  # of the time axis: a doubt about more is listed, not shaded
MOMENT_SHARE = 0.004  # of the time axis: a doubt about one frame is drawn this wide

PARAMETERS: tuple[tuple[str, Callable[[Similarity], FloatArray]], ...] = (
    ("right (% of width)", lambda path: path.translation.real * 50),
    ("down (% of width)", lambda path: path.translation.imag * 50),
    ("rotation (degrees)", lambda path: np.degrees(np.unwrap(path.rotation_rad))),
    ("zoom (%)", lambda path: 100 * np.expm1(path.log_scale)),
)


def course_plot_svg(course: Course, doubts: Sequence[Finding]) -> str:
    """Draw a clip of any length; cuts are dotted lines, doubtful stretches are shaded."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type, unused-ignore]
        figure = Figure(figsize=(9, 11))
        axes = figure.subplots(len(PARAMETERS) + 2, 1, sharex=True)
        figure.subplots_adjust(left=LEFT, right=RIGHT, bottom=0.045, top=0.97, hspace=0.12)
        _draw_paths(axes[: len(PARAMETERS)], course)
        _draw_room(axes[-2], course)
        _draw_confidence(axes[-1], course)
        for axis in axes:
            _mark(axis, course, doubts)
            _ink(axis)
        axes[-1].set_xlabel("time (s)", color=INK)
        axes[-1].set_xlim(*time_span(course))
        figure.align_ylabels(axes)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    drawing = text.getvalue()
    return drawing[drawing.index("<svg") :].replace(INK, "currentColor")


def time_span(course: Course) -> tuple[float, float]:
    """First and last second of the time axis."""
    times = course.pts_seconds
    if not len(times):
        return 0.0, 1.0
    return float(times[0]), float(max(times[-1], times[0] + 1e-3))


def _draw_paths(axes: Sequence[Axes], course: Course) -> None:
    raw, smooth = course.raw, course.smooth
    for axis, (label, values) in zip(axes, PARAMETERS, strict=True):
        axis.plot(*course.line(values(raw)), color=RAW_COLOR, linewidth=0.9, label="source")
        axis.plot(
            *course.line(values(smooth)), color=SMOOTH_COLOR, linewidth=1.6, label="stabilized"
        )
        axis.set_ylabel(label, color=INK)
    _legend(axes[0])


def _draw_room(axis: Axes, course: Course) -> None:
    for side, color, room in zip(SIDES, SIDE_COLORS, course.room.T, strict=True):
        axis.plot(*course.line(100 * room), color=color, linewidth=0.9, label=side)
    axis.axhline(0, color=RAW_COLOR, linewidth=1)
    axis.set_ylabel("room left (%)", color=INK)
    _legend(axis)


def _draw_confidence(axis: Axes, course: Course) -> None:
    motion = course.motion
    axis.plot(*course.line(motion.confidence), color=SMOOTH_COLOR, label="confidence")
    axis.plot(*course.line(motion.background_share), color=SIDE_COLORS[1], label="background share")
    axis.set_ylim(0, 1.3)  # room for the legend
    axis.set_ylabel("share", color=INK)
    _legend(axis)


def _mark(axis: Axes, course: Course, doubts: Sequence[Finding]) -> None:
    for cut in course.cut_seconds:
        axis.axvline(cut, color=CUT_COLOR, linestyle=":", linewidth=1)
    start, end = time_span(course)
    for doubt in doubts:
        if doubt.start_seconds is None or doubt.end_seconds is None:
            continue
        if doubt.end_seconds - doubt.start_seconds > WHOLE_SHARE * (end - start):
            continue  # shading all of it would point at nothing
        last = max(doubt.end_seconds, doubt.start_seconds + MOMENT_SHARE * (end - start))
        axis.axvspan(doubt.start_seconds, last, color=DOUBT_COLOR, alpha=0.25, linewidth=0)


def _ink(axis: Axes) -> None:
    axis.grid(alpha=0.25, color=CUT_COLOR)
    axis.tick_params(colors=INK)
    for spine in axis.spines.values():
        spine.set_color(INK)


def _legend(axis: Axes) -> None:
    axis.legend(loc="upper right", ncols=4, frameon=False, labelcolor=INK, fontsize="small")
