"""Demands to do operations again, and when they are met. Steps that others share."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from assembly.models import Build, Nonconformity, Rework, ReworkOperation
from assembly.queries.route import Route, routes_of
from inventory.models import Unit
from ledger.callers import Caller
from ledger.recording import record
from ledger.refusals import Refusal


class NoBuildOfUnit(Refusal):
    """The unit is not being made here."""


def demand(
    caller: Caller, route: Route, numbers: set[int], *, reason: str, event: int, report: Nonconformity | None = None
) -> None:
    """Step: append a rework that wants these operations again (those the route has); reopens a completed build."""
    build = route.build
    wanted = [state.operation for state in route.operations if state.operation.number in numbers]
    rework = Rework.objects.create(
        build=build, nonconformity=report, reason=reason, at=caller.happened_at, event_id=event
    )
    ReworkOperation.objects.bulk_create([ReworkOperation(rework=rework, operation=op) for op in wanted])
    if wanted and build.completed_at is not None:
        Build.objects.filter(pk=build.pk).update(completed_at=None, completed_event_id=None)


def close_answered(caller: Caller, build: Build) -> None:
    """Step: close the disposed nonconformities of a (locked) build whose demanded operations are done."""
    waiting = list(Nonconformity.objects.filter(build=build, closed_at=None).exclude(disposition=None))
    if not waiting:
        return
    route = routes_of([build])[build.pk]
    done = {state.operation.pk for state in route.operations if state.is_done}
    for report in waiting:
        wanted = set(
            ReworkOperation.objects.filter(rework__nonconformity=report).values_list("operation_id", flat=True)
        )
        if wanted <= done:
            event = record(caller, "assembly.nonconformity-closed", build, number=report.number)
            Nonconformity.objects.filter(pk=report.pk).update(closed_at=caller.happened_at, closed_event_id=event)


def lock_build(build_id: int) -> Build:
    """Step: lock one build, with its design and unit loaded."""
    return (
        Build.objects.select_for_update(no_key=True, of=("self",))
        .select_related("design__part_revision__part", "unit")
        .get(pk=build_id)
    )


def lock_build_around(unit: Unit) -> Build:
    """Step: lock the build that a fault of this unit stops: of those around it the nearest one in the making (a tray
    that is complete stops its rack), else the outermost. Refuses NoBuildOfUnit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(unit_id, depth) AS (SELECT %s::bigint, 0 UNION ALL"
            " SELECT p.host_id, up.depth + 1 FROM up JOIN inventory_placement p ON p.unit_id = up.unit_id"
            " WHERE p.to_at IS NULL AND p.host_id IS NOT NULL)"
            " SELECT b.id FROM up JOIN assembly_build b ON b.unit_id = up.unit_id ORDER BY b.completed_at IS NOT NULL,"
            " CASE WHEN b.completed_at IS NULL THEN up.depth ELSE -up.depth END LIMIT 1",
            [unit.pk],
        )
        row = cursor.fetchone()
    if row is None:
        raise NoBuildOfUnit(
            _("%(unit)s is not part of any build.") % {"unit": unit.name},
            true=_("Nothing was recorded."),
            do=_("Put it on hold instead."),
        )
    return lock_build(row[0])
