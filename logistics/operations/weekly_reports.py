"""Making the management's weekly report, and noting how it was delivered."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import cast

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import WeeklyDelivery, WeeklyReport
from logistics.queries.outlook import PLANT, end_of
from logistics.queries.weekly_facts import facts_text, week_facts

FIRST_WEEK = date(2020, 1, 6)
REPORT_HOUR = 7
"""Monday's hour in plant time from which the week's report is made by the clock."""


class WeekOdd(Refusal):
    """A week begins on a Monday, from 2020 on."""


class WeekNotOver(Refusal):
    """The week has not ended."""


class ReportMade(Refusal):
    """The report of the week was made at the same moment."""


@operation(permission="logistics.compare", returns=WeeklyReport)
def make_weekly_report(*, caller: Caller, begins_on: date) -> WeeklyReport:
    """Keep the figures of the week that begins on this Monday, as of its end. A report that is there is given back as
    it is: its figures do not change. Its papers are issued and delivered by what follows the event. Locks nothing.

    Refuses WeekOdd, WeekNotOver, ReportMade."""
    _refuse_week(begins_on, caller.at)
    there = WeeklyReport.objects.filter(begins_on=begins_on).first()
    if there is not None:
        return there
    facts = facts_text(week_facts(begins_on, caller.at))
    digest = hashlib.sha256(facts.encode()).hexdigest()

    (key,) = next_keys(WeeklyReport, 1)
    year, week, _day = begins_on.isocalendar()
    number = f"{year}-W{week:02d}"
    event = record(
        caller, "logistics.weekly-report-made", ("logistics.weeklyreport", key), number=number, begins_on=begins_on,
        facts=digest,
    )  # fmt: skip
    return WeeklyReport.objects.create(
        pk=key, number=number, begins_on=begins_on, facts=facts, facts_sha256=digest, made_at=caller.at,
        made_by=cast(User, caller.user), event_id=event,
    )  # fmt: skip


def last_week_ended(at: datetime) -> date:
    """The Monday on which the last week that is over began, in plant time."""
    today = at.astimezone(PLANT).date()
    return today - timedelta(days=today.weekday() + 7)


def week_due(at: datetime) -> date | None:
    """The Monday of the week whose report is due, in plant time; None on a Monday before 07:00: the night's late
    reports still come in."""
    local = at.astimezone(PLANT)
    return None if local.weekday() == 0 and local.hour < REPORT_HOUR else last_week_ended(at)


def note_delivery(report: WeeklyReport, way: str, address: str, at: datetime, fault: str = "") -> None:
    """Step: the report has come to an address, or what was wrong. What is delivered stays so."""
    row, _made = WeeklyDelivery.objects.get_or_create(report=report, way=way, address=address)
    if row.delivered_at is None:
        row.tries, row.tried_at, row.fault = row.tries + 1, at, fault[:500]
        row.delivered_at = None if fault else at
        row.save(update_fields=["tries", "tried_at", "fault", "delivered_at"])


def _refuse_week(begins_on: date, at: datetime) -> None:
    if begins_on.weekday() or begins_on < FIRST_WEEK:
        raise WeekOdd(
            _("%(day)s is no Monday from 2020 on.") % {"day": begins_on.isoformat()},
            true=_("Nothing was recorded."),
            do=_("Give the Monday on which the week begins."),
        )
    if at < end_of(begins_on + timedelta(days=6)):
        raise WeekNotOver(
            _("The week from %(day)s is not over.") % {"day": begins_on.isoformat()},
            true=_("The last one that is over began on %(day)s. Nothing was recorded.")
            % {"day": last_week_ended(at).isoformat()},
        )


wall(
    "logistics_weeklyreport_begins_on_key",
    lambda: ReportMade(_("The report of that week was made at the same moment."), do=_("Look at the list.")),
)
