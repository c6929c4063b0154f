"""Fitting units into slots and taking them out: the core act, single and bulk by one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from assembly.models import Build, Deviation, RoutingOperation, Slot
from assembly.operations.nonconformities import demand, lock_build
from assembly.operations.runs import NonconformityOpen
from assembly.queries.route import routes_of
from inventory.models import Placement, Unit
from inventory.operations.finding import (
    UnitHeld,
    Whereabouts,
    find_unit_ids,
    lock_units,
    one_unit_id,
    refuse_ended,
    refuse_held,
)
from inventory.operations.placements import Move, UnitInsideHost, UnitNotHere, location_by_code, place
from inventory.operations.units import place_sentence
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class SlotTaken(Refusal):
    """Another unit sits in the slot."""


class WrongPart(Refusal):
    """The slot takes another part."""


class UnitInstalled(Refusal):
    """The unit is installed already."""


class UnitNotFinished(Refusal):
    """The unit's own build is not complete."""


class StepNotOpen(Refusal):
    """The operation that fills this slot is not running."""


class SlotEmpty(Refusal):
    """Nothing is in the slot."""


class UnknownSlot(Refusal):
    """The build has no such slot."""


class RemovalReasonWanted(Refusal):
    """A removal without a reason."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One installation: the slot's id and what was scanned."""

    slot_id: int
    serial: str


@dataclass(frozen=True, slots=True)
class _SlotRow:
    """A locked slot with what the rules need to know of its build."""

    slot: Slot
    host: Unit
    running: bool
    occupied_by: str
    undecided: str
    completed: bool
    free_from: datetime | None


@operation(permission="assembly.install", returns=Placement)
def install_unit(*, caller: Caller, slot_id: int, serial: str) -> Placement:
    """Fit one unit into one slot. Locks the build for share, the slot, then the unit: two stations scanning one unit
    queue up, and the later one is refused; two stations at one rack do not wait for each other.

    Refuses UnknownSlot, StepNotOpen, NonconformityOpen, SlotTaken, UnknownSerial, AmbiguousSerial, WrongPart, UnitHeld,
    UnitInstalled, UnitNotFinished, UnitNotHere, UnitEnded."""
    return install_many(caller, [Fit(slot_id, serial)])[0]


@operation(permission="assembly.install")
def install_units(*, caller: Caller, fits: list[Fit]) -> dict[str, list[int]]:
    """Fit many units, all or none (a kit in one go); refuses as install_unit does."""
    return {"placements": [placement.pk for placement in install_many(caller, fits)]}


def install_many(caller: Caller, fits: Sequence[Fit]) -> list[Placement]:
    """Step: fit units into slots; set-based. Locks builds (share), slots, units, by key."""
    hits = find_unit_ids([fit.serial for fit in fits])
    ids = [one_unit_id(fit.serial, hits[fit.serial]) for fit in fits]
    slots = _lock_slots([fit.slot_id for fit in fits])
    here = lock_units(ids)
    known = _known_of(ids)

    taken: set[int] = set()
    for fit, unit_id in zip(fits, ids, strict=True):
        row = slots.get(fit.slot_id)
        if row is None:
            raise UnknownSlot(_("There is no such slot."), true=_("Nothing was recorded."))
        _refuse_slot(row, fit.slot_id in taken)
        _refuse_part(row, here[unit_id].unit)
        _refuse_unit(here[unit_id], known.get(unit_id, _Known()), unit_id in taken)
        taken |= {fit.slot_id, unit_id}

    rows = [(slots[fit.slot_id], here[unit_id]) for fit, unit_id in zip(fits, ids, strict=True)]
    events = record_many(
        caller,
        "assembly.unit-installed",
        [
            Happening(
                was.unit,
                {
                    "host": row.host.tag,
                    "host_id": row.host.pk,
                    "position": row.slot.position,
                    "serial": was.unit.serial,
                    "part": was.unit.part.number,
                },
            )
            for row, was in rows
        ],
    )
    return place(
        caller,
        [
            Move(
                unit=was.unit,
                event_id=event,
                host=row.host,
                position=row.slot.position,
                was=was.placement,
                why="installed",
                host_free_from=row.free_from or was.unit.born_at,
            )
            for (row, was), event in zip(rows, events, strict=True)
        ],
    )


@operation(permission="assembly.install")
def remove_unit(*, caller: Caller, slot_id: int, reason: str, location_code: str) -> dict[str, object]:
    """Take a unit out of its slot. What the routing's re-entry rule repeats for that kind of slot is demanded again,
    as far as it was done; a complete build is reopened. Locks the build, the slot, the unit.

    Refuses RemovalReasonWanted, UnknownSlot, SlotEmpty, UnknownLocation, UnitInsideHost (the host itself is inside
    another: take that out first)."""
    if not reason.strip():
        raise RemovalReasonWanted(_("A removal needs a reason."), do=_("Say why the part comes out."))
    location = location_by_code(location_code)
    slot = Slot.objects.filter(pk=slot_id).select_related("part").first()
    if slot is None:
        raise UnknownSlot(_("There is no such slot."), true=_("Nothing was recorded."))
    build = lock_build(slot.build_id)
    _refuse_packed(build)
    placement = Placement.objects.filter(host=build.unit, position=slot.position, to_at=None).first()
    if placement is None:
        raise SlotEmpty(
            _("Slot %(slot)s of %(unit)s is empty.") % {"slot": slot.position, "unit": build.unit.name},
            true=_("Nothing was recorded."),
        )
    was = lock_units([placement.unit_id])[placement.unit_id]

    event = record(
        caller,
        "assembly.unit-removed",
        was.unit,
        host=build.unit.tag,
        host_id=build.unit_id,
        position=slot.position,
        reason=reason,
        to=location.code,
    )
    place(caller, [Move(unit=was.unit, event_id=event, location_id=location.pk, was=placement, why=reason)])
    repeats = _demand_reentry(caller, build, slot, reason)
    return {"unit": was.unit.pk, "repeats": repeats}


@operation(permission="assembly.dispose_nonconformity", returns=Deviation)
def approve_deviation(*, caller: Caller, build_id: int, position: str, part_number: str, reason: str) -> Deviation:
    """Approve another part at one position of one build; its design stays frozen. Locks the build.

    Refuses UnknownSlot, WrongPart (no such part)."""
    build = lock_build(build_id)
    slot = Slot.objects.filter(build=build, position=position).first()
    if slot is None:
        raise UnknownSlot(_("The build has no slot %(slot)s.") % {"slot": position[:40]})
    part = slot.part.__class__.objects.filter(number=part_number).first()
    if part is None:
        raise WrongPart(_("There is no part %(number)s.") % {"number": part_number[:60]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('assembly_deviation_number')")
        number = f"DV-{caller.happened_at.year % 100:02d}-{cursor.fetchone()[0]:04d}"

    event = record(
        caller, "assembly.deviation-approved", build, number=number, position=position, part=part_number, reason=reason
    )
    return Deviation.objects.create(
        number=number,
        build=build,
        position=position,
        part=part,
        reason=reason,
        approved_by_id=caller.user.pk,
        approved_at=caller.happened_at,
        event_id=event,
    )


_LOCK = """
SELECT s.id FROM assembly_slot s JOIN assembly_build b ON b.id = s.build_id
WHERE s.id = ANY(%s) ORDER BY b.id, s.id FOR SHARE OF b FOR NO KEY UPDATE OF s
"""

_FACTS = """
SELECT s.id, s.build_id, s.position, s.kind, s.part_id, s.alternates, s.level, s.slot_number, s.tray_index, s.ru,
  p.number AS part_number, b.unit_id, u.level AS unit_level, u.tag, u.serial, b.completed_at IS NOT NULL AS completed,
  EXISTS (SELECT 1 FROM assembly_operationrun r JOIN assembly_routingoperation o ON o.id = r.operation_id
    WHERE r.build_id = b.id AND r.finished_at IS NULL AND s.kind = ANY(o.slot_kinds)) AS running,
  (SELECT coalesce(nullif(iu.serial, ''), iu.tag) FROM inventory_placement i JOIN inventory_unit iu ON iu.id = i.unit_id
    WHERE i.host_id = b.unit_id AND i.position = s.position AND i.to_at IS NULL) AS occupied_by,
  (SELECT min(n.number) FROM assembly_nonconformity n WHERE n.build_id = b.id AND n.disposition IS NULL
    AND n.closed_at IS NULL) AS undecided,
  (SELECT max(i.to_at) FROM inventory_placement i WHERE i.host_id = b.unit_id AND i.position = s.position) AS free_from
FROM assembly_slot s
JOIN assembly_build b ON b.id = s.build_id
JOIN inventory_unit u ON u.id = b.unit_id
JOIN inventory_part p ON p.id = s.part_id
WHERE s.id = ANY(%s)
"""


def _lock_slots(slot_ids: Sequence[int]) -> dict[int, _SlotRow]:
    """Lock slots (their builds for share), then read what decides about them: two statements, because facts read in
    the locking statement itself could be older than the lock it had to wait for."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(slot_ids)])
        cursor.execute(_FACTS, [list(slot_ids)])
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["id"]: _slot_row(row) for row in found}


def _slot_row(row: dict[str, Any]) -> _SlotRow:
    slot = Slot(
        id=row["id"],
        build_id=row["build_id"],
        position=row["position"],
        kind=row["kind"],
        part_id=row["part_id"],
        alternates=row["alternates"],
        level=row["level"],
        slot_number=row["slot_number"],
        tray_index=row["tray_index"],
        ru=row["ru"],
    )
    slot.part_number = row["part_number"]  # type: ignore[attr-defined]
    host = Unit(id=row["unit_id"], level=row["unit_level"], tag=row["tag"], serial=row["serial"])
    return _SlotRow(
        slot,
        host,
        bool(row["running"]),
        str(row["occupied_by"] or ""),
        str(row["undecided"] or ""),
        bool(row["completed"]),
        row["free_from"],  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What else decides about a unit: an unfinished build of its own, an open hold."""

    unfinished: str = ""
    hold: str = ""
    hold_reason: str = ""


def _known_of(unit_ids: Sequence[int]) -> dict[int, _Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.id,"
            " (SELECT b.order_number FROM assembly_build b WHERE b.unit_id = u.id AND b.completed_at IS NULL),"
            " h.number, h.reason FROM inventory_unit u"
            " LEFT JOIN LATERAL (SELECT number, reason FROM inventory_hold WHERE unit_id = u.id AND released_at IS NULL"
            " ORDER BY id LIMIT 1) h ON true WHERE u.id = ANY(%s)",
            [list(unit_ids)],
        )
        return {row[0]: _Known(row[1] or "", row[2] or "", row[3] or "") for row in cursor.fetchall()}


def _refuse_slot(row: _SlotRow, twice: bool) -> None:
    if row.undecided:
        raise NonconformityOpen(
            _("%(number)s is undecided.") % {"number": row.undecided},
            true=_("Nothing was recorded."),
            do=_("Ask quality for the disposition."),
        )
    if not row.running:
        raise StepNotOpen(
            _("The operation that fills slot %(slot)s is not running.") % {"slot": row.slot.position},
            true=_("Nothing was recorded."),
            do=_("Start it by its bar code on the traveller."),
        )
    if row.occupied_by or twice:
        raise SlotTaken(
            _("Slot %(slot)s holds %(unit)s already.") % {"slot": row.slot.position, "unit": row.occupied_by},
            true=_("Nothing was recorded."),
            do=_("Choose the next empty slot, or take the other one out first."),
        )


def _refuse_part(row: _SlotRow, unit: Unit) -> None:
    if row.slot.accepts(unit.part_id):
        return
    if Deviation.objects.filter(build_id=row.slot.build_id, position=row.slot.position, part_id=unit.part_id).exists():
        return
    raise WrongPart(
        _("%(unit)s is %(part)s; slot %(slot)s takes %(wanted)s.")
        % {"unit": unit.name, "part": unit.part.number, "slot": row.slot.position, "wanted": row.slot.part_number},  # type: ignore[attr-defined]
        true=_("Slot %(slot)s is still empty.") % {"slot": row.slot.position},
        do=_("Take a part with the number %(wanted)s.") % {"wanted": row.slot.part_number},  # type: ignore[attr-defined]
    )


def _refuse_unit(here: Whereabouts, known: _Known, twice: bool) -> None:
    refuse_ended(here.unit)
    if known.hold:
        raise UnitHeld(
            _("%(unit)s is on hold: %(reason)s.") % {"unit": here.unit.name, "reason": known.hold_reason},
            true=_("Hold %(number)s. Nothing was recorded.") % {"number": known.hold},
            do=_("Put it on the quarantine shelf and take another one."),
        )
    if here.placement is None:
        raise UnitNotHere(
            _("%(unit)s has no place in the plant.") % {"unit": here.unit.name},
            true=_("Nothing was recorded."),
            do=_("Receive it first."),
        )
    if here.placement.host is not None or twice:
        raise UnitInstalled(
            _("%(unit)s is installed already.") % {"unit": here.unit.name},
            true=_("%(place)s The record is unchanged.") % {"place": place_sentence(here.unit)},
            do=_("Check the label on the part with the line leader."),
        )
    if known.unfinished:
        raise UnitNotFinished(
            _("%(unit)s is not finished: its own build %(order)s is open.")
            % {"unit": here.unit.name, "order": known.unfinished},
            true=_("Nothing was recorded."),
            do=_("Finish its operations first."),
        )


def _refuse_packed(build: Build) -> None:
    inside = (
        Placement.objects.filter(unit_id=build.unit_id, to_at=None, host__isnull=False).select_related("host").first()
    )
    if inside is not None and inside.host is not None:
        raise UnitInsideHost(
            _("%(unit)s sits inside %(host)s.") % {"unit": build.unit.name, "host": inside.host.name},
            true=_("Nothing was recorded."),
            do=_("Take it out of there first."),
        )


def _demand_reentry(caller: Caller, build: Build, slot: Slot, reason: str) -> list[int]:
    """Demand again what the rule of this slot kind repeats, and the operation that fills it, as far as done."""
    route = routes_of([build])[build.pk]
    rule = build.design.routing.reentry_rules.filter(slot_kind=slot.kind).first()
    filling = RoutingOperation.objects.filter(routing_id=build.design.routing_id, slot_kinds__contains=[slot.kind])
    wanted = {*(rule.repeats if rule else []), *filling.values_list("number", flat=True)}
    repeats = {
        state.operation.number
        for state in route.operations
        if state.operation.number in wanted and state.counting is not None
    }
    if repeats:
        event = record(
            caller, "assembly.rework-demanded", build, reason=reason, repeats=sorted(repeats), position=slot.position
        )
        demand(caller, route, repeats, reason=reason, event=event)
    return sorted(repeats)


__all__ = ["Fit", "approve_deviation", "install_unit", "install_units", "refuse_held", "remove_unit"]
