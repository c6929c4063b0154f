"""Packing list (梱包明細書): crates with their SSCC, what is in each, the road they take, and the receiver's stamp."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from reportlab.platypus import Flowable, Table

from documents.paper import (
    BOLD,
    MM,
    PAPER,
    REGULAR,
    BarCode,
    Column,
    Issue,
    NoteLines,
    Stamp,
    Story,
    form_table,
    gap,
    list_table,
    room_for,
    section,
    stamp_row,
    wrap_cell,
)
from documents.signed import Form, Pen, Say, signed_story
from documents.words import Plant, Words, moment, number, state, told
from logistics.documents.packing_list_words import WORDS


@dataclass(frozen=True)
class Content:
    """A unit in a crate; mass in kg."""

    part_number: str
    name: Words
    serial: str
    tag: str
    quantity: int
    mass_kg: Decimal | None


@dataclass(frozen=True)
class IndicatorRow:
    """Shock, tilt or humidity indicator or logger; `state` at sealing: intact, tripped, missing, unknown."""

    kind: Words
    serial: str
    rating: str
    state: str


@dataclass(frozen=True)
class CrateRow:
    """Masses in kg, dimensions in mm. `sscc` is 18 digits with its check digit."""

    number: int
    sscc: str
    kind: Words
    gross_kg: Decimal
    net_kg: Decimal
    length_mm: int
    width_mm: int
    height_mm: int
    indicators: tuple[IndicatorRow, ...]
    contents: tuple[Content, ...]
    note: str
    """Desiccant, shipped wet or dry."""
    centre: tuple[int, int, int] | None = None
    """Centre of gravity, mm: along and across from the middle of the floor, and above it; None: not measured."""


@dataclass(frozen=True)
class LegRow:
    """One leg of the lane, planned."""

    mode: Words
    origin: Words
    destination: Words
    departs_at: datetime | None
    arrives_at: datetime | None
    carrier: Words | str


@dataclass(frozen=True)
class LimitRow:
    """One limit of the load: what it comes to and what is allowed, both with their unit."""

    name: Words
    value: str
    allowed: str


@dataclass(frozen=True)
class LoadTable:
    """How the crates are loaded. `spread`: reckoned as spread over the deck, since nobody said where they stand."""

    vehicle: Words
    spread: bool
    limits: tuple[LimitRow, ...]


@dataclass(frozen=True)
class PackingListSheet:
    """A shipment as it was sealed, true at the instant `at` of the last event, `record`."""

    plant: Plant
    shipment: str
    order: str
    customer: Words
    origin: Words
    destination: Words
    dock: str
    lane: str
    departs_at: datetime | None
    arrives_at: datetime | None
    carrier: Words | str
    vehicle: str
    driver: str
    seals: tuple[str, ...]
    permits: tuple[str, ...]
    """Special vehicle permits and the like, by number."""
    crates: tuple[CrateRow, ...]
    legs: tuple[LegRow, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int
    load: LoadTable | None = None


def story(sheet: PackingListSheet, lang: str, issue: Issue | None = None) -> Story:
    """Sheet of the shipment, then a block a crate. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: PackingListSheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    crates = [flowable for crate in sheet.crates for flowable in _crate(crate, lang, say)]
    return [
        _shipment(sheet, pen),
        gap(2.6),
        _totals(sheet, say),
        *_legs(sheet, lang, say),
        *_load(sheet, lang, say),
        gap(1.5),
        *crates,
        *_receipt(say),
    ]


FORM = Form(WORDS, attrgetter("shipment"), _parts)


def _shipment(sheet: PackingListSheet, pen: Pen) -> Table:
    lang, say = pen.lang, pen.say
    road = f"{sheet.origin.say(lang)} → {sheet.destination.say(lang)} {sheet.dock}".rstrip()
    truck = " / ".join(filter(None, (told(sheet.carrier, lang), sheet.vehicle, sheet.driver)))
    times = f"{moment(sheet.departs_at) or say('unset')} → {moment(sheet.arrives_at) or say('unset')}"
    papers = " / ".join((*sheet.seals, *sheet.permits)) or say("none")
    room = 82 * MM
    code = BarCode(sheet.shipment, 47 * MM, 9 * MM, caption=sheet.shipment)
    rows: list[list[object]] = [
        [say("shipment"), f"{sheet.shipment}", code, pen.check(25)],
        [say("customer"), wrap_cell(f"{sheet.customer.say(lang)} / {sheet.order}", room, 8.5), "", ""],
        [say("road"), wrap_cell(f"{road} ({sheet.lane})", room, 8.5), "", ""],
        [say("times"), wrap_cell(times, room, 8.5), "", ""],
        [say("truck"), wrap_cell(truck or say("unset"), room, 8.5), "", ""],
        [say("seals"), wrap_cell(papers, 157 * MM, 8.5), "", ""],
    ]
    commands = [
        ("SPAN", (2, 0), (2, 4)),
        ("SPAN", (3, 0), (3, 4)),
        ("SPAN", (1, 5), (3, 5)),
        ("ALIGN", (2, 0), (3, 4), "CENTER"),
        ("FONT", (1, 0), (1, 0), BOLD, 12, 14),
        ("LEFTPADDING", (2, 0), (3, 4), 0),
        ("RIGHTPADDING", (2, 0), (3, 4), 0),
    ]
    return form_table(rows, (25, 82, 49, 26), heights=(7.6, 6.4, 6.4, 6.4, 6.4, 6.4), labels=(0,), commands=commands)


def _totals(sheet: PackingListSheet, say: Say) -> Table:
    gross = sum((crate.gross_kg for crate in sheet.crates), Decimal(0))
    net = sum((crate.net_kg for crate in sheet.crates), Decimal(0))
    volume = sum(crate.length_mm * crate.width_mm * crate.height_mm for crate in sheet.crates)
    cubic_metres = (Decimal(volume) / Decimal(10**9)).quantize(Decimal("0.01"))
    rows = [
        [
            say("crates"), number(len(sheet.crates)), say("gross"), f"{number(gross)} kg",
            say("net"), f"{number(net)} kg", say("volume"), f"{number(cubic_metres)} m³",
        ]
    ]  # fmt: skip
    commands = [("FONT", (column, 0), (column, 0), BOLD, 10, 12) for column in (1, 3, 5, 7)]
    widths = (25, 16, 20, 30, 20, 30, 16, 25)
    return form_table(rows, widths, labels=(0, 2, 4, 6), frame="CELL", commands=commands)


def _legs(sheet: PackingListSheet, lang: str, say: Say) -> list[Flowable]:
    if not sheet.legs:
        return []
    columns = [
        Column(say("mode"), 18, "CENTER"),
        Column(say("origin"), 44),
        Column(say("destination"), 44),
        Column(say("departs"), 25, "CENTER"),
        Column(say("arrives"), 25, "CENTER"),
        Column(say("carrier"), 26),
    ]
    rows = [
        [
            leg.mode.say(lang), leg.origin.say(lang), leg.destination.say(lang),
            moment(leg.departs_at), moment(leg.arrives_at), told(leg.carrier, lang),
        ]
        for leg in sheet.legs
    ]  # fmt: skip
    return section(say("legs"), list_table(columns, rows, size=7.5))


def _load(sheet: PackingListSheet, lang: str, say: Say) -> list[Flowable]:
    """What the load comes to beside what is allowed, on the vehicle that was planned."""
    if sheet.load is None:
        return []
    columns = [Column(say("limit"), 92), Column(say("comes_to"), 45, "RIGHT"), Column(say("allowed"), 45, "RIGHT")]
    rows = [[one.name.say(lang), one.value, one.allowed] for one in sheet.load.limits]
    note = [NoteLines([say("spread")])] if sheet.load.spread else []
    title = f"{say('load')}: {sheet.load.vehicle.say(lang)}"
    return section(title, list_table(columns, rows, size=7.5), *note)


class _CentreMark(Flowable):  # type: ignore[misc]
    """The centre of gravity, drawn: a crate on its ground line with the point where its weight acts, in its height."""

    def __init__(self, crate: CrateRow) -> None:
        super().__init__()
        self.crate, self.width, self.height = crate, 9 * MM, 9 * MM

    def draw(self) -> None:
        canvas, crate = self.canv, self.crate
        along, _across, high = crate.centre or (0, 0, 0)
        scale = 8 * MM / max(crate.height_mm, crate.length_mm)
        wide, tall = crate.length_mm * scale, crate.height_mm * scale
        left = (self.width - wide) / 2
        canvas.setLineWidth(0.6)
        canvas.rect(left, 0.5, wide, tall)
        x, y, r = left + wide / 2 + along * scale, 0.5 + high * scale, 1.1 * MM
        canvas.circle(x, y, r)
        for start in (0, 180):
            canvas.wedge(x - r, y - r, x + r, y + r, start, 90, fill=1, stroke=0)


def _centre(crate: CrateRow, say: Say) -> object:
    """The figures beside the drawing; a blank would invite a guess."""
    if crate.centre is None:
        return say("not_measured")
    along, across, high = crate.centre
    told = say("centre_figures").format(high=number(high), along=f"{along:+,}", across=f"{across:+,}")
    table = Table([[_CentreMark(crate), wrap_cell(told, 70 * MM, 8.5)]], colWidths=[11 * MM, 71 * MM])
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), REGULAR, 8.5, 11),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
    )
    return table


def _crate(crate: CrateRow, lang: str, say: Say) -> list[Flowable]:
    size = f"{number(crate.length_mm)} × {number(crate.width_mm)} × {number(crate.height_mm)} mm"
    mass = f"{say('gross')} {number(crate.gross_kg)} kg / {say('net')} {number(crate.net_kg)} kg"
    indicators = "\n".join(
        " ".join(filter(None, (one.kind.say(lang), one.serial, one.rating, state(one.state, lang))))
        for one in crate.indicators
    )
    room = 84 * MM
    code = BarCode(f"00{crate.sscc}", 72 * MM, 14 * MM, caption=f"(00) {crate.sscc}", gs1=True)
    rows: list[list[object]] = [
        [say("crate"), f"{crate.number}  {crate.kind.say(lang)}", code],
        [say("size"), size, ""],
        [say("mass"), wrap_cell(mass, room, 8.5), ""],
        [say("centre"), _centre(crate, say), ""],
        [say("indicators"), wrap_cell(indicators or say("none"), room, 8.5), ""],
        [say("note"), wrap_cell(crate.note or say("none"), room, 8.5), ""],
    ]
    commands = [
        ("SPAN", (2, 0), (2, 5)),
        ("ALIGN", (2, 0), (2, 5), "CENTER"),
        ("FONT", (1, 0), (1, 0), BOLD, 10, 12),
        ("LEFTPADDING", (2, 0), (2, 5), 0),
        ("RIGHTPADDING", (2, 0), (2, 5), 0),
    ]
    form = form_table(rows, (24, 84, 74), labels=(0,), commands=commands)
    return [room_for(60), form, gap(1.2), _contents(crate, lang, say), gap(3.5)]


def _contents(crate: CrateRow, lang: str, say: Say) -> Table:
    columns = [
        Column(say("part"), 42),
        Column(say("name"), 46),
        Column(say("serial"), 38),
        Column(say("tag"), 22, "CENTER"),
        Column(say("quantity"), 14, "RIGHT"),
        Column(say("mass_short"), 20, "RIGHT"),
    ]
    rows = [
        [
            item.part_number, item.name.say(lang), item.serial, item.tag, number(item.quantity), number(item.mass_kg),
        ]
        for item in crate.contents
    ]  # fmt: skip
    return list_table(columns, rows, size=7.5)


def _receipt(say: Say) -> list[Flowable]:
    """Written by hand at the dock: the only part of a paper that waits for ink; the record is made on the screen."""
    blank = "　"
    rows = [
        [say("arrived_at"), blank, say("receiver"), blank],
        [say("damage"), say("damage_choices"), say("shock"), say("shock_choices")],
        [say("remarks"), blank, "", blank],
    ]
    remarks = [("SPAN", (1, 2), (3, 2)), ("BACKGROUND", (1, 2), (3, 2), PAPER)]
    form = form_table(rows, (24, 54, 26, 44), heights=(7.5, 7.5, 8), commands=remarks)
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
