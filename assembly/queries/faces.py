"""Slots as rows of the rack drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assembly.elevation import Brace, Row
from assembly.queries.slots import FilledSlot, slot_name

FRONT = {"compute": "compute", "switch": "switch", "shelf": "shelf", "mgmt": "mgmt"}
"""Slot kinds that are seen from the front, and how they are drawn."""


def rack_rows(
    slots: Sequence[FilledSlot], marks: Mapping[str, str] | None = None, href: str = "", selected: str = ""
) -> tuple[Row, ...]:
    """The front of a rack. `marks` overrides the state of positions (next, done, stop); `href` is a pattern with
    `{position}`."""
    marks = marks or {}
    rows = []
    for slot in slots:
        if slot.kind not in FRONT or slot.ru is None:
            continue
        name = slot.serial or slot.tag
        rows.append(
            Row(
                ru=slot.ru,
                kind=FRONT[slot.kind],
                height=slot.ru_height,
                slot=str(slot.slot_number) if slot.slot_number is not None else slot.position,
                state=marks.get(slot.position, slot.state),
                text=name,
                short=name[-5:],
                href=href.format(position=slot.position) if href else "",
                label=f"{slot_name(slot.kind, slot.position, slot.slot_number)} {name}".strip(),
                selected=slot.position == selected,
            )
        )
    return tuple(rows)


def braces_of(slots: Sequence[FilledSlot]) -> tuple[Brace, ...]:
    """The brackets beside the drawing: runs of compute trays by tray index, and the switches."""
    found = []
    ordered = sorted(
        (slot for slot in slots if slot.kind in ("compute", "switch") and slot.ru), key=lambda s: s.ru or 0
    )
    run: list[FilledSlot] = []
    for slot in [*ordered, None]:
        if run and (
            slot is None or slot.kind != run[-1].kind or (slot.ru or 0) != (run[-1].ru or 0) + run[-1].ru_height
        ):
            found.append(_brace(run))
            run = []
        if slot is not None:
            run.append(slot)
    return tuple(found)


def _brace(run: Sequence[FilledSlot]) -> Brace:
    text = "NVSW" if run[0].kind == "switch" else f"T{run[0].tray_index}-{run[-1].tray_index}"
    return Brace(run[0].ru or 0, run[-1].ru or 0, text)
