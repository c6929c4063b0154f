"""The scanner's door: raw first, judged once, the answer kept with the change (RULINGS 3).

T1 stores the raw scan and commits. T2 locks it, runs what it means in a savepoint with the scan's id as key, writes the
answer either way and commits; only then the reply goes out. A crash in between leaves the answer null, never a lie.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import OperatorSession
from inventory.scanning import ScanContext, read_scan, refused
from ledger.callers import Caller
from ledger.models import ScanLog
from ledger.refusals import Refusal

TEXT_LIMIT = 4_000
"""Characters of one scan: the largest two-dimensional code on a label holds fewer."""


class ScanIdReused(Refusal):
    """The id of a scan came again with another text or session."""


class ScanNumberReused(Refusal):
    """Another scan of the session has that number already."""


class ScanTooEarly(Refusal):
    """The scan before this one has no answer yet (425: wait and send again)."""


class ScanNeverJudged(Refusal):
    """The server fell before it judged the scan, and nobody sent it again within a minute."""


class ScanAfterSession(Refusal):
    """The scan was made after its operator session had ended."""


class NotYourSession(Refusal):
    """The operator session belongs to somebody else, or there is none."""


NEVER_JUDGED = timedelta(minutes=1)
"""How long a stored scan may wait for its answer before the next one goes past it."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What came in, before anything is made of it. `at` is the device's time."""

    id: uuid.UUID
    operator_session: uuid.UUID
    seq: int
    station: str
    text: str
    at: datetime | None


def take_scan(caller: Caller, scan: Scan) -> dict[str, Any]:
    """Store and judge one scan; the same id again gives the same answer.

    Refuses NotYourSession, ScanNumberReused, ScanIdReused, ScanTooEarly, all before anything is judged; a refusal by
    the operation is an answer, not an exception."""
    session = _session(caller, scan)
    caller = replace(caller, user=session.user, station=session.station.code, session=session.pk)
    _store(caller, scan)
    _refuse_early(caller, scan, session)
    return _judge(caller, scan, session)


def _session(caller: Caller, scan: Scan) -> OperatorSession:
    """The session that made the scan. While it is open only its own person may send; what was left on the device when
    it ended may be sent by whoever signs in next, and is booked to the one who scanned."""
    session = OperatorSession.objects.select_related("station", "user").filter(pk=scan.operator_session).first()
    if session is None or (session.user_id != caller.user.pk and session.ended_at is None):
        raise NotYourSession(
            _("This session is not yours."), true=_("Nothing was recorded."), do=_("Choose your station again.")
        )
    return session


def _store(caller: Caller, scan: Scan) -> None:
    """T1: the raw scan, as it came; a repeat changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_scanlog (id, operator_session, seq, station, text, at, received_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [scan.id, scan.operator_session, scan.seq, scan.station, scan.text, scan.at or caller.at, caller.at],
        )
        stored = cursor.rowcount == 1
    if not stored and not ScanLog.objects.filter(pk=scan.id).exists():
        raise ScanNumberReused(
            _("Scan number %(seq)d of this session was used already.") % {"seq": scan.seq},
            true=_("Nothing was recorded."),
            do=_("Reload the page and scan again."),
        )


def _refuse_early(caller: Caller, scan: Scan, session: OperatorSession) -> None:
    """Refuses ScanTooEarly while the scan before has no answer. One that was never judged within a minute (the server
    fell in between) is answered as a stop, so that it cannot wedge its session; it was never acknowledged."""
    if scan.seq == 1:
        return
    before = ScanLog.objects.filter(operator_session=scan.operator_session, seq=scan.seq - 1).first()
    if before is not None and before.answer is not None:
        return
    if before is not None and caller.at - before.received_at > NEVER_JUDGED and _give_up(before, session):
        return
    raise ScanTooEarly(_("Scan %(seq)d waits for the one before it.") % {"seq": scan.seq})


def _give_up(lost: ScanLog, session: OperatorSession) -> bool:
    """Answer a scan that nobody judges any more; False when somebody is at it this moment."""
    with transaction.atomic():
        row = ScanLog.objects.select_for_update(skip_locked=True).filter(pk=lost.pk, answer__isnull=True).first()
        if row is None:
            return False
        refusal = ScanNeverJudged(
            _("Scan “%(text)s” was not judged.") % {"text": row.text[:60]},
            true=_("Nothing was recorded."),
            do=_("Scan it again."),
        )
        ScanLog.objects.filter(pk=row.pk).update(answer=refused(refusal, context_of(session, row.seq)).as_json())
    return True


def _judge(caller: Caller, scan: Scan, session: OperatorSession) -> dict[str, Any]:
    """T2: one transaction from the lock to the answer."""
    with transaction.atomic():
        row = ScanLog.objects.select_for_update().get(pk=scan.id)
        if (row.operator_session, row.text) != (scan.operator_session, scan.text):
            raise ScanIdReused(_("This scan id was used for another scan."), true=_("Nothing was recorded."))
        if row.answer is not None:
            return dict(row.answer)
        context = context_of(session, scan.seq)
        answer = _run(caller, scan, session, context)
        ScanLog.objects.filter(pk=scan.id).update(answer=answer)
    return answer


def _run(caller: Caller, scan: Scan, session: OperatorSession, context: ScanContext) -> dict[str, Any]:
    try:
        with transaction.atomic():
            if session.ended_at is not None and caller.happened_at > session.ended_at:
                raise ScanAfterSession(
                    _("This scan was made after the session at %(station)s had ended.")
                    % {"station": session.station.name},
                    true=_("Nothing was recorded."),
                    do=_("Scan it again in your present session."),
                )
            return read_scan(caller, scan.text, context).as_json()
    except Refusal as refusal:
        return refused(refusal, context).as_json()


def context_of(session: OperatorSession, seq: int) -> ScanContext:
    """What the scans before number `seq` of a session have set: the context of the latest answer."""
    answer = (
        ScanLog.objects.filter(operator_session=session.pk, seq=seq - 1).values_list("answer", flat=True).first() or {}
    )
    facts = answer.get("context") or {}
    return ScanContext(
        station=session.station.code,
        station_kind=session.station.kind,
        build_id=facts.get("build"),
        position=facts.get("position", ""),
        facts=facts,
    )
