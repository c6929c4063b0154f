"""The burn-in on a certificate: the clock, gaps and alarms, the figures of each series, their courses as drawings."""

from datetime import datetime

from reportlab.platypus import Flowable, Table

from assembly.documents.certificate_sheet import PlotRow, SeriesRow, SoakRow
from assembly.documents.traveller_pages import clock_rows, duration
from documents.paper import A4, MM, Column, Marks, SeriesPlot, form_table, gap, list_table, section, wrap_cell
from documents.signed import Pen
from documents.words import limits, mark, moment, number, state

_ROW = 5.2


def soak_parts(soak: SoakRow, pen: Pen) -> list[Flowable]:
    """One burn-in, a part a section; a part without rows is left out, but never the clock's."""
    title = f"{pen.say('burn_in')} {soak.step}"
    if soak.attempt > 1:
        title += f" {pen.say('retest').format(n=soak.attempt)}"
    return [
        *section(title, _summary(soak, pen), least=50),
        *_plots(soak.plots, pen),
        *_figures(soak.series, pen),
        *_alarms(soak, pen),
        *_clock(soak, pen),
    ]


def _summary(soak: SoakRow, pen: Pen) -> Table:
    say, lang = pen.say, pen.lang
    verdict = " ".join(filter(None, [mark(soak.verdict), state(soak.state, lang)]))
    samples = (
        say("samples_bound").format(n=number(soak.samples), sha=_short(soak.samples_sha256))
        if soak.samples
        else say("no_samples")
    )
    rows: list[list[object]] = [
        [say("cell"), soak.cell, say("judged"), verdict],
        [
            say("period"), f"{moment(soak.started_at)} – {moment(soak.ended_at) or say('running')}",
            say("soak"), f"{duration(soak.counted_minutes)} / {duration(soak.required_minutes)}",
        ],
        [say("gap_allowed"), say("minutes").format(n=soak.gap_minutes_allowed), say("samples"), samples],
    ]  # fmt: skip
    if soak.why.say(lang):
        rows.append([say("stop_reason"), wrap_cell(soak.why.say(lang), 156 * MM, 8.5), "", ""])
    spans = [("SPAN", (1, 3), (3, 3)), ("BACKGROUND", (2, 3), (2, 3), None)] if len(rows) == 4 else []
    return form_table(rows, (25, 62, 27, 68), commands=spans)


def _short(digest: str) -> str:
    return f"{digest[:16]}…" if digest else "–"


def _clock(soak: SoakRow, pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [
        Column(say("clock"), 24, "CENTER"),
        Column(say("from"), 30, "CENTER"),
        Column(say("to"), 30, "CENTER"),
        Column(say("duration"), 24, "RIGHT"),
        Column(say("reason"), 74),
    ]
    rows = clock_rows(soak.intervals, soak.gaps, pen.lang, say)
    if not rows:
        return []
    stood = frozenset(place for place, row in enumerate(rows) if row[0] == say("gap"))
    table = list_table(columns, rows, size=7, least_height=_ROW, marks=Marks(shaded=stood))
    return section(say("clock_title"), table)


def _alarms(soak: SoakRow, pen: Pen) -> list[Flowable]:
    if not soak.alarms:
        return []
    say = pen.say
    columns = [
        Column(say("series"), 62),
        Column(say("limit"), 28, "CENTER"),
        Column(say("value"), 20, "RIGHT"),
        Column(say("alarm_start"), 26, "CENTER"),
        Column(say("alarm_clear"), 26, "CENTER"),
        Column(say("duration"), 20, "RIGHT"),
    ]
    rows = [
        [
            _named(alarm.series.say(pen.lang), alarm.unit), limits(alarm.low, alarm.high), number(alarm.value),
            moment(alarm.started_at), moment(alarm.cleared_at) or say("alarm_open"),
            _length(alarm.started_at, alarm.cleared_at),
        ]
        for alarm in soak.alarms
    ]  # fmt: skip
    still = frozenset(place for place, alarm in enumerate(soak.alarms) if alarm.cleared_at is None)
    table = list_table(columns, rows, size=7, least_height=_ROW, marks=Marks(shaded=still))
    return section(say("alarms"), table, note=number(len(rows)))


def _length(start: datetime, end: datetime | None) -> str:
    """`4:30`: minutes and seconds, for an alarm can clear within a minute; hours before them from an hour on."""
    if end is None:
        return ""
    seconds = int((end - start).total_seconds())
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _figures(rows: tuple[SeriesRow, ...], pen: Pen) -> list[Flowable]:
    if not rows:
        return []
    say = pen.say
    columns = [
        Column(say("series"), 54),
        Column(say("n"), 13, "RIGHT"),
        Column(say("gaps"), 9, "RIGHT"),
        Column(say("minimum"), 16.5, "RIGHT"),
        Column(say("mean"), 16.5, "RIGHT"),
        Column(say("p95"), 16.5, "RIGHT"),
        Column(say("maximum"), 16.5, "RIGHT"),
        Column(say("last"), 16, "RIGHT"),
        Column(say("limit"), 16, "CENTER"),
        Column(say("ok"), 8, "CENTER"),
    ]
    table = [
        [
            _named(row.name.say(pen.lang), row.unit), number(row.n), number(row.gaps),
            *(number(value) for value in (row.minimum, row.mean, row.p95, row.maximum, row.last)),
            limits(row.low, row.high), mark(row.verdict),
        ]
        for row in rows
    ]  # fmt: skip
    out = frozenset(place for place, row in enumerate(rows) if row.verdict == "fail")
    return section(say("figures"), list_table(columns, table, size=6.8, least_height=4.6, marks=Marks(shaded=out)))


def _plots(rows: tuple[PlotRow, ...], pen: Pen) -> list[Flowable]:
    if not rows:
        return []
    drawn = [_plot(row, pen) for row in rows]
    return section(pen.say("plots"), *drawn, gap(1), note=pen.say("plots_note"), least=75)


def _plot(row: PlotRow, pen: Pen) -> SeriesPlot:
    allowed = limits(row.curve.low, row.curve.high) or pen.say("none")
    remark = pen.say("plot_remark").format(limits=allowed, n=number(row.n))
    return SeriesPlot(row.curve, _named(row.name.say(pen.lang), row.unit), remark, A4.inner_width)


def _named(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name
