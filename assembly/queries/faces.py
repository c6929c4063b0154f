"""Slots as what the drawings of a rack and a tray are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from assembly.elevation import BackPart, Brace, Position, RackBack, Row
from assembly.queries.slots import FilledSlot, slot_name

FRONT = {"compute": "compute", "switch": "switch", "shelf": "shelf", "mgmt": "mgmt"}
"""Slot kinds that are seen from the front, and how they are drawn."""

TRAY = {"io_board": "io", "e1s": "drive"}
"""Slot kinds of a tray whose place in the drawing has another name."""


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


def tray_positions(slots: Sequence[FilledSlot], marked: str = "", href: str = "") -> tuple[Position, ...]:
    """The positions of a tray from above. `marked` is the one wanted next; `href` a pattern with `{position}`."""
    return tuple(
        Position(
            kind=TRAY.get(slot.kind, slot.kind),
            name=slot.position,
            state="next" if marked and slot.position == marked else slot.state,
            text=(slot.serial or slot.tag)[-6:],
            href=href.format(position=slot.position) if href else "",
            label=f"{slot.position} {slot.serial or slot.tag}".strip(),
        )
        for slot in slots
    )


def rack_back(slots: Sequence[FilledSlot], units: int, href: str = "") -> RackBack | None:
    """The back of a rack: cartridges, bus bar, manifolds; None where the design has none of them."""
    joined = tuple(slot.ru for slot in slots if slot.kind in ("compute", "switch") and slot.ru)
    parts = [_back_part(slot, joined, href) for slot in slots if slot.kind in ("cartridge", "bus_bar", "manifold")]
    if not parts:
        return None
    order = {"cartridge": 0, "busbar": 1, "supply": 2, "return": 3}
    parts.sort(key=lambda part: order[part.kind])
    return RackBack(units, tuple(parts), _("Back view"), _("back (scheme)"), _("cartridges"))


def _back_part(slot: FilledSlot, joined: tuple[int, ...], href: str) -> BackPart:
    kinds = {"cartridge": "cartridge", "bus_bar": "busbar"}
    kind = kinds.get(slot.kind, "return" if "return" in slot.position else "supply")
    names = {"busbar": _("bus bar"), "supply": _("supply"), "return": _("return")}
    return BackPart(
        kind=kind,
        first=slot.ru or 1,
        last=(slot.ru or 1) + slot.ru_height - 1,
        text=names.get(kind) or slot.position.rpartition("_")[2],
        state=slot.state,
        href=href.format(position=slot.position) if href else "",
        label=f"{slot.position} {slot.serial or slot.tag}".strip(),
        joins=() if kind == "busbar" else joined,
    )
