"""Releasing what a build shall become: rack models, and designs with their slot maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assembly.models import Design, DesignSlot, RackModel, Routing
from assembly.operations.routing_specs import first_twice
from inventory.models import Part, PartRevision
from inventory.operations.units import UnknownPart, revision_of
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

DESIGN_KINDS = ("rack", "tray")


class RackModelExists(Refusal):
    """A rack model with that code is defined already."""


class WrongRackModel(Refusal):
    """A rack model without height or power, or none where a rack needs one."""


class DesignExists(Refusal):
    """A design with that code is released already."""


class UnknownDesignKind(Refusal):
    """A design is a rack or a tray."""


class UnknownRouting(Refusal):
    """There is no released routing of that code and revision."""


class UnknownRackModel(Refusal):
    """There is no rack model of that code."""


class WrongSlots(Refusal):
    """A slot map that is empty, names a position twice or lies outside the rack."""


class SlotPartTooHigh(Refusal):
    """A slot takes a part of the product's own level or above: it could not be placed there."""


class SlotPartWithoutSerial(Refusal):
    """A slot takes a part that is followed by lot: its use is booked, not placed."""


class SlotNeverFilled(Refusal):
    """No operation of the routing fills slots of that kind."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """A place of a design. `ru`, NVLink `slot_number` and `tray_index` are three facts, each given. `alternates`: the
    part numbers that may sit here as well."""

    position: str
    kind: str
    part: str
    ru: int | None = None
    ru_height: int = 1
    slot_number: int | None = None
    tray_index: int | None = None
    alternates: tuple[str, ...] = ()
    required: bool = True


@operation(permission="assembly.keep_master_data", returns=RackModel)
def define_rack_model(
    *, caller: Caller, code: str, name: str, rack_units: int, planned_kw: Decimal, litres_per_minute_per_kw: Decimal
) -> RackModel:
    """Define a rack family: height in rack units, planned kW and litres a minute for each kW at full load.

    Locks nothing. Refuses RackModelExists, WrongRackModel."""
    if rack_units <= 0 or planned_kw <= 0 or litres_per_minute_per_kw <= 0:
        raise WrongRackModel(_("A rack model needs a height, a power and a flow above zero."))
    if RackModel.objects.filter(code=code).exists():
        raise RackModelExists(
            _("Rack model %(code)s exists already.") % {"code": code}, true=_("Nothing was recorded.")
        )

    model = RackModel.objects.create(
        code=code,
        name=name,
        rack_units=rack_units,
        planned_kw=planned_kw,
        litres_per_minute_per_kw=litres_per_minute_per_kw,
    )
    record(
        caller, "assembly.rack-model-defined", model, code=code, rack_units=rack_units, planned_kw=planned_kw,
        litres_per_minute_per_kw=litres_per_minute_per_kw,
    )  # fmt: skip
    return model


@operation(permission="assembly.keep_master_data", returns=Design)
def release_design(  # noqa: PLR0913 - a design is these facts; each comes from its own place in a form
    *,
    caller: Caller,
    code: str,
    kind: str,
    part_number: str,
    revision: str,
    routing_code: str,
    routing_revision: str,
    rack_model: str,
    unit_prefix: str,
    slots: list[SlotSpec],
) -> Design:
    """Release a design at once with its slot map; it never changes again, a change is a new design. `kind` is rack or
    tray; `rack_model` is "" for a tray; `unit_prefix` "" means that the units come from a supplier.

    Locks nothing. Refuses DesignExists, UnknownDesignKind, UnknownPart, UnknownRevision, UnknownRouting,
    UnknownRackModel, WrongRackModel, WrongSlots, SlotPartTooHigh, SlotPartWithoutSerial, SlotNeverFilled."""
    if kind not in DESIGN_KINDS:
        raise UnknownDesignKind(
            _("There is no design kind “%(kind)s”.") % {"kind": kind},
            do=_("Choose one of: %(names)s.") % {"names": ", ".join(DESIGN_KINDS)},
        )
    product = revision_of(part_number, revision)
    routing = routing_of(routing_code, routing_revision)
    model = _rack_model(kind, rack_model)
    parts = parts_of_slots(slots)
    refuse_wrong_map(slots, model)
    refuse_wrong_parts(slots, product, parts)
    refuse_unfilled(slots, routing)
    if Design.objects.filter(code=code).exists():
        raise DesignExists(
            _("Design %(code)s is released already.") % {"code": code},
            true=_("Nothing was recorded."),
            do=_("Release the change as a new design."),
        )

    design = Design.objects.create(
        code=code,
        kind=kind,
        part_revision=product,
        routing=routing,
        rack_model=model,
        unit_prefix=unit_prefix,
        event_id=0,
    )
    event = record(
        caller, "assembly.design-released", design, code=code, part=product.part.number, revision=product.revision,
        routing=str(routing), rack_model=rack_model, slots=[_told(slot) for slot in slots],
    )  # fmt: skip
    DesignSlot.objects.bulk_create([slot_row(design, order, slot, parts) for order, slot in enumerate(slots, start=1)])
    design.released_at, design.event_id = caller.at, event
    Design.objects.filter(pk=design.pk).update(released_at=caller.at, event_id=event)
    return design


def slot_row(design: Design, order: int, slot: SlotSpec, parts: dict[str, Part]) -> DesignSlot:
    """Step: a slot's row, not written."""
    return DesignSlot(
        design=design,
        position=slot.position,
        kind=slot.kind,
        order=order,
        ru=slot.ru,
        ru_height=slot.ru_height,
        slot_number=slot.slot_number,
        tray_index=slot.tray_index,
        part=parts[slot.part],
        alternates=[parts[number].pk for number in slot.alternates],
        required=slot.required,
    )


def _told(slot: SlotSpec) -> dict[str, object]:
    return {
        "position": slot.position,
        "part": slot.part,
        "alternates": list(slot.alternates),
        "ru": slot.ru,
        "slot_number": slot.slot_number,
        "tray_index": slot.tray_index,
        "required": slot.required,
    }


def routing_of(code: str, revision: str) -> Routing:
    """Step: the released routing. Refuses UnknownRouting."""
    routing = Routing.objects.filter(code=code, revision=revision).exclude(released_at=None).first()
    if routing is None:
        raise UnknownRouting(
            _("There is no released routing %(name)s.") % {"name": f"{code} {revision}"},
            do=_("Release the routing first."),
        )
    return routing


def _rack_model(kind: str, code: str) -> RackModel | None:
    if kind == "rack" and not code:
        raise WrongRackModel(_("A rack design names its rack model."))
    if kind == "tray" and code:
        raise WrongRackModel(_("A tray design has no rack model."))
    if not code:
        return None
    model = RackModel.objects.filter(code=code).first()
    if model is None:
        raise UnknownRackModel(_("There is no rack model %(code)s.") % {"code": code})
    return model


def parts_of_slots(slots: Sequence[SlotSpec]) -> dict[str, Part]:
    """Step: the parts that the slots take, by number. Refuses UnknownPart for the first that is missing."""
    wanted = {number for slot in slots for number in (slot.part, *slot.alternates)}
    found = {part.number: part for part in Part.objects.filter(number__in=wanted)}
    missing = sorted(wanted - set(found))
    if missing:
        raise UnknownPart(
            _("There is no part %(number)s.") % {"number": missing[0]}, do=_("Define the parts of the slots first.")
        )
    return found


def refuse_wrong_map(slots: Sequence[SlotSpec], model: RackModel | None) -> None:
    """Step: refuse WrongSlots for an empty map, a name used twice, a slot outside the rack. Reads nothing."""
    if not slots:
        raise WrongSlots(_("A design needs at least one slot."))
    for names, what in (
        ([slot.position for slot in slots], _("position")),
        ([slot.slot_number for slot in slots if slot.slot_number is not None], _("slot number")),
        ([slot.tray_index for slot in slots if slot.tray_index is not None], _("tray index")),
    ):
        twice = first_twice(names)
        if twice is not None:
            raise WrongSlots(_("The %(what)s %(name)s is used twice.") % {"what": what, "name": twice})
    for slot in slots:
        if model is not None and slot.ru is not None and not _fits(slot.ru, slot.ru_height, model.rack_units):
            raise WrongSlots(
                _("Slot %(position)s lies outside the rack.") % {"position": slot.position},
                true=_("%(model)s has %(height)d rack units.") % {"model": model.code, "height": model.rack_units},
            )


def _fits(ru: int, height: int, rack_units: int) -> bool:
    return height >= 1 and ru >= 1 and ru + height - 1 <= rack_units


def refuse_wrong_parts(slots: Sequence[SlotSpec], product: PartRevision, parts: dict[str, Part]) -> None:
    """Step: refuse SlotPartTooHigh and SlotPartWithoutSerial. Reads nothing."""
    for slot in slots:
        for part in (parts[number] for number in (slot.part, *slot.alternates)):
            where = {"position": slot.position, "part": part.number, "product": product.part.number}
            if part.level >= product.part.level:
                raise SlotPartTooHigh(
                    _("Slot %(position)s takes %(part)s, which is not of a lower level than %(product)s.") % where,
                    true=_("Level %(level)d in level %(host)d.") % {"level": part.level, "host": product.part.level},
                )
            if not part.is_serialised:
                raise SlotPartWithoutSerial(
                    _("Slot %(position)s takes %(part)s, which has no serial.") % where,
                    do=_("Put it on the bill of material; its use is booked by lot."),
                )


def refuse_unfilled(slots: Sequence[SlotSpec], routing: Routing) -> None:
    """Step: refuse SlotNeverFilled for a kind that no operation fills."""
    filled = {kind for kinds in routing.operations.values_list("slot_kinds", flat=True) for kind in kinds}
    strange = sorted({slot.kind for slot in slots} - filled)
    if strange:
        raise SlotNeverFilled(
            _("No operation of routing %(routing)s fills slots of kind “%(kind)s”.")
            % {"routing": str(routing), "kind": strange[0]},
            do=_("Name the kind in an operation of the routing."),
        )


wall(
    "assembly_design_code_key",
    lambda: DesignExists(_("This design was released at the same moment."), true=_("Nothing was recorded.")),
)
wall(
    "assembly_rackmodel_code_key",
    lambda: RackModelExists(_("This was defined at the same moment."), true=_("Nothing was recorded.")),
)
