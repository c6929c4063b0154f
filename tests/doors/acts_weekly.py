"""The act of making a weekly report."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from logistics.operations.weekly_reports import last_week_ended
from tests.doors.act import Act, Acts


def make_weekly_report() -> Act:
    begins_on: date = last_week_ended(timezone.now())
    tuesday = begins_on + timedelta(days=1)
    page = reverse("weekly_reports")
    return Act(
        "rosa", {"begins_on": begins_on}, (page, {"begins_on": begins_on.isoformat()}), {"begins_on": tuesday},
        "WeekOdd", (page, {"begins_on": tuesday.isoformat()}),
    )  # fmt: skip


ACTS: Acts = {"logistics.make_weekly_report": make_weekly_report}
