"""Starting builds: one unit, one build, for ever, to a design that is frozen by copying its slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts.operations.skills import today_at
from assembly.models import Build, BuildOrder, Design, DesignSlot, Slot
from inventory.models import Bom, PartRevision, ShipNotice, Unit
from inventory.operations.finding import find_unit_ids, lock_units, one_unit_id, refuse_held
from inventory.operations.placements import location_by_code, refuse_unmovable
from inventory.operations.units import Birth, bear, births_inside
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class UnknownDesign(Refusal):
    """No released design has that code."""


class BuildExists(Refusal):
    """The unit has a build already: one for ever; rework reopens it."""


class WrongProduct(Refusal):
    """The unit is of another part than the design makes."""


class SerialWanted(Refusal):
    """A build of this design starts on a unit that came from a supplier."""


LINES = {"rack": "LINE-RACK", "tray": "LINE-TRAY"}
"""Where a build of a kind begins unless told otherwise."""


@dataclass(frozen=True, slots=True)
class BuildStart:
    """What to start. `serial`: the unit's own serial — for a design with a prefix it may be blank (the plant numbers
    it), for one without it names the received unit. `order_number` "" = the plant numbers it."""

    design_code: str
    serial: str = ""
    order_number: str = ""
    need_by: date | None = None
    customer_order_at: datetime | None = None
    kit_ready_at: datetime | None = None
    location_code: str = ""


@operation(permission="assembly.start_build", returns=Build)
def start_build(*, caller: Caller, start: BuildStart) -> Build:
    """Start one build. Locks the unit it starts on.

    Refuses UnknownDesign, UnknownLocation, BuildExists, WrongProduct, SerialWanted, SerialTaken, UnitHeld."""
    return start_many(caller, [start])[0]


@operation(permission="assembly.start_build")
def start_builds(*, caller: Caller, starts: list[BuildStart]) -> dict[str, list[int]]:
    """Start many builds, all or none; refuses as start_build does."""
    return {"builds": [build.pk for build in start_many(caller, starts)]}


def start_many(caller: Caller, starts: Sequence[BuildStart], order: BuildOrder | None = None) -> list[Build]:
    """Step: start builds, set-based: units, builds, copied slots, one event each. Each keeps its design, and the bill
    that the design names or that is effective today."""
    designs = designs_by_code({start.design_code for start in starts})
    bills = effective_bills(designs.values(), today_at(caller))
    units = _units(caller, starts, designs)
    orders = _order_numbers(caller, starts)
    ready = _kit_ready(orders)
    events = record_many(
        caller,
        "assembly.build-started",
        [
            Happening(
                unit,
                {
                    "design": start.design_code,
                    "order": number,
                    "need_by": start.need_by,
                    "bom": bills.get(designs[start.design_code].pk),
                },
            )
            for unit, start, number in zip(units, starts, orders, strict=True)
        ],
    )
    builds = insert_rows(
        [
            Build(
                unit=unit,
                design=designs[start.design_code],
                order_number=number,
                order=order,
                bom_id=bills.get(designs[start.design_code].pk),
                need_by=start.need_by,
                customer_order_at=start.customer_order_at,
                kit_ready_at=start.kit_ready_at or ready.get(number),
                started_at=caller.happened_at,
                event_id=event,
            )
            for unit, start, number, event in zip(units, starts, orders, events, strict=True)
        ]
    )
    copy_slots(builds)
    return builds


def effective_bills(designs: Iterable[Design], day: date) -> dict[int, int]:
    """Step: design → the bill that a build started on that day keeps: the design's own, else the effective one of its
    part revision. One query."""
    designs = list(designs)
    effective = dict(
        Bom.objects.effective(day)
        .filter(part_revision__in=[design.part_revision_id for design in designs])
        .values_list("part_revision_id", "pk")
    )
    found = {design.pk: design.bom_id or effective.get(design.part_revision_id) for design in designs}
    return {key: bill for key, bill in found.items() if bill is not None}


def copy_slots(builds: Iterable[Build]) -> None:
    """Step: copy the designs' slots into the builds: frozen from here on (trigger)."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO assembly_slot (build_id, position, kind, "order", ru, ru_height, slot_number, tray_index,'
            " part_id, alternates, required, level)"
            ' SELECT b.id, d.position, d.kind, d."order", d.ru, d.ru_height, d.slot_number, d.tray_index,'
            " d.part_id, d.alternates, d.required, p.level"
            " FROM assembly_build b JOIN assembly_designslot d ON d.design_id = b.design_id"
            " JOIN inventory_part p ON p.id = d.part_id WHERE b.id = ANY(%s)"
            ' ORDER BY b.id, d."order"',
            [[build.pk for build in builds]],
        )


def designs_by_code(codes: Iterable[str]) -> dict[str, Design]:
    """Step: released designs by their codes. Refuses UnknownDesign."""
    designs = {
        design.code: design
        for design in Design.objects.filter(code__in=codes)
        .exclude(released_at=None)
        .select_related("part_revision__part")
    }
    for code in codes:
        if code not in designs:
            raise UnknownDesign(
                _("There is no released design %(code)s.") % {"code": code[:60]}, do=_("Choose a design from the list.")
            )
    return designs


def _units(caller: Caller, starts: Sequence[BuildStart], designs: dict[str, Design]) -> list[Unit]:
    """The units of the builds: made now for plant-numbered products, found for those that came from a supplier."""
    made = [index for index, start in enumerate(starts) if designs[start.design_code].unit_prefix]
    found = [index for index in range(len(starts)) if index not in set(made)]
    units: dict[int, Unit] = {}
    units.update(zip(made, _made(caller, [(starts[i], designs[starts[i].design_code]) for i in made]), strict=True))
    units.update(zip(found, _found([(starts[i], designs[starts[i].design_code]) for i in found]), strict=True))
    return [units[index] for index in range(len(starts))]


def _made(caller: Caller, pairs: Sequence[tuple[BuildStart, Design]]) -> list[Unit]:
    if not pairs:
        return []
    serials = unit_serials(caller, pairs)
    codes = [start.location_code or LINES[design.kind] for start, design in pairs]
    places = {code: location_by_code(code) for code in set(codes)}
    revisions: dict[int, PartRevision] = {design.part_revision_id: design.part_revision for _start, design in pairs}
    inside = births_inside(list(revisions.values()), "receipt")
    births: list[Birth] = [
        Birth(
            revision=design.part_revision,
            serial=serial,
            location_id=places[code].pk,
            country="JP",
            why="build started",
            source="plant",
        )
        for (_start, design), serial, code in zip(pairs, serials, codes, strict=True)
    ]
    for index, (_start, design) in enumerate(pairs):
        births += [
            Birth(revision=p.child_revision, host_index=index, position=p.position, why="born inside", source="plant")
            for p in inside.get(design.part_revision_id, [])
        ]
    return bear(caller, "inventory.unit-registered", births)[: len(pairs)]


def unit_serials(caller: Caller, pairs: Sequence[tuple[BuildStart, Design]]) -> list[str]:
    """Step: the serials of units that the plant makes: those given, the others numbered."""
    blank = sum(1 for start, _design in pairs if not start.serial)
    numbers = iter(_next("assembly_unit_number", blank))
    year = caller.happened_at.year % 100
    return [start.serial.strip() or made_serial(design.unit_prefix, year, next(numbers)) for start, design in pairs]


def made_serial(prefix: str, year: int, number: int) -> str:
    """The serial of a unit that the plant makes: RK26-00131."""
    return f"{prefix}{year % 100:02d}-{number:05d}"


def _found(pairs: Sequence[tuple[BuildStart, Design]]) -> list[Unit]:
    if not pairs:
        return []
    missing = next((design for start, design in pairs if not start.serial), None)
    if missing is not None:
        raise SerialWanted(
            _("A build of %(design)s starts on a unit that came from a supplier.") % {"design": missing.code},
            do=_("Scan the unit's label."),
        )
    hits = find_unit_ids([start.serial for start, _design in pairs])
    ids = [one_unit_id(start.serial, hits[start.serial]) for start, _design in pairs]
    held = lock_units(ids)
    refuse_held(ids)
    for pk, (_start, design) in zip(ids, pairs, strict=True):
        unit = refuse_unmovable(held[pk]).unit
        if unit.part_id != design.part_revision.part_id:
            raise WrongProduct(
                _("%(unit)s is a %(part)s; design %(design)s makes %(product)s.")
                % {
                    "unit": unit.name,
                    "part": unit.part.number,
                    "design": design.code,
                    "product": design.part_revision.part.number,
                },
                true=_("Nothing was recorded."),
                do=_("Scan the right unit or choose the right design."),
            )
    built = Build.objects.filter(unit_id__in=ids).select_related("unit").first()
    if built is not None:
        raise BuildExists(
            _("%(unit)s has a build already (%(order)s).") % {"unit": built.unit.name, "order": built.order_number},
            true=_("One unit has one build, for ever."),
            do=_("Open that build; rework is demanded there."),
        )
    return [held[pk].unit for pk in ids]


def _order_numbers(caller: Caller, starts: Sequence[BuildStart]) -> list[str]:
    numbers = iter(_next("assembly_order_number", sum(1 for start in starts if not start.order_number)))
    year = caller.happened_at.year % 100
    return [start.order_number or f"MO-{year:02d}-{next(numbers):05d}" for start in starts]


def _kit_ready(orders: Sequence[str]) -> dict[str, datetime]:
    """When the last announced component of each order was released by its supplier (RULINGS 16)."""
    ready: dict[str, datetime] = {}
    for order, shipped_at in ShipNotice.objects.filter(order_number__in=set(orders)).values_list(
        "order_number", "shipped_at"
    ):
        ready[order] = max(shipped_at, ready.get(order, shipped_at))
    return ready


def _next(sequence: str, count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]


def design_slot_count(design: Design) -> int:
    """How many places a design has."""
    return DesignSlot.objects.filter(design=design).count()


def slots_of(build: Build) -> list[Slot]:
    """The copied slots of a build in order."""
    return list(Slot.objects.filter(build=build).select_related("part").order_by("order"))


wall(
    "assembly_build_unit_id_key",
    lambda: BuildExists(_("A build of this unit was started at the same moment."), true=_("Nothing was recorded.")),
)
