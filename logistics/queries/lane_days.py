"""Days on the way by lane and month: departure to the end of site receiving, each shipment once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from logistics.models import Lane

MONTHS = 12
"""Months back, the present one among them."""

_DAYS = """
SELECT s.lane_id, date_trunc('month', a.received_at AT TIME ZONE 'Asia/Tokyo')::date,
       array_agg(extract(epoch FROM a.received_at - d.at)::float / 86400 ORDER BY a.received_at, s.id)
FROM logistics_shipment s
JOIN logistics_departure d ON d.shipment_id = s.id
JOIN logistics_arrival a ON a.shipment_id = s.id AND a.received_at <= %(as_of)s
WHERE a.received_at >= (date_trunc('month', %(as_of)s AT TIME ZONE 'Asia/Tokyo')
                        - %(months)s * interval '1 month') AT TIME ZONE 'Asia/Tokyo'
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class MonthDays:
    """The shipments of a lane that were received in a month (its first day), days each in the order of receiving."""

    month: date
    days: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LaneDays:
    """A lane and its months, the earliest first; months without a shipment are left out."""

    lane: Lane
    months: tuple[MonthDays, ...]


def lane_days(as_of: datetime, months: int = MONTHS) -> list[LaneDays]:
    """Every lane on which something was received in these months. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"as_of": as_of, "months": months - 1})
        rows: Sequence[tuple[int, date, list[float]]] = cursor.fetchall()
    found: dict[int, list[MonthDays]] = {}
    for lane_id, month, days in rows:
        found.setdefault(lane_id, []).append(MonthDays(month, tuple(days)))
    return [LaneDays(lane, tuple(found[lane.pk])) for lane in Lane.objects.filter(pk__in=list(found))]
