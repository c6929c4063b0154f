"""Limits of the work in a stage: released with a reason, never changed afterwards."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inventory.operations.units import next_keys
from inventory.text import remark
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import WorkLimit
from logistics.queries.work_limits import STAGES

MOST, REASON_LIMIT = 9_999, 300


class WorkLimitOdd(Refusal):
    """The limit, its stage or its reason does not fit."""


@operation(permission="logistics.limit_work", returns=WorkLimit)
def limit_work(*, caller: Caller, stage: str, most: int | None, reason: str) -> WorkLimit:
    """Release how many racks may stand in a stage (kit, rack_build, burn_in … at_site) from now on; None lifts the
    limit. It refuses no work: the control tower shows a stage that is over. Locks nothing.

    Refuses WorkLimitOdd, TextUnprintable."""
    why = remark(reason)
    if stage not in STAGES:
        raise _odd(_("There is no stage “%(stage)s”.") % {"stage": stage[:40]})
    if most is not None and not 1 <= most <= MOST:
        raise _odd(_("A limit is 1 to %(most)d racks; blank lifts it.") % {"most": MOST})
    if not why or len(why) > REASON_LIMIT:
        raise _odd(_("A limit is released with a reason of 1 to %(limit)d characters.") % {"limit": REASON_LIMIT})

    (key,) = next_keys(WorkLimit, 1)
    event = record(
        caller, "logistics.work-limited", ("logistics.worklimit", key), stage=stage, most=most, reason=why
    )  # fmt: skip
    return WorkLimit.objects.create(
        pk=key, stage=stage, most=most, reason=why, released_at=caller.at, released_by_id=caller.user.pk, event_id=event
    )


def _odd(say: str) -> WorkLimitOdd:
    return WorkLimitOdd(say, true=_("Nothing was recorded."), do=_("Correct it and send it again."))
