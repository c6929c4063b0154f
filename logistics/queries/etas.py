"""Who expects what of a shipment, and how good each source's word was.

Beside carriers' and persons' words (Eta) stand our own forecasts (Forecast), which are of racks: a shipment is
received when its slowest rack is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db import connection
from django.db.models import QuerySet

from logistics.models import Carrier, Eta, Forecast, Shipment

HORIZON = timedelta(hours=24)
"""A word is judged that was known this long before the event: whoever waits for the last hour is no better prophet."""
MOMENT_KEPT = timedelta(hours=2)
"""A single moment counts as kept within this; a window by its own ends."""
JUDGED = 300
"""Latest arrivals in the record, so that it costs the same in the tenth year."""
SILENT_AFTER = timedelta(hours=24)
"""From then on an old word is shown as silence."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a source expects: carrier (with its name), person (its name), model. `given_at`: when it was said."""

    source: str
    who: str
    awaited: str
    earliest_at: datetime
    latest_at: datetime
    given_at: datetime
    recorded_at: datetime
    reason: str = ""
    p50_at: datetime | None = None
    """Of our model: the moment that it gave as likely as not."""

    @property
    def middle_at(self) -> datetime:
        return self.earliest_at + (self.latest_at - self.earliest_at) / 2


def eta_rows(shipment_id: int) -> QuerySet[Eta]:
    """Every word on a shipment, the newest first."""
    return Eta.objects.filter(shipment_id=shipment_id).select_related("carrier", "by").order_by("-given_at", "-pk")


def carriers_of(shipment: Shipment) -> list[Carrier]:
    """Who carries it: its own carrier first, then those of the legs. Two queries."""
    others = Carrier.objects.filter(legs__lane_id=shipment.lane_id).exclude(pk=shipment.carrier_id).distinct()
    return [shipment.carrier, *others.order_by("code")]


def word_of(row: Eta) -> Word:
    """A kept row as a word."""
    who = row.carrier.name if row.carrier is not None else row.by.name
    return Word(row.source, who, row.awaited, row.earliest_at, row.latest_at, row.given_at, row.recorded_at, row.reason)


def model_words(forecasts: Iterable[Forecast]) -> list[Word]:
    """Our forecasts as words on the whole shipment: of those made at one moment the slowest rack's P10 to P95, the
    newest first."""
    by_moment: dict[datetime, list[Forecast]] = defaultdict(list)
    for row in forecasts:
        by_moment[row.made_at].append(row)
    return [_of_slowest(by_moment[at]) for at in sorted(by_moment, reverse=True)]


def _of_slowest(rows: Sequence[Forecast]) -> Word:
    at = rows[0].made_at
    ends = max(row.p10_at for row in rows), max(row.p95_at for row in rows)
    return Word("model", rows[0].model, "receiving", *ends, at, at, p50_at=max(row.p50_at for row in rows))


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """How a source's words came true; `carrier`: its code. `asked`: shipments whose event came; `told`: those of which
    it had said something HORIZON before; errors in hours, positive: later than said; `kept`: within the window."""

    source: str
    carrier: str
    awaited: str
    asked: int
    told: int
    error: float | None
    spread: float | None
    """Median error with its sign, and without."""
    kept: int


_JUDGED = """
WITH come AS (
  SELECT a.shipment_id, a.at, CASE WHEN r.recorded_at <= %(as_of)s THEN a.received_at END AS received_at
  FROM logistics_arrival a
  JOIN ledger_event e ON e.id = a.event_id AND e.recorded_at <= %(as_of)s
  LEFT JOIN ledger_event r ON r.id = a.received_event_id
  ORDER BY a.at DESC, a.id DESC LIMIT %(judged)s
), words AS (
  SELECT DISTINCT ON (w.shipment_id, w.source, w.carrier_id, w.awaited) w.shipment_id, w.source, w.carrier_id,
         w.awaited, w.earliest_at, w.latest_at, w.earliest_at + (w.latest_at - w.earliest_at) / 2 AS middle_at
  FROM logistics_eta w JOIN come c ON c.shipment_id = w.shipment_id
  WHERE w.recorded_at <= CASE w.awaited WHEN 'arrival' THEN c.at ELSE c.received_at END - %(horizon)s
  ORDER BY w.shipment_id, w.source, w.carrier_id, w.awaited, w.given_at DESC, w.id DESC
), again AS (
  SELECT DISTINCT sc.shipment_id
  FROM come c JOIN logistics_shipmentcrate sc ON sc.shipment_id = c.shipment_id
  JOIN logistics_crate k ON k.id = sc.crate_id JOIN inventory_placement p ON p.host_id = k.unit_id
  JOIN logistics_sitereturn r ON r.unit_id = p.unit_id AND r.cancelled_at IS NULL AND r.opened_event_id < k.event_id
), racks AS (
  SELECT DISTINCT sc.shipment_id, p.unit_id, c.received_at
  FROM come c JOIN logistics_shipmentcrate sc ON sc.shipment_id = c.shipment_id
  JOIN logistics_crate k ON k.id = sc.crate_id JOIN inventory_placement p ON p.host_id = k.unit_id
  WHERE c.received_at IS NOT NULL AND c.shipment_id NOT IN (SELECT shipment_id FROM again)
), ours AS (
  SELECT r.shipment_id, max(f.p10_at) AS earliest_at, max(f.p95_at) AS latest_at, max(f.p50_at) AS middle_at
  FROM racks r CROSS JOIN LATERAL (
    SELECT p10_at, p50_at, p95_at FROM logistics_forecast
    WHERE unit_id = r.unit_id AND made_at <= r.received_at - %(horizon)s
    ORDER BY made_at DESC, id DESC LIMIT 1) f
  GROUP BY r.shipment_id
), said AS (
  SELECT * FROM words
  UNION ALL
  SELECT shipment_id, 'model', NULL, 'receiving', earliest_at, latest_at, middle_at FROM ours
)
SELECT c.shipment_id, c.at, c.received_at, c.shipment_id IN (SELECT shipment_id FROM again), k.code, s.source, w.code,
       s.awaited, s.earliest_at, s.latest_at, s.middle_at
FROM come c JOIN logistics_shipment h ON h.id = c.shipment_id JOIN logistics_carrier k ON k.id = h.carrier_id
LEFT JOIN said s ON s.shipment_id = c.shipment_id LEFT JOIN logistics_carrier w ON w.id = s.carrier_id
ORDER BY c.shipment_id
"""

Key = tuple[str, str, str]
"""Source, carrier's code or "", what is awaited."""


def record_by_source(as_of: datetime) -> list[SourceRecord]:
    """The record of each source over the latest arrivals as known at an instant: our model first, then persons, then
    every carrier of these shipments, also one that said nothing. Our model forecasts a rack's first way only, so a
    return or a second way out asks nothing of it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, {"as_of": as_of, "judged": JUDGED, "horizon": HORIZON})  # type: ignore[dict-item]
        rows = cursor.fetchall()
    asked: dict[Key, set[int]] = {("model", "", "receiving"): set()}
    misses: dict[Key, list[tuple[float, bool]]] = defaultdict(list)
    for shipment, at, received_at, again, main, source, carrier, awaited, earliest, latest, middle in rows:
        asked.setdefault(("carrier", main, "arrival"), set()).add(shipment)
        if received_at is not None and not again:
            asked["model", "", "receiving"].add(shipment)
        if source is None:
            continue
        key = (source, carrier or "", awaited)
        asked.setdefault(key, set()).add(shipment)
        misses[key].append(_miss((earliest, latest, middle), at if awaited == "arrival" else received_at))
    order = ("model", "person", "carrier")
    return [_record(key, asked[key], misses[key]) for key in sorted(asked, key=lambda key: (order.index(key[0]), key))]


def _miss(told: tuple[datetime, datetime, datetime], came: datetime) -> tuple[float, bool]:
    """Hours later than said, and whether it came as said."""
    earliest, latest, middle = told
    slack = MOMENT_KEPT if earliest == latest else timedelta()
    return (came - middle) / timedelta(hours=1), earliest - slack <= came <= latest + slack


def _record(key: Key, asked: set[int], misses: Sequence[tuple[float, bool]]) -> SourceRecord:
    errors = [error for error, _kept in misses]
    return SourceRecord(
        *key,
        asked=len(asked),
        told=len(misses),
        error=median(errors) if errors else None,
        spread=median(map(abs, errors)) if errors else None,
        kept=sum(kept for _error, kept in misses),
    )
