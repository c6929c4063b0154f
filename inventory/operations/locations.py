"""Places of the plant, the road and the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.models import Location
from inventory.models.places import LOCATION_KINDS
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class LocationDiffers(Refusal):
    """A location of that code exists and is another."""


class LocationOdd(Refusal):
    """A location's code, kind or parent cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRow:
    """A place to be. `parent` is a code, of an earlier row or an existing location; "" for none."""

    code: str
    name_ja: str
    name_en: str
    kind: str
    parent: str = ""


@operation(permission="inventory.keep_master_data", returns=Location)
def define_location(*, caller: Caller, location: LocationRow) -> Location:
    """Define one place. See define_locations for what is refused."""
    return add_locations(caller, [location])[0]


@operation(permission="inventory.keep_master_data")
def define_locations(*, caller: Caller, locations: list[LocationRow]) -> dict[str, object]:
    """Define places, all or none; a parent may be an earlier row. A place that is there just so is counted `already`.

    Refuses LocationDiffers, LocationOdd."""
    before = set(Location.objects.values_list("code", flat=True))
    rows = add_locations(caller, locations)
    return {"locations": [row.pk for row in rows], "already": sum(row.code in before for row in rows)}


def add_locations(caller: Caller, rows: Sequence[LocationRow]) -> list[Location]:
    """Step: the locations of these rows, made where missing, one event each. Locks nothing: the code is unique.

    Refuses LocationDiffers, LocationOdd."""
    known = {location.code: location for location in Location.objects.select_related("parent")}
    for row in rows:
        _refuse_odd(row)
    waiting = [row for row in {row.code: row for row in rows}.values() if row.code not in known]
    while waiting:
        ready = [row for row in waiting if not row.parent or row.parent in known]
        if not ready:
            raise LocationOdd(
                _("The location above %(code)s does not exist: %(parent)s.")
                % {"code": waiting[0].code, "parent": waiting[0].parent[:60]},
                true=_("Nothing was recorded."),
                do=_("Add the location above first."),
            )
        made = Location.objects.bulk_create([_location(row, known) for row in ready], batch_size=2_000)
        record_many(
            caller,
            "inventory.location-defined",
            [
                Happening(location, {"code": row.code, "location_kind": row.kind, "parent": row.parent})
                for location, row in zip(made, ready, strict=True)
            ],
        )
        known |= {location.code: location for location in made}
        waiting = [row for row in waiting if row.code not in known]
    for row in rows:
        _refuse_different(known[row.code], row)
    return [known[row.code] for row in rows]


def _location(row: LocationRow, known: dict[str, Location]) -> Location:
    return Location(
        code=row.code, name_ja=row.name_ja, name_en=row.name_en, kind=row.kind, parent=known.get(row.parent)
    )


def _refuse_odd(row: LocationRow) -> None:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", row.code):
        raise LocationOdd(
            _("%(code)s cannot be a location's code.") % {"code": row.code[:60] or "“”"},
            do=_("Use letters, digits and hyphens: any scanner reads these without doubt."),
        )
    if row.kind not in LOCATION_KINDS:
        raise LocationOdd(
            _("There is no location kind “%(kind)s”.") % {"kind": row.kind[:60]},
            do=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(LOCATION_KINDS)},
        )


def _refuse_different(location: Location, row: LocationRow) -> None:
    there = (location.name_ja, location.name_en, location.kind, location.parent.code if location.parent else "")
    if there != (row.name_ja, row.name_en, row.kind, row.parent):
        raise LocationDiffers(
            _("Location %(code)s exists already and is another.") % {"code": row.code},
            true=_("It is %(name)s (%(kind)s). Nothing was recorded.") % {"name": location.name, "kind": location.kind},
            do=_("Choose another code."),
        )


wall(
    "inventory_location_code_key",
    lambda: LocationDiffers(_("This location was defined at the same moment."), true=_("Nothing was recorded.")),
)
