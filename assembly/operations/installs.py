"""Fitting units into slots and taking them out: the core act, single and bulk by one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assembly.models import Build, RoutingOperation, Slot
from assembly.operations.fits import (
    Known,
    SlotTaken,
    StepNotOpen,
    UnitInstalled,
    UnitNotFinished,
    UnknownSlot,
    WrongPart,
    known_of,
    lock_slots,
    refuse_part,
    refuse_slot,
    refuse_unit,
)
from assembly.operations.kit_rules import end_picks, refuse_reserved
from assembly.operations.rework import demand, lock_build
from assembly.queries.route import routes_of
from inventory.models import Placement
from inventory.operations.finding import (
    Whereabouts,
    find_unit_ids,
    lock_units,
    one_unit_id,
)
from inventory.operations.placements import Move, UnitInsideHost, location_by_code, place
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class SlotEmpty(Refusal):
    """Nothing is in the slot."""


class RemovalReasonWanted(Refusal):
    """A removal without a reason."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One installation: the slot's id and what was scanned."""

    slot_id: int
    serial: str


@operation(permission="assembly.install", returns=Placement)
def install_unit(*, caller: Caller, slot_id: int, serial: str) -> Placement:
    """Fit one unit into one slot. Locks the build for share, the slot, then the unit: two stations scanning one unit
    queue up, and the later one is refused; two stations at one rack do not wait for each other.

    Refuses UnknownSlot, StepNotOpen, NonconformityOpen, SlotTaken, UnknownSerial, AmbiguousSerial, WrongPart, UnitHeld,
    UnitInstalled, UnitNotFinished, UnitNotHere, UnitEnded, ReservedForKit (fetched for another build)."""
    return install_many(caller, [Fit(slot_id, serial)])[0]


@operation(permission="assembly.install")
def install_units(*, caller: Caller, fits: list[Fit]) -> dict[str, list[int]]:
    """Fit many units, all or none (a kit in one go); refuses as install_unit does."""
    return {"placements": [placement.pk for placement in install_many(caller, fits)]}


def install_many(caller: Caller, fits: Sequence[Fit]) -> list[Placement]:
    """Step: fit units into slots; set-based. Locks builds (share), slots, units, by key."""
    hits = find_unit_ids([fit.serial for fit in fits])
    ids = [one_unit_id(fit.serial, hits[fit.serial]) for fit in fits]
    slots = lock_slots([fit.slot_id for fit in fits])
    here = lock_units(ids)
    known = known_of(ids)

    filled: set[int] = set()
    fitted: set[int] = set()
    for fit, unit_id in zip(fits, ids, strict=True):
        row = slots.get(fit.slot_id)
        if row is None:
            raise UnknownSlot(_("There is no such slot."), true=_("Nothing was recorded."))
        refuse_slot(row, fit.slot_id in filled)
        facts = known.get(unit_id, Known())
        refuse_unit(here[unit_id], facts, unit_id in fitted)  # first: a label read twice is no wrong part
        refuse_part(row, here[unit_id].unit)
        refuse_reserved(here[unit_id].unit, facts, build_id=row.slot.build_id)
        filled.add(fit.slot_id)
        fitted.add(unit_id)

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
    if any(facts.kit_id is not None for facts in known.values()):
        end_picks(caller, list(zip(ids, events, strict=True)))
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
    as far as it was done; a complete build is reopened. Locks the build, its unit, the unit that comes out: host before
    contents, as whoever ends a unit does.

    Refuses RemovalReasonWanted, UnknownSlot, SlotEmpty, UnknownLocation, UnitInsideHost (the host itself is inside
    another: take that out first)."""
    if not reason.strip():
        raise RemovalReasonWanted(_("A removal needs a reason."), do=_("Say why the part comes out."))
    location = location_by_code(location_code)
    slot = Slot.objects.filter(pk=slot_id).select_related("part").first()
    if slot is None:
        raise UnknownSlot(_("There is no such slot."), true=_("Nothing was recorded."))
    build = lock_build(slot.build_id)
    _refuse_packed(lock_units([build.unit_id])[build.unit_id])
    was = _lock_inside(build, slot)

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
    place(caller, [Move(unit=was.unit, event_id=event, location_id=location.pk, was=was.placement, why=reason)])
    repeats = _demand_reentry(caller, build, slot, reason)
    return {"unit": was.unit.pk, "repeats": repeats}


def _refuse_packed(host: Whereabouts) -> None:
    around = host.placement.host if host.placement else None
    if around is not None:
        raise UnitInsideHost(
            _("%(unit)s sits inside %(host)s.") % {"unit": host.unit.name, "host": around.name},
            true=_("Nothing was recorded."),
            do=_("Take it out of there first."),
        )


def _lock_inside(build: Build, slot: Slot) -> Whereabouts:
    """The unit in the slot, locked; the host's lock is held, so nobody has taken it out or ended it meanwhile."""
    inside = Placement.objects.filter(host_id=build.unit_id, position=slot.position, to_at=None)
    unit_id = inside.values_list("unit_id", flat=True).first()
    if unit_id is None:
        raise SlotEmpty(
            _("Slot %(slot)s of %(unit)s is empty.") % {"slot": slot.position, "unit": build.unit.name},
            true=_("Nothing was recorded."),
        )
    return lock_units([unit_id])[unit_id]


def _demand_reentry(caller: Caller, build: Build, slot: Slot, reason: str) -> list[int]:
    """Demand again what the rule of this slot kind repeats, and the operation that fills it, as far as done. Gives all
    of it that is to be repeated now, also where a nonconformity had demanded it before."""
    route = routes_of([build])[build.pk]
    rule = build.design.routing.reentry_rules.filter(slot_kind=slot.kind).first()
    filling = RoutingOperation.objects.filter(routing_id=build.design.routing_id, slot_kinds__contains=[slot.kind])
    wanted = {*(rule.repeats if rule else []), *filling.values_list("number", flat=True)}
    concerned = [state for state in route.operations if state.operation.number in wanted]
    repeats = {state.operation.number for state in concerned if state.counting is not None}
    waiting = {state.operation.number for state in concerned if state.state == "swap"}
    if repeats:
        event = record(
            caller, "assembly.rework-demanded", build, reason=reason, repeats=sorted(repeats), position=slot.position
        )
        demand(caller, route, repeats, reason=reason, event=event)
    return sorted(repeats | waiting)


__all__ = [
    "Fit",
    "SlotEmpty",
    "SlotTaken",
    "StepNotOpen",
    "UnitInstalled",
    "UnitNotFinished",
    "UnknownSlot",
    "WrongPart",
    "install_many",
    "install_unit",
    "install_units",
    "remove_unit",
]
