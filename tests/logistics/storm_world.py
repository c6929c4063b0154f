"""A world in which ferries stop: racks on three lanes, and what is reported of the sea."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from logistics.models import Disruption, Shipment
from logistics.operations.disruptions import ExpectedEnd, Strikes, report_disruption
from tests.cast import NOON, a_caller

MOJI, SHIBUSHI, ROAD = "HRM-SEN-MOJI", "HRM-SEN-SHIBUSHI", "HRM-SEN-ROAD"
DAY = timedelta(days=1)


def an_end(days: float = 3, **others: Any) -> ExpectedEnd:
    """Believed to end so many days after NOON."""
    return ExpectedEnd(**{"p50_at": NOON + days * DAY, "source": "船会社の運航案内", "grade": "B", **others})


def a_stop(at: datetime = NOON, **others: Any) -> Disruption:
    """The ferry to Shibushi is stopped since six hours."""
    given = {
        "kind": "ferry_stopped", "headline": "台風により欠航", "begins_at": NOON - DAY / 4, "expected": an_end(),
        "strikes": Strikes(legs=[f"{SHIBUSHI}:2"]), **others,
    }  # fmt: skip
    return report_disruption(caller=a_caller("rosa", at=at), **given)


def again(row: Any) -> Any:
    """The row as it stands now."""
    return type(row).objects.get(pk=row.pk)


def shipment(pk: int) -> Shipment:
    """A shipment with what its page shows."""
    return Shipment.objects.select_related("lane", "carrier").get(pk=pk)
