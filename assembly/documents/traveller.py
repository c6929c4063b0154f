"""The traveller as flowables: one small function per part of the paper."""

from decimal import Decimal
from operator import attrgetter

from reportlab.platypus import Flowable, Table

from assembly.documents.traveller_pages import detail_pages
from assembly.documents.traveller_sheet import Reading, Step, TravellerSheet
from assembly.documents.traveller_words import WORDS
from documents.paper import (
    BOLD,
    MM,
    REGULAR,
    BarCode,
    Column,
    Issue,
    Marks,
    QrCode,
    Story,
    clean_text,
    form_table,
    gap,
    list_table,
    wrap_cell,
)
from documents.signed import Form, Pen, Say, signed_story
from documents.words import amount, day, limits, mark, moment, number, state

_CODE = 6.7
"""Side of an operation's code, millimetres: 18 characters give modules of 0.23 mm, which a hand scanner reads."""


def story(sheet: TravellerSheet, lang: str, issue: Issue | None = None) -> Story:
    """Front page as the plant knows it, details on the following pages. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: TravellerSheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    return [
        _identity(sheet, pen),
        gap(2.6),
        _now(sheet, lang, say),
        gap(2.6),
        _composition(sheet, lang, say),
        gap(2.6),
        _operations(sheet, lang, say),
        gap(4),
        *detail_pages(sheet, lang, say),
    ]


FORM = Form(WORDS, attrgetter("serial"), _parts)


def _identity(sheet: TravellerSheet, pen: Pen) -> Table:
    lang, say = pen.lang, pen.say
    value = 82 * MM
    product = f"{sheet.part_name.say(lang)} / {sheet.part_number} {say('part_revision')} {sheet.part_revision}"
    need_by = day(sheet.need_by, lang)
    delivery = f"{sheet.destination.say(lang)} / {need_by}" if need_by else sheet.destination.say(lang)
    rows: list[list[object]] = [
        [say(f"serial_{sheet.kind}"), sheet.serial, _bars(sheet.serial), pen.check()],
        [say("product"), wrap_cell(product, value, 8.5), "", ""],
        [say("order"), f"{sheet.order}  {say('design')} {sheet.design}", _bars(sheet.order), ""],
        [say("delivery"), wrap_cell(delivery, value, 8.5), "", ""],
    ]
    commands = [
        ("SPAN", (2, 0), (2, 1)),
        ("SPAN", (2, 2), (2, 3)),
        ("SPAN", (3, 0), (3, 3)),
        ("ALIGN", (2, 0), (3, -1), "CENTER"),
        ("FONT", (1, 0), (1, 0), BOLD, 12, 14),
        ("LEFTPADDING", (2, 0), (3, -1), 0),
        ("RIGHTPADDING", (2, 0), (3, -1), 0),
    ]
    return form_table(rows, (25, 82, 49, 26), heights=(7.6, 6.4, 6.6, 6.8), labels=(0,), commands=commands)


def _bars(text: str) -> BarCode:
    return BarCode(text, 47 * MM, 7.4 * MM, caption=text)


def _now(sheet: TravellerSheet, lang: str, say: Say) -> Table:
    current = next((step for step in sheet.steps if step.is_current), None)
    words = [current.number, current.name.say(lang)] if current else []
    where = wrap_cell(" ".join([*words, state(sheet.current, lang)]), 52 * MM, 10.5, bold=True)
    still_open = [item for item in sheet.nonconformities if item.state != "closed"]
    holds = "\n".join(f"{item.number} {item.what}  {item.demands}".rstrip() for item in still_open)
    holds = wrap_cell(holds or say("none"), 98 * MM, 8.5, bold=bool(still_open))
    rows = [[say("current"), where, say("on_hold"), holds]]
    commands: list[tuple[object, ...]] = [("FONT", (1, 0), (1, 0), BOLD, 10.5, 13)]
    if still_open:
        commands.append(("FACE", (3, 0), (3, 0), BOLD))
    return form_table(rows, (17, 52, 15, 98), frame="CELL", commands=commands)


def _composition(sheet: TravellerSheet, lang: str, say: Say) -> Table:
    counts = " · ".join(f"{count.kind.say(lang)} {count.installed}/{count.required}" for count in sheet.composition)
    lots = "\n".join(f"{lot.name.say(lang)} {lot.lot} {amount(lot.quantity, lot.unit, lang)}" for lot in sheet.lots[:2])
    rows = [
        [
            say("composition"),
            wrap_cell(counts or say("none"), 97 * MM, 7.5),
            say("lots_short"),
            wrap_cell(lots or say("none"), 53 * MM, 8.5),
        ]
    ]
    small: list[tuple[object, ...]] = [("FONT", (1, 0), (1, 0), REGULAR, 7.5, 9.4)]
    return form_table(rows, (17, 97, 15, 53), frame="CELL", commands=small)


def _operations(sheet: TravellerSheet, lang: str, say: Say) -> Table:
    columns = [
        Column(say("step"), 8.5, "CENTER"),
        Column(say("work"), 33),
        Column(say("centre"), 12, "CENTER"),
        Column(say("scan"), 11, "CENTER"),
        Column(say("started"), 23, "CENTER"),
        Column(say("finished"), 23, "CENTER"),
        Column(say("result"), 43),
        Column(say("verdict"), 8, "CENTER"),
        Column(say("operator"), 10.5, "CENTER"),
        Column(say("checker"), 10, "CENTER"),
    ]
    rows = [_operation(step, lang, say) for step in sheet.steps]
    heavy = frozenset(number for number, step in enumerate(sheet.steps) if step.is_current)
    return list_table(columns, rows, size=7, least_height=8.2, marks=Marks(heavy=heavy), bare=frozenset({3}))


def _operation(step: Step, lang: str, say: Say) -> list[str | Flowable]:
    name = step.name.say(lang)
    if step.attempt > 1:
        name += f"\n{say('retest').format(n=step.attempt)}"
    if step.amended_by:
        name += f"\n{say('amended_by').format(n=step.amended_by)}"
    if step.amends:
        name += f"\n{say('amends').format(n=step.amends)}"
    if step.demanded_by:
        name += f" {step.demanded_by}"
    return [
        step.number,
        name,
        step.work_centre,
        QrCode(clean_text(step.scan_text), _CODE * MM),
        moment(step.started_at),
        moment(step.finished_at),
        _result(step, lang),
        say("void") if step.amended_by else mark(step.verdict),
        step.operator,
        step.checker,
    ]


def _result(step: Step, lang: str) -> str:
    parts = [_reading(reading, lang) for reading in step.readings]
    if step.note:
        parts.append(state(step.note, lang))
    return ("、" if lang == "ja" else ", ").join(parts)


def _reading(reading: Reading, lang: str) -> str:
    value = number(reading.value) if isinstance(reading.value, Decimal) else reading.value
    written = " ".join(filter(None, [reading.name.say(lang), value, reading.unit]))
    limit = limits(reading.low, reading.high)
    return f"{written} ({limit})" if limit else written
