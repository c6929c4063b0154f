"""How long raw telemetry is kept: a released number of days after the rack's acceptance."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assembly.models import RawRetention
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

LONGEST, REASON_LIMIT = 36_500, 500


class WrongRetention(Refusal):
    """No number of days, or nobody says why."""


@operation(permission="assembly.keep_raw_policy", returns=RawRetention)
def release_raw_retention(*, caller: Caller, days: int, reason: str) -> RawRetention:
    """Release the policy that raw telemetry goes `days` days after the rack's acceptance; it is in force at once and
    takes the place of the one before. Without a policy everything is kept. Locks nothing. Refuses WrongRetention."""
    if not 1 <= days <= LONGEST or not reason.strip():
        raise WrongRetention(
            _("A policy needs 1 to %(limit)d days and a reason.") % {"limit": LONGEST},
            true=_("Nothing was recorded."),
            do=_("Enter how long raw telemetry is kept, and why."),
        )

    event = record(
        caller, "assembly.raw-retention-released", ("assembly.rawretention", 0), days=days, reason=reason[:REASON_LIMIT]
    )
    return RawRetention.objects.create(
        days=days, reason=reason.strip()[:REASON_LIMIT], released_at=caller.at, event_id=event
    )
