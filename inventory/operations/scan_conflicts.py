"""What a device kept and the plant refused: put on a list, settled by a person, never dropped in silence."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import OperatorSession
from inventory.models import ScanConflict
from inventory.models.scan_conflicts import WAYS
from inventory.text import fold
from ledger.callers import Caller
from ledger.models import ScanLog
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import BadInput, Refusal

TEXT_KEPT = 4_000


class ConflictSettled(Refusal):
    """Somebody has settled it already."""


class SettlementReasonMissing(Refusal):
    """What was done by hand or dropped says why."""


class NotScannedAgain(Refusal):
    """No later scan of that text was taken."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was refused: `act` is the scan's id or the form's key; `code`, `wrong` and `wanted` are the refusal's."""

    act: uuid.UUID
    session: uuid.UUID
    text: str
    happened_at: datetime
    code: str
    wrong: str
    wanted: str
    kind: str = "scan"


def keep_conflict(caller: Caller, kept: Kept) -> int:
    """Step: put what was refused on the list of its station, once; gives its number. Locks nothing.

    No event of its own: the scan's raw row and its answer are the record, and both stay."""
    row, _created = ScanConflict.objects.get_or_create(
        act=kept.act,
        defaults={
            "kind": kept.kind,
            "session_id": kept.session,
            "text": kept.text[:TEXT_KEPT],
            "happened_at": kept.happened_at,
            "raised_at": caller.at,
            "code": kept.code,
            "wrong": kept.wrong,
            "act_wanted": kept.wanted,
        },
    )
    return row.pk


@operation(permission="inventory.settle_scan", returns=ScanConflict)
def settle_scan(*, caller: Caller, conflict_id: int, how: str, reason: str = "") -> ScanConflict:
    """Settle a refused scan or form. `how`: `again` (it was scanned again, and that scan was taken: the operation finds
    it), `by_hand` (done another way, the reason says how) or `dropped` (not wanted any more, the reason says why).

    Locks the conflict. Refuses ConflictSettled, SettlementReasonMissing, NotScannedAgain, and BadInput (`how`)."""
    if how not in WAYS:
        raise BadInput(_("There is no way “%(how)s” to settle a scan.") % {"how": how[:40]})
    conflict = (
        ScanConflict.objects.select_for_update(no_key=True, of=("self",))
        .select_related("session__station", "settled_by")
        .get(pk=conflict_id)
    )
    if conflict.settled_at is not None:
        raise _already(conflict)
    reason = reason.strip()
    if how != "again" and not reason:
        raise SettlementReasonMissing(
            _("The reason is missing."), true=_("Nothing was recorded."), do=_("Write in a few words what was done.")
        )
    again = _taken_later(conflict) if how == "again" else None

    event = record(
        caller,
        "inventory.scan-settled",
        conflict,
        act=conflict.act,
        text=conflict.text,
        refused=conflict.code,
        way=how,
        reason=reason,
        again=again,
    )
    conflict.settled_at, conflict.settled_by_id, conflict.settled_event_id = caller.at, caller.user.pk, event
    conflict.how, conflict.reason, conflict.again = how, reason, again
    conflict.save(update_fields=["settled_at", "settled_by", "settled_event_id", "how", "reason", "again"])
    return conflict


def _already(conflict: ScanConflict) -> ConflictSettled:
    name = conflict.settled_by.name if conflict.settled_by else ""
    return ConflictSettled(
        _("This scan is settled already, by %(name)s.") % {"name": name},
        true=_("Nothing was recorded."),
        do=_("Go on with the next one."),
    )


def _taken_later(conflict: ScanConflict) -> uuid.UUID:
    """The later scan of the same text that was taken, at the same station or by the same person."""
    sessions = OperatorSession.objects.filter(
        Q(station=conflict.session.station_id) | Q(user=conflict.session.user_id),
        Q(ended_at=None) | Q(ended_at__gte=conflict.raised_at),
    ).values_list("pk", flat=True)
    later = ScanLog.objects.filter(
        operator_session__in=list(sessions), received_at__gte=conflict.raised_at, answer__code=""
    ).exclude(pk=conflict.act)
    wanted = fold(conflict.text)
    for identity, text in later.order_by("received_at").values_list("pk", "text"):
        if conflict.kind == "scan" and fold(text) == wanted:
            return identity
    raise NotScannedAgain(
        _("No later scan of %(text)s was taken.") % {"text": conflict.text[:60]},
        true=_("The entry stays open."),
        do=_("Scan it again at the station, or say what was done by hand."),
    )
