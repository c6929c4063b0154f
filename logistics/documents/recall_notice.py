"""Recall notice (回収通知書): what is recalled and why, how many racks and trays are where, each with the path."""

from dataclasses import dataclass
from datetime import datetime

from reportlab.platypus import Flowable, Table

from documents.paper import (
    Column,
    Issue,
    NoteLines,
    Stamp,
    Story,
    gap,
    list_table,
    section,
)
from documents.signed import Form, Pen, Say, about_form, signed_story
from documents.words import Plant, Words, moment, number
from logistics.documents.recall_notice_words import WORDS

NAMES_SHOWN = 40
"""Names of a long list on the first page; the rest are in the rows."""


@dataclass(frozen=True)
class Count:
    """How many racks, trays and loose parts are at one kind of place."""

    place: Words
    racks: int
    trays: int
    loose: int


@dataclass(frozen=True)
class NoticePath:
    """Why: in words, and the way from the hit unit up."""

    why: Words
    way: str


@dataclass(frozen=True)
class NoticeRow:
    """One rack, tray or part that is hit. `held`: a hold lies on it."""

    name: str
    tag: str
    kind: Words
    place: Words
    location: Words
    crate: str
    held: bool
    paths: tuple[NoticePath, ...]


@dataclass(frozen=True)
class RecallNoticeSheet:
    """A recall as it stands at the instant `at` of the last event, `record`; `rack` names the one that this notice
    is about, "" for all."""

    plant: Plant
    recall: str
    rack: str
    about: Words
    names: tuple[str, ...]
    part: str
    from_at: datetime | None
    to_at: datetime | None
    reason: str
    opened_at: datetime
    closed_at: datetime | None
    holds: int
    holds_open: int
    counts: tuple[Count, ...]
    rows: tuple[NoticeRow, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int


def story(sheet: RecallNoticeSheet, lang: str, issue: Issue | None = None) -> Story:
    """The recall, the count by place, then every rack, tray and part. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _subject(sheet: RecallNoticeSheet) -> str:
    return f"{sheet.recall} {sheet.rack}".strip()


def _parts(sheet: RecallNoticeSheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    return [
        _recall(sheet, pen),
        gap(2.6),
        *section(say("where"), _counts(sheet, lang, say)),
        *section(say("rows"), _rows(sheet, lang, say), note=say("rows_note")),
        *section(say("act"), NoteLines([say("act_1"), say("act_2"), say("act_3")], size=8.5), least=30),
    ]


FORM = Form(WORDS, _subject, _parts)


def _recall(sheet: RecallNoticeSheet, pen: Pen) -> Table:
    lang, say = pen.lang, pen.say
    names = ", ".join(sheet.names[:NAMES_SHOWN])
    if len(sheet.names) > NAMES_SHOWN:
        names += f" … ({number(len(sheet.names))})"
    period = f"{moment(sheet.from_at) or '…'} – {moment(sheet.to_at) or '…'}"
    state = f"{moment(sheet.opened_at)} {say('opened')}"
    if sheet.closed_at:
        state += f" · {moment(sheet.closed_at)} {say('closed')}"
    rows = [
        ("recall", f"{sheet.recall}  {sheet.rack}".strip()),
        ("about", f"{sheet.about.say(lang)}: {names}"),
        ("part", sheet.part or say("any")),
        ("period", period if sheet.from_at or sheet.to_at else say("any")),
        ("reason", sheet.reason),
        ("state", state),
        ("holds", f"{number(sheet.holds_open)} / {number(sheet.holds)}"),
    ]
    return about_form(rows, pen)


def _counts(sheet: RecallNoticeSheet, lang: str, say: Say) -> Table:
    columns = [
        Column(say("place"), 80),
        Column(say("racks"), 34, "RIGHT"),
        Column(say("trays"), 34, "RIGHT"),
        Column(say("loose"), 34, "RIGHT"),
    ]
    rows = [[one.place.say(lang), number(one.racks), number(one.trays), number(one.loose)] for one in sheet.counts]
    total = [
        say("total"),
        number(sum(one.racks for one in sheet.counts)),
        number(sum(one.trays for one in sheet.counts)),
        number(sum(one.loose for one in sheet.counts)),
    ]
    return list_table(columns, [*rows, total], size=8.5)


def _rows(sheet: RecallNoticeSheet, lang: str, say: Say) -> Table:
    columns = [
        Column(say("number"), 32),
        Column(say("kind"), 14),
        Column(say("place"), 40),
        Column(say("held"), 12, "CENTER"),
        Column(say("why"), 84),
    ]
    rows = []
    for row in sheet.rows:
        place = f"{row.place.say(lang)} {row.location.say(lang)} {row.crate}".strip()
        for at, path in enumerate(row.paths):
            head = [row.name, row.kind.say(lang), place, "○" if row.held else "×"] if at == 0 else ["", "", "", ""]
            rows.append([*head, f"{path.why.say(lang)}: {path.way}"])
    return list_table(columns, rows, size=7.5)
