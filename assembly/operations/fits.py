"""Whether a unit may be fitted into a slot: the locks, the facts and the refusals behind an installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from assembly.models import Deviation, Slot
from assembly.operations.route_rules import NonconformityOpen
from inventory.models import Unit
from inventory.operations.finding import UnitEnded, UnitHeld, Whereabouts, refuse_ended
from inventory.operations.placements import UnitNotHere
from inventory.operations.units import place_sentence
from ledger.refusals import Refusal
from ledger.statements import ask


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


class UnknownSlot(Refusal):
    """The build has no such slot."""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A locked slot with what the rules need to know of its build."""

    slot: Slot
    host: Unit
    running: bool
    occupied_by: str
    undecided: str
    free_from: datetime | None
    host_hold: str
    host_ended: bool


_LOCK = """
SELECT s.id FROM assembly_slot s JOIN assembly_build b ON b.id = s.build_id
WHERE s.id = ANY(%s::bigint[]) ORDER BY b.id, s.id FOR SHARE OF b FOR NO KEY UPDATE OF s
"""

_FACTS = """
SELECT s.id, s.build_id, s.position, s.kind, s.part_id, s.alternates, s.level, s.slot_number, s.tray_index, s.ru,
  p.number AS part_number, b.unit_id, u.level AS unit_level, u.tag, u.serial, u.ended_at IS NOT NULL AS host_ended,
  EXISTS (SELECT 1 FROM assembly_operationrun r JOIN assembly_routingoperation o ON o.id = r.operation_id
    WHERE r.build_id = b.id AND r.finished_at IS NULL AND s.kind = ANY(o.slot_kinds)) AS running,
  (SELECT coalesce(nullif(iu.serial, ''), iu.tag) FROM inventory_placement i JOIN inventory_unit iu ON iu.id = i.unit_id
    WHERE i.host_id = b.unit_id AND i.position = s.position AND i.to_at IS NULL) AS occupied_by,
  (SELECT min(n.number) FROM assembly_nonconformity n WHERE n.build_id = b.id AND n.disposition IS NULL
    AND n.closed_at IS NULL) AS undecided,
  (SELECT max(i.to_at) FROM inventory_placement i WHERE i.host_id = b.unit_id AND i.position = s.position) AS free_from,
  (SELECT min(h.number) FROM inventory_hold h WHERE h.unit_id = b.unit_id AND h.released_at IS NULL) AS host_hold
FROM assembly_slot s
JOIN assembly_build b ON b.id = s.build_id
JOIN inventory_unit u ON u.id = b.unit_id
JOIN inventory_part p ON p.id = s.part_id
WHERE s.id = ANY(%s::bigint[])
"""
_NAMES = (
    "id", "build_id", "position", "kind", "part_id", "alternates", "level", "slot_number", "tray_index", "ru",
    "part_number", "unit_id", "unit_level", "tag", "serial", "host_ended", "running", "occupied_by", "undecided",
    "free_from", "host_hold",
)  # fmt: skip


def lock_slots(slot_ids: Sequence[int]) -> dict[int, SlotRow]:
    """Lock slots (their builds for share), then read what decides about them: two statements, because facts read in
    the locking statement itself could be older than the lock it had to wait for."""
    ask(_LOCK, [list(slot_ids)])
    found = [dict(zip(_NAMES, row, strict=True)) for row in ask(_FACTS, [list(slot_ids)])]
    return {row["id"]: _slot_row(row) for row in found}


def _slot_row(row: dict[str, Any]) -> SlotRow:
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
    return SlotRow(
        slot,
        host,
        bool(row["running"]),
        str(row["occupied_by"] or ""),
        str(row["undecided"] or ""),
        row["free_from"],  # type: ignore[arg-type]
        str(row["host_hold"] or ""),
        bool(row["host_ended"]),
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What else decides about a unit: an unfinished build of its own, an open hold on it or on its lot, the kit it was
    fetched for."""

    unfinished: str = ""
    hold: str = ""
    hold_reason: str = ""
    kit_id: int | None = None
    kit_number: str = ""
    kit_build_id: int | None = None
    kit_build: str = ""


def known_of(unit_ids: Sequence[int]) -> dict[int, Known]:
    rows = ask(
        "SELECT u.id,"
        " (SELECT b.order_number FROM assembly_build b WHERE b.unit_id = u.id AND b.completed_at IS NULL),"
        " h.number, h.reason, k.id, k.number, k.build_id, k.name FROM inventory_unit u"
        " LEFT JOIN LATERAL (SELECT number, reason FROM inventory_hold WHERE released_at IS NULL"
        " AND (unit_id = u.id OR lot_id = u.lot_id) ORDER BY id LIMIT 1) h ON true"
        " LEFT JOIN LATERAL (SELECT kt.id, kt.number, kt.build_id, coalesce(nullif(bu.serial, ''), bu.tag) AS name"
        " FROM assembly_kitpick kp JOIN assembly_kitline kl ON kl.id = kp.line_id"
        " JOIN assembly_kit kt ON kt.id = kl.kit_id"
        " JOIN assembly_build kb ON kb.id = kt.build_id JOIN inventory_unit bu ON bu.id = kb.unit_id"
        " WHERE kp.picked_unit_id = u.id AND kp.ended_at IS NULL) k ON true WHERE u.id = ANY(%s::bigint[])",
        [list(unit_ids)],
    )
    return {
        row[0]: Known(row[1] or "", row[2] or "", row[3] or "", row[4], row[5] or "", row[6], row[7] or "")
        for row in rows
    }


def _label(slot: Slot) -> str:
    """A slot as its label on the rack says it: the NVLink slot number of a tray, else the position."""
    return str(slot.slot_number) if slot.kind in ("compute", "switch") and slot.slot_number else slot.position


def refuse_slot(row: SlotRow, twice: bool) -> None:
    if row.host_ended:
        raise UnitEnded(
            _("%(unit)s has ended: nothing goes into it.") % {"unit": row.host.name},
            true=_("Nothing was recorded."),
            do=_("Take it to quality."),
        )
    if row.undecided:
        raise NonconformityOpen(
            _("%(number)s is undecided.") % {"number": row.undecided},
            true=_("Nothing was recorded."),
            do=_("Ask quality for the disposition."),
        )
    if row.host_hold:
        raise UnitHeld(
            _("%(unit)s is on hold.") % {"unit": row.host.name},
            true=_("Hold %(number)s. Nothing was recorded.") % {"number": row.host_hold},
            do=_("Ask quality for the release."),
        )
    if not row.running:
        raise StepNotOpen(
            _("The operation that fills slot %(slot)s is not running.") % {"slot": _label(row.slot)},
            true=_("Nothing was recorded."),
            do=_("Start it by its bar code on the traveller."),
        )
    if row.occupied_by or twice:
        raise SlotTaken(
            _("Slot %(slot)s holds %(unit)s already.") % {"slot": _label(row.slot), "unit": row.occupied_by},
            true=_("Nothing was recorded."),
            do=_("Choose the next empty slot, or take the other one out first."),
        )


def refuse_part(row: SlotRow, unit: Unit) -> None:
    if row.slot.accepts(unit.part_id):
        return
    if Deviation.objects.filter(build_id=row.slot.build_id, position=row.slot.position, part_id=unit.part_id).exists():
        return
    raise WrongPart(
        _("%(unit)s is %(part)s; slot %(slot)s takes %(wanted)s.")
        % {"unit": unit.name, "part": unit.part.number, "slot": _label(row.slot), "wanted": row.slot.part_number},  # type: ignore[attr-defined]
        true=_("Slot %(slot)s is still empty.") % {"slot": _label(row.slot)},
        do=_("Take a part with the number %(wanted)s.") % {"wanted": row.slot.part_number},  # type: ignore[attr-defined]
    )


def refuse_unit(here: Whereabouts, known: Known, twice: bool) -> None:
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
