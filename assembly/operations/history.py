"""Racks that were built before Genpin was there, read in at rack, tray and run level and marked as imported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from assembly.models import Design, DesignSlot
from assembly.models import RoutingOperation as Operation
from assembly.operations.builds import BuildStart, UnknownDesign, copy_slots, designs_by_code, unit_serials
from assembly.operations.past import ORIGIN, Draft, Past, PastRack, PastRun, PastTray
from assembly.operations.past_runs import store_past_runs
from inventory.operations.placements import location_by_code
from inventory.operations.units import Birth, bear
from ledger.bulk import insert_rows, update_rows
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class HistoryAhead(Refusal):
    """A moment of the history lies in the future, or an end before its beginning."""


class HistoryOdd(Refusal):
    """A position, an operation or an order of attempts that the design does not have."""


@operation(permission="assembly.keep_master_data", deferred=True)
def import_build_history(*, caller: Caller, rows: list[PastRack]) -> dict[str, list[int]]:
    """Read in racks that are complete, with their trays in their slots and the runs of both at their own times.

    Nothing below a tray has a unit, nothing is signed and no burn-in is judged: what was not seen here is not said.
    Builds are marked `imported`. Locks nothing: everything is new. Refuses UnknownDesign, UnknownLocation,
    HistoryAhead, HistoryOdd, SerialTaken."""
    drafts = _drafts(rows)
    for draft in drafts:
        _refuse_moments(caller, draft.past)
    operations = _operations(drafts)
    _bear(caller, drafts, rows)
    _start(caller, drafts)
    store_past_runs(caller, drafts, operations)
    _complete(caller, drafts)
    racks = [draft for draft in drafts if draft.host is None]
    record_many(
        caller,
        "assembly.history-imported",
        [
            Happening(draft.build.unit, {"order": draft.order, "trays": len(row.trays), "runs": len(row.runs)})
            for draft, row in zip(racks, rows, strict=True)
        ],
    )
    return {"builds": [draft.build.pk for draft in racks]}


def _drafts(rows: Sequence[PastRack]) -> list[Draft]:
    """Racks, each followed by its trays; a tray's design is that of its slot's part."""
    designs = designs_by_code({row.design_code for row in rows})
    slots = {
        (slot.design_id, slot.position): slot.part_id for slot in DesignSlot.objects.filter(design__in=designs.values())
    }
    released = Design.objects.filter(kind="tray").exclude(released_at=None).select_related("part_revision__part")
    of_part = {design.part_revision.part_id: design for design in released.order_by("released_at")}
    drafts: list[Draft] = []
    for row in rows:
        host = len(drafts)
        design = designs[row.design_code]
        drafts.append(Draft(row, row.order_number, design))
        for tray in row.trays:
            part_id = slots.get((design.pk, tray.position))
            if part_id is None:
                raise HistoryOdd(
                    _("Design %(design)s has no slot %(slot)s.") % {"design": design.code, "slot": tray.position[:40]},
                    true=_("Nothing was imported."),
                )
            if part_id not in of_part:
                raise UnknownDesign(_("There is no released design for slot %(slot)s.") % {"slot": tray.position[:40]})
            drafts.append(Draft(tray, row.order_number, of_part[part_id], host, tray.position))
    return drafts


def _refuse_moments(caller: Caller, past: Past) -> None:
    moments = [(past.started_at, past.completed_at), *((run.started_at, run.finished_at) for run in past.runs)]
    if any(not begin <= end <= caller.at for begin, end in moments):
        raise HistoryAhead(
            _("A moment lies in the future, or an end before its beginning."),
            true=_("Nothing was imported."),
            do=_("Correct the times and import again."),
        )


def _operations(drafts: Iterable[Draft]) -> dict[tuple[int, int], Operation]:
    """The operations by routing and number. Refuses HistoryOdd for a run of an operation that the routing lacks."""
    routings = {draft.design.routing_id for draft in drafts}
    known = {(row.routing_id, row.number): row for row in Operation.objects.filter(routing_id__in=routings)}
    for draft in drafts:
        for run in draft.past.runs:
            if (draft.design.routing_id, run.number) not in known or run.result not in ("pass", "fail"):
                raise HistoryOdd(
                    _("Operation %(number)d with result “%(result)s” cannot be imported.")
                    % {"number": run.number, "result": run.result[:20]},
                    true=_("Nothing was imported."),
                )
    return known


def _bear(caller: Caller, drafts: Sequence[Draft], rows: Sequence[PastRack]) -> None:
    """The racks where they stand and the trays inside them; no serial below a tray."""
    places = {row.location_code: location_by_code(row.location_code).pk for row in rows}
    made = [draft for draft in drafts if draft.design.unit_prefix]
    starts = [(BuildStart(draft.design.code, draft.past.serial), draft.design) for draft in made]
    serials = {id(draft): serial for draft, serial in zip(made, unit_serials(caller, starts), strict=True)}
    units = bear(
        caller,
        "inventory.unit-registered",
        [
            Birth(
                revision=draft.design.part_revision,
                serial=serials.get(id(draft), draft.past.serial),
                location_id=places[draft.past.location_code] if isinstance(draft.past, PastRack) else None,
                host_index=draft.host,
                position=draft.position,
                country="JP" if draft.design.unit_prefix else "",
                why="history imported",
                source="import",
            )
            for draft in drafts
        ],
    )
    for draft, unit in zip(drafts, units, strict=True):
        draft.build.unit = unit


def _start(caller: Caller, drafts: Sequence[Draft]) -> None:
    events = record_many(
        caller,
        "assembly.build-started",
        [
            Happening(
                draft.build.unit,
                {"design": draft.design.code, "order": draft.order, "need_by": getattr(draft.past, "need_by", None),
                 "origin": ORIGIN},
                happened_at=draft.past.started_at,
            )
            for draft in drafts
        ],
    )  # fmt: skip
    for draft, event in zip(drafts, events, strict=True):
        past, build = draft.past, draft.build
        build.design, build.order_number, build.origin, build.event_id = draft.design, draft.order, ORIGIN, event
        build.started_at = past.started_at
        if isinstance(past, PastRack):
            build.need_by, build.kit_ready_at = past.need_by, past.kit_ready_at
            build.customer_order_at = past.customer_order_at
    insert_rows([draft.build for draft in drafts])
    copy_slots([draft.build for draft in drafts])


def _complete(caller: Caller, drafts: Sequence[Draft]) -> None:
    events = record_many(
        caller,
        "assembly.build-completed",
        [
            Happening(draft.build, {"unit": draft.build.unit_id, "origin": ORIGIN}, happened_at=draft.past.completed_at)
            for draft in drafts
        ],
    )
    for draft, event in zip(drafts, events, strict=True):
        draft.build.completed_at, draft.build.completed_event_id = draft.past.completed_at, event
    update_rows([draft.build for draft in drafts], ["completed_at", "completed_event_id"])


__all__ = ["HistoryAhead", "HistoryOdd", "PastRack", "PastRun", "PastTray", "import_build_history"]
