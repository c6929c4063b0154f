"""Units come to life and get their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, models
from django.utils.translation import gettext as _

from inventory.models import Identifier, Part, PartPosition, PartRevision, Placement, Supplier, Unit
from inventory.operations.placements import Move, place
from inventory.text import is_sentinel, normalise_identifier, tag_text
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class SerialTaken(Refusal):
    """A unit of that part with that serial exists already."""


class IdentifierTaken(Refusal):
    """Another unit has that UUID or MAC now."""


class IdentifierBlank(Refusal):
    """The identifier says nothing (blank, N/A, zeros)."""


class UnknownPart(Refusal):
    """No part has that number."""


class UnknownRevision(Refusal):
    """The part has no such revision."""


@dataclass(frozen=True, slots=True)
class Birth:
    """A unit to be: its part revision, its label serial ("" = none), where it is placed (a location or a host's
    position), other identifiers as (kind, raw), the reason written on its placement. `kind` and `facts` are the event's
    kind and further payload where they differ from those of the call; `raw` is the label as it was read."""

    revision: PartRevision
    serial: str = ""
    location_id: int | None = None
    host_index: int | None = None
    host: Unit | None = None
    position: str | None = None
    supplier: Supplier | None = None
    country: str = ""
    names: Sequence[tuple[str, str]] = field(default_factory=tuple)
    why: str = "received"
    source: str = "label"
    lot_id: int | None = None
    raw: str = ""
    kind: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def next_tags(count: int) -> list[str]:
    """Step: that many fresh tags from the sequence; never MAX()+1, gaps are fine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inventory_tag_number') FROM generate_series(1, %s)", [count])
        return [tag_text(row[0]) for row in cursor.fetchall()]


def next_keys(model: type[models.Model], count: int) -> list[int]:
    """Step: that many keys of a table, so that an event can name a row before the row names the event."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def bear(caller: Caller, kind: str, births: Sequence[Birth], *, payload: dict[str, object] | None = None) -> list[Unit]:
    """Step: make units with tags, identifiers and first placements, one event `kind` each; set-based.

    `host_index` points at an earlier birth of the same call (a GPU inside the superchip that arrives with it).
    Refuses SerialTaken, IdentifierTaken through the named constraints; refuse earlier with a sentence where you can."""
    if not births:
        return []
    keys, tags = next_keys(Unit, len(births)), next_tags(len(births))
    units = [_unit(caller, birth, key, tag) for birth, key, tag in zip(births, keys, tags, strict=True)]
    events = _tell(caller, kind, units, births, payload or {})
    for unit, event in zip(units, events, strict=True):
        unit.born_event_id = event
    insert_rows(units)
    rows = [
        row
        for unit, birth, event in zip(units, births, events, strict=True)
        for row in _identifiers(caller, unit, birth, event)
    ]
    insert_rows(rows)
    place(
        caller,
        [
            _first_place(unit, birth, event, units)
            for unit, birth, event in zip(units, births, events, strict=True)
            if birth.location_id or birth.host or birth.host_index is not None
        ],
    )
    return units


def _tell(
    caller: Caller, kind: str, units: Sequence[Unit], births: Sequence[Birth], payload: Mapping[str, object]
) -> list[int]:
    """One event for each unit, in the order of the births within each kind."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for index, birth in enumerate(births):
        by_kind[birth.kind or kind].append(index)
    events = [0] * len(units)
    for told, indexes in by_kind.items():
        happenings = [Happening(units[index], _facts(units[index], births[index], payload)) for index in indexes]
        for index, event in zip(indexes, record_many(caller, told, happenings), strict=True):
            events[index] = event
    return events


def _facts(unit: Unit, birth: Birth, payload: Mapping[str, object]) -> dict[str, object]:
    revision = birth.revision
    return {
        "tag": unit.tag,
        "part": revision.part.number,
        "revision": revision.revision,
        "serial": birth.serial,
        **payload,
        **birth.facts,
    }


def _unit(caller: Caller, birth: Birth, key: int, tag: str) -> Unit:
    return Unit(
        pk=key,
        tag=tag,
        part_id=birth.revision.part_id,
        part_revision=birth.revision,
        level=birth.revision.part.level,
        serial=birth.serial,
        supplier=birth.supplier,
        country=birth.country,
        lot_id=birth.lot_id,
        born_at=caller.at,
        born_event_id=0,
    )


def _first_place(unit: Unit, birth: Birth, event: int, units: Sequence[Unit]) -> Move:
    host = birth.host if birth.host_index is None else units[birth.host_index]
    return Move(
        unit=unit,
        event_id=event,
        location_id=birth.location_id,
        host=host,
        position=birth.position,
        why=birth.why,
        # a newborn host has no history at its positions: nothing to look up
        host_free_from=None if birth.host_index is None else unit.born_at,
    )


def _identifiers(caller: Caller, unit: Unit, birth: Birth, event: int) -> Iterable[Identifier]:
    names = [("label", birth.raw or birth.serial)] if birth.serial else []
    for kind, raw in [*names, *birth.names]:
        text = normalise_identifier(kind, raw)
        if text is not None:
            yield Identifier(
                unit=unit,
                part_id=unit.part_id,
                kind=kind,
                raw=raw,
                normalised=text,
                source=birth.source,
                first_seen_at=caller.at,
                last_seen_at=caller.at,
                event_id=event,
            )


def births_inside(revisions: Sequence[PartRevision], born: str) -> dict[int, list[PartPosition]]:
    """Step: the built-in positions of these part revisions whose units are born at `receipt` or when `reported`."""
    ids = {revision.pk for revision in revisions}
    found: dict[int, list[PartPosition]] = defaultdict(list)
    positions = PartPosition.objects.filter(part_revision_id__in=ids, born=born).select_related(
        "child", "child_revision__part"
    )
    for position in positions:
        found[position.part_revision_id].append(position)
    return found


def refuse_taken_serials(part: Part, serials: Sequence[str]) -> None:
    """Step: refuse SerialTaken with its place when a unit of the part has one of these label serials."""
    taken = (
        Identifier.objects.filter(part=part, kind="label", normalised__in=list(serials))
        .select_related("unit")
        .order_by("normalised")
        .first()
    )
    if taken is None:
        return
    raise SerialTaken(
        _("%(serial)s of part %(part)s is already registered as %(tag)s.")
        % {"serial": taken.normalised, "part": part.number, "tag": taken.unit.tag},
        true=_("%(place)s Nothing was recorded.") % {"place": place_sentence(taken.unit)},
        do=_("Check the label on the part with the line leader."),
    )


def place_sentence(unit: Unit) -> str:
    """Where a unit is now, as a sentence."""
    placement = Placement.objects.filter(unit=unit, to_at=None).select_related("location", "host").first()
    if placement is None:
        return _("It has no place now.")
    if placement.host is not None:
        return _("It sits in %(host)s, %(position)s.") % {"host": placement.host.name, "position": placement.position}
    return _("It is at %(place)s.") % {"place": placement.location.name if placement.location else ""}


def revision_of(part_number: str, revision: str) -> PartRevision:
    """Step: a part revision by number (or alias) and revision ("" = the latest).

    Refuses UnknownPart, UnknownRevision."""
    part = Part.objects.filter(number=part_number).first() or Part.objects.filter(aliases__number=part_number).first()
    if part is None:
        raise UnknownPart(
            _("There is no part %(number)s.") % {"number": part_number[:60]},
            do=_("Check the part number or have it registered."),
        )
    revisions = PartRevision.objects.filter(part=part).select_related("part")
    found = revisions.filter(revision=revision).first() if revision else revisions.order_by("-revision").first()
    if found is None:
        raise UnknownRevision(
            _("Part %(number)s has no revision %(revision)s.") % {"number": part.number, "revision": revision[:20]}
        )
    return found


@operation(permission="inventory.receive", returns=Identifier)
def add_identifier(
    *, caller: Caller, unit_id: int, identifier_kind: str, text: str, source: str = "hand"
) -> Identifier:
    """Give a unit another name. A UUID or MAC that another unit has now is refused; a known one is seen again.

    Locks the unit. Refuses IdentifierBlank, IdentifierTaken, LayoutError."""
    unit = Unit.objects.select_for_update(no_key=True, of=("self",)).select_related("part").get(pk=unit_id)
    text_now = None if is_sentinel(text) else normalise_identifier(identifier_kind, text)
    if text_now is None:
        raise IdentifierBlank(_("“%(text)s” says nothing about the unit.") % {"text": text[:60]})
    known = Identifier.objects.filter(unit=unit, kind=identifier_kind, normalised=text_now, closed_at=None).first()
    if known is not None:
        return known
    other = Identifier.objects.filter(kind=identifier_kind, normalised=text_now, closed_at=None).select_related("unit")
    if identifier_kind in ("uuid", "mac", "sscc") and other.exists():
        raise IdentifierTaken(
            _("%(text)s belongs to %(unit)s now.") % {"text": text_now, "unit": other[0].unit.name},
            true=_("Nothing was recorded."),
            do=_("Close the old row first if the unit was re-used."),
        )

    event = record_many(
        caller, "inventory.identifier-added", [Happening(unit, {"kind": identifier_kind, "text": text_now})]
    )[0]
    return Identifier.objects.create(
        unit=unit,
        part_id=unit.part_id,
        kind=identifier_kind,
        raw=text,
        normalised=text_now,
        source=source,
        first_seen_at=caller.at,
        last_seen_at=caller.at,
        event_id=event,
    )


wall(
    "label_serial_is_unique_for_its_part",
    lambda: SerialTaken(_("This serial was registered at the same moment."), true=_("Nothing was recorded.")),
)
wall(
    "uuid_and_mac_are_unique_while_current",
    lambda: IdentifierTaken(_("Another unit has this UUID or MAC now."), true=_("Nothing was recorded.")),
)
