"""When something is wrong: opened by a failed run or a person, disposed by quality, closed when the demand is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from accounts.operations.sessions import signer_of
from assembly.models import Build, Nonconformity, OperationRun, RoutingOperation
from assembly.operations.completion import complete_done
from assembly.operations.rework import demand, lock_build, lock_build_around
from assembly.queries.route import Route, routes_of
from inventory.models import Unit
from inventory.operations.finding import find_unit_id
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal

DISPOSITIONS = ("retest", "rework", "use_as_is")


class UnknownNonconformity(Refusal):
    """There is no open nonconformity of that number."""


class AlreadyDisposed(Refusal):
    """Somebody decided already."""


class UnknownDisposition(Refusal):
    """There is no such disposition."""


class ReasonWanted(Refusal):
    """A decision without a reason."""


class NothingToRepeat(Refusal):
    """A demand that names no operation, or one that the route does not have."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: on which build and unit, at which run, what, with which defect code."""

    build: Build
    unit_id: int
    text: str
    run: OperationRun | None = None
    defect_code: str = ""


def open_many(caller: Caller, findings: Sequence[Finding]) -> list[Nonconformity]:
    """Step: open nonconformities; the caller holds the builds' locks."""
    if not findings:
        return []
    numbers = next_numbers(caller, len(findings))
    events = record_many(
        caller,
        "assembly.nonconformity-opened",
        [
            Happening(
                finding.build,
                {
                    "number": number,
                    "text": finding.text,
                    "defect": finding.defect_code,
                    "run": finding.run.pk if finding.run else None,
                    "unit": finding.unit_id,
                },
            )
            for finding, number in zip(findings, numbers, strict=True)
        ],
    )
    return Nonconformity.objects.bulk_create(
        [
            Nonconformity(
                number=number,
                build=finding.build,
                unit_id=finding.unit_id,
                run=finding.run,
                defect_code=finding.defect_code,
                text=finding.text,
                opened_at=caller.happened_at,
                opened_by_id=caller.user.pk,
                opened_event_id=event,
            )
            for finding, number, event in zip(findings, numbers, events, strict=True)
        ]
    )


def next_numbers(caller: Caller, count: int) -> list[str]:
    """Step: that many fresh numbers; gaps are fine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('assembly_nonconformity_number') FROM generate_series(1, %s)", [count])
        return [nonconformity_text(caller.happened_at.year, row[0]) for row in cursor.fetchall()]


def nonconformity_text(year: int, number: int) -> str:
    """NC-26-0131: the year of the opening and a number from a sequence."""
    return f"NC-{year % 100:02d}-{number:04d}"


@operation(permission="assembly.report_nonconformity", returns=Nonconformity)
def report_nonconformity(*, caller: Caller, serial: str, text: str, defect_code: str = "") -> Nonconformity:
    """Report that something is wrong with a build's unit or a part of it. Locks the build.

    Refuses UnknownSerial, NoBuildOfUnit, ReasonWanted."""
    unit = Unit.objects.get(pk=find_unit_id(serial))
    build = lock_build_around(unit)
    if not text.strip():
        raise ReasonWanted(_("A nonconformity needs words."), do=_("Say what you see."))

    return open_many(caller, [Finding(build, unit.pk, text.strip(), None, defect_code)])[0]


@operation(permission="assembly.dispose_nonconformity", returns=Nonconformity)
def dispose_nonconformity(
    *, caller: Caller, number: str, disposition: str, reason: str, pin_check_id: int, repeats: list[int] | None = None
) -> Nonconformity:
    """Decide what happens: `retest` (the failed operation again), `rework` (that and the operations in `repeats`, by
    number) or `use_as_is` (特採: the failed run is followed by a conditional one, signed by the approver).

    The build is complete when nothing else was open. Locks the build, then the report. Refuses UnknownNonconformity,
    AlreadyDisposed, UnknownDisposition, ReasonWanted, NothingToRepeat, PinNotChecked."""
    build_id = Nonconformity.objects.filter(number=number).values_list("build_id", flat=True).first()
    if build_id is None:
        raise UnknownNonconformity(_("There is no nonconformity %(number)s.") % {"number": number[:40]})
    build = lock_build(build_id)
    report = Nonconformity.objects.select_for_update(no_key=True, of=("self",)).select_related("run").get(number=number)
    _refuse_disposition(report, disposition, reason)
    approver = signer_of(caller, pin_check_id)
    route = routes_of([build])[build.pk]

    wanted = _wanted(report, route, disposition, repeats or [])

    event = record(
        caller,
        "assembly.nonconformity-disposed",
        build,
        number=number,
        disposition=disposition,
        reason=reason,
        approver=approver.pseudonym,
        repeats=sorted(wanted),
    )
    closing = {}
    if disposition == "use_as_is":
        _pass_conditionally(caller, report, event, approver.pk, pin_check_id)
        closing = {"closed_at": caller.happened_at, "closed_event_id": event}
    else:
        demand(caller, route, wanted, reason=reason, event=event, report=report)
    Nonconformity.objects.filter(pk=report.pk).update(
        disposition=disposition,
        disposition_reason=reason,
        disposed_at=caller.happened_at,
        disposed_by=approver,
        disposed_event_id=event,
        **closing,
    )
    complete_done(caller, [build])
    report.refresh_from_db()
    return report


def _wanted(report: Nonconformity, route: Route, disposition: str, repeats: Sequence[int]) -> set[int]:
    """The operations that the decision demands again: the failed one, and with rework those named."""
    failed = {_number_of(report.run)} if report.run else set()
    if disposition == "use_as_is":
        return set()
    wanted = failed | set(repeats) if disposition == "rework" else failed
    strange = sorted(number for number in wanted if route.of_number(number) is None)
    if strange or not wanted:
        raise NothingToRepeat(
            _("The route has no operation %(number)d.") % {"number": strange[0]}
            if strange
            else _("This decision names no operation to be repeated."),
            true=_("Nothing was recorded."),
            do=_("Choose rework and the operations that must be done again."),
        )
    return wanted


def _refuse_disposition(report: Nonconformity, disposition: str, reason: str) -> None:
    if report.disposition is not None:
        raise AlreadyDisposed(
            _("%(number)s was decided already: %(disposition)s.")
            % {"number": report.number, "disposition": report.disposition},
            true=_("Nothing was recorded."),
        )
    if disposition not in DISPOSITIONS:
        raise UnknownDisposition(
            _("There is no disposition “%(name)s”.") % {"name": disposition},
            do=_("Choose one of: %(names)s.") % {"names": ", ".join(DISPOSITIONS)},
        )
    if not reason.strip():
        raise ReasonWanted(_("A disposition needs a reason."), do=_("Write why."))


def _pass_conditionally(caller: Caller, report: Nonconformity, event: int, approver: int, pin_check_id: int) -> None:
    """特採: a new attempt that passes conditionally, so that the failed one stays readable."""
    if report.run is None:
        return
    latest = OperationRun.objects.filter(build=report.build, operation=report.run.operation).order_by("-attempt")[0]
    run = OperationRun.objects.create(
        build=report.build,
        operation=report.run.operation,
        attempt=latest.attempt + 1,
        station=caller.station,
        started_by_id=approver,
        started_at=caller.happened_at,
        started_event_id=event,
        finished_at=caller.happened_at,
        finished_event_id=event,
        result="conditional",
        note=report.number,
    )
    run.signatures.create(
        meaning="approved",
        user_id=approver,
        pin_check_id=pin_check_id,
        shown_hash=report.number,
        at=caller.happened_at,
        event_id=event,
    )


def _number_of(run: OperationRun | None) -> int:
    return RoutingOperation.objects.get(pk=run.operation_id).number if run else 0
