"""When everything on the route is done, the build is complete."""

from __future__ import annotations

from collections.abc import Sequence

from assembly.models import Build
from assembly.operations.rework import close_answered
from assembly.queries.route import Route, routes_of
from ledger.bulk import update_rows
from ledger.callers import Caller
from ledger.recording import Happening, record_many


def complete_done(caller: Caller, builds: Sequence[Build]) -> list[Build]:
    """Step: close answered nonconformities and complete those of these (locked) builds whose route is done."""
    if not builds:
        return []
    routes = routes_of(builds)
    for build in builds:
        if any(report.disposition for report in routes[build.pk].open_nonconformities):
            close_answered(caller, build)
    open_now = [build for build in builds if build.completed_at is None]
    done = [build for build in open_now if routes[build.pk].is_done and not _undecided(routes[build.pk])]
    if not done:
        return []
    events = record_many(
        caller, "assembly.build-completed", [Happening(build, {"unit": build.unit_id}) for build in done]
    )
    for build, event in zip(done, events, strict=True):
        build.completed_at, build.completed_event_id = caller.happened_at, event
    update_rows(done, ["completed_at", "completed_event_id"])
    return done


def _undecided(route: Route) -> bool:
    return any(report.disposition is None for report in route.open_nonconformities)
