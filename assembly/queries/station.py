"""What a station page shows of the work in hand: one read for the page and its fragments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assembly.elevation import Drawing, RackFace, Row, TrayDrawing, TrayTop, lens, tray_top
from assembly.models import Build
from assembly.queries.faces import braces_of, rack_rows, tray_positions
from assembly.queries.route import OperationState, Route, routes_of
from assembly.queries.slots import FilledSlot, build_page, filled_slots, suggested_slot


@dataclass(frozen=True)
class WorkInHand:
    """The build in hand with its route, slots and drawing."""

    build: Build
    route: Route
    slots: list[FilledSlot]
    current: OperationState | None
    wanted: FilledSlot | None
    drawing: Drawing | None
    tray: TrayDrawing | None
    helping: bool = False
    """The operation was begun at another station, which is at it too."""

    @property
    def caption(self) -> dict[str, str]:
        counts = []
        for kind, word in (("compute", _("Compute trays")), ("switch", _("Switches"))):
            mine = [slot for slot in self.slots if slot.kind == kind]
            if mine:
                counts.append(f"{word} {sum(not slot.is_empty for slot in mine)}/{len(mine)}")
        if not counts:
            counts.append(f"{sum(not slot.is_empty for slot in self.slots)}/{len(self.slots)}")
        return {"id": self.build.unit.name, "text": " · ".join(counts)}


def work_in_hand(facts: Mapping[str, Any], station: str = "", centres: Collection[str] = ()) -> WorkInHand | None:
    """The work that the session's last answer left in hand, as a station sees it: several may be at one build."""
    if not facts.get("build"):
        return None
    build = build_page(int(facts["build"]))
    if build is None:
        return None
    slots = filled_slots(build.pk)
    route = routes_of([build])[build.pk]
    current = route.current_at(station, centres)
    run = current.open_run if current is not None else None
    kinds = current.operation.slot_kinds if current is not None and run is not None else []
    chosen = next((slot for slot in slots if slot.position == facts.get("position") and slot.is_empty), None)
    helping = run is not None and bool(station) and run.station not in ("", station)
    wanted = chosen or suggested_slot(slots, kinds, helping=helping)
    done = next((slot for slot in slots if slot.id == facts.get("fitted")), None)
    drawing = tray = None
    if build.design.kind == "rack":
        drawing = _rack(build, slots, wanted, done)
    else:
        positions = tray_positions(slots, wanted.position if wanted else "")
        tray = tray_top(TrayTop(f"tray-{build.pk}", positions, build.unit.name, front=_("front")))
    return WorkInHand(build, route, slots, current, wanted, drawing, tray, helping)


def _rack(build: Build, slots: Sequence[FilledSlot], wanted: FilledSlot | None, done: FilledSlot | None) -> Drawing:
    marks = {}
    if done is not None:
        marks[done.position] = "just"
    if wanted is not None:
        marks[wanted.position] = "next"
    rows: tuple[Row, ...] = rack_rows(slots, marks)
    units = build.design.rack_model.rack_units if build.design.rack_model else 48
    face = RackFace(f"rack-{build.pk}", units, rows, build.unit.name, braces=braces_of(slots))
    centre = next((slot.ru for slot in (wanted, done) if slot is not None and slot.ru), None)
    return lens(face, centre or next((slot.ru for slot in slots if slot.kind == "compute" and slot.ru), 22))
