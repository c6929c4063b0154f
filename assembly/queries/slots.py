"""The slots of a build with what sits in them now: feeds the rack drawing, the station, the rack page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from assembly.models import Build, Design, RackModel
from inventory.models import Part, PartRevision, Unit
from ledger.statements import ask, columns, joined


@dataclass(frozen=True, slots=True)
class FilledSlot:
    """A slot and its content now. `held` and `failed` concern the unit inside; `swapped`: another one sat here before;
    `unknown`: what it reports is not known."""

    id: int
    position: str
    kind: str
    order: int
    ru: int | None
    ru_height: int
    slot_number: int | None
    tray_index: int | None
    required: bool
    part_id: int
    part_number: str
    part_ja: str
    part_en: str
    alternates: tuple[int, ...]
    unit_id: int | None
    serial: str
    tag: str
    unit_part: str
    since: datetime | None
    held: bool
    failed: bool
    earlier: int

    @property
    def is_empty(self) -> bool:
        return self.unit_id is None

    def accepts(self, part_id: int) -> bool:
        return part_id == self.part_id or part_id in self.alternates

    @property
    def state(self) -> str:
        """built, empty, hold, fail or swap: a word of the drawing."""
        if self.is_empty:
            return "empty"
        if self.held:
            return "hold"
        if self.failed:
            return "fail"
        return "swap" if self.earlier else "built"


_FILLED = """
SELECT s.id, s.position, s.kind, s."order", s.ru, s.ru_height, s.slot_number, s.tray_index, s.required, s.part_id,
  p.number, p.name_ja, p.name_en, s.alternates, u.id,
  coalesce(u.serial, ''), coalesce(u.tag, ''), coalesce(up.number, ''),
  pl.from_at,
  EXISTS (SELECT 1 FROM inventory_hold h WHERE h.unit_id = u.id AND h.released_at IS NULL),
  EXISTS (SELECT 1 FROM assembly_nonconformity n WHERE n.unit_id = u.id AND n.closed_at IS NULL),
  (SELECT count(*) FROM inventory_placement e WHERE e.host_id = b.unit_id AND e.position = s.position
    AND e.to_at IS NOT NULL)
FROM assembly_slot s
JOIN assembly_build b ON b.id = s.build_id
JOIN inventory_part p ON p.id = s.part_id
LEFT JOIN inventory_placement pl ON pl.host_id = b.unit_id AND pl.position = s.position AND pl.to_at IS NULL
LEFT JOIN inventory_unit u ON u.id = pl.unit_id
LEFT JOIN inventory_part up ON up.id = u.part_id
WHERE s.build_id = %s ORDER BY s."order"
"""


def filled_slots(build_id: int) -> list[FilledSlot]:
    """The slots of a build in order, with what is in them now. One query."""
    return [_filled(row) for row in ask(_FILLED, [build_id])]


def _filled(row: tuple[Any, ...]) -> FilledSlot:
    return FilledSlot(*row[:13], tuple(row[13]), *row[14:])  # type: ignore[call-arg]


def slot_name(kind: str, position: str, slot_number: int | None) -> str:
    """A slot as people call it: `slot 22` for trays, else its designation."""
    if kind in ("compute", "switch") and slot_number is not None:
        return _("slot %(number)d") % {"number": slot_number}
    return position


def next_slot(slots: Sequence[FilledSlot], kinds: Sequence[str], part_id: int | None = None) -> FilledSlot | None:
    """The first empty slot of these kinds, and of those that take the part where one is given."""
    return next(
        (slot for slot in slots if slot.is_empty and slot.kind in kinds and (part_id is None or slot.accepts(part_id))),
        None,
    )


def suggested_slot(
    slots: Sequence[FilledSlot], kinds: Sequence[str], part_id: int | None = None, *, helping: bool = False
) -> FilledSlot | None:
    """The slot to fill next. Who helps another station takes the next kind of slot, or the one after the next, so that
    two pairs of hands do not reach for one place."""
    empty = [
        slot for slot in slots if slot.is_empty and slot.kind in kinds and (part_id is None or slot.accepts(part_id))
    ]
    if not helping or len(empty) < 2:
        return empty[0] if empty else None
    return next((slot for slot in empty if slot.kind != empty[0].kind), empty[1])


_BUILD = f"""
SELECT {columns(Build, "b")}, {columns(Design, "d")}, {columns(PartRevision, "r")}, {columns(Part, "p")},
  {columns(RackModel, "m")}, {columns(Unit, "u")}
FROM assembly_build b
JOIN assembly_design d ON d.id = b.design_id
JOIN inventory_partrevision r ON r.id = d.part_revision_id
JOIN inventory_part p ON p.id = r.part_id
LEFT JOIN assembly_rackmodel m ON m.id = d.rack_model_id
JOIN inventory_unit u ON u.id = b.unit_id
"""


def build_of_unit(unit_id: int) -> Build | None:
    """The build of a unit, with design, product and unit loaded; None when it is not being made here."""
    return _build("WHERE b.unit_id = %s", unit_id)


def build_page(build_id: int) -> Build | None:
    """A build with all that pages name of it; None for a key that is none."""
    return _build("WHERE b.id = %s", build_id)


def _build(which: str, key: int) -> Build | None:
    kinds = (Build, Design, PartRevision, Part, RackModel, Unit)
    for build, design, revision, part, rack_model, unit in joined(kinds, _BUILD + which, [key]):
        build.design, design.part_revision, revision.part = design, revision, part
        design.rack_model, build.unit = rack_model, unit
        return build  # type: ignore[no-any-return]
    return None
