"""The verdict on what arrived: by the numbers of the plan, signed by quality with a PIN; what a rejection leads to."""

from __future__ import annotations

from typing import Literal, get_args

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations.sessions import signer_of
from inventory.models import Hold, InspectedPiece, Inspection
from inventory.models.sampling import pieces
from inventory.operations.holds import hold_things, lock_things, refuse_no_reason, release_many
from inventory.operations.inspecting import InspectionJudged
from inventory.operations.inspections import gone_of, lock_inspection, next_numbers
from inventory.operations.lot_splits import split_lot
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

Verdict = Literal["accepted", "rejected"]


class VerdictUnknown(Refusal):
    """A verdict is accepted or rejected."""


class VerdictTooEarly(Refusal):
    """Not enough pieces were looked at for that verdict."""


class VerdictDiffers(Refusal):
    """The numbers of the plan say otherwise."""


class NotJudgedByYou(Refusal):
    """The person who signs may not judge incoming inspections."""


class NotRejected(Refusal):
    """Only what was rejected, and is held still, is sorted or accepted specially."""


class SecondJudgeWanted(Refusal):
    """Who rejected it may not accept it specially."""


@operation(permission="inventory.inspect", returns=Inspection)
def judge_inspection(
    *, caller: Caller, number: str, verdict: Verdict, pin_check_id: int, remarks: str = ""
) -> Inspection:
    """Sign the verdict (合格/不合格) that the numbers give. Acceptance releases everything that arrived, in one act,
    except nonconforming pieces: units stay held, pieces of a lot become a held lot of their own. Rejection keeps all
    of it held. A rejection may come before the sample is complete; an acceptance may not.

    The signature is quality's: by the PIN of the caller, or of somebody at the same station (`pin_check_id`). Locks the
    inspection, its lot or units, their holds.

    Refuses VerdictUnknown, UnknownInspection, InspectionJudged, PinNotChecked, NotJudgedByYou, VerdictTooEarly,
    VerdictDiffers, StockShort (nonconforming pieces of a lot are not there)."""
    if verdict not in get_args(Verdict):
        raise VerdictUnknown(
            _("The verdict is missing."), true=_("Nothing was signed."), do=_("Choose accepted or rejected.")
        )
    inspection = lock_inspection(number)
    _refuse_judged(inspection)
    signer = _judge(caller, pin_check_id)
    _refuse_otherwise(inspection, verdict)

    event = record(
        caller,
        "inventory.inspection-accepted" if verdict == "accepted" else "inventory.inspection-rejected",
        inspection,
        number=inspection.number,
        size=inspection.lot_size,
        sample=inspection.sample,
        inspected=inspection.inspected,
        nonconforming=inspection.nonconforming,
        signer=str(signer.pseudonym),
        remarks=remarks.strip(),
    )
    inspection.verdict, inspection.remarks = verdict, remarks.strip()
    inspection.judged_at, inspection.judged_by, inspection.judged_event_id = caller.at, signer, event
    inspection.save(update_fields=["verdict", "remarks", "judged_at", "judged_by", "judged_event_id"])
    if verdict == "accepted":
        _set_free(caller, inspection, _("Incoming inspection %(number)s: accepted") % {"number": inspection.number})
    return inspection


@operation(permission="inventory.judge_inspection", returns=Inspection)
def sort_inspection(*, caller: Caller, number: str) -> Inspection:
    """Sort what was rejected (選別): a second inspection of every piece here that was not looked at yet. Its acceptance
    releases the good ones; nonconforming ones, of both inspections, stay held.

    Locks the inspection. Refuses UnknownInspection, NotRejected."""
    rejected = lock_inspection(number)
    _refuse_not_rejected(rejected)
    if rejected.origin_id is not None:
        raise NotRejected(
            _("%(number)s is a sorting itself.") % {"number": rejected.number},
            true=_("Every piece was looked at. Nothing was recorded."),
            do=_("Return it, or have it accepted specially."),
        )

    (key,), (fresh,) = next_keys(Inspection, 1), next_numbers(1)
    rest = pieces(rejected.lot_size) - rejected.inspected - gone_of([rejected.pk]).count()
    event = record(
        caller, "inventory.sorting-opened", ("inventory.inspection", key), number=fresh, of=rejected.number,
        size=rejected.lot_size, sample=rest,
    )  # fmt: skip
    return Inspection.objects.create(
        pk=key,
        number=fresh,
        kind="sorting",
        plan=rejected.plan,
        part_id=rejected.part_id,
        supplier_id=rejected.supplier_id,
        notice_id=rejected.notice_id,
        lot=rejected.lot,
        origin=rejected,
        lot_size=rejected.lot_size,
        sample=rest,
        accept=0,
        opened_at=caller.at,
        event_id=event,
    )


@operation(permission="inventory.concede_inspection", returns=Inspection)
def concede_inspection(*, caller: Caller, number: str, reason: str, pin_check_id: int) -> Inspection:
    """Accept specially (特採) what was rejected: signed by a second person, with the reason (the agreement of the
    designer or the customer). What is good or bad within tolerance is released; nonconforming pieces stay held, each
    for quality to decide. Locks the inspection, its lot or units, their holds.

    Refuses UnknownInspection, NotRejected, ReasonMissing, PinNotChecked, SecondJudgeWanted, StockShort."""
    inspection = lock_inspection(number)
    _refuse_not_rejected(inspection)
    refuse_no_reason(reason)
    signer = signer_of(caller, pin_check_id)
    if not signer.has_perm("inventory.concede_inspection"):
        raise _may_not(signer)
    if signer.pk == inspection.judged_by_id:
        raise _second_judge()

    event = record(
        caller, "inventory.inspection-conceded", inspection, number=inspection.number, reason=reason.strip(),
        signer=str(signer.pseudonym),
    )  # fmt: skip
    inspection.conceded_why, inspection.conceded_at = reason.strip(), caller.at
    inspection.conceded_by, inspection.conceded_event_id = signer, event
    inspection.save(update_fields=["conceded_why", "conceded_at", "conceded_by", "conceded_event_id"])
    _set_free(
        caller,
        inspection,
        _("%(number)s accepted specially: %(reason)s") % {"number": inspection.number, "reason": reason.strip()},
    )
    return inspection


def _refuse_judged(inspection: Inspection) -> None:
    if inspection.verdict is not None:
        raise InspectionJudged(
            _("Inspection %(number)s is judged already.") % {"number": inspection.number},
            true=_("Nothing was recorded."),
            do=_("Look at its verdict."),
        )


def _judge(caller: Caller, pin_check_id: int) -> User:
    """Who signs the verdict. Refuses PinNotChecked, NotJudgedByYou."""
    signer = signer_of(caller, pin_check_id)
    if not signer.has_perm("inventory.judge_inspection"):
        raise _may_not(signer)
    return signer


def _may_not(signer: User) -> NotJudgedByYou:
    return NotJudgedByYou(
        _("%(name)s may not judge incoming inspections.") % {"name": signer.name},
        true=_("Nothing was signed."),
        do=_("Quality signs the verdict with badge and PIN."),
    )


def _refuse_otherwise(inspection: Inspection, verdict: Verdict) -> None:
    """Refuses VerdictTooEarly, VerdictDiffers."""
    numbers = _("%(inspected)d of %(sample)d inspected, %(bad)d nonconforming; at most %(accept)d are accepted.") % {
        "inspected": inspection.inspected,
        "sample": inspection.sample,
        "bad": inspection.nonconforming,
        "accept": inspection.accept,
    }
    if verdict == "accepted" and inspection.inspected < inspection.sample:
        raise VerdictTooEarly(
            _("The sample is not complete."), true=numbers, do=_("Inspect the rest of the sample, then sign.")
        )
    if (verdict == "accepted" and not inspection.accepts) or (verdict == "rejected" and not inspection.rejects):
        raise VerdictDiffers(
            _("The numbers of the plan say otherwise."),
            true=numbers,
            do=_("Sign the verdict that they give; take a slip back first."),
        )


def _refuse_not_rejected(inspection: Inspection) -> None:
    sorted_already = Inspection.objects.filter(origin=inspection).first()
    if inspection.verdict != "rejected" or inspection.conceded_at is not None or sorted_already is not None:
        raise NotRejected(
            _("%(number)s is not a rejected inspection that waits for a decision.") % {"number": inspection.number},
            true=(
                _("It is sorted by %(number)s. Nothing was recorded.") % {"number": sorted_already.number}
                if sorted_already
                else _("Nothing was recorded.")
            ),
            do=_("Look at its verdict."),
        )


def _set_free(caller: Caller, inspection: Inspection, reason: str) -> None:
    """Step: release what arrived, except nonconforming pieces: their units stay held, pieces of a lot are split off
    into a lot that is held. Where every piece is looked at, a unit that has ended unseen stays held too: its supplier
    may send it back. The holds are those of the inspection that was opened on arrival."""
    goods = inspection.origin if inspection.origin is not None else inspection
    bad = InspectedPiece.objects.filter(inspection__in={goods.pk, inspection.pk}, ok=False, withdrawn_at=None)
    kept = list(bad.filter(unit__isnull=False).values_list("unit_id", flat=True))
    if inspection.kind != "sample" and inspection.conceded_at is None:
        kept += gone_of([goods.pk]).values_list("unit_id", flat=True)
    wanted = Hold.objects.filter(inspection=goods, released_at=None).exclude(unit_id__in=kept)
    lots = sorted(set(wanted.filter(lot__isnull=False).values_list("lot_id", flat=True)))
    lock_things(lots, sorted(set(wanted.filter(unit__isnull=False).values_list("unit_id", flat=True))))
    if inspection.lot is not None and bad.exists():
        apart = split_lot(caller, inspection.lot, bad.count(), goods)
        hold_things(caller, [], [apart], _("%(number)s: nonconforming") % {"number": goods.number}, inspection=goods)
        wanted = wanted.exclude(lot=apart)
    holds = wanted.select_for_update(no_key=True, of=("self",)).select_related("unit", "lot").order_by("pk")
    release_many(caller, list(holds), reason)


def _second_judge() -> SecondJudgeWanted:
    return SecondJudgeWanted(
        _("Who rejected it may not accept it specially."),
        true=_("Nothing was signed."),
        do=_("Ask a second person to sign."),
    )


wall("special_acceptance_is_by_a_second_person", _second_judge)
