"""Where ports, sites and relay points lie, for the map."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.operations.units import next_keys
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from ledger.statements import ask
from logistics.models import Leg, MapPlace

LATITUDE_MOST, LONGITUDE_MOST = 90, 180


class PlaceOdd(Refusal):
    """Coordinates or names that no place has."""


class PlaceUnknown(Refusal):
    """No leg begins or ends at a place of that name."""


@dataclass(frozen=True, slots=True)
class PlacePoint:
    """A place by its Japanese name as the legs write it, with degrees of latitude (north) and longitude (east)."""

    name: str
    latitude: Decimal
    longitude: Decimal


@operation(permission="logistics.keep_master_data")
def place_on_map(*, caller: Caller, places: list[PlacePoint]) -> dict[str, list[int]]:
    """Say where the ends of legs lie on the map, all or none; a place that has coordinates gets the new ones. One event
    each. Two at once come one after the other.

    Refuses PlaceOdd (off the earth, none or one twice), PlaceUnknown, TextUnprintable."""
    names = [one.name.strip() for one in places]
    refuse_unprintable(*names)
    if not places or len(set(names)) < len(names):
        raise _odd(_("Name one place or more, each once."))
    for one in places:
        if abs(one.latitude) > LATITUDE_MOST or abs(one.longitude) > LONGITUDE_MOST:
            raise _odd(
                _("%(name)s does not lie on the earth: latitude to 90, longitude to 180 degrees.")
                % {"name": one.name[:40]}
            )
    known = _names()
    missing = next((name for name in names if name not in known), None)
    if missing is not None:
        raise PlaceUnknown(
            _("No leg begins or ends at “%(name)s”.") % {"name": missing[:40]},
            true=_("Nothing was recorded."),
            do=_("Write it as the lane's legs do."),
        )
    ask("SELECT pg_advisory_xact_lock(hashtext(%s))", ["places on the map"])

    there = {row.name_ja: row for row in MapPlace.objects.filter(name_ja__in=names)}
    keys = iter(next_keys(MapPlace, len(names) - len(there)))
    rows = [there.get(name) or MapPlace(pk=next(keys), name_ja=name, name_en=known[name]) for name in names]
    told = [
        {"place": row.name_ja, "latitude": one.latitude, "longitude": one.longitude}
        for row, one in zip(rows, places, strict=True)
    ]
    events = record_many(
        caller, "logistics.place-mapped", [Happening(row, said) for row, said in zip(rows, told, strict=True)]
    )
    for row, one, event in zip(rows, places, events, strict=True):
        row.latitude, row.longitude, row.event_id = one.latitude, one.longitude, event
        row.save(force_insert=row.name_ja not in there)
    return {"places": [row.pk for row in rows]}


def _names() -> dict[str, str]:
    """The ends of all legs: Japanese → English name. One query."""
    found: dict[str, str] = {}
    for ends in Leg.objects.order_by("pk").values_list("from_ja", "from_en", "to_ja", "to_en"):
        found |= {ends[0]: ends[1], ends[2]: ends[3]}
    return found


def _odd(say: str) -> PlaceOdd:
    return PlaceOdd(say, true=_("Nothing was recorded."), do=_("Correct it and send it again."))
