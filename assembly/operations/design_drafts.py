"""Drafts of designs: begun from a released one, slots and parts changed, released with the day from which they count.

A draft is seen by no build; running builds keep the design they were started with (their slots were copied).
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assembly.models import Design, DesignSlot
from assembly.operations.builds import UnknownDesign
from assembly.operations.designs import (
    DesignExists,
    SlotSpec,
    WrongSlots,
    parts_of_slots,
    refuse_unfilled,
    refuse_wrong_map,
    refuse_wrong_parts,
    routing_of,
    slot_row,
)
from inventory.models import Bom, Part
from inventory.operations.bom_drafts import UnknownBom, refuse_no_discard_reason
from inventory.operations.units import revision_of
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import amend, locked, refuse_stale, refuse_stale_part, touch, write_changed


class DesignReleased(Refusal):
    """The design is released and fixed."""


class SlotThere(Refusal):
    """A slot of that position stands in the design already."""


class BillDiffers(Refusal):
    """The bill does not list what the slots take."""


@operation(permission="assembly.keep_master_data", returns=Design)
def draft_design(*, caller: Caller, code: str, from_code: str) -> Design:
    """Begin a draft of a design as a copy of another one: product, routing, rack model and slots. Locks nothing.

    Refuses UnknownDesign, DesignExists, WrongSlots (blank code)."""
    code = code.strip()
    source = Design.objects.filter(code=from_code).first()
    if source is None:
        raise UnknownDesign(_("There is no design %(code)s.") % {"code": from_code[:60]})
    if not code or len(code) > 40:
        raise WrongSlots(_("A design needs a code of at most 40 characters."))
    if Design.objects.filter(code=code).exists():
        raise DesignExists(
            _("Design %(code)s is there already.") % {"code": code},
            true=_("Nothing was recorded."),
            do=_("Give another code."),
        )

    design = Design.objects.create(
        code=code,
        kind=source.kind,
        part_revision=source.part_revision,
        routing=source.routing,
        rack_model=source.rack_model,
        unit_prefix=source.unit_prefix,
        event_id=0,
    )
    design.event_id = record(caller, "assembly.design-drafted", design, code=code, from_code=from_code, version=1)
    design.save(update_fields=["event_id"])
    rows = list(source.slots.order_by("order"))
    for row in rows:
        row.pk, row.design, row.version = None, design, 1
    DesignSlot.objects.bulk_create(rows)
    return design


@operation(permission="assembly.keep_master_data", returns=Design)
def edit_design(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    design_id: int,
    version: int,
    part_number: str,
    revision: str,
    routing_code: str,
    routing_revision: str,
    bom_revision: str = "",
    unit_prefix: str = "",
) -> Design:
    """Change what a draft makes, by which released routing and bill ("" = the bill effective when a build starts).
    Locks the design. Refuses StaleEdit, DesignReleased, UnknownPart, UnknownRevision, UnknownRouting, UnknownBom."""
    design = _draft(design_id)
    product = revision_of(part_number, revision)
    routing = routing_of(routing_code, routing_revision)
    bom = None
    if bom_revision:
        bom = Bom.objects.released().filter(part_revision=product, revision=bom_revision).first()
        if bom is None:
            raise UnknownBom(
                _("%(part)s has no released bill %(revision)s.")
                % {"part": str(product), "revision": bom_revision[:40]},
                do=_("Release the bill first."),
            )
    given = {"part_revision": product, "routing": routing, "bom": bom, "unit_prefix": unit_prefix.strip()[:10]}
    return amend(caller, design, "assembly.design-edited", version, given, code=design.code)  # type: ignore[no-any-return]


@operation(permission="assembly.keep_master_data", returns=DesignSlot)
def put_design_slot(*, caller: Caller, design_id: int, version: int, slot: SlotSpec) -> DesignSlot:
    """Add a slot to a draft (`version` 0) or change the one at that position (`version`: that of the slot which was
    seen). Locks the design.

    Refuses StaleEdit, DesignReleased, SlotThere, UnknownPart, WrongSlots, SlotPartTooHigh, SlotPartWithoutSerial."""
    return write_slot(caller, _draft(design_id), version, slot)


def write_slot(caller: Caller, design: Design, version: int | None, slot: SlotSpec) -> DesignSlot:
    """Step: a slot of a locked draft; `version` None takes what stands. Refuses as put_design_slot says."""
    parts = parts_of_slots([slot])
    row = DesignSlot.objects.select_related("part").filter(design=design, position=slot.position).first()
    if row is not None and version == 0:
        raise SlotThere(_("The design has a slot %(position)s already.") % {"position": slot.position})
    others = [one for one in specs_of_slots(design) if one.position != slot.position]
    refuse_wrong_map([*others, slot], design.rack_model)
    refuse_wrong_parts([slot], design.part_revision, parts)
    now, then = _flat(spec_of_slot(row)) if row else {}, _flat(slot)
    if version is not None:
        refuse_stale_part(design, slot.position, row.version if row else 0, version, now, then)
    changed = {f"{slot.position}.{k}": [now.get(k), v] for k, v in then.items() if now.get(k) != v}
    if row is not None and not changed:
        return row

    touch(caller, design, "assembly.design-slot-put", changed, code=design.code, position=slot.position)
    fresh = slot_row(design, row.order if row else len(others) + 1, slot, parts)
    fresh.version, fresh.pk = design.version, row.pk if row else None
    fresh.save()
    return fresh


@operation(permission="assembly.keep_master_data", returns=Design)
def drop_design_slot(*, caller: Caller, design_id: int, position: str, version: int) -> Design:
    """Take a slot out of a draft; `version` is that of the slot which was seen. Locks the design.

    Refuses StaleEdit, DesignReleased, WrongSlots (none at that position)."""
    design = _draft(design_id)
    row = DesignSlot.objects.select_related("part").filter(design=design, position=position).first()
    if row is None:
        raise WrongSlots(_("The design has no slot %(position)s.") % {"position": position[:40]})
    now = _flat(spec_of_slot(row))
    refuse_stale_part(design, position, row.version, version, now, {})
    gone = {f"{position}.{name}": [value, None] for name, value in now.items()}
    touch(caller, design, "assembly.design-slot-dropped", gone, code=design.code, position=position)
    row.delete()
    return design


@operation(permission="assembly.keep_master_data", returns=Design)
def swap_design_part(*, caller: Caller, design_id: int, version: int, old_part: str, new_part: str) -> Design:
    """Let every slot of a draft that takes one part take another instead. `version` is the design's. Locks the design.

    Refuses StaleEdit, DesignReleased, UnknownPart, WrongSlots (no slot takes it), SlotPartTooHigh,
    SlotPartWithoutSerial."""
    design = _draft(design_id)
    refuse_stale(design, version, {})
    rows = list(DesignSlot.objects.filter(design=design, part__number=old_part))
    if not rows:
        raise WrongSlots(_("No slot of this design takes %(part)s.") % {"part": old_part[:60]})
    specs = [SlotSpec(row.position, row.kind, new_part) for row in rows]
    parts = parts_of_slots(specs)
    refuse_wrong_parts(specs, design.part_revision, parts)
    if old_part == new_part:
        return design
    changed = {f"{row.position}.part": [old_part, new_part] for row in rows}
    touch(caller, design, "assembly.design-part-swapped", changed, code=design.code)
    ids = [row.pk for row in rows]
    DesignSlot.objects.filter(pk__in=ids).update(part=parts[new_part], version=design.version)
    return design


@operation(permission="assembly.keep_master_data", returns=Design)
def release_design_draft(*, caller: Caller, design_id: int, version: int, effective_from: date | None = None) -> Design:
    """Release the draft that was seen: fixed from now on, taken by orders whose builds start on `effective_from` (none:
    today) or later. Running builds keep theirs. A bill that the design names must list what its slots take. Locks the
    design. Refuses StaleEdit, DesignReleased, BillDiffers, and what release_design refuses."""
    design = _draft(design_id)
    refuse_stale(design, version, {})
    slots = specs_of_slots(design)
    routing_of(design.routing.code, design.routing.revision)
    refuse_wrong_map(slots, design.rack_model)
    refuse_wrong_parts(slots, design.part_revision, parts_of_slots(slots))
    refuse_unfilled(slots, design.routing)
    if design.bom is not None:
        _refuse_other_bill(slots, design.bom)

    changed = {"released_at": [None, caller.at.isoformat()], "effective_from": [None, effective_from]}
    event = write_changed(
        caller, design, "assembly.design-draft-released", changed, code=design.code,
        part=design.part_revision.part.number, revision=design.part_revision.revision, routing=str(design.routing),
        bom=design.bom.revision if design.bom else "", slots=[_flat(slot) for slot in slots],
    )  # fmt: skip
    design.released_at, design.event_id, design.effective_from = caller.at, event, effective_from
    design.save(update_fields=["released_at", "event_id", "effective_from", "version"])
    return design


@operation(permission="assembly.keep_master_data")
def discard_design_draft(*, caller: Caller, design_id: int, version: int, reason: str) -> dict[str, str]:
    """Give up the draft that was seen: its slots go, its code is free again; the event keeps what it said. Locks the
    design. Refuses StaleEdit, DesignReleased, DiscardReasonWanted."""
    design = _draft(design_id)
    refuse_stale(design, version, {})
    refuse_no_discard_reason(reason)

    write_changed(
        caller, design, "assembly.design-draft-discarded", {"draft": [design.code, None]}, code=design.code,
        reason=reason.strip(), part=design.part_revision.part.number, revision=design.part_revision.revision,
        routing=str(design.routing), bom=design.bom.revision if design.bom else "",
        slots=[{"position": slot.position, **_flat(slot)} for slot in specs_of_slots(design)],
    )  # fmt: skip
    design.slots.all().delete()
    design.delete()
    return {"discarded": design.code}


def specs_of_slots(design: Design) -> list[SlotSpec]:
    """Step: the slots of a design as plain values, in order. Two queries."""
    rows = list(design.slots.select_related("part").order_by("order"))
    numbers = dict(
        Part.objects.filter(pk__in={pk for row in rows for pk in row.alternates}).values_list("pk", "number")
    )
    return [spec_of_slot(row, numbers) for row in rows]


def spec_of_slot(row: DesignSlot, numbers: dict[int, str] | None = None) -> SlotSpec:
    """Step: a slot as plain values."""
    if numbers is None:
        numbers = dict(Part.objects.filter(pk__in=row.alternates).values_list("pk", "number"))
    return SlotSpec(
        position=row.position,
        kind=row.kind,
        part=row.part.number,
        ru=row.ru,
        ru_height=row.ru_height,
        slot_number=row.slot_number,
        tray_index=row.tray_index,
        alternates=tuple(numbers[pk] for pk in row.alternates),
        required=row.required,
    )


def _flat(slot: SlotSpec) -> dict[str, Any]:
    told = {name: getattr(slot, name) for name in SlotSpec.__dataclass_fields__ if name != "position"}
    return {**told, "alternates": ", ".join(slot.alternates)}


def _refuse_other_bill(slots: list[SlotSpec], bom: Bom) -> None:
    wanted = Counter(slot.part for slot in slots)
    listed: dict[str, Decimal] = {}
    for number, quantity in bom.lines.filter(part__traceability="serial").values_list("part__number", "quantity"):
        listed[number] = listed.get(number, Decimal(0)) + quantity
    for part in sorted(wanted.keys() | listed.keys()):
        if wanted.get(part, 0) != listed.get(part, 0):
            raise BillDiffers(
                _("%(part)s: the slots take %(slots)d, bill %(bill)s lists %(listed)s.")
                % {"part": part, "slots": wanted.get(part, 0), "bill": bom.revision, "listed": listed.get(part, 0)},
                true=_("Nothing was recorded."),
                do=_("Correct the slots of the draft, or release another bill."),
            )


def _draft(design_id: int) -> Design:
    return refuse_released(locked(Design, pk=design_id))


def refuse_released(design: Design) -> Design:
    """Step: the design, if it is a draft. Refuses DesignReleased."""
    if design.released_at is not None:
        raise DesignReleased(
            _("Design %(code)s is released.") % {"code": design.code},
            true=_("A released design is never changed. Nothing was recorded."),
            do=_("Begin a draft of a new design."),
        )
    return design
