"""Nonconformity report (不適合報告書): what was found, on what, why, what was decided by whom, what is repeated."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from reportlab.platypus import Flowable, Table

from documents.paper import (
    MM,
    Column,
    Issue,
    NoteLines,
    Stamp,
    Story,
    form_table,
    gap,
    list_table,
    section,
    wrap_cell,
)
from documents.signed import Form, Pen, Say, about_form, signed_story
from documents.words import Plant, Words, moment, state, told

WORDS: dict[str, Words] = {
    "title": Words("不適合報告書", "Nonconformity report"),
    "other_title": Words("NONCONFORMITY REPORT", "不適合報告書"),
    "form_number": Words("GP-NCR-01", "GP-NCR-01"),
    "number": Words("不適合番号", "Number"),
    "build": Words("ラック・トレイ", "Rack or tray"),
    "unit": Words("該当品", "Affected unit"),
    "found": Words("発見", "Found"),
    "step": Words("工程", "Operation"),
    "defect": Words("不良コード", "Defect code"),
    "cause": Words("原因", "Cause"),
    "what": Words("内容", "What is wrong"),
    "photos": Words("写真", "Photos"),
    "decision": Words("処置", "Disposition"),
    "decided": Words("判定", "Decided"),
    "reason": Words("理由", "Reason"),
    "repeats": Words("再実施する工程", "To be repeated"),
    "concessions": Words("特別採用の経過", "Use as is"),
    "proposed": Words("提案", "Proposed"),
    "answered": Words("回答", "Answered"),
    "outcome": Words("結果", "Outcome"),
    "approved_word": Words("承認", "approved"),
    "declined_word": Words("却下", "declined"),
    "waits_word": Words("承認待ち", "waits"),
    "undecided": Words("未判定", "undecided"),
    "closed": Words("完了", "Closed"),
    "not_closed": Words("未完了", "not yet"),
    "legend": Words(
        "写真は内容の SHA-256 で示します。原本は記録にあります。",
        "Photos are named by their SHA-256; the originals are in the record.",
    ),
}


@dataclass(frozen=True)
class ConcessionRow:
    """One proposed use as is and its answer; `outcome` is approved, declined, or empty while it waits."""

    reason: str
    proposed_at: datetime
    proposed_by: Words
    outcome: str
    decided_at: datetime | None
    decided_by: Words
    remarks: str


@dataclass(frozen=True)
class NonconformitySheet:
    """A nonconformity at the instant `at` of its last event, `record`."""

    plant: Plant
    number: str
    build: str
    unit: str
    part_number: str
    name: Words
    found_at: datetime
    found_by: Words
    step: Words | str
    defect: str
    cause: Words | str
    what: Words | str
    photos: tuple[str, ...]
    disposition: str
    reason: str
    decided_at: datetime | None
    decided_by: Words
    repeats: tuple[Words, ...]
    closed_at: datetime | None
    concessions: tuple[ConcessionRow, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int


def story(sheet: NonconformitySheet, lang: str, issue: Issue | None = None) -> Story:
    """Head, what was found, the decision, the way of a use as is. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: NonconformitySheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    flowables: list[Flowable] = [
        _found(sheet, pen),
        gap(2.6),
        *section(say("decision"), _decision(sheet, lang, say)),
    ]
    if sheet.concessions:
        flowables += section(say("concessions"), _concessions(sheet, lang, say))
    if sheet.photos:
        flowables += section(say("photos"), NoteLines([f"{n}. {sha}" for n, sha in enumerate(sheet.photos, start=1)]))
    return flowables


FORM = Form(WORDS, attrgetter("number"), _parts)


def _found(sheet: NonconformitySheet, pen: Pen) -> Table:
    lang, say = pen.lang, pen.say
    unit = f"{sheet.unit}  {sheet.part_number}  {sheet.name.say(lang)}"
    rows = [
        ("number", sheet.number),
        ("build", sheet.build),
        ("unit", unit),
        ("found", f"{moment(sheet.found_at)}  {sheet.found_by.say(lang)}"),
        ("step", told(sheet.step, lang) or say("none")),
        ("defect", sheet.defect or say("none")),
        ("cause", told(sheet.cause, lang) or say("none")),
        ("what", told(sheet.what, lang)),
    ]
    return about_form(rows, pen)


def _decision(sheet: NonconformitySheet, lang: str, say: Say) -> Table:
    room = 154 * MM
    repeats = ", ".join(step.say(lang) for step in sheet.repeats)
    decided = f"{moment(sheet.decided_at)}  {sheet.decided_by.say(lang)}" if sheet.decided_at else ""
    rows: list[list[object]] = [
        [say("decision"), state(sheet.disposition, lang) if sheet.disposition else say("undecided")],
        [say("decided"), decided],
        [say("reason"), wrap_cell(sheet.reason, room, 8.5)],
        [say("repeats"), wrap_cell(repeats or say("none"), room, 8.5)],
        [say("closed"), moment(sheet.closed_at) or say("not_closed")],
    ]
    return form_table(rows, (25, 157), heights=(6.2,) * 5, labels=(0,))


def _concessions(sheet: NonconformitySheet, lang: str, say: Say) -> Table:
    columns = [
        Column(say("proposed"), 48),
        Column(say("reason"), 52),
        Column(say("outcome"), 18, "CENTER"),
        Column(say("answered"), 64),
    ]
    outcomes = {"approved": say("approved_word"), "declined": say("declined_word"), "": say("waits_word")}
    rows = [
        [
            f"{moment(row.proposed_at)} {row.proposed_by.say(lang)}",
            row.reason,
            outcomes[row.outcome],
            f"{moment(row.decided_at)} {row.decided_by.say(lang)} {row.remarks}".strip(),
        ]
        for row in sheet.concessions
    ]
    return list_table(columns, rows, size=7.5)
