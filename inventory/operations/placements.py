"""Where units go: the one step that writes placements, and the moving of units between locations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from inventory.models import Location, Placement, Unit
from inventory.models.places import INSIDE_PLANT
from inventory.operations.finding import (
    UnitEnded,
    Whereabouts,
    find_unit_ids,
    lock_units,
    one_unit_id,
    refuse_ended,
    refuse_held,
)
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from ledger.statements import tell

TICK = timedelta(microseconds=1)


class UnknownLocation(Refusal):
    """No location has that code."""


class UnitInsideHost(Refusal):
    """The unit sits inside another unit and cannot be moved on its own."""


class UnitNotHere(Refusal):
    """The unit has no place: it was not received, or its life ended."""


class PositionTaken(Refusal):
    """Another unit sits at that position."""


class UnitElsewhere(Refusal):
    """Another station placed the unit at the same moment."""


@dataclass(frozen=True, slots=True)
class Move:
    """One unit's new place: a location, or a position inside a host. `was` is its open placement (None at birth)."""

    unit: Unit
    event_id: int
    location_id: int | None = None
    host: Unit | None = None
    position: str | None = None
    was: Placement | None = None
    why: str = ""
    host_free_from: datetime | None = None


def place(caller: Caller, moves: Sequence[Move]) -> list[Placement]:
    """Step: close the open placements and open the new ones; set-based.

    The caller holds the units' locks (and the hosts' when positions are filled). A period changes at
    greatest(at, latest from of the unit + 1 µs, latest to of the host position), so a late `at` is never a refusal."""
    freed = _latest_ends([move for move in moves if move.host is not None and move.host_free_from is None])
    rows, closing = [], []
    for move in moves:
        moment = caller.at
        if move.was is not None:
            moment = max(moment, move.was.from_at + TICK)
            closing.append((move.was.pk, moment, move.event_id))
        if move.host is not None:
            end = move.host_free_from or freed.get((move.host.pk, move.position or ""))
            moment = max(moment, end) if end else moment
        rows.append(
            Placement(
                unit_id=move.unit.pk,
                unit_level=move.unit.level,
                location_id=move.location_id,
                host_id=move.host.pk if move.host else None,
                host_level=move.host.level if move.host else None,
                position=move.position,
                from_at=moment,
                event_id=move.event_id,
                why=move.why,
            )
        )
        if closing and move.was is not None:
            closing[-1] = (move.was.pk, moment, move.event_id)
    close(closing)
    return insert_rows(rows)


def close(closing: Sequence[tuple[int, datetime, int]]) -> None:
    """Step: end open placements at their moments, each naming the event that ended it. Refuses UnitElsewhere when one
    was ended meanwhile: what a caller read before its locks is never written over."""
    if not closing:
        return
    ended = tell(
        "UPDATE inventory_placement p SET to_at = v.moment, closed_event_id = v.event_id"
        " FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) AS v(id, moment, event_id)"
        " WHERE p.id = v.id AND p.to_at IS NULL",
        [[row[0] for row in closing], [row[1] for row in closing], [row[2] for row in closing]],
    )
    if ended != len(closing):
        raise _elsewhere()


def _latest_ends(moves: Sequence[Move]) -> dict[tuple[int, str], datetime]:
    """The latest end of earlier placements at each host position that is to be filled."""
    hosts = {move.host.pk for move in moves if move.host is not None}
    if not hosts:
        return {}
    ended = Placement.objects.filter(host_id__in=hosts, to_at__isnull=False)
    if len(moves) == 1:
        ended = ended.filter(position=moves[0].position)
    return {
        (row["host_id"], row["position"] or ""): row["end"]
        for row in ended.values("host_id", "position").annotate(end=Max("to_at"))
    }


@operation(permission="inventory.move")
def move_units(*, caller: Caller, serials: list[str], location_code: str, why: str = "") -> dict[str, object]:
    """Move units to a location, all or none. A held unit may be moved between places of the plant (to quarantine, to
    the inspection bench), as a held lot may, but not out of it. Locks the units.

    Refuses UnknownSerial, AmbiguousSerial, UnitHeld, UnitInsideHost, UnitNotHere, UnknownLocation. A unit that is
    already there is left as it is and counted under `already`."""
    hits = find_unit_ids(serials)
    ids = [one_unit_id(text, hits[text]) for text in serials]
    location = location_by_code(location_code)
    moved, already = carry(caller, ids, location, why, held_too=True)
    return {"location": location.code, "moved": moved, "already": already}


def carry(
    caller: Caller, unit_ids: Sequence[int], location: Location, why: str, *, held_too: bool = False
) -> tuple[list[int], int]:
    """Step: move units to a location; gives the keys of those that moved, and how many were there. Locks the units.
    `held_too`: held ones as well, from one place of the plant to another.

    Refuses UnitHeld, UnitEnded, UnitInsideHost, UnitNotHere."""
    held = lock_units(unit_ids)
    refuse_held(pk for pk in unit_ids if not (held_too and _stays_inside(held[pk], location)))
    going = [refuse_unmovable(held[pk]) for pk in dict.fromkeys(unit_ids)]

    moving = [here for here in going if here.placement and here.placement.location_id != location.pk]
    events = record_many(
        caller,
        "inventory.unit-moved",
        [Happening(here.unit, {"from": _place_code(here), "to": location.code, "why": why}) for here in moving],
    )
    place(
        caller,
        [
            Move(unit=here.unit, event_id=event, location_id=location.pk, was=here.placement, why=why or "moved")
            for here, event in zip(moving, events, strict=True)
        ],
    )
    return [here.unit.pk for here in moving], len(going) - len(moving)


def _stays_inside(here: Whereabouts, location: Location) -> bool:
    """Whether a move to the location leaves a unit in the plant, where people put things down by hand."""
    start = here.placement.location if here.placement else None
    return start is not None and {start.kind, location.kind} <= set(INSIDE_PLANT)


def location_by_code(code: str) -> Location:
    """Step: a location by its code. Refuses UnknownLocation."""
    location = Location.objects.filter(code=code.strip()).first()
    if location is None:
        raise UnknownLocation(
            _("There is no location %(code)s.") % {"code": code.strip()[:60]},
            true=_("Nothing was recorded."),
            do=_("Scan the location's own label."),
        )
    return location


def refuse_unmovable(here: Whereabouts) -> Whereabouts:
    """Step: refuse a (locked) unit that cannot be moved on its own: ended, without a place, inside another."""
    refuse_ended(here.unit)
    if here.placement is None:
        raise UnitNotHere(
            _("%(unit)s has no place in the plant.") % {"unit": here.unit.name},
            true=_("Nothing was recorded."),
            do=_("Receive it first."),
        )
    if here.placement.host is not None:
        raise UnitInsideHost(
            _("%(unit)s sits inside %(host)s at %(position)s.")
            % {"unit": here.unit.name, "host": here.placement.host.name, "position": here.placement.position},
            true=_("Nothing was recorded."),
            do=_("Take it out first, or move the whole."),
        )
    return here


def _place_code(here: Whereabouts) -> str:
    return here.placement.location.code if here.placement and here.placement.location else ""


def _elsewhere() -> UnitElsewhere:
    return UnitElsewhere(
        _("This unit was placed elsewhere at the same moment."), true=_("Nothing was recorded."), do=_("Scan it again.")
    )


wall(
    "position_has_one_open_placement",
    lambda: PositionTaken(
        _("Another unit was placed at this position at the same moment."), true=_("Nothing was recorded.")
    ),
)
wall("unit_has_one_open_placement", _elsewhere)
wall(
    "ended_unit_holds_nothing",
    lambda: UnitEnded(
        _("The unit was scrapped or sent back at the same moment."),
        true=_("Nothing was recorded."),
        do=_("Take the parts to quality."),
    ),
)
