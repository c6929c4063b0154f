"""How suppliers deliver: promised days kept, days from shipping to the last receipt, differences, rejected lots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from assembly.figures.intervals import Share
from logistics.queries.supplier_promises import PromiseRecord, promise_records

MONTHS_DAYS = timedelta(days=365)
"""Notices shipped in the last year speak."""

_RECORD = """
WITH notice AS (
  SELECT n.id, n.supplier_id, n.shipped_at, n.ordered_at FROM inventory_shipnotice n
  WHERE n.shipped_at > %(since)s AND n.imported_at <= %(as_of)s
), came AS (
  SELECT l.notice_id, min(r.at) AS first_at, max(r.at) AS last_at FROM notice
  JOIN inventory_shipnoticeline l ON l.notice_id = notice.id
  JOIN inventory_goodsreceipt r ON r.line_id = l.id AND r.at <= %(as_of)s GROUP BY 1
), wrong AS (
  SELECT d.notice_id, count(*) AS n FROM notice
  JOIN inventory_discrepancy d ON d.notice_id = notice.id AND d.found_at <= %(as_of)s GROUP BY 1
), judged AS (
  SELECT i.supplier_id, count(*) AS n, count(*) FILTER (WHERE i.verdict = 'rejected') AS rejected
  FROM inventory_inspection i
  WHERE i.origin_id IS NULL AND i.judged_at > %(since)s AND i.judged_at <= %(as_of)s GROUP BY 1
)
SELECT s.code, s.name, count(notice.id), count(came.notice_id),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM notice.shipped_at - notice.ordered_at)) / 86400,
       percentile_cont(ARRAY[0.1, 0.5, 0.9])
         WITHIN GROUP (ORDER BY extract(epoch FROM came.last_at - notice.shipped_at)),
       count(wrong.notice_id) FILTER (WHERE came.notice_id IS NOT NULL),
       coalesce(max(judged.rejected), 0), coalesce(max(judged.n), 0),
       min(notice.shipped_at) FILTER (WHERE came.notice_id IS NULL)
FROM inventory_supplier s
JOIN notice ON notice.supplier_id = s.id
LEFT JOIN came ON came.notice_id = notice.id
LEFT JOIN wrong ON wrong.notice_id = notice.id
LEFT JOIN judged ON judged.supplier_id = s.id
WHERE %(text)s = '' OR s.code ILIKE '%%' || %(text)s || '%%' OR s.name ILIKE '%%' || %(text)s || '%%'
GROUP BY s.id ORDER BY s.code
"""


@dataclass(frozen=True, slots=True)
class SupplierRecord:
    """A supplier's deliveries of the last year. Days of transit are from shipping to the last receipt of a notice; None
    where nothing was received. `differing`: received notices with a difference; `rejected`: inspections so judged."""

    code: str
    name: str
    notices: int
    received: int
    order_days: float | None
    p10: float | None
    p50: float | None
    p90: float | None
    differing: Share
    rejected: Share
    waiting_since: datetime | None
    """When the oldest notice was shipped of which nothing came."""
    promise: PromiseRecord


def supplier_records(as_of: datetime, text: str = "") -> list[SupplierRecord]:
    """Every supplier with a notice in the last year, by code. Two queries."""
    given: dict[str, Any] = {
        "as_of": as_of,
        "since": as_of - MONTHS_DAYS,
        "text": text.replace("%", "").replace("_", r"\_"),
    }
    promises = promise_records(given["since"], as_of, given["text"])
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, given)
        rows = cursor.fetchall()
    return [
        SupplierRecord(
            code, name, notices, received, None if ordered is None else float(ordered),
            _days(transit, 0), _days(transit, 1), _days(transit, 2), Share(wrong, received),
            Share(rejected, judged), waiting,
            promises.get(code, PromiseRecord()),
        )
        for code, name, notices, received, ordered, transit, wrong, rejected, judged, waiting in rows
    ]  # fmt: skip


def _days(seconds: list[float] | None, place: int) -> float | None:
    return None if seconds is None or seconds[place] is None else float(seconds[place]) / 86_400
