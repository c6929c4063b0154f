"""The act of releasing a limit of the work in a stage."""

from __future__ import annotations

from django.urls import reverse

from tests.doors.act import Act, Acts


def limit_work() -> Act:
    page = reverse("work_limits")
    said = {"stage": "burn_in", "most": 12, "reason": "セル 12 台"}
    return Act("rosa", said, (page, said), {"reason": " "}, "WorkLimitOdd")


ACTS: Acts = {"logistics.limit_work": limit_work}
