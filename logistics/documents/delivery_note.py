"""Delivery note (納品書): what is handed to whom, rack by rack with its crate, and the box for the receiver's stamp."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from reportlab.platypus import Flowable, Table

from documents.paper import (
    BOLD,
    MM,
    PAPER,
    Column,
    Issue,
    Marks,
    NoteLines,
    Stamp,
    Story,
    form_table,
    gap,
    list_table,
    section,
    stamp_row,
    wrap_cell,
)
from documents.signed import Form, Pen, Say, signed_story
from documents.words import Plant, Words, day, number, told
from logistics.documents.delivery_note_words import WORDS


@dataclass(frozen=True)
class DeliveryLine:
    """One piece delivered, in the crate of that SSCC."""

    name: Words
    part_number: str
    serial: str
    sscc: str
    quantity: int


@dataclass(frozen=True)
class DeliveryNoteSheet:
    """A shipment as it is handed over, true at the instant `at` of the last event, `record`. Masses in kg."""

    plant: Plant
    shipment: str
    order: str
    receiver: Words
    receiver_address: Words
    dock: str
    issuer_address: Words
    shipped_on: date | None
    delivery_on: date | None
    carrier: Words | str
    vehicle: str
    crates: int
    gross_kg: Decimal
    lines: tuple[DeliveryLine, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int


def story(sheet: DeliveryNoteSheet, lang: str, issue: Issue | None = None) -> Story:
    """One sheet for a truck of racks; more lines go on. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: DeliveryNoteSheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    return [
        _parties(sheet, pen),
        gap(2),
        NoteLines([say("opening")], 10),
        gap(1.5),
        _facts(sheet, lang, say),
        gap(3),
        _lines(sheet, lang, say),
        gap(4),
        *_receipt(say),
    ]


FORM = Form(WORDS, attrgetter("shipment"), _parts)


def _parties(sheet: DeliveryNoteSheet, pen: Pen) -> Table:
    """The receiver first, in the larger hand, as a Japanese commercial paper has it."""
    lang, say, room = pen.lang, pen.say, 70 * MM
    receiver = " ".join(filter(None, (sheet.receiver.say(lang), say("honorific"))))
    issuer = f"{sheet.plant.name.say(lang)}\n{sheet.issuer_address.say(lang)}".strip()
    shown = pen.issue.number if pen.issue else say("copy")
    rows: list[list[object]] = [
        [
            say("to"),
            wrap_cell(receiver, room, 12, bold=True),
            say("number"),
            shown,
            pen.check(24),
        ],
        ["", wrap_cell(sheet.receiver_address.say(lang), room, 8.5), say("from"), wrap_cell(issuer, 46 * MM, 8), ""],
    ]
    commands = [
        ("SPAN", (0, 0), (0, 1)),
        ("SPAN", (4, 0), (4, 1)),
        ("ALIGN", (4, 0), (4, 1), "CENTER"),
        ("FONT", (1, 0), (1, 0), BOLD, 12, 15),
        ("FONT", (3, 0), (3, 0), BOLD, 8.5, 11),
        ("LEFTPADDING", (4, 0), (4, 1), 0),
        ("RIGHTPADDING", (4, 0), (4, 1), 0),
    ]
    return form_table(rows, (17, 72, 20, 48, 25), heights=(12, 14), labels=(0, 2), commands=commands)


def _facts(sheet: DeliveryNoteSheet, lang: str, say: Say) -> Table:
    truck = " / ".join(filter(None, (told(sheet.carrier, lang), sheet.vehicle)))
    room = 64 * MM
    rows: list[list[object]] = [
        [say("shipment"), sheet.shipment, say("order"), wrap_cell(sheet.order or say("unset"), room, 8.5)],
        [
            say("shipped_on"), day(sheet.shipped_on, lang) or say("unset"),
            say("delivery_on"), day(sheet.delivery_on, lang) or say("unset"),
        ],
        [say("dock"), sheet.dock, say("carrier"), wrap_cell(truck or say("unset"), room, 8.5)],
    ]  # fmt: skip
    return form_table(rows, (26, 62, 28, 66), heights=(6.6, 6.6, 6.6), labels=(0, 2))


def _lines(sheet: DeliveryNoteSheet, lang: str, say: Say) -> Table:
    columns = [
        Column(say("line"), 10, "RIGHT"),
        Column(say("goods"), 66),
        Column(say("serial"), 42),
        Column(say("sscc"), 42, "CENTER"),
        Column(say("quantity"), 22, "RIGHT"),
    ]
    rows = [
        [str(at), f"{line.name.say(lang)}  {line.part_number}", line.serial, line.sscc, _pieces(line.quantity, say)]
        for at, line in enumerate(sheet.lines, start=1)
    ]
    mass = f"{say('gross')} {number(sheet.gross_kg)} kg"
    pieces = sum(line.quantity for line in sheet.lines)
    rows.append(["", say("total"), mass, f"{say('crates')} {number(sheet.crates)}", _pieces(pieces, say)])
    return list_table(columns, rows, size=8.5, least_height=7, marks=Marks(shaded=frozenset({len(rows) - 1})))


def _pieces(count: int, say: Say) -> str:
    return f"{number(count)} {say('unit')}"


def _receipt(say: Say) -> list[Flowable]:
    """Written by hand at the dock; the record of the receipt is made on the screen."""
    blank = "　"
    rows = [
        [say("received_on"), say("received_on_blank"), say("receiver"), blank],
        [say("remarks"), blank, "", blank],
    ]
    remarks = [("SPAN", (1, 1), (3, 1)), ("BACKGROUND", (1, 1), (3, 1), PAPER)]
    form = form_table(rows, (24, 54, 26, 44), heights=(9, 13), commands=remarks)
    stamps = stamp_row([("received", say("receipt_stamp"))], [], "")
    both = Table(
        [[form, stamps]],
        colWidths=[150 * MM, 32 * MM],
        style=[
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("ALIGN", (1, 0), (1, 0), "RIGHT"),
        ],
    )
    return section(say("receipt"), both, NoteLines([say("receipt_note")]), least=40)
