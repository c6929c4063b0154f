"""From what was read to the one thing it means: one function for every door (RULINGS 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from inventory.models import Hold, Location, Lot, Part, Placement, Unit
from inventory.text import normalise
from ledger.refusals import Refusal
from ledger.statements import ask, columns, joined


class UnknownSerial(Refusal):
    """Nothing is registered by that text."""


class AmbiguousSerial(Refusal):
    """Several things are registered by that text."""


class UnitHeld(Refusal):
    """The unit is under a hold."""


class UnitEnded(Refusal):
    """The unit's life has ended (scrapped, returned)."""


_NAMED = """
SELECT u.tag, u.id, p.number FROM inventory_unit u JOIN inventory_part p ON p.id = u.part_id WHERE u.tag = ANY(%s)
UNION ALL
SELECT i.normalised, i.unit_id, p.number FROM inventory_identifier i JOIN inventory_part p ON p.id = i.part_id
WHERE i.normalised = ANY(%s) AND i.closed_at IS NULL
"""


def find_unit_ids(texts: Iterable[str]) -> dict[str, list[int]]:
    """Step: the units that each text names, by tag, current identifier or `PART:SERIAL`. One query; locks nothing."""
    wanted = {text: normalise(text) for text in texts}
    bare = set(wanted.values()) | {value.partition(":")[2] for value in wanted.values() if ":" in value}
    found: dict[str, list[tuple[int, str]]] = {}
    texts_there = list(bare)
    for text, unit_id, part in ask(_NAMED, [texts_there, texts_there]):
        if (unit_id, part) not in found.setdefault(text, []):
            found[text].append((unit_id, part))
    answer: dict[str, list[int]] = {}
    for text, value in wanted.items():
        hits = [unit_id for unit_id, _part in found.get(value, [])]
        if not hits and ":" in value:
            part_number, serial = value.split(":", 1)
            hits = [unit_id for unit_id, part in found.get(serial, []) if part == part_number]
        answer[text] = hits
    return answer


def one_unit_id(text: str, hits: list[int]) -> int:
    """The one unit among the hits. Refuses UnknownSerial, AmbiguousSerial."""
    if not hits:
        raise UnknownSerial(
            _("%(text)s is not registered.") % {"text": text.strip()[:60]},
            true=_("Nothing was recorded."),
            do=_("Check the label. A part that has just arrived must first be received."),
        )
    if len(hits) > 1:
        raise AmbiguousSerial(
            _("%(text)s names %(count)d different units.") % {"text": text.strip()[:60], "count": len(hits)},
            true=_("Nothing was recorded."),
            do=_("Scan the plant's own tag (現品票) instead."),
        )
    return hits[0]


def find_unit_id(text: str) -> int:
    """Step: the unit that a text names. Refuses LayoutError, UnknownSerial, AmbiguousSerial."""
    return one_unit_id(text, find_unit_ids([text])[text])


def unit_with_part(unit_id: int) -> Unit:
    """A unit that was found, with its part; locks nothing."""
    ((unit, part),) = joined((Unit, Part), f"{_UNITS} WHERE u.id = %s", [unit_id])
    unit.part = part
    return unit  # type: ignore[no-any-return]


def find_lot(text: str) -> Lot | None:
    """Step: the lot that a text names by tag or lot number, if there is exactly one."""
    value = normalise(text)
    lots = list(Lot.objects.filter(tag=value)[:2]) or list(Lot.objects.filter(number=value)[:2])
    return lots[0] if len(lots) == 1 else None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A locked unit with its open placement, if any."""

    unit: Unit
    placement: Placement | None


def lock_units(unit_ids: Iterable[int]) -> dict[int, Whereabouts]:
    """Step: take the units' lots for share, lock the units by key, then read their open placements. Unknown ids are
    absent from the answer."""
    ids = sorted(set(unit_ids))
    share_lots_of(ids)
    locked = {}
    for unit, part in joined((Unit, Part), _LOCK_UNITS, [ids]):
        unit.part = part
        locked[unit.pk] = unit
    places = {}
    for placement, location, host in joined((Placement, Location, Unit), _OPEN_PLACEMENTS, [ids]):
        placement.location, placement.host = location, host
        places[placement.unit_id] = placement
    return {pk: Whereabouts(unit, places.get(pk)) for pk, unit in locked.items()}


def share_lots_of(unit_ids: Sequence[int]) -> None:
    """Step: lock the lots of these units for share, by key: a hold that is being placed on a lot comes before us or
    after us, never in between. Units that were made in no lot cost one empty query."""
    ask(_SHARE_LOTS, [list(unit_ids)])


_SHARE_LOTS = """
SELECT id FROM inventory_lot WHERE id IN (SELECT lot_id FROM inventory_unit WHERE id = ANY(%s::bigint[]))
ORDER BY id FOR SHARE
"""


_UNITS = f"""
SELECT {columns(Unit, "u")}, {columns(Part, "p")} FROM inventory_unit u JOIN inventory_part p ON p.id = u.part_id
"""
_LOCK_UNITS = f"""{_UNITS}
WHERE u.id = ANY(%s::bigint[]) ORDER BY u.id FOR NO KEY UPDATE OF u
"""
_OPEN_PLACEMENTS = f"""
SELECT {columns(Placement, "i")}, {columns(Location, "l")}, {columns(Unit, "h")} FROM inventory_placement i
LEFT JOIN inventory_location l ON l.id = i.location_id LEFT JOIN inventory_unit h ON h.id = i.host_id
WHERE i.unit_id = ANY(%s::bigint[]) AND i.to_at IS NULL
"""


def refuse_held(unit_ids: Iterable[int]) -> None:
    """Step: refuse UnitHeld when any of these (locked) units has an open hold, itself or the lot it was made in."""
    ids = list(unit_ids)
    hold = (
        Hold.objects.open()
        .filter(Q(unit_id__in=ids) | Q(lot__in=Unit.objects.filter(pk__in=ids, lot__isnull=False).values("lot_id")))
        .select_related("unit", "lot", "placed_by")
        .order_by("id")
        .first()
    )
    if hold is None:
        return
    name = hold.unit.name if hold.unit else _("Lot %(number)s") % {"number": hold.lot.number if hold.lot else ""}
    raise UnitHeld(
        _("%(unit)s is on hold: %(reason)s.") % {"unit": name, "reason": hold.reason},
        true=_("Hold %(number)s by %(person)s. Nothing was recorded.")
        % {"number": hold.number, "person": hold.placed_by.name},
        do=_("Put it on the quarantine shelf and take another one."),
    )


def refuse_ended(unit: Unit) -> None:
    """Step: refuse UnitEnded for a unit whose life is over."""
    if unit.ended_at is not None:
        raise UnitEnded(
            _("%(unit)s has ended (%(why)s).") % {"unit": unit.name, "why": unit.ended_why},
            true=_("Nothing was recorded."),
            do=_("Take it to quality."),
        )
