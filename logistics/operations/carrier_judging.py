"""What only the database knows of a carrier's lines: whose shipment, which leg, whether it can be, whether it is known.

Every line gets a sentence: taken, taken late, out of order or with a doubtful place; known already; or a fault, with
which nothing of the file is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast

from django.utils.translation import gettext as _

from inventory.files.tables import LineFault
from ledger.callers import Caller
from logistics.files.carrier_lines import CarrierLine, CarrierText
from logistics.files.place_words import Ends, is_other_sendai, legs_at
from logistics.models import LATE_AFTER, Carrier, CarrierWord, Leg, Milestone, Shipment, ShipmentCrate, Waybill
from logistics.operations.etas import unkept_expectation
from logistics.operations.milestones import (
    LEG_KINDS,
    Kind,
    Report,
    contradicting,
    gap_before,
    known_ends,
    legs_of,
)
from logistics.operations.moments import plant_clock

State = Literal["ok", "late", "hold", "info"]
Key = tuple[str, int | None, datetime, str]


@dataclass(frozen=True, slots=True)
class LineNote:
    """What becomes of a line."""

    line: int
    state: State
    say: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A line that is reported; `meant` is what the carrier's word means, `doubt` that its place may be the other
    Sendai: then the report is a position only."""

    line: int
    report: Report
    meant: str
    doubt: bool = False
    remarks: str = ""


@dataclass(slots=True)
class Judgement:
    """All that was found; with any fault nothing is taken."""

    faults: list[LineFault] = field(default_factory=list)
    notes: list[LineNote] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)


class _Fault(Exception):
    """The line cannot be taken: our name of the column, and the sentence."""

    def __init__(self, column: str, say: str) -> None:
        self.column, self.say = column, say
        super().__init__(say)


class _Known(Exception):
    """The line tells nothing new: the sentence."""


@dataclass(slots=True)
class World:
    """What the database knows of the shipments of a file, and what the file's earlier lines have added."""

    carrier: Carrier
    at: datetime
    meanings: dict[str, str]
    shipments: dict[int, Shipment]
    legs: dict[int, dict[int, Leg]]
    ends: dict[int, dict[tuple[int, str], datetime]]
    seen: dict[int, dict[Key, int]]
    """Shipment → report → the file's line that told it; 0: known before."""
    latest: dict[int, datetime]
    """The latest moment known of each shipment before this file."""


@dataclass(frozen=True, slots=True)
class Named:
    """Which shipment every line names, with the faults of those that name none."""

    by_line: dict[int, int]
    faults: list[LineFault]


def name_shipments(carrier: Carrier, lines: Sequence[CarrierLine]) -> Named:
    """Step: the shipment of each line, by number, SSCC or waybill; all that a line gives must agree. Three queries."""
    numbers = dict(
        Shipment.objects.filter(number__in={line.shipment for line in lines if line.shipment}).values_list(
            "number", "pk"
        )
    )
    crates = dict(
        ShipmentCrate.objects.filter(crate__sscc__in={line.sscc for line in lines if line.sscc}).values_list(
            "crate__sscc", "shipment_id"
        )
    )
    waybills = dict(
        Waybill.objects.filter(
            carrier=carrier, number__in={line.waybill for line in lines if line.waybill}
        ).values_list("number", "shipment_id")
    )
    found, faults = {}, []
    for line in lines:
        told = [("shipment", line.shipment, numbers), ("sscc", line.sscc, crates), ("waybill", line.waybill, waybills)]
        named = [(column, text, table.get(text)) for column, text, table in told if text]
        lost = next(((column, text) for column, text, pk in named if pk is None), None)
        if lost is not None:
            faults.append(LineFault(line.line, lost[0], _unknown_words(*lost)))
        elif len({pk for _column, _text, pk in named}) > 1:
            faults.append(LineFault(line.line, named[0][0], _("The line names two different shipments.")))
        else:
            found[line.line] = cast(int, named[0][2])
    return Named(found, faults)


def _unknown_words(column: str, text: str) -> str:
    if column == "shipment":
        return _("There is no shipment %(number)s.") % {"number": text[:40]}
    if column == "sscc":
        return _("No shipment has the crate %(sscc)s.") % {"sscc": text[:40]}
    return _("No shipment is known under waybill %(waybill)s of this carrier.") % {"waybill": text[:40]}


def world_of(caller: Caller, carrier: Carrier, shipments: dict[int, Shipment]) -> World:
    """Step: what the database knows, five queries however long the file."""
    words = CarrierWord.objects.filter(carrier=carrier, retired_at=None)
    seen: dict[int, dict[Key, int]] = {pk: {} for pk in shipments}
    latest: dict[int, datetime] = {}
    rows = Milestone.objects.filter(shipment_id__in=list(shipments)).select_related("leg", "line_note")
    for row in rows:
        note = getattr(row, "line_note", None)
        kind = note.meant if note is not None and note.doubt else row.kind
        seen[row.shipment_id][kind, row.leg.number if row.leg else None, row.happened_at, row.place] = 0
        latest[row.shipment_id] = max(row.happened_at, latest.get(row.shipment_id, row.happened_at))
    return World(
        carrier, caller.at, dict(words.values_list("word", "meaning")), shipments, legs_of(shipments),
        known_ends(shipments), seen, latest,
    )  # fmt: skip


def judge_lines(text: CarrierText, named: Named, world: World) -> Judgement:
    """Step: every line against what is known; a leg's ends in the order in which they happened. Reads nothing."""
    found = Judgement(faults=list(named.faults))
    shown = text.table.shown
    for line in sorted(text.lines, key=lambda one: (one.at, one.line)):
        if line.line not in named.by_line:
            continue
        try:
            taken, note = _judged(line, world.shipments[named.by_line[line.line]], world)
        except _Fault as fault:
            found.faults.append(LineFault(line.line, shown.get(fault.column, fault.column), fault.say))
        except _Known as known:
            found.notes.append(LineNote(line.line, "info", str(known)))
        else:
            found.taken.append(taken)
            found.notes.append(note)
    found.faults.sort(key=lambda fault: fault.line)
    found.notes.sort(key=lambda note: note.line)
    return found


def _judged(line: CarrierLine, shipment: Shipment, world: World) -> tuple[Taken, LineNote]:
    _refuse_stranger(shipment, world)
    meaning = world.meanings.get(line.word)
    if meaning is None:
        raise _Fault(
            "word", _("“%(word)s” has no meaning yet: add it to the carrier's words.") % {"word": line.word[:40]}
        )
    if meaning == "ignore":
        raise _Known(_("“%(word)s” tells nothing of the way.") % {"word": line.word[:40]})
    _refuse_moment(line, shipment, world)
    ends = _ends(world.legs[shipment.lane_id].values())
    doubt = is_other_sendai(line.place, ends)
    leg = None if doubt or meaning not in LEG_KINDS else _leg(line, meaning, ends)
    _pass_known(line, meaning, leg, world.seen[shipment.pk])
    if leg is not None:
        _refuse_end(leg, meaning, line.at, world.ends[shipment.pk])
        world.ends[shipment.pk][leg, meaning] = line.at
    kind = "position" if doubt else meaning
    report = Report(
        shipment.pk, cast(Kind, kind), line.at, leg, line.place, f"file {world.carrier.code}", line.expected_at
    )
    note = _note(line, shipment, world, (leg, meaning), doubt=doubt)
    return Taken(line.line, report, meaning, doubt, line.remarks), note


def _refuse_stranger(shipment: Shipment, world: World) -> None:
    carriers = {shipment.carrier_id, *(leg.carrier_id for leg in world.legs[shipment.lane_id].values())}
    if world.carrier.pk not in carriers:
        raise _Fault(
            "shipment",
            _("%(number)s is not carried by %(carrier)s.") % {"number": shipment.number, "carrier": world.carrier.code},
        )


def _refuse_moment(line: CarrierLine, shipment: Shipment, world: World) -> None:
    told = plant_clock(line.at)
    if line.at > world.at:
        raise _Fault("moment", _("%(moment)s lies in the future.") % {"moment": told})
    if not shipment.has_departed:
        raise _Fault("shipment", _("Shipment %(number)s has not left yet.") % {"number": shipment.number})
    if line.at < shipment.departure.at:
        raise _Fault(
            "moment",
            _("%(moment)s lies before the departure at %(departure)s.")
            % {"moment": told, "departure": plant_clock(shipment.departure.at)},
        )
    if shipment.has_arrived and line.at > shipment.arrival.at:
        raise _Fault(
            "moment",
            _("%(moment)s lies after the arrival at %(arrival)s.")
            % {"moment": told, "arrival": plant_clock(shipment.arrival.at)},
        )


def _ends(legs: Iterable[Leg]) -> list[Ends]:
    return [Ends(leg.number, (leg.from_ja, leg.from_en), (leg.to_ja, leg.to_en)) for leg in legs]


def _leg(line: CarrierLine, meaning: str, ends: Sequence[Ends]) -> int:
    """Which leg begins or ends: by its number in the line, else by the place."""
    known = {one.number for one in ends}
    if line.leg is not None:
        if line.leg not in known:
            raise _Fault("leg", _("The lane has no leg %(number)d.") % {"number": line.leg})
        return line.leg
    found = legs_at(line.place, ends, starts=meaning == "leg_departed")
    if len(found) != 1:
        shown = {"place": line.place[:40] or "–"}
        say = _("“%(place)s” is not an end of a leg of its lane.") if not found else _("“%(place)s” fits several legs.")
        raise _Fault("place", f"{say % shown} " + _("Give the number of the leg, or the port or site."))
    return found[0]


def _pass_known(line: CarrierLine, meaning: str, leg: int | None, seen: dict[Key, int]) -> None:
    """Told before, or twice in the file: nothing new. For the end of a leg its moment is enough."""

    def same(key: Key) -> bool:
        return key[:3] == (meaning, leg, line.at) and (leg is not None or key[3] == line.place)

    earlier = next((at for key, at in seen.items() if same(key)), None)
    if earlier is not None:
        raise _Known(
            _("The same as line %(line)d.") % {"line": earlier} if earlier else _("Known already: reported before.")
        )
    seen[meaning, leg, line.at, line.place] = line.line


def _refuse_end(leg: int, meaning: str, at: datetime, known: dict[tuple[int, str], datetime]) -> None:
    there = known.get((leg, meaning))
    if there is not None:
        raise _Fault(
            "moment",
            _("That end of leg %(number)d was reported at %(moment)s.") % {"number": leg, "moment": plant_clock(there)},
        )
    other = contradicting(leg, meaning, at, known)
    if other is not None:
        raise _Fault(
            "moment",
            _("%(moment)s does not fit: leg %(number)d was reported at %(other)s.")
            % {"moment": plant_clock(at), "number": other[0], "other": plant_clock(known[other])},
        )


def _note(line: CarrierLine, shipment: Shipment, world: World, end: tuple[int | None, str], *, doubt: bool) -> LineNote:
    shown = {"number": shipment.number, "moment": plant_clock(line.at), "place": line.place[:40]}
    leg, meaning = end
    unkept = unkept_expectation("position" if doubt else meaning, line.expected_at, line.at)
    if doubt:
        say = _("%(number)s: “%(place)s” may be the other Sendai (仙台 / 川内). Taken as a position, to be checked.")
        return LineNote(line.line, "hold", f"{say % shown} {unkept}".strip())
    told = [unkept] if unkept else []
    state: State = "info" if unkept else "ok"
    if line.at < world.latest.get(shipment.pk, line.at):
        state, told = "info", [_("out of order: later reports are known"), *told]
    if leg is not None and gap_before(leg, meaning, world.ends[shipment.pk]):
        state, told = "info", [_("an earlier end of a leg is not reported"), *told]
    if world.at - line.at > LATE_AFTER:
        state, told = (
            "late",
            [*told, _("late: %(hours)d hours after it happened") % {"hours": _hours(world.at - line.at)}],
        )
    return LineNote(line.line, state, "; ".join([_("%(number)s, %(moment)s %(place)s") % shown, *told]).strip())


def _hours(span: timedelta) -> int:
    return int(span / timedelta(hours=1))
