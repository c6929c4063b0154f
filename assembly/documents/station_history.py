"""Station history (設備履歴): what was done at a station or in a burn-in cell over a period, by whom, with which tools
and software, what stopped it, when nothing ran."""

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from reportlab.platypus import Flowable

from documents.paper import Column, Issue, Marks, NoteLines, Stamp, Story, gap, list_table, section
from documents.signed import Form, Pen, about_form, signed_story
from documents.words import Plant, Words, day, mark, moment, number, told

WORDS: dict[str, Words] = {
    "title": Words("設備履歴", "Station history"),
    "other_title": Words("STATION HISTORY", "設備履歴"),
    "form_number": Words("GP-STH-01", "GP-STH-01"),
    "station": Words("設備", "Station"),
    "period": Words("期間", "Period"),
    "centre": Words("作業区", "Work centre"),
    "counts": Words("件数", "Counts"),
    "counts_say": Words(
        "作業 {runs} · 試験器ファイル {files} · 呼出し {calls} · 稼働 {busy} / 空き {idle}",
        "runs {runs} · testers' files {files} · calls {calls} · busy {busy} / idle {idle}",
    ),
    "runs": Words("作業", "Runs"),
    "step": Words("工程", "Op"),
    "work": Words("作業", "Work"),
    "unit": Words("対象", "Unit"),
    "started": Words("着手", "Started"),
    "finished": Words("完了", "Finished"),
    "running": Words("継続中", "running"),
    "result": Words("結果", "Result"),
    "operator": Words("作業者", "By"),
    "tools_used": Words("測定器", "Tools"),
    "note": Words("備考", "Note"),
    "cut": Words("ほか {n} 件は記録にあります", "{n} more are in the record"),
    "software": Words("試験ソフトウェアと規格の版", "Test software and limit revisions"),
    "tool": Words("ツール", "Tool"),
    "version": Words("版", "Version"),
    "limits": Words("規格", "Limits"),
    "first": Words("最初", "First"),
    "last": Words("最後", "Last"),
    "count": Words("件数", "n"),
    "bad": Words("合格以外", "no pass"),
    "instruments": Words("使った測定器と校正", "Measuring tools used, and their calibration"),
    "tool_name": Words("名称", "Name"),
    "values": Words("測定値", "Values"),
    "calibrations": Words("校正(期間中に有効)", "Calibrations in force during the period"),
    "people": Words("作業者", "Operators"),
    "name": Words("氏名", "Name"),
    "calls": Words("呼出し・停止", "Calls and stops"),
    "call": Words("番号", "Number"),
    "why": Words("理由", "Reason"),
    "raised": Words("呼出し", "Called"),
    "came": Words("到着", "Came"),
    "settled": Words("解決", "Settled"),
    "open": Words("未解決", "open"),
    "outcome": Words("処置", "Outcome"),
    "idle": Words("何も動いていない時間(1 時間以上、長い順)", "Nothing ran (one hour and more, longest first)"),
    "from": Words("開始", "From"),
    "to": Words("終了", "To"),
    "duration": Words("時間", "Duration"),
    "legend": Words(
        "○ 合格 × 不合格 △ 条件付 – 中止。期間に一部でもかかる作業を数えます。",
        "○ pass × fail △ conditional – aborted. A run counts when any of it falls into the period.",
    ),
}


@dataclass(frozen=True)
class RunRow:
    """One run at the station, or one burn-in in the cell."""

    step: str
    work: Words
    unit: str
    started_at: datetime
    finished_at: datetime | None
    result: str
    operator: Words
    tools: tuple[str, ...]
    note: Words | str


@dataclass(frozen=True)
class SoftwareRow:
    """One version of a tester's software with one revision of limits, as its files said here."""

    tool: str
    version: str
    limits: str
    first_at: datetime
    last_at: datetime
    count: int
    bad: int


@dataclass(frozen=True)
class InstrumentRow:
    """A measuring tool that values name here; `calibrations`: (calibrated, due; None for a failed one)."""

    code: str
    name: Words
    values: int
    calibrations: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True)
class PersonRow:
    """Who started runs here."""

    name: Words
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class CallRow:
    """One andon call, or one alarm of a cell."""

    number: str
    reason: Words
    text: str
    raised_at: datetime
    came_at: datetime | None
    settled_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class StationHistorySheet:
    """A station or cell from `from_at` to `to_at` (not included); minutes are whole ones of the period up to `at`."""

    plant: Plant
    subject: str
    code: str
    name: Words
    centre: str
    from_on: date
    to_on: date
    busy_minutes: int
    idle_minutes: int
    runs: tuple[RunRow, ...]
    runs_more: int
    files: int
    software: tuple[SoftwareRow, ...]
    instruments: tuple[InstrumentRow, ...]
    people: tuple[PersonRow, ...]
    calls: tuple[CallRow, ...]
    idle: tuple[tuple[datetime, datetime], ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int


def story(sheet: StationHistorySheet, lang: str, issue: Issue | None = None) -> Story:
    """What and when, then stops, software, tools, people, idle stretches, runs. Raises MissingGlyph naming a field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: StationHistorySheet, pen: Pen) -> list[Flowable]:
    counts = pen.say("counts_say").format(
        runs=number(len(sheet.runs) + sheet.runs_more), files=number(sheet.files), calls=number(len(sheet.calls)),
        busy=_hours(sheet.busy_minutes), idle=_hours(sheet.idle_minutes),
    )  # fmt: skip
    rows = [
        ("station", f"{sheet.code}  {sheet.name.say(pen.lang)}"),
        ("period", f"{day(sheet.from_on, pen.lang)} – {day(sheet.to_on, pen.lang)}"),
        ("centre", sheet.centre or pen.say("none")),
        ("counts", counts),
    ]
    return [
        about_form(rows, pen),
        gap(2.6),
        *_calls(sheet.calls, pen),
        *_software(sheet.software, pen),
        *_instruments(sheet.instruments, pen),
        *_people(sheet.people, pen),
        *_idle(sheet.idle, pen),
        *_runs(sheet, pen),
    ]


FORM = Form(WORDS, attrgetter("subject"), _parts)


def _runs(sheet: StationHistorySheet, pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [
        Column(say("step"), 9, "CENTER"),
        Column(say("work"), 34),
        Column(say("unit"), 25),
        Column(say("started"), 23, "CENTER"),
        Column(say("finished"), 23, "CENTER"),
        Column(say("result"), 10, "CENTER"),
        Column(say("operator"), 17),
        Column(say("tools_used"), 15),
        Column(say("note"), 26),
    ]
    rows = [
        [
            row.step, row.work.say(pen.lang), row.unit, moment(row.started_at),
            moment(row.finished_at) or say("running"), mark(row.result), row.operator.say(pen.lang),
            "\n".join(row.tools), told(row.note, pen.lang),
        ]
        for row in sheet.runs
    ]  # fmt: skip
    bad = frozenset(place for place, row in enumerate(sheet.runs) if row.result in ("fail", "aborted"))
    more = [NoteLines([say("cut").format(n=number(sheet.runs_more))])] if sheet.runs_more else []
    if not rows:
        return section(say("runs"), NoteLines([say("no_record")]))
    table = list_table(columns, rows, size=6.6, least_height=4.8, marks=Marks(shaded=bad))
    return section(say("runs"), table, *more, note=number(len(rows) + sheet.runs_more))


def _software(rows: tuple[SoftwareRow, ...], pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [
        Column(say("tool"), 38), Column(say("version"), 44), Column(say("limits"), 24),
        Column(say("first"), 25, "CENTER"), Column(say("last"), 25, "CENTER"),
        Column(say("count"), 12, "RIGHT"), Column(say("bad"), 14, "RIGHT"),
    ]  # fmt: skip
    table = [
        [row.tool, row.version, row.limits, moment(row.first_at), moment(row.last_at), number(row.count),
         number(row.bad)]
        for row in rows
    ]  # fmt: skip
    return section(say("software"), list_table(columns, table, size=7)) if rows else []


def _instruments(rows: tuple[InstrumentRow, ...], pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [
        Column(say("tools_used"), 30), Column(say("tool_name"), 52), Column(say("values"), 16, "RIGHT"),
        Column(say("calibrations"), 84),
    ]  # fmt: skip
    table = [
        [
            row.code,
            row.name.say(pen.lang),
            number(row.values),
            " / ".join(_calibration(*one) for one in row.calibrations),
        ]
        for row in rows
    ]
    return section(say("instruments"), list_table(columns, table, size=7)) if rows else []


def _calibration(on: date, due: date | None) -> str:
    return f"{on:%Y/%m/%d} – {due:%Y/%m/%d}" if due else f"{on:%Y/%m/%d} ×"


def _people(rows: tuple[PersonRow, ...], pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [
        Column(say("name"), 82), Column(say("count"), 20, "RIGHT"), Column(say("first"), 40, "CENTER"),
        Column(say("last"), 40, "CENTER"),
    ]  # fmt: skip
    table = [[row.name.say(pen.lang), number(row.count), moment(row.first_at), moment(row.last_at)] for row in rows]
    return section(say("people"), list_table(columns, table, size=7)) if rows else []


def _calls(rows: tuple[CallRow, ...], pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [
        Column(say("call"), 24), Column(say("why"), 52), Column(say("raised"), 25, "CENTER"),
        Column(say("came"), 25, "CENTER"), Column(say("settled"), 25, "CENTER"), Column(say("outcome"), 31),
    ]  # fmt: skip
    table = [
        [
            row.number, f"{row.reason.say(pen.lang)} {row.text}".strip(), moment(row.raised_at), moment(row.came_at),
            moment(row.settled_at) or say("open"), row.outcome,
        ]
        for row in rows
    ]  # fmt: skip
    still = frozenset(place for place, row in enumerate(rows) if row.settled_at is None)
    return section(say("calls"), list_table(columns, table, size=7, marks=Marks(shaded=still))) if rows else []


def _idle(rows: tuple[tuple[datetime, datetime], ...], pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [Column(say("from"), 66, "CENTER"), Column(say("to"), 66, "CENTER"), Column(say("duration"), 50, "RIGHT")]
    table = [[moment(start), moment(end), _hours(int((end - start).total_seconds() // 60))] for start, end in rows]
    return section(say("idle"), list_table(columns, table, size=7)) if rows else []


def _hours(minutes: int) -> str:
    return f"{minutes // 60:,}:{minutes % 60:02} h"
