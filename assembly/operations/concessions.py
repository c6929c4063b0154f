"""Use as is (特別採用): proposed by one person of quality, decided by another, both by PIN."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations.sessions import signer_of
from assembly.models import Concession, Nonconformity, OperationRun
from assembly.operations.completion import complete_done
from assembly.operations.nonconformities import ReasonWanted, lock_report, refuse_decided
from assembly.operations.signing import SecondPersonWanted
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal


class NoConcession(Refusal):
    """Nothing was proposed, or it is answered already."""


@operation(permission="assembly.dispose_nonconformity", returns=Concession)
def propose_concession(*, caller: Caller, number: str, reason: str, pin_check_id: int) -> Concession:
    """Propose to use a unit as it is. Until a second person has approved it, nothing goes on with the build.

    Locks the build, then the report. Refuses UnknownNonconformity, AlreadyDisposed, ConcessionWaits, ReasonWanted,
    PinNotChecked."""
    build, report = lock_report(number)
    refuse_decided(report)
    _refuse_silence(reason)
    signer = signer_of(caller, pin_check_id)

    event = record(
        caller, "assembly.concession-proposed", build, number=number, reason=reason.strip(), signer=signer.pseudonym
    )
    return Concession.objects.create(
        nonconformity=report,
        reason=reason.strip(),
        proposed_at=caller.happened_at,
        proposed_by=signer,
        proposed_event_id=event,
    )


@operation(permission="assembly.approve_concession", returns=Concession)
def approve_concession(*, caller: Caller, number: str, pin_check_id: int, remarks: str = "") -> Concession:
    """Approve a proposed use as is: the failed run is followed by a conditional one that the approver signs, the
    nonconformity is decided and closed, the build goes on.

    Locks the build, the report, the concession. Refuses UnknownNonconformity, NoConcession, SecondPersonWanted (who
    proposed it), PinNotChecked."""
    build, report = lock_report(number)
    concession = _waiting(report)
    signer = _second(caller, concession, pin_check_id)

    event = record(
        caller, "assembly.concession-approved", build, number=number, remarks=remarks.strip(), signer=signer.pseudonym,
        proposer=concession.proposed_by.pseudonym,
    )  # fmt: skip
    _answer(concession, "approved", caller, signer, remarks, event)
    _pass_conditionally(caller, report, event, signer.pk, pin_check_id)
    Nonconformity.objects.filter(pk=report.pk).update(
        disposition="use_as_is",
        disposition_reason=concession.reason,
        disposed_at=concession.proposed_at,
        disposed_by=concession.proposed_by,
        disposed_event_id=event,
        closed_at=caller.happened_at,
        closed_event_id=event,
    )
    complete_done(caller, [build])
    return concession


@operation(permission="assembly.approve_concession", returns=Concession)
def decline_concession(*, caller: Caller, number: str, remarks: str, pin_check_id: int) -> Concession:
    """Decline a proposed use as is, with the reason: quality decides again.

    Locks the build, the report, the concession. Refuses UnknownNonconformity, NoConcession, ReasonWanted,
    SecondPersonWanted, PinNotChecked."""
    build, report = lock_report(number)
    concession = _waiting(report)
    _refuse_silence(remarks)
    signer = _second(caller, concession, pin_check_id)

    event = record(
        caller, "assembly.concession-declined", build, number=number, reason=remarks.strip(), signer=signer.pseudonym
    )
    _answer(concession, "declined", caller, signer, remarks, event)
    return concession


def _refuse_silence(reason: str) -> None:
    if not reason.strip():
        raise ReasonWanted(_("A disposition needs a reason."), true=_("Nothing was recorded."), do=_("Write why."))


def _waiting(report: Nonconformity) -> Concession:
    rows = Concession.objects.select_for_update(no_key=True, of=("self",)).select_related("proposed_by")
    concession = rows.filter(nonconformity=report, outcome=None).first()
    if concession is None:
        raise NoConcession(
            _("No use as is waits for approval at %(number)s.") % {"number": report.number},
            true=_("Nothing was recorded."),
            do=_("Look at the nonconformity again."),
        )
    return concession


def _second(caller: Caller, concession: Concession, pin_check_id: int) -> User:
    signer = signer_of(caller, pin_check_id)
    if signer.pk == concession.proposed_by_id:
        raise SecondPersonWanted(
            _("Who proposed the use as is may not also approve it."),
            true=_("Nothing was signed."),
            do=_("Ask a second person to sign."),
        )
    return signer


def _answer(concession: Concession, outcome: str, caller: Caller, signer: User, remarks: str, event: int) -> None:
    concession.outcome, concession.remarks = outcome, remarks.strip()
    concession.decided_at, concession.decided_by, concession.decided_event_id = caller.happened_at, signer, event
    concession.save(update_fields=["outcome", "remarks", "decided_at", "decided_by", "decided_event_id"])


def _pass_conditionally(caller: Caller, report: Nonconformity, event: int, approver: int, pin_check_id: int) -> None:
    """A new attempt that passes conditionally, so that the failed one stays readable."""
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


wall(
    "concession_waits_once",
    lambda: NoConcession(_("Use as is was proposed at the same moment."), true=_("Nothing was recorded.")),
)
