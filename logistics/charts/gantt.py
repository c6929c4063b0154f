"""A rack's stays as one small bar chart: waiting pale, work solid, the plan below, the forecast window behind. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 40
TOP, BAR, PLAN_TOP, PLAN_BAR = 4, 18, 27, 5

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class GanttBar:
    """A stay in a stage from begin to end with the stretches of work in it. `is_open`: it goes on at the end."""

    stage: str
    begin: datetime
    end: datetime
    work: tuple[Span, ...] = ()
    look: str = "k1"
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class GanttRow:
    """One rack: its stays, the plan's stages, the day it is needed, the window P50 to P80 of its receiving."""

    says: str
    bars: tuple[GanttBar, ...]
    plan: tuple[tuple[str, datetime, datetime], ...] = ()
    need_by: datetime | None = None
    window: Span | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """From when to when the drawing goes."""

    begin: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return round(min(max(share, 0.0), 1.0) * WIDTH, 1)


def scale_of(rows: Sequence[GanttRow], now: datetime) -> Scale:
    """The stretch that holds every bar, window and need-by day of these rows, and the present."""
    moments = [now, now - timedelta(days=1)]
    for row in rows:
        moments += [at for bar in row.bars for at in (bar.begin, bar.end)]
        moments += [at for _stage, *ends in row.plan for at in ends]
        moments += [*(row.window or ()), *([row.need_by] if row.need_by else [])]
    first, last = min(moments), max(moments)
    pad = (last - first) * 0.01
    return Scale(first - pad, last + pad)


def gantt_row(row: GanttRow, scale: Scale, now: datetime) -> str:
    """The drawing of one rack."""
    parts = [
        f'<svg class="chart gantt" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(row.says, _QUOTE)}">'
    ]
    if row.window is not None:
        begin, end = (scale.x(at) for at in row.window)
        parts.append(
            f'<rect class="softer k1" x="{begin}" y="0" width="{max(end - begin, 2):.1f}" height="{HEIGHT}"/>'
            f'<path class="series k1" d="M{begin} 0V{HEIGHT}"/>'
        )
    parts += [_bar(bar, scale) for bar in row.bars]
    for _stage, begin_at, end_at in row.plan:
        begin, end = scale.x(begin_at), scale.x(end_at)
        wide = max(end - begin - 1, 1)
        parts.append(f'<rect class="planned" x="{begin}" y="{PLAN_TOP}" width="{wide:.1f}" height="{PLAN_BAR}"/>')
    if row.need_by is not None:
        parts.append(f'<path class="need" d="M{scale.x(row.need_by)} 0V{HEIGHT}"/>')
    parts.append(f'<path class="now" d="M{scale.x(now)} 0V{HEIGHT}"/></svg>')
    return "".join(parts)


_QUOTE = {'"': "&quot;"}


def _bar(bar: GanttBar, scale: Scale) -> str:
    begin, end = scale.x(bar.begin), scale.x(bar.end)
    wide = max(end - begin, 1)
    drawn = (
        f'<g class="{bar.look}"><title>{escape(bar.stage)}</title>'
        f'<rect class="soft" x="{begin}" y="{TOP}" width="{wide:.1f}" height="{BAR}"/>'
    )
    for work_begin, work_end in bar.work:
        left, right = scale.x(work_begin), scale.x(work_end)
        drawn += f'<rect class="fill" x="{left}" y="{TOP + 4}" width="{max(right - left, 1):.1f}" height="{BAR - 8}"/>'
    edge = f'<path class="cap" d="M{begin} {TOP}v{BAR}"/>'
    tail = f'<path class="open-end" d="M{end} {TOP}l5 {BAR / 2}-5 {BAR / 2}z"/>' if bar.is_open else ""
    return f"{drawn}{edge}{tail}</g>"


def gantt_axis(scale: Scale, now: datetime, zone: tzinfo, today: str) -> str:
    """The days above the rows: one label a week or more, and the present."""
    days = (scale.end - scale.begin) / timedelta(days=1)
    step = next((one for one in (1, 2, 7, 14, 28, 56) if days / one <= 11), 112)
    parts = [f'<svg class="chart gantt" viewBox="0 0 {WIDTH} 30" aria-hidden="true">']
    x_now = scale.x(now)
    first = scale.begin.astimezone(zone).date() + timedelta(days=1)
    for place in range(int(days / step) + 1):
        day = first + timedelta(days=place * step)
        x = scale.x(_midnight(day, zone))
        if abs(x - x_now) > 44 and 16 < x < WIDTH - 16:
            parts.append(f'<text x="{x}" y="11" text-anchor="middle">{day:%m/%d}</text>')
        parts.append(f'<path class="tick" d="M{x} 22v8"/>')
    anchor = "end" if x_now > WIDTH - 50 else "start" if x_now < 50 else "middle"
    parts.append(f'<text class="strong" x="{x_now}" y="11" text-anchor="{anchor}">{escape(today)}</text>')
    return "".join([*parts, f'<path class="now" d="M{x_now} 16v14"/></svg>'])


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
