"""When something happened, as the caller tells it: never after it is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from ledger.callers import PLANT_OFFSET_MINUTES, Caller
from ledger.refusals import Refusal


class MomentAhead(Refusal):
    """What happened lies in the future."""


def moment_of(caller: Caller, occurred_at: datetime | None) -> datetime:
    """Step: the moment told, else the caller's. Refuses MomentAhead: nobody reports what is yet to come."""
    if occurred_at is None:
        return caller.happened_at
    if occurred_at > caller.at:
        raise MomentAhead(
            _("%(moment)s lies in the future.") % {"moment": plant_clock(occurred_at)},
            true=_("Only what has happened is recorded. Nothing was recorded."),
            do=_("Enter the time at which it happened."),
        )
    return occurred_at


def plant_clock(moment: datetime) -> str:
    """2026/11/20 16:05 in the plant's time, for sentences."""
    local = moment + timedelta(minutes=PLANT_OFFSET_MINUTES) - (moment.utcoffset() or timedelta())
    return f"{local:%Y/%m/%d %H:%M}"
