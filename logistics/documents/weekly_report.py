"""Weekly management report (週報): the week in figures, each figure drawn and in its table, from what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from reportlab.platypus import Flowable

from documents.paper import (
    A4,
    MM,
    Axis,
    BarFigure,
    BarLook,
    BarRow,
    Column,
    CurveFigure,
    Issue,
    Line,
    NoteLines,
    Story,
    gap,
    list_table,
    section,
)
from documents.signed import Form, Pen, about_form, signed_story
from documents.words import PLANT_TIME, day, moment
from logistics.documents.weekly_sheet import OpenItem, PlanDay, SourceWeek, WeeklySheet
from logistics.documents.weekly_words import STAGES, WORDS

WIDTH = A4.inner_width
DARK, PALE = 0.15, 0.62
"""This week and the one before."""


def story(sheet: WeeklySheet, lang: str, issue: Issue | None = None) -> Story:
    """The report. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _subject(sheet: WeeklySheet) -> str:
    return sheet.number


def _parts(sheet: WeeklySheet, pen: Pen) -> list[Flowable]:
    say = pen.say
    return [
        _about(sheet, pen),
        gap(2.6),
        *section(say("headlines"), _headlines(sheet, pen)),
        *section(say("plan"), _plan_figure(sheet, pen), gap(1.5), _plan(sheet, pen), note=say("plan_note"), least=90),
        *section(say("promised"), *_promised(sheet, pen), note=say("promised_note")),
        *section(say("late"), _late(sheet, pen), note=say("late_note")),
        *section(say("stages"), *_stage_parts(sheet, pen), note=say("stages_note"), least=90),
        *section(say("yields"), *_yields(sheet, pen), note=say("yields_note"), least=30 + 6 * len(sheet.yields)),
        *section(say("open"), _open(sheet, pen), note=say("open_note").format(n=sheet.open_count)),
        *section(say("supply"), *_supply(sheet, pen), note=say("supply_note")),
        *section(say("disruptions"), _disruptions(sheet, pen)),
        *section(say("coverage"), *_coverage(sheet, pen), note=say("coverage_note"), least=60),
        *section(say("sources"), _sources(sheet, pen), note=say("sources_note")),
    ]


FORM = Form(WORDS, _subject, _parts)


def _about(sheet: WeeklySheet, pen: Pen) -> Flowable:
    say = pen.say
    past = [one for one in sheet.plan if one.received is not None]
    now = past[-1] if past else None
    yen = sum(one.yen for one in sheet.late)
    answer = say("answer_words").format(
        received=now.received if now else 0, needed=now.needed if now else 0, late=len(sheet.late),
        yen=_yen(next((int(one.now) for one in sheet.headlines if one.key == "late_yen"), yen)),
        open=sheet.open_count,
    )  # fmt: skip
    week = f"{sheet.number}   {day(sheet.begins_on, pen.lang)} – {day(sheet.ends_on, pen.lang)}"
    rows = [
        ("week", week),
        ("as_of", say("as_of_words").format(at=moment(sheet.as_of.astimezone(PLANT_TIME)))),
        ("answer", answer),
        ("kept", f"SHA-256 {sheet.facts}"),
    ]
    return about_form(rows, pen)


def _table(pen: Pen, columns: Sequence[tuple[str, float, str]], rows: Sequence[Sequence[str]]) -> Flowable:
    """A list, or a line that says that there is nothing."""
    if not rows:
        return NoteLines([pen.say("nobody")], size=8)
    heads = [
        Column(pen.say(key), width, align) if align else Column(pen.say(key), width) for key, width, align in columns
    ]
    return list_table(heads, [list(row) for row in rows], size=7)


def _headlines(sheet: WeeklySheet, pen: Pen) -> Flowable:
    columns = [("figure", 92, ""), ("this_week", 30, "RIGHT"), ("last_week", 30, "RIGHT"), ("change", 30, "RIGHT")]
    rows = []
    for one in sheet.headlines:
        show = _yen if one.key == "late_yen" else str
        before = "–" if one.before is None else show(int(one.before))
        change = "–" if one.before is None else f"{int(one.now - one.before):+d}".replace("-", "−")
        rows.append([pen.say(one.key), show(int(one.now)), before, "±0" if change == "+0" else change])
    return _table(pen, columns, rows)


def _plan_figure(sheet: WeeklySheet, pen: Pen) -> Flowable:
    """Received and needed up to the week's end, needed and the fan ahead; days from the week's end."""

    def points(name: str, rows: Sequence[PlanDay]) -> list[tuple[float, float]]:
        return [(float((one.day - sheet.ends_on).days), float(getattr(one, name))) for one in rows]

    past = [one for one in sheet.plan if one.received is not None]
    ahead = [one for one in sheet.plan if one.middle is not None]
    lines = [Line(pen.say("actual"), points("received", past)), Line(pen.say("needed"), points("needed", sheet.plan))]
    if ahead:
        edge = [*points("low", ahead), *reversed(points("high", ahead))]
        lines += [Line("P50", points("middle", ahead)), Line("P10–P90", edge)]
    values = [value for line in lines for _day, value in line.points]
    low, high = min(values, default=0.0), max(values, default=1.0)
    pad = max((high - low) * 0.06, 1.0)
    x = Axis(-28, 42 if ahead else 1, pen.say("plan_axis"))
    return CurveFigure(
        lines, (x, Axis(max(low - pad, 0), high + pad, "", "{:.0f}".format)), size=(WIDTH, 60 * MM),
        line_at=(0, pen.say("week_end")),
    )  # fmt: skip


def _plan(sheet: WeeklySheet, pen: Pen) -> Flowable:
    columns = [
        ("day", 32, ""), ("needed", 30, "RIGHT"), ("actual", 30, "RIGHT"), ("P10", 30, "RIGHT"), ("P50", 30, "RIGHT"),
        ("P90", 30, "RIGHT"),
    ]  # fmt: skip
    past = [one for one in sheet.plan if one.received is not None][-3:]
    ahead = [one for one in sheet.plan if one.middle is not None]
    rows = [
        [
            day(one.day, pen.lang), str(one.needed), "–" if one.received is None else str(one.received),
            *(_figure(value) for value in (one.low, one.middle, one.high)),
        ]
        for one in [*past, *ahead]
    ]  # fmt: skip
    return _table(pen, columns, rows)


def _figure(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _promised(sheet: WeeklySheet, pen: Pen) -> list[Flowable]:
    columns = [
        ("rack", 40, ""), ("need_by", 32, ""), ("came", 36, ""), ("days_late", 24, "RIGHT"), ("reason", 50, ""),
    ]  # fmt: skip
    rows = [
        [one.name, day(one.need_by, pen.lang), moment(one.received_at), _signed(one.days_late), _stage(one.reason, pen)]
        for one in sheet.promised
    ]
    kept = sum(one.days_late <= 0 for one in sheet.promised)
    told = [NoteLines([pen.say("on_time").format(kept=kept, n=len(rows))], size=8)] if rows else []
    return [*told, _table(pen, columns, rows)]


def _stage(key: str, pen: Pen) -> str:
    return STAGES[key].say(pen.lang) if key in STAGES else key or "–"


def _late(sheet: WeeklySheet, pen: Pen) -> Flowable:
    columns = [
        ("rack", 38, ""), ("stage", 42, ""), ("need_by", 30, ""), ("p50", 30, ""), ("chance", 20, "RIGHT"),
        ("cost", 22, "RIGHT"),
    ]  # fmt: skip
    rows = [
        [
            one.name, _stage(one.stage, pen), day(one.need_by, pen.lang), moment(one.p50_at),
            f"{100 * one.chance:.0f} %", _yen(one.yen),
        ]
        for one in sheet.late
    ]  # fmt: skip
    return _table(pen, columns, rows)


def _stage_parts(sheet: WeeklySheet, pen: Pen) -> list[Flowable]:
    bars = [
        BarRow(_stage(one.key, pen), _pair(one.median, one.median_before), _figure(one.median)) for one in sheet.stages
    ]
    columns = [
        ("stage", 62, ""), ("wip_now", 20, "RIGHT"), ("ended", 20, "RIGHT"), ("median", 20, "RIGHT"),
        ("last_week", 40, "RIGHT"), ("change", 20, "RIGHT"),
    ]  # fmt: skip
    rows = [
        [
            _stage(one.key, pen), str(one.open), str(one.ended), _figure(one.median),
            f"{_figure(one.median_before)} (n {one.ended_before})", _change(one.median, one.median_before),
        ]
        for one in sheet.stages
    ]  # fmt: skip
    return [*_bars(pen, bars, "stages_axis"), _table(pen, columns, rows)]


def _pair(now: Decimal | float | None, before: Decimal | float | None) -> list[tuple[float, float, float]]:
    """The bar of this week above that of the week before."""
    return [(0.0, float(value), grey) for value, grey in ((now, DARK), (before, PALE)) if value is not None]


def _bars(pen: Pen, rows: Sequence[BarRow], title: str, high: float | None = None) -> list[Flowable]:
    ends = [bar[1] for row in rows for bar in row.bars]
    if not ends:
        return []
    paired = any(bar[2] == PALE for row in rows for bar in row.bars)
    keys = [pen.say("this_week"), pen.say("last_week")] if paired else []
    look = BarLook(words_width=58 * MM, keys=keys)
    return [BarFigure(rows, Axis(0, high or max(ends) * 1.05 or 1, pen.say(title)), WIDTH, look), gap(1.5)]


def _change(now: Decimal | None, before: Decimal | None) -> str:
    return "–" if now is None or before is None else _signed(now - before)


def _yields(sheet: WeeklySheet, pen: Pen) -> list[Flowable]:
    """Drawn and in the table: the same operations."""
    bars, rows = [], []
    for one in sheet.yields:
        ja, _bar, en = one.operation.partition("|")
        name = en if pen.lang == "en" else ja
        share = 100 * one.passed / one.n
        past = 100 * one.passed_before / one.n_before if one.n_before else None
        bars.append(BarRow(f"{one.part} {name}", _pair(share, past), f"{share:.0f} %"))
        before = "–" if past is None else f"{past:.0f} % (n {one.n_before})"
        rows.append([one.part, name, f"{one.passed} / {one.n}", f"{share:.0f} %", before])
    columns = [
        ("part", 42, ""), ("operation", 64, ""), ("passed", 24, "RIGHT"), ("share", 20, "RIGHT"),
        ("last_week", 32, "RIGHT"),
    ]  # fmt: skip
    return [*_bars(pen, bars, "yields_axis", 100.0), _table(pen, columns, rows)]


def _open(sheet: WeeklySheet, pen: Pen) -> Flowable:
    columns = [("kind", 24, ""), ("number", 32, ""), ("unit", 36, ""), ("text", 60, ""), ("since", 30, "")]
    rows = [_open_row(one, pen) for one in sheet.open]
    return _table(pen, columns, rows)


def _open_row(one: OpenItem, pen: Pen) -> list[str]:
    return [pen.say(one.kind), one.number, one.unit, one.text, moment(one.opened_at)]


def _supply(sheet: WeeklySheet, pen: Pen) -> list[Flowable]:
    columns = [
        ("lacking", 62, ""), ("needed", 24, "RIGHT"), ("good", 24, "RIGHT"), ("short", 24, "RIGHT"),
        ("coming", 24, "RIGHT"), ("stops_on", 24, ""),
    ]  # fmt: skip
    short = [
        [
            one.number, str(one.needed), str(one.good), str(one.needed - one.good), f"{one.coming.normalize():f}",
            day(one.stops_on, pen.lang) if one.stops_on else "–",
        ]
        for one in sheet.short
    ]  # fmt: skip
    judged = [("supplier", 102, ""), ("lots", 40, "RIGHT"), ("rejected", 40, "RIGHT")]
    lots = [[f"{one.code}  {one.name}", str(one.lots), str(one.rejected)] for one in sheet.suppliers]
    return [_table(pen, columns, short), gap(1.5), _table(pen, judged, lots), *_promises(sheet, pen)]


def _promises(sheet: WeeklySheet, pen: Pen) -> list[Flowable]:
    """Nothing where no line names a day: reports of before keep their bytes."""
    if not sheet.deliveries:
        return []
    columns = [
        ("supplier", 82, ""), ("promised_due", 25, "RIGHT"), ("promised_kept", 25, "RIGHT"),
        ("overdue", 25, "RIGHT"), ("undated", 25, "RIGHT"),
    ]  # fmt: skip
    rows = [
        [f"{one.code}  {one.name}", str(one.due), str(one.on_time), str(one.overdue), str(one.undated)]
        for one in sheet.deliveries
    ]
    return [gap(1.5), _table(pen, columns, rows)]


def _disruptions(sheet: WeeklySheet, pen: Pen) -> Flowable:
    columns = [("number", 26, ""), ("headline", 90, ""), ("begins", 33, ""), ("ends", 33, "")]
    rows = [
        [one.number, one.headline, moment(one.begins_at), _end(one.ended_at, pen)] for one in sheet.disruptions
    ]  # fmt: skip
    return _table(pen, columns, rows)


def _end(at: datetime | None, pen: Pen) -> str:
    return pen.say("goes_on") if at is None else moment(at)


def _coverage(sheet: WeeklySheet, pen: Pen) -> list[Flowable]:
    due = [one for one in sheet.coverage if one.due]
    bars = [
        BarRow(f"P{one.level}", [(0.0, 100 * one.kept / one.due, DARK)], f"{100 * one.kept / one.due:.0f} %")
        for one in due
    ]
    columns = [
        ("level", 32, ""),
        ("due", 35, "RIGHT"),
        ("kept_n", 35, "RIGHT"),
        ("share", 35, "RIGHT"),
        ("band", 45, "RIGHT"),
    ]
    rows = [
        [f"P{one.level}", str(one.due), str(one.kept), f"{100 * one.kept / one.due:.0f} %", f"{one.low}–{one.high}"]
        for one in due
    ]
    return [*_bars(pen, bars, "coverage_axis", 100.0), _table(pen, columns, rows)]


def _sources(sheet: WeeklySheet, pen: Pen) -> Flowable:
    columns = [
        ("source", 40, ""), ("awaited", 38, ""), ("asked", 18, "RIGHT"), ("told", 22, "RIGHT"), ("error", 22, "RIGHT"),
        ("spread", 20, "RIGHT"), ("window", 22, "RIGHT"),
    ]  # fmt: skip
    return _table(pen, columns, [_source(one, pen) for one in sheet.sources])


def _source(one: SourceWeek, pen: Pen) -> list[str]:
    name = f"{pen.say(one.source)} {one.carrier}".strip()
    kept = f"{one.kept} ({100 * one.kept / one.told:.0f} %)" if one.told else "–"
    error = "–" if one.error is None else _signed(one.error)
    return [name, pen.say(one.awaited), str(one.asked), str(one.told), error, _figure(one.spread), kept]


def _signed(value: Decimal) -> str:
    text = f"{abs(value):.1f}"
    return f"±{text}" if text == "0.0" else f"{'+' if value > 0 else '−'}{text}"


def _yen(amount: int) -> str:
    return f"¥{amount:,}"
