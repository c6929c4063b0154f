"""Promised days of suppliers against the days on which their lines came.

A line is what one ship notice announces of one part for one promised day: the serials of it are its pieces, and what
sits inside another unit comes with that. It came on the plant's local day on which its last announced piece was
received; what a settled discrepancy accepted as missing is awaited no more, and a line of which nothing is left to come
counts as none. On time: on or before the promised day. Open past its day is late, with the days so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from assembly.figures.intervals import Share
from inventory.files.cells import PLANT

_PROMISES = """
WITH announced AS (
  SELECT n.supplier_id, l.id, l.notice_id, l.part_id, l.promised_on,
         l.quantity - coalesce((SELECT sum(d.quantity) FROM inventory_discrepancy d WHERE d.line_id = l.id
                                AND d.kind = 'under' AND d.settlement = 'accept' AND d.settled_at <= %(as_of)s), 0)
           AS quantity
  FROM inventory_shipnotice n
  JOIN inventory_supplier s ON s.id = n.supplier_id
  JOIN inventory_shipnoticeline l ON l.notice_id = n.id AND l.parent_serial = ''
  WHERE n.shipped_at > %(since)s AND n.imported_at <= %(as_of)s
    AND (%(text)s = '' OR s.code ILIKE '%%' || %(text)s || '%%' OR s.name ILIKE '%%' || %(text)s || '%%')
), line AS (
  SELECT * FROM announced WHERE quantity > 0
), piece AS (
  SELECT line.id, line.quantity, r.at, sum(r.quantity) OVER (PARTITION BY r.line_id ORDER BY r.at, r.id) AS total
  FROM line JOIN inventory_goodsreceipt r ON r.line_id = line.id AND r.at <= %(as_of)s
  WHERE line.promised_on IS NOT NULL
), complete AS (
  SELECT id, min(at) AS at FROM piece WHERE total >= quantity GROUP BY id
), promise AS (
  SELECT line.supplier_id, line.promised_on,
         CASE WHEN count(*) = count(c.at) THEN (max(c.at) AT TIME ZONE %(zone)s)::date END AS came_on
  FROM line LEFT JOIN complete c ON c.id = line.id
  GROUP BY line.supplier_id, line.notice_id, line.part_id, line.promised_on
)
SELECT s.code, count(p.promised_on), count(*) FILTER (WHERE p.promised_on IS NULL),
       count(*) FILTER (WHERE p.came_on < p.promised_on), count(*) FILTER (WHERE p.came_on = p.promised_on),
       count(*) FILTER (WHERE p.came_on > p.promised_on),
       count(*) FILTER (WHERE p.came_on IS NULL AND p.promised_on < %(today)s),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(p.came_on, %(today)s) - p.promised_on)
         FILTER (WHERE coalesce(p.came_on, %(today)s) > p.promised_on)
FROM promise p JOIN inventory_supplier s ON s.id = p.supplier_id GROUP BY s.code ORDER BY s.code
"""


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """Lines of a supplier with a promised day and without one. Of those with one: came before the day (`early`), on it,
    after it (`late`), open past it (`overdue`); the rest is open and not due. `late_days`: median of late and overdue
    lines, whole days, of overdue ones so far; None without any."""

    dated: int = 0
    undated: int = 0
    early: int = 0
    on_the_day: int = 0
    late: int = 0
    overdue: int = 0
    late_days: float | None = None

    @property
    def on_time(self) -> Share:
        """Of the lines that came or are past their day; a line without a day is none of them."""
        kept = self.early + self.on_the_day
        return Share(kept, kept + self.late + self.overdue)

    @property
    def not_due(self) -> int:
        return self.dated - self.on_time.whole


def promise_records(since: datetime, as_of: datetime, text: str = "") -> dict[str, PromiseRecord]:
    """By supplier code, of notices shipped after `since`, as known at `as_of`; `text` in code or name. One query."""
    given: dict[str, Any] = {
        "since": since, "as_of": as_of, "text": text, "zone": PLANT.key, "today": as_of.astimezone(PLANT).date(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PROMISES, given)
        rows = cursor.fetchall()
    return {
        code: replace(PromiseRecord(*counts), late_days=None if days is None else float(days))
        for code, *counts, days in rows
    }
