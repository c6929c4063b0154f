"""The scanner's door: raw first, judged once, the answer kept with the change (RULINGS 3).

T1 stores the raw scan and commits. T2 locks it, runs what it means in a savepoint with the scan's id as key, writes the
answer either way and commits; only then the reply goes out. A crash in between leaves the answer null, never a lie.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from accounts.models import OperatorSession, Station
from accounts.operations.sessions import keep_alive, refuse_locked
from inventory.operations.scan_conflicts import Kept, keep_conflict
from inventory.scanning import ScanContext, read_scan, refused
from ledger.callers import Caller
from ledger.models import ScanLog
from ledger.refusals import Refusal
from ledger.statements import ask, columns, joined, tell

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


class ScanSetAside(Refusal):
    """A person decided at the device that the scan shall not be applied by itself: an earlier one had been refused."""


class NotYourSession(Refusal):
    """The operator session belongs to somebody else, or there is none."""


NEVER_JUDGED = timedelta(minutes=1)
"""How long a stored scan may wait for its answer before the next one goes past it."""

LEFT_AT_ONCE = 200
"""Scans of vanished devices that are answered in one turn."""

UNSEEN = timedelta(seconds=15)
"""A refusal that comes later than this after the scan finds its person elsewhere: it is listed to be settled."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What came in, before anything is made of it. `at` is the device's time.

    `kept`: it waited on the device without a connection. `aside`: store it, do not apply it, list it."""

    id: uuid.UUID
    operator_session: uuid.UUID
    seq: int
    station: str
    text: str
    at: datetime | None
    kept: bool = False
    aside: bool = False


def take_scan(caller: Caller, scan: Scan) -> dict[str, Any]:
    """Store and judge one scan; the same id again gives the same answer.

    Refuses NotYourSession, SessionLocked, ScanNumberReused, ScanIdReused, ScanTooEarly, all before anything is judged;
    a refusal by the operation is an answer, not an exception. Whether the device was locked is asked of the moment the
    scan was made: what a Wi-Fi hole kept back counts, what was read at a locked device waits there for badge and PIN.
    """
    session = _session(caller, scan)
    refuse_locked(session, caller.happened_at)
    keep_alive(session, caller.happened_at)
    user = caller.user if caller.user.pk == session.user_id else session.user
    caller = replace(caller, user=user, station=session.station.code, session=session.pk)
    _store(caller, scan)
    return _judge(caller, scan, session, _context_before(caller, scan, session))


_SESSION = f"""
SELECT {columns(OperatorSession, "s")}, {columns(Station, "t")} FROM accounts_operatorsession s
JOIN accounts_station t ON t.id = s.station_id WHERE s.id = %s
"""


def _session(caller: Caller, scan: Scan) -> OperatorSession:
    """The session that made the scan. While it is open only its own person may send; what was left on the device when
    it ended may be sent by whoever signs in next, and is booked to the one who scanned."""
    session: OperatorSession | None = None
    for session, station in joined((OperatorSession, Station), _SESSION, [scan.operator_session]):
        session.station = station
    if session is None:
        raise NotYourSession(
            _("This session is not yours."), true=_("Nothing was recorded."), do=_("Choose your station again.")
        )
    if session.user_id != caller.user.pk and session.ended_at is None:
        raise NotYourSession(
            _("%(name)s scanned this and is still at work at %(station)s.")
            % {"name": session.user.name, "station": session.station.name},
            true=_("Nothing was recorded. It is kept on the device."),
            do=_("Let %(name)s sign in here, or end the work at that station.") % {"name": session.user.name},
        )
    return session


def _store(caller: Caller, scan: Scan) -> None:
    """T1: the raw scan, as it came; a repeat changes nothing."""
    stored = tell(
        "INSERT INTO ledger_scanlog (id, operator_session, seq, station, text, at, received_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [scan.id, scan.operator_session, scan.seq, scan.station, scan.text, scan.at or caller.at, caller.at],
    )
    if not stored and not ScanLog.objects.filter(pk=scan.id).exists():
        raise ScanNumberReused(
            _("Scan number %(seq)d of this session was used already.") % {"seq": scan.seq},
            true=_("Nothing was recorded."),
            do=_("Reload the page and scan again."),
        )


_BEFORE = f"SELECT {columns(ScanLog, 'l')} FROM ledger_scanlog l WHERE operator_session = %s AND seq = %s"


def _context_before(caller: Caller, scan: Scan, session: OperatorSession) -> ScanContext:
    """What the scan before this one has set; its answer never changes, so it may be read before the lock.

    Refuses ScanTooEarly while it has none. One that was never judged within a minute (the server fell in between) is
    answered as a stop, so that it cannot wedge its session; it was never acknowledged."""
    if scan.seq == 1:
        return _context(session, {"context": session.begins_with})
    before = next((row for (row,) in joined((ScanLog,), _BEFORE, [scan.operator_session, scan.seq - 1])), None)
    if before is not None and before.answer is not None:
        return _context(session, before.answer)
    if before is not None and caller.at - before.received_at > NEVER_JUDGED and _give_up(caller, before, session):
        return context_of(session, scan.seq)
    raise ScanTooEarly(_("Scan %(seq)d waits for the one before it.") % {"seq": scan.seq})


def give_up_left_scans(caller: Caller) -> int:
    """Answer every scan that nobody has judged for ten minutes (its device is gone) as a stop, and list it; how many.

    Runs by the clock: nobody else would ever ask for them again."""
    left = ScanLog.objects.filter(answer__isnull=True, received_at__lt=caller.at - 10 * NEVER_JUDGED)
    sessions = OperatorSession.objects.select_related("station").in_bulk(
        list(left.values_list("operator_session", flat=True)[:LEFT_AT_ONCE])
    )
    rows = [row for row in left.order_by("received_at")[:LEFT_AT_ONCE] if row.operator_session in sessions]
    return sum(_give_up(caller, row, sessions[row.operator_session]) for row in rows)


def _give_up(caller: Caller, lost: ScanLog, session: OperatorSession) -> bool:
    """Answer a scan that nobody judges any more, and list it; False when somebody is at it this moment."""
    with transaction.atomic():
        row = ScanLog.objects.select_for_update(skip_locked=True).filter(pk=lost.pk, answer__isnull=True).first()
        if row is None:
            return False
        refusal = ScanNeverJudged(
            _("Scan “%(text)s” was not judged.") % {"text": row.text[:60]},
            true=_("Nothing was recorded."),
            do=_("Scan it again."),
        )
        answer = refused(refusal, context_of(session, row.seq)).as_json()
        kept = Kept(row.pk, session.pk, row.text, min(row.at, row.received_at), refusal.code, refusal.say, refusal.do)
        conflict = keep_conflict(caller, kept)
        ScanLog.objects.filter(pk=row.pk).update(answer={**answer, "conflict": conflict})
    return True


def _judge(caller: Caller, scan: Scan, session: OperatorSession, context: ScanContext) -> dict[str, Any]:
    """T2: one transaction from the lock to the answer."""
    with transaction.atomic():
        text = "SELECT operator_session, seq, text, answer::text FROM ledger_scanlog WHERE id = %s FOR UPDATE"
        ((*known, answered),) = ask(text, [scan.id])
        if known != [scan.operator_session, scan.seq, scan.text]:
            raise ScanIdReused(_("This scan id was used for another scan."), true=_("Nothing was recorded."))
        if answered is not None:
            return _listed(caller, scan, dict(json.loads(answered)))
        answer = _listed(caller, scan, _run(caller, scan, session, context))
        tell("UPDATE ledger_scanlog SET answer = %s WHERE id = %s", [Jsonb(answer), scan.id])
    return answer


def _listed(caller: Caller, scan: Scan, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the number of its entry on the list, where a refusal comes behind its person's back."""
    unseen = scan.kept or scan.aside or caller.at - caller.happened_at > UNSEEN
    if not answer["code"] or not (unseen or answer["code"] in (ScanAfterSession.__name__, ScanNeverJudged.__name__)):
        return answer
    said = (answer["code"], answer["wrong"], answer["do"])
    kept = Kept(scan.id, scan.operator_session, scan.text, caller.happened_at, *said)
    return {**answer, "conflict": keep_conflict(caller, kept)}


def _run(caller: Caller, scan: Scan, session: OperatorSession, context: ScanContext) -> dict[str, Any]:
    try:
        with transaction.atomic():
            if scan.aside:
                raise ScanSetAside(
                    _("“%(text)s” was set aside, because an earlier scan was refused.") % {"text": scan.text[:60]},
                    true=_("Nothing was recorded."),
                    do=_("Settle it in the list of scans to settle."),
                )
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


def next_number(session_id: uuid.UUID) -> int:
    """The number of the session's next scan."""
    last = ScanLog.objects.filter(operator_session=session_id).order_by("-seq").values_list("seq", flat=True).first()
    return (last or 0) + 1


def context_of(session: OperatorSession, seq: int) -> ScanContext:
    """What the scans before number `seq` of a session have set: the context of the latest answer."""
    before = ScanLog.objects.filter(operator_session=session.pk, seq=seq - 1)
    answer = before.values_list("answer", flat=True).first()
    return _context(session, answer or ({"context": session.begins_with} if seq == 1 else {}))


def _context(session: OperatorSession, answer: dict[str, Any]) -> ScanContext:
    facts = answer.get("context") or {}
    return ScanContext(
        station=session.station.code,
        station_kind=session.station.kind,
        build_id=facts.get("build"),
        position=facts.get("position", ""),
        facts=facts,
        device_id=session.device_id,
    )
