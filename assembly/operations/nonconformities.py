"""When something is wrong: opened by a failed run or a person, disposed by quality, closed when the demand is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.operations.sessions import signer_of
from assembly.models import Build, Cause, Nonconformity, OperationRun, RoutingOperation
from assembly.operations.causes import cause_of
from assembly.operations.completion import complete_done
from assembly.operations.rework import demand, lock_build, lock_build_around
from assembly.queries.route import Route, routes_of
from assembly.text import told
from documents.operations.photos import attach_photos
from inventory.models import Unit
from inventory.operations.endings import end_with_contents
from inventory.operations.finding import find_unit_id
from inventory.operations.returns import open_return
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal

DISPOSITIONS = ("retest", "rework", "scrap", "return")
"""What one person of quality decides; use as is (特採) takes two: concessions.py."""


class UnknownNonconformity(Refusal):
    """There is no open nonconformity of that number."""


class AlreadyDisposed(Refusal):
    """Somebody decided already."""


class ConcessionWaits(Refusal):
    """Use as is was proposed and is not answered."""


class UnknownDisposition(Refusal):
    """There is no such disposition."""


class ReasonWanted(Refusal):
    """A decision without a reason."""


class NothingToRepeat(Refusal):
    """A demand that names no operation, or one that the route does not have."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: on which build and unit, at which run, what, with which defect code. `says`: what the product
    found itself, as codes with parameters; `text` is what a person wrote."""

    build: Build
    unit_id: int
    text: str = ""
    run: OperationRun | None = None
    defect_code: str = ""
    says: Sequence[Mapping[str, Any]] = ()
    cause: Cause | None = None

    @property
    def words(self) -> str:
        """In the words of the writer's language."""
        return self.text or told(self.says)


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
                    "text": finding.words,
                    "says": list(finding.says),
                    "defect": finding.defect_code,
                    "run": finding.run.pk if finding.run else None,
                    "unit": finding.unit_id,
                    "cause": finding.cause.code if finding.cause else "",
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
                text=finding.words,
                says=list(finding.says),
                cause=finding.cause,
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
def report_nonconformity(
    *,
    caller: Caller,
    serial: str,
    text: str = "",
    defect_code: str = "",
    photos: list[str] | None = None,
    cause: str = "",
) -> Nonconformity:
    """Report that something is wrong with a build's unit or a part of it, with photos (hashes of stored ones). `cause`:
    a code of the table of causes, where whoever reports knows it; its name speaks where `text` is blank, and its code
    is the defect code where none is given. Locks the build.

    Refuses UnknownSerial, NoBuildOfUnit, UnknownCause, ReasonWanted, TooManyPhotos, PhotoMissing, NotAPhoto."""
    unit = Unit.objects.get(pk=find_unit_id(serial))
    build = lock_build_around(unit)
    why = cause_of(cause) if cause.strip() else None
    if not text.strip() and why is None:
        raise ReasonWanted(_("A nonconformity needs words."), do=_("Say what you see."))

    says = [] if text.strip() or why is None else [{"code": "cause", "name": {"ja": why.name_ja, "en": why.name_en}}]
    code = defect_code or (why.code if why else "")
    finding = Finding(build, unit.pk, text.strip(), defect_code=code, says=says, cause=why)
    report = open_many(caller, [finding])[0]
    attach_photos(caller, report, photos or [], report.opened_event_id)
    return report


@operation(permission="assembly.report_nonconformity", returns=Nonconformity)
def add_photos(*, caller: Caller, number: str, photos: list[str]) -> Nonconformity:
    """Attach photos (hashes of stored ones) to an open nonconformity. Locks the build, then the report.

    Refuses UnknownNonconformity, TooManyPhotos, PhotoMissing, NotAPhoto."""
    _build, report = lock_report(number)
    event = record(caller, "assembly.nonconformity-pictured", report.build, number=number, photos=list(photos))
    attach_photos(caller, report, photos, event)
    return report


@operation(permission="assembly.dispose_nonconformity", returns=Nonconformity)
def dispose_nonconformity(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    number: str,
    disposition: str,
    reason: str,
    pin_check_id: int,
    repeats: list[int] | None = None,
    cause: str = "",
) -> Nonconformity:
    """Decide what happens: `retest` (the failed operation again), `rework` (that and the operations in `repeats`, by
    number), `scrap` (the unit's life ends) or `return` (to its supplier: an RMA is opened and the unit held for it).
    `cause`: a code of the table of causes. Use as is takes two persons: propose_concession.

    The build is complete when nothing else was open. Locks the build, the report, then (scrap, return) the unit with
    its contents. Refuses UnknownNonconformity, AlreadyDisposed, ConcessionWaits, UnknownDisposition, UnknownCause,
    ReasonWanted, NothingToRepeat, PinNotChecked; for scrap and return UnitEnded, UnitNotHere, UnitInsideHost (take it
    out first), NoSupplier."""
    build, report = lock_report(number)
    _refuse_disposition(report, disposition, reason)
    approver = signer_of(caller, pin_check_id)
    route = routes_of([build])[build.pk]
    wanted = _wanted(report, route, disposition, repeats or [])
    why = cause_of(cause) if cause else report.cause

    event = record(
        caller,
        "assembly.nonconformity-disposed",
        build,
        number=number,
        disposition=disposition,
        reason=reason,
        cause=why.code if why else "",
        approver=approver.pseudonym,
        repeats=sorted(wanted),
    )
    closing = {}
    if disposition in ("scrap", "return"):
        _let_go(caller, report, disposition, reason)
        closing = {"closed_at": caller.happened_at, "closed_event_id": event}
    else:
        demand(caller, route, wanted, reason=reason, event=event, report=report)
    Nonconformity.objects.filter(pk=report.pk).update(
        disposition=disposition,
        disposition_reason=reason,
        cause=why,
        disposed_at=caller.happened_at,
        disposed_by=approver,
        disposed_event_id=event,
        **closing,
    )
    complete_done(caller, [build])
    report.refresh_from_db()
    return report


def _let_go(caller: Caller, report: Nonconformity, disposition: str, reason: str) -> None:
    """Scrap ends the unit and what is in it; a return opens an RMA, which is sent after its trade-control check."""
    if disposition == "scrap":
        end_with_contents(caller, report.unit_id, "scrapped", f"{report.number} {reason}")
    else:
        open_return(caller, report.unit_id, f"{report.number} {reason}", report.number)


def lock_report(number: str) -> tuple[Build, Nonconformity]:
    """Step: lock the build of a nonconformity, then the nonconformity. Refuses UnknownNonconformity."""
    build_id = Nonconformity.objects.filter(number=number).values_list("build_id", flat=True).first()
    if build_id is None:
        raise UnknownNonconformity(_("There is no nonconformity %(number)s.") % {"number": number[:40]})
    build = lock_build(build_id)
    rows = Nonconformity.objects.select_for_update(no_key=True, of=("self",))
    report = rows.select_related("run", "unit", "cause").get(number=number)
    report.build = build
    return build, report


def _wanted(report: Nonconformity, route: Route, disposition: str, repeats: Sequence[int]) -> set[int]:
    """The operations that the decision demands again: the failed one, and with rework those named."""
    if disposition in ("scrap", "return"):
        return set()
    failed = {_number_of(report.run)} if report.run else set()
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
    refuse_decided(report)
    if disposition not in DISPOSITIONS:
        raise UnknownDisposition(
            _("There is no disposition “%(name)s”.") % {"name": disposition},
            do=_("Choose one of: %(names)s.") % {"names": ", ".join(DISPOSITIONS)},
        )
    if not reason.strip():
        raise ReasonWanted(_("A disposition needs a reason."), do=_("Write why."))


def refuse_decided(report: Nonconformity) -> None:
    """Step: refuse AlreadyDisposed, and ConcessionWaits while a second person has not answered."""
    if report.disposition is not None:
        raise AlreadyDisposed(
            _("%(number)s was decided already: %(disposition)s.")
            % {"number": report.number, "disposition": report.disposition},
            true=_("Nothing was recorded."),
        )
    if report.concessions.filter(outcome=None).exists():
        raise ConcessionWaits(
            _("Use as is was proposed for %(number)s and waits for a second person.") % {"number": report.number},
            true=_("Nothing was recorded."),
            do=_("Have it approved or declined first."),
        )


def _number_of(run: OperationRun | None) -> int:
    return RoutingOperation.objects.get(pk=run.operation_id).number if run else 0
