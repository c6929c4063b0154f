"""What the route says: which operation may start or end now, and where."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Station
from assembly.models import OperationRun, RoutingOperation, WorkCentre
from assembly.queries.route import OperationState, Route
from assembly.text import report_words
from ledger.refusals import Refusal


class UnknownBuild(Refusal):
    """There is no such build."""


class UnknownOperation(Refusal):
    """The route has no such operation."""


class OutOfOrder(Refusal):
    """An earlier operation is not done yet."""


class AlreadyRunning(Refusal):
    """The operation is running already."""


class AlreadyDone(Refusal):
    """The operation is done."""


class NotRunning(Refusal):
    """The operation was not started, or has ended."""


class NonconformityOpen(Refusal):
    """An undecided nonconformity stops the build."""


class WrongStation(Refusal):
    """The operation belongs to another work centre."""


class BuildDone(Refusal):
    """The build is complete."""


def refuse_start(route: Route, number: int, station: str, centres: frozenset[str]) -> OperationState:
    if route.build.completed_at is not None:
        raise BuildDone(
            _("%(unit)s is complete.") % {"unit": route.build.unit.name},
            true=_("Nothing was recorded."),
            do=_("Rework must be demanded by quality first."),
        )
    state = route.of_number(number)
    if state is None:
        raise UnknownOperation(
            _("The route of %(unit)s has no operation %(number)d.") % {"unit": route.build.unit.name, "number": number},
            true=_("Nothing was recorded."),
            do=_("Scan an operation of this traveller."),
        )
    undecided = next((report for report in route.open_nonconformities if report.disposition is None), None)
    if undecided is not None:
        raise NonconformityOpen(
            _("%(number)s is undecided: %(text)s")
            % {"number": undecided.number, "text": report_words(undecided)[:120]},
            true=_("Nothing was recorded."),
            do=_("Ask quality for the disposition."),
        )
    if state.open_run is not None:
        raise AlreadyRunning(
            _("Operation %(number)d is running already.") % {"number": number}, true=_("Nothing was recorded.")
        )
    if state.counting is not None:
        raise AlreadyDone(
            _("Operation %(number)d is done.") % {"number": number},
            true=_("Nothing was recorded."),
            do=next_act(route),
        )
    before = route.undone_before(number)
    if before is not None:
        raise OutOfOrder(
            _("Operation %(number)d comes later: %(before)d %(name)s is not done.")
            % {"number": number, "before": before.operation.number, "name": before.operation.name},
            true=_("Nothing was recorded."),
            do=next_act(route),
        )
    refuse_other_station(state.operation, station, centres)
    return state


def refuse_before_others(route: Route, number: int) -> None:
    """An operation done beside an earlier one ends after it: the order of the route holds at the ends."""
    other = route.unended_beside(number)
    if other is None:
        return
    raise OutOfOrder(
        _("Operation %(number)d ends after %(before)d %(name)s, beside which it is done.")
        % {"number": number, "before": other.operation.number, "name": other.operation.name},
        true=_("Nothing was recorded."),
        do=_("Wait until operation %(before)d is done, then finish this one.") % {"before": other.operation.number},
    )


def next_act(route: Route) -> str:
    following = route.next
    if following is None:
        return _("All operations are done.")
    if following.missing_signs:
        return _("Operation %(number)d still needs a signature.") % {"number": following.operation.number}
    return _("Do operation %(number)d %(name)s next.") % {
        "number": following.operation.number,
        "name": following.operation.name,
    }


def work_centres(station: str) -> frozenset[str]:
    """The work centres of a station, comma-separated in its row; an empty set means any."""
    if not station:
        return frozenset()
    text = Station.objects.filter(code=station).values_list("work_centre", flat=True).first() or ""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def refuse_other_station(op: RoutingOperation, station: str, centres: frozenset[str]) -> None:
    if centres and op.work_centre not in centres:
        centre = WorkCentre.objects.filter(code=op.work_centre).first()
        name = centre.name if centre else op.work_centre
        raise WrongStation(
            _("Operation %(number)d is done at %(centre)s, not at station %(station)s.")
            % {"number": op.number, "centre": name, "station": station},
            true=_("Nothing was recorded."),
            do=_("Bring the unit to %(centre)s.") % {"centre": name},
        )


def operation_of(route: Route, number: int) -> RoutingOperation:
    state = route.of_number(number)
    if state is None:
        raise UnknownOperation(_("The route has no operation %(number)d.") % {"number": number})
    return state.operation


def open_run_of(route: Route, number: int) -> OperationRun:
    state = route.of_number(number)
    run = state.open_run if state else None
    if run is None:
        raise NotRunning(
            _("Operation %(number)d is not running.") % {"number": number},
            true=_("Nothing was recorded."),
            do=next_act(route),
        )
    return run
