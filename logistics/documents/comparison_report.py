"""Lead-time comparison (リードタイム比較書): nine questions with figures and tables, from what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reportlab.platypus import Flowable, Table

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
from documents.words import day, moment, number
from logistics.documents.comparison_report_words import WORDS
from logistics.documents.comparison_sheet import ComparisonSheet, Curve, ReportScenario

WIDTH = A4.inner_width
FIRST, SECOND = 0.15, 0.62
"""Greys of the domestic scenario and of the one it is set against."""
BARS = 8
SELDOM = Decimal("0.01")
"""Below so many struck runs their means are anecdotes and are not shown."""


def story(sheet: ComparisonSheet, lang: str, issue: Issue | None = None) -> Story:
    """The report. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _subject(sheet: ComparisonSheet) -> str:
    return f"{sheet.number} {sheet.name}"


def _parts(sheet: ComparisonSheet, pen: Pen) -> list[Flowable]:
    say = pen.say
    return [
        _about(sheet, pen),
        gap(2.6),
        *section(say("results"), _results(sheet, pen), note=say("results_note")),
        *section(say("arrive"), _arrivals(sheet, pen), least=70),
        *section(say("which"), _density(sheet, pen), note=say("which_note"), least=52),
        *section(say("where"), _waterfall(sheet, pen), gap(1.5), _stages(sheet, pen), note=say("where_note"), least=90),
        *section(say("what"), _tornado(sheet, pen), gap(1.5), _swings(sheet, pen), note=say("what_note"), least=60),
        *section(say("season"), _season(sheet, pen), note=say("season_note").format(n=sheet.racks), least=60),
        *section(say("promise"), _promise(sheet, pen), note=_promise_note(sheet, pen), least=62),
        *section(say("batch"), _batches(sheet, pen), least=62),
        *section(say("trust"), NoteLines(_trust(sheet, pen), size=8), least=20),
        *section(say("inputs"), *_inputs(sheet, pen), note=say("inputs_note"), least=40),
    ]


FORM = Form(WORDS, _subject, _parts)


def _about(sheet: ComparisonSheet, pen: Pen) -> Table:
    say, main = pen.say, sheet.scenarios[1]
    turn = say("no_turn") if main.turn is None else say("turn_words").format(days=_days(main.turn))
    basis = say("basis_words").format(
        draws=number(sheet.draws), batches=number(sheet.batch_draws), bars=number(sheet.bar_draws), seed=sheet.seed,
        at=moment(sheet.as_of), done=sheet.received, open=sheet.open,
    )  # fmt: skip
    need = f"{day(sheet.need_by, pen.lang)} ({number(sheet.need_by_days.quantize(Decimal(1)))} {say('days_unit')})"
    rows = [
        ("comparison", f"{sheet.number}  {sheet.name}"),
        ("clock", say("clock_words")),
        ("start", f"{day(sheet.start_on, pen.lang)}   {say('need_by')} {need}   {say('racks')} {sheet.racks}"),
        ("answer", say("answer_words").format(other=main.title.say(pen.lang), p=main.faster, turn=turn)),
        ("basis", basis),
        ("kept", f"SHA-256 {sheet.facts}"),
    ]
    return about_form(rows, pen)


def _results(sheet: ComparisonSheet, pen: Pen) -> Table:
    say = pen.say
    columns = [
        Column(say("scenario"), 31), Column("P50", 11, "RIGHT"), Column("P80", 11, "RIGHT"), Column("P95", 11, "RIGHT"),
        Column(say("in_time"), 15, "RIGHT"), Column(say("all_in_time"), 13, "RIGHT"),
        Column(say("faster"), 16, "RIGHT"), Column(say("gap"), 14, "RIGHT"), Column(say("best"), 26),
        Column(say("cost"), 19, "RIGHT"), Column(say("grades"), 15),
    ]  # fmt: skip
    rows = [
        [
            one.title.say(pen.lang), _days(one.p50), _days(one.p80), _days(one.p95), one.on_time, one.all_on_time,
            one.faster or "–", _signed(one.mean_gap), f"{one.best_on:%Y/%m/%d} ({_days(one.best_days)})",
            _yen(one.best_yen), one.grades,
        ]
        for one in sheet.scenarios
    ]  # fmt: skip
    return list_table(columns, rows, size=7)


def _drawn(sheet: ComparisonSheet) -> Sequence[ReportScenario]:
    return sheet.scenarios[: sheet.drawn]


def _arrivals(sheet: ComparisonSheet, pen: Pen) -> CurveFigure:
    lines = [Line(f"{one.title.say(pen.lang)} {one.on_time}", _plain(one.arrived)) for one in _drawn(sheet)]
    return _shares(sheet, pen, lines, "arrive_axis")


def _batches(sheet: ComparisonSheet, pen: Pen) -> CurveFigure:
    lines = [Line(f"{one.title.say(pen.lang)} {one.all_on_time}", _plain(one.batch_arrived)) for one in _drawn(sheet)]
    return _shares(sheet, pen, lines, "batch_axis")


def _shares(sheet: ComparisonSheet, pen: Pen, lines: Sequence[Line], axis: str) -> CurveFigure:
    """Shares received over the days, the need-by day upright."""
    need = float(sheet.need_by_days)
    low = min(need, *(line.points[0][0] for line in lines))
    high = max(need + 2, *(_reached(line, 0.95) for line in lines))
    x, y = Axis(low, high, pen.say(axis)), Axis(0, 1, "", "{:.0%}".format)
    words = f"{pen.say('need_by')} {sheet.need_by:%m/%d}"
    return CurveFigure(lines, (x, y), size=(WIDTH, 58 * MM), line_at=(need, words))


def _reached(line: Line, share: float) -> float:
    return next((days for days, there in line.points if there >= share), line.points[-1][0])


def _density(sheet: ComparisonSheet, pen: Pen) -> CurveFigure:
    points, other = _plain(sheet.gap), sheet.scenarios[1].title.say(pen.lang)
    top = max(density for _days_, density in points)
    x = Axis(points[0][0], points[-1][0], pen.say("which_axis").format(other=other), _plus)
    line = Line(pen.say("answer_words").format(other=other, p=sheet.scenarios[1].faster, turn="").strip(), points)
    return CurveFigure([line], (x, Axis(0, top * 1.08, "", lambda _value: "")), size=(WIDTH, 42 * MM), line_at=(0, "0"))


def _waterfall(sheet: ComparisonSheet, pen: Pen) -> BarFigure:
    """Mean days of two roads, each bar where the one before it ended."""
    first, second = sheet.scenarios[0], sheet.scenarios[1]
    rows, reached = [], [0.0, 0.0]
    for one, other in zip(first.stages, second.stages, strict=True):
        bars = []
        for place, (stage, grey) in enumerate(((one, FIRST), (other, SECOND))):
            days = float(stage.work + stage.wait)
            if days > 0:
                bars.append((reached[place], reached[place] + days, grey))
            reached[place] += days
        gap_days = other.work + other.wait - one.work - one.wait
        rows.append(BarRow(one.title.say(pen.lang), bars, _signed(gap_days)))
    keys = [f"{one.title.say(pen.lang)} {_days(one.mean)}" for one in (first, second)]
    axis = Axis(0, max(reached) * 1.04, pen.say("where_axis"))
    return BarFigure(rows, axis, WIDTH, BarLook(keys=keys, words_width=38 * MM))


def _stages(sheet: ComparisonSheet, pen: Pen) -> Table:
    say, drawn = pen.say, _drawn(sheet)
    wide = 136 / len(drawn)
    columns = [Column(say("stage"), 46), *(Column(one.title.say(pen.lang), wide, "RIGHT") for one in drawn)]
    rows = [
        [
            stage.title.say(pen.lang),
            *(_stage_cell(one, place) for one in drawn),
        ]
        for place, stage in enumerate(drawn[0].stages)
    ]  # fmt: skip
    rows.append([f"{say('total')} · {say('share')}", *(f"{_days(one.mean)}   100 %" for one in drawn)])
    waits = [sum((stage.wait for stage in one.stages), Decimal(0)) / one.mean for one in drawn]
    rows.append([say("waiting"), *(_percent(wait) for wait in waits)])
    return list_table(columns, rows, size=7)


def _stage_cell(one: ReportScenario, place: int) -> str:
    stage = one.stages[place]
    return f"{_days(stage.work + stage.wait)}   {_percent(stage.share)}"


def _tornado(sheet: ComparisonSheet, pen: Pen) -> BarFigure:
    shown = sheet.swings[:BARS]
    rows = [BarRow(one.title.say(pen.lang), [(float(one.gap_low), float(one.gap_high), FIRST)], "") for one in shown]
    ends = [float(end) for one in shown for end in (one.gap_low, one.gap_high)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    pad = (high - low) * 0.04
    axis = Axis(low - pad, high + pad, pen.say("what_axis"), _plus)
    return BarFigure(rows, axis, WIDTH, BarLook(words_width=64 * MM, lines=(0.0, float(sheet.gap_now))))


def _swings(sheet: ComparisonSheet, pen: Pen) -> Table:
    say = pen.say
    columns = [
        Column(say("input"), 74), Column(say("low_high"), 36, "RIGHT"), Column(say("p80_first"), 36, "RIGHT"),
        Column(say("p80_second"), 36, "RIGHT"),
    ]  # fmt: skip
    rows = [
        [
            one.title.say(pen.lang), f"{_signed(one.gap_low)} → {_signed(one.gap_high)}",
            f"{_days(one.first_p80[0])} → {_days(one.first_p80[1])}",
            f"{_days(one.second_p80[0])} → {_days(one.second_p80[1])}",
        ]
        for one in sheet.swings
    ]  # fmt: skip
    return list_table(columns, rows, size=7)


def _season(sheet: ComparisonSheet, pen: Pen) -> Table:
    say = pen.say
    heads = ("struck", "stopped", "later", "p80_last", "all_in_time")
    columns = [Column(say("month"), 12, "CENTER")]
    for one in sheet.scenarios[:2]:
        columns += [Column(f"{one.title.say(pen.lang)} {say(head)}", 17, "RIGHT") for head in heads]
    rows = []
    for months in zip(*sheet.seasons, strict=True):
        cells = [str(months[0].month) if months[0].month else say("calm")]
        for one in months:
            told = (_days(one.racks_hit), _signed(one.days_lost)) if one.hit >= SELDOM else ("–", "–")
            cells += [_percent(one.hit), *told, _days(one.p80)]
            cells.append(_percent(one.all_on_time))
        rows.append(cells)
    return list_table(columns, rows, size=6.6)


def _promise(sheet: ComparisonSheet, pen: Pen) -> CurveFigure:
    """Expected cost over the day promised, the cheapest one dotted; million yen a rack."""
    lines = []
    for one in _drawn(sheet):
        points = [(float(days), float(yen) / 1_000_000) for days, yen in one.cost]
        best = (float(one.best_days), float(one.best_yen) / 1_000_000)
        lines.append(Line(f"{one.title.say(pen.lang)} {_days(one.best_days)} {pen.say('days_unit')}", points, best))
    top = 4 * max(line.dot[1] for line in lines if line.dot)
    shown = [days for line in lines for days, yen in line.points if yen <= top]
    x = Axis(min(shown), max(shown), pen.say("promise_axis"))
    return CurveFigure(lines, (x, Axis(0, top, "", "¥{:,.10g}M".format)), size=(WIDTH, 52 * MM))


def _promise_note(sheet: ComparisonSheet, pen: Pen) -> str:
    level = f"{100 * sheet.best_level:.1f}"
    return pen.say("promise_note").format(late=number(sheet.late_yen), early=number(sheet.early_yen), level=level)


def _trust(sheet: ComparisonSheet, pen: Pen) -> list[str]:
    due = [one for one in sheet.forecasts if one.due]
    words = [pen.say("trust_words").format(level=one.level, kept=one.kept, due=one.due) for one in due]
    return ["   ".join(words)] if words else [pen.say("no_trust")]


def _inputs(sheet: ComparisonSheet, pen: Pen) -> list[Flowable]:
    say, parts = pen.say, []
    for one in _drawn(sheet):
        columns = [
            Column(one.title.say(pen.lang), 44), Column(say("figures"), 34, "RIGHT"),
            Column(say("grade"), 14, "CENTER"), Column(say("source"), 90),
        ]  # fmt: skip
        rows = [
            [row.title.say(pen.lang), f"{row.figures}{' *' if row.own else ''}", row.grade, row.source.say(pen.lang)]
            for row in one.inputs
        ]
        parts += [list_table(columns, rows, size=7), gap(2)]
    return parts


def _plain(curve: Curve) -> list[tuple[float, float]]:
    return [(float(at), float(value)) for at, value in curve]


def _days(days: Decimal) -> str:
    return f"{days:.1f}"


def _plus(value: float) -> str:
    """A difference on an axis: a sign on every number but zero."""
    return f"{value:+.10g}" if value else "0"


def _percent(share: Decimal) -> str:
    return f"{100 * share:.0f} %"


def _signed(days: Decimal | None) -> str:
    if days is None:
        return "–"
    text = f"{abs(days):.1f}"
    return f"±{text}" if text == "0.0" else f"{'+' if days > 0 else '−'}{text}"


def _yen(amount: Decimal) -> str:
    """To ten thousand, as the page shows it."""
    return f"¥{round(amount / 10_000) * 10_000:,}"
