"""Chain of custody (保管引継ぎ記録書): crates as sealed, each hand-over to the site, gaps as gaps, what loggers and
indicators tell, acceptance."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from reportlab.platypus import Flowable, Table

from documents.paper import Column, Issue, Marks, Stamp, Story, gap, list_table, section
from documents.signed import Form, Pen, Say, about_form, signed_story
from documents.words import Plant, Words, moment, number
from logistics.documents.custody_conditions import RoadRecord, road_parts, standing_of
from logistics.documents.custody_words import WORDS


@dataclass(frozen=True)
class Mark:
    """A seal or an indicator and how it was found."""

    number: str
    state: str


@dataclass(frozen=True)
class SealedCrate:
    """A crate as it was sealed: what is in it, when, by whom, how many indicators on it."""

    sscc: str
    rack: str
    packed_at: datetime
    packed_by: str
    indicators: int


@dataclass(frozen=True)
class CustodyLine:
    """A hand-over; with `record` 0 one that nobody recorded, and `due` tells a gap from what is ahead. `crates` is how
    many were counted, 0 under seal; `shaken` the indicators that were not intact."""

    giver: Words
    taker: Words
    due: bool
    at: datetime | None = None
    giver_person: str = ""
    taker_person: str = ""
    place: str = ""
    vehicle: str = ""
    seals: tuple[Mark, ...] = ()
    unread: tuple[str, ...] = ()
    crates: int = 0
    intact: int = 0
    shaken: tuple[Mark, ...] = ()
    recorded_at: datetime | None = None
    """Only where it was recorded long after it happened."""
    remarks: str = ""
    record: int = 0


@dataclass(frozen=True)
class AcceptedRack:
    """The site's word about a rack; `outcome` "" while it has not given it."""

    rack: str
    outcome: str
    at: datetime | None
    by: str
    position: str
    remarks: str


@dataclass(frozen=True)
class CustodySheet:
    """The custody of a shipment, true at the instant `at` of the last event, `record`. Masses in kg."""

    plant: Plant
    shipment: str
    origin: Words
    destination: Words
    gross_kg: Decimal
    arrived: bool
    crates: tuple[SealedCrate, ...]
    lines: tuple[CustodyLine, ...]
    accepted: tuple[AcceptedRack, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int


@dataclass(frozen=True)
class MonitoredCustodySheet(CustodySheet):
    """The custody of a shipment with loggers on its crates. A shipment without any has the sheet above: the facts of
    its issued papers stand."""

    road: RoadRecord


def story(sheet: CustodySheet, lang: str, issue: Issue | None = None) -> Story:
    """The shipment, its crates, the chain, the acceptance. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: CustodySheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    return [
        _about(sheet, pen),
        gap(2.6),
        *section(say("crates"), _crates(sheet, say)),
        *section(say("chain"), _chain(sheet, lang, say)),
        *(road_parts(sheet.road, pen, arrived=sheet.arrived) if isinstance(sheet, MonitoredCustodySheet) else ()),
        *section(say("acceptance"), _acceptance(sheet, say)),
    ]


FORM = Form(WORDS, attrgetter("shipment"), _parts)


def _about(sheet: CustodySheet, pen: Pen) -> Table:
    lang, say = pen.lang, pen.say
    missing = sum(line.due and not line.record for line in sheet.lines)
    opened = sum(seal.state in ("broken", "missing") for line in sheet.lines for seal in line.seals)
    told = [say("gaps").format(n=missing)] if missing else []
    told += [say("opened_seals").format(n=opened)] if opened else []
    told += standing_of(sheet.road, pen) if isinstance(sheet, MonitoredCustodySheet) else []
    if not told:
        told = [say("whole")]
    here = _here(sheet)
    if not sheet.arrived:
        told.append(say("in_part").format(n=here, all=len(sheet.crates)) if here else say("open"))
    rows = [
        ("shipment", sheet.shipment),
        ("road", f"{sheet.origin.say(lang)} → {sheet.destination.say(lang)}"),
        ("load", f"{number(len(sheet.crates))} {say('pieces')} · {number(sheet.gross_kg)} kg"),
        ("standing", " · ".join(told)),
    ]
    return about_form(rows, pen)


def _here(sheet: CustodySheet) -> int:
    """How many crates the site has taken over."""
    return sum(line.crates for line in sheet.lines if line.taker == sheet.destination)


def _crates(sheet: CustodySheet, say: Say) -> Table:
    columns = [
        Column(say("sscc"), 46),
        Column(say("rack"), 52),
        Column(say("packed"), 34),
        Column(say("packed_by"), 30),
        Column(say("indicators"), 20, "RIGHT"),
    ]
    rows = [
        [crate.sscc, crate.rack, moment(crate.packed_at), crate.packed_by or say("nobody"), number(crate.indicators)]
        for crate in sheet.crates
    ]
    return list_table(columns, rows, size=8)


def _chain(sheet: CustodySheet, lang: str, say: Say) -> Table:
    columns = [
        Column(say("line"), 8, "RIGHT"),
        Column(say("at"), 24),
        Column(say("parties"), 54),
        Column(say("place"), 26),
        Column(say("seals"), 24),
        Column(say("counted"), 32),
        Column(say("record_number"), 14, "RIGHT"),
    ]
    rows, marked, away = [], [], len(sheet.crates)
    for at, line in enumerate(sheet.lines):
        rows.append([str(at + 1), *_line(line, away, lang, say)])
        away -= line.crates if line.taker == sheet.destination else 0
        if line.due and not line.record:
            marked.append(at)
    return list_table(columns, rows, size=7.5, marks=Marks(shaded=frozenset(marked)))


def _line(line: CustodyLine, crates: int, lang: str, say: Say) -> list[str]:
    parties = f"{line.giver.say(lang)} → {line.taker.say(lang)}"
    if not line.record:
        return ["", parties, say("not_recorded") if line.due else say("ahead"), "", "", ""]
    persons = f"{line.giver_person or say('nobody')} → {line.taker_person or say('nobody')}"
    when = moment(line.at)
    if line.recorded_at:
        when += f"\n{say('recorded_later').format(at=moment(line.recorded_at))}"
    place = "\n".join(filter(None, (line.place, line.vehicle, line.remarks)))
    return [when, f"{parties}\n{persons}", place, _seals(line, say), _seen(line, crates, say), number(line.record)]


def _seals(line: CustodyLine, say: Say) -> str:
    told = [f"{seal.number} {say(seal.state)}" for seal in line.seals]
    told += [f"{seal} {say('unread')}" for seal in line.unread]
    return "\n".join(told) or say("no_seal")


def _seen(line: CustodyLine, crates: int, say: Say) -> str:
    told = [say("of").format(n=line.crates, all=crates) if line.crates else say("under_seal")]
    told += [f"{one.number} {say(one.state)}" for one in line.shaken]
    if line.intact:
        told.append(say("intact_count").format(n=line.intact))
    elif not line.shaken:
        told.append(say("no_reading"))
    return "\n".join(told)


def _acceptance(sheet: CustodySheet, say: Say) -> Table:
    columns = [
        Column(say("rack"), 44),
        Column(say("outcome"), 30),
        Column(say("at"), 30),
        Column(say("position"), 20),
        Column(say("by"), 26),
        Column(say("remarks"), 32),
    ]
    rows = [
        [row.rack, say(row.outcome or "waiting"), moment(row.at) if row.at else "", row.position, row.by, row.remarks]
        for row in sheet.accepted
    ]
    return list_table(columns, rows, size=8)
