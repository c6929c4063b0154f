"""The figures of a week as of its end: what happened before it, as known when the report is made, for what the night
shift enters after Sunday's midnight belongs to the week. Once made they are kept. Only shortages and inspections have
no past, and are as of the making (the report says so)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

import numpy as np
from django.db.models import Count, Q

from assembly.models import Nonconformity
from assembly.queries.attempts import Wish
from assembly.queries.yields import Figure, yields_of
from documents.paper import marked_text
from inventory.models import Hold, Inspection, Supplier
from logistics.documents.weekly_sheet import (
    CoverageWeek,
    DeliveryWeek,
    DisruptionWeek,
    Headline,
    LateRack,
    OpenItem,
    PlanDay,
    PromisedRack,
    ShortPart,
    SourceWeek,
    StageWeek,
    SupplierWeek,
    YieldWeek,
)
from logistics.lead_times.calibration import coverage_of
from logistics.models import Disruption
from logistics.queries.calibration import given_claims
from logistics.queries.comparison import LATE_YEN
from logistics.queries.etas import record_by_source
from logistics.queries.lives import RackLife
from logistics.queries.outlook import PLANT, Outlook, end_of, facts_at, outlook_of
from logistics.queries.supplier_promises import promise_records
from logistics.queries.supplier_record import MONTHS_DAYS
from logistics.queries.tower import AFTER_ROUTE, counted_racks, short_parts, work_stage

DRAWS = 2_000
PAST_DAYS, AHEAD_DAYS, EVERY = 27, 42, 3
"""Whole steps, so that the past ends with the week's last day."""
ROWS = 12
"""Of each list the report has this many: what matters most, with the count of all."""
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def week_facts(begins_on: date, known_at: datetime) -> dict[str, Any]:
    """All figures, JSON-safe; of what was recorded by `known_at`. Some seventeen queries and a forecast of the racks
    that were open at the week's end."""
    start = datetime.combine(begins_on, time(), PLANT)
    end = start + WEEK
    last = end - timedelta.resolution
    view = outlook_of(facts_at(last, lives_known_at=known_at), last, draws=DRAWS)
    counts = counted_racks(end)
    open_items, open_count = _open(end)
    late = _late(view)
    told = {
        "begins_on": begins_on,
        "as_of": end,
        "headlines": _headlines(view, start, late, open_count),
        "plan": _plan(view, counts, begins_on),
        "promised": _promised(view.lives, start, end),
        "late": late[:ROWS],
        "stages": _stages(view.lives, start, end),
        "yields": _yields(start, end),
        "open": open_items,
        "open_count": open_count,
        "short": [
            ShortPart(one.number, one.needed, one.good, Decimal(one.coming), one.stops_on) for one in short_parts()
        ],
        "suppliers": _suppliers(start, end),
        "deliveries": _deliveries(last),
        "disruptions": _disruptions(start, end),
        "coverage": _coverage(view, end),
        "sources": _sources(end),
    }
    safe: dict[str, Any] = json.loads(json.dumps(told, default=_plain))
    return safe


def facts_text(facts: dict[str, Any]) -> str:
    """One text for the same facts: what is hashed and kept."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else asdict(value)


def _tenth(value: float) -> Decimal:
    return Decimal(f"{value:.1f}")


def _between(moment: datetime | None, start: datetime, end: datetime) -> bool:
    return moment is not None and start <= moment < end


def _received(lives: Iterable[RackLife], start: datetime, end: datetime) -> int:
    return sum(_between(life.received_at, start, end) for life in lives)


def _headlines(view: Outlook, start: datetime, late: Sequence[LateRack], open_count: int) -> list[Headline]:
    """This week and the one before; what is only known of now stands without a before."""
    lives, end = view.lives, start + WEEK

    def pair(key: str, name: str) -> Headline:
        counts = [
            sum(_between(getattr(life, name), first, first + WEEK) for life in lives) for first in (start, start - WEEK)
        ]
        return Headline(key, Decimal(counts[0]), Decimal(counts[1]))

    before = sum(life.started_at < start and not _by(life.received_at, start) for life in lives)
    chance = sum(row.yen for row in late)
    wip = sum(life.started_at < end and not life.is_received for life in lives)
    return [
        pair("started", "started_at"), pair("departed", "departed_at"), pair("received", "received_at"),
        Headline("wip", Decimal(wip), Decimal(before)), Headline("late_yen", Decimal(chance), None),
        Headline("open_items", Decimal(open_count), None),
    ]  # fmt: skip


def _by(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment < at


def _plan(view: Outlook, counts: Sequence[tuple[str, date, int]], begins_on: date) -> list[PlanDay]:
    """The running totals every third day: received up to the week's end, then the fan."""
    last = begins_on + timedelta(days=6)
    back = [last - timedelta(days=n) for n in range(PAST_DAYS, -1, -EVERY)]
    ahead = [last + timedelta(days=n) for n in range(EVERY, AHEAD_DAYS + 1, EVERY)]

    def total(kind: str, day: date) -> int:
        return sum(count for name, on, count in counts if name == kind and on <= day)

    done = total("received", last)
    rows = [PlanDay(day, total("needed", day), total("received", day), None, None, None) for day in back]
    if view.forecast.racks:
        days = [(end_of(day) - view.as_of) / DAY for day in ahead]
        low, middle, high = view.forecast.arrivals(days, (0.1, 0.5, 0.9))
        for place, day in enumerate(ahead):
            fan = (_tenth(done + float(level[place])) for level in (low, middle, high))
            rows.append(PlanDay(day, total("needed", day), None, *fan))
    return rows


def _promised(lives: Sequence[RackLife], start: datetime, end: datetime) -> list[PromisedRack]:
    usual = {key: median(days) for key, days in _stays_by_stage(lives).items() if days}
    rows = []
    for life in lives:
        if life.need_by is None or life.received_at is None or not _between(life.received_at, start, end):
            continue
        days = (life.received_at - end_of(life.need_by)) / DAY
        over = {key: spent - usual.get(key, spent) for key, spent in _spent(life)}
        reason = max(over, key=lambda key: over[key], default="")
        worst = reason if over and over[reason] > 0 and days > 0 else ""
        rows.append(PromisedRack(life.name, life.need_by, life.received_at, _tenth(days), worst))
    return sorted(rows, key=lambda row: (-row.days_late, row.name))


def _late(view: Outlook) -> list[LateRack]:
    """Open racks by what their days late are expected to cost."""
    lives = {str(life.unit_id): life for life in view.open_lives}
    rows = []
    for row, remaining in zip(view.forecast.racks, view.forecast.remaining, strict=True):
        life = lives[row.key]
        if life.need_by is None or row.p_late is None or row.p_late < 0.05:
            continue
        days = float(np.maximum(remaining - (end_of(life.need_by) - view.as_of) / DAY, 0).mean())
        yen = round(days * LATE_YEN / 10_000) * 10_000
        stage = work_stage(life) or ""
        rows.append(LateRack(life.name, stage, life.need_by, row.p50_at, Decimal(f"{row.p_late:.2f}"), yen))
    return sorted(rows, key=lambda row: (-row.yen, row.name))


def _spent(life: RackLife) -> list[tuple[str, float]]:
    """(stage, days) of each operation and part of the way that is over."""
    return [(key, days) for key, days, _at in _ends(life)]


def _ends(life: RackLife) -> list[tuple[str, float, datetime]]:
    """Stage, days after the stop of the one before, and when it stopped."""
    stops = [(step.stage, step.passed_at) for step in life.steps]
    stops += [("waiting_truck", life.departed_at), ("on_the_way", life.arrived_at), ("at_site", life.received_at)]
    found, reached = [], life.started_at
    for stage, stop in stops:
        if stop is None:
            break
        found.append((stage, max((stop - reached) / DAY, 0.0), stop))
        reached = max(stop, reached)
    return found


def _stays_by_stage(lives: Iterable[RackLife]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for life in lives:
        for key, days in _of_stage(_ends(life)):
            found.setdefault(key, []).append(days)
    return found


def _of_stage(ends: Iterable[tuple[str, float, datetime]]) -> list[tuple[str, float]]:
    totals: dict[str, float] = {}
    for key, days, _at in ends:
        totals[key] = totals.get(key, 0.0) + days
    return list(totals.items())


def _stages(lives: Sequence[RackLife], start: datetime, end: datetime) -> list[StageWeek]:
    """Each stage's racks now, and the stays whose last operation ended in the week, against the week before."""
    order = list(dict.fromkeys([*(step.stage for life in lives for step in life.steps), *AFTER_ROUTE]))
    now = [work_stage(life) for life in lives]
    ended: dict[tuple[str, int], list[float]] = {}
    for life in lives:
        ends = _ends(life)
        last = {key: at for key, _days, at in ends}
        for key, days in _of_stage(ends):
            for turn, first in enumerate((start, start - WEEK)):
                if first <= last[key] < first + WEEK:
                    ended.setdefault((key, turn), []).append(days)
    return [
        StageWeek(key, now.count(key), *_middle(ended.get((key, 0), [])), *_middle(ended.get((key, 1), [])))
        for key in order
    ]


def _middle(days: Sequence[float]) -> tuple[int, Decimal | None]:
    return len(days), _tenth(median(days)) if days else None


def _yields(start: datetime, end: datetime) -> list[YieldWeek]:
    """Operations with first attempts in the week, the worst first."""
    now, before = (yields_of(Wish(starts_at=first, ends_at=first + WEEK)) for first in (start, start - WEEK))
    earlier = {(row.part.pk, row.operation.pk): row.figure for row in before.operations}
    rows = []
    for row in now.operations:
        past = earlier.get((row.part.pk, row.operation.pk), Figure())
        name = f"{row.operation.number} {row.operation.name_ja}|{row.operation.number} {row.operation.name_en}"
        figure = row.figure
        if figure.n:
            rows.append(YieldWeek(row.part.number, name, figure.passed, figure.n, past.passed, past.n))
    return sorted(rows, key=lambda row: (row.passed / row.n, -row.n, row.part, row.operation))[:ROWS]


def _open(end: datetime) -> tuple[list[OpenItem], int]:
    """Nonconformities and holds open at the end, the oldest first."""
    stands = Q(closed_at=None) | Q(closed_at__gt=end)
    troubles = (
        Nonconformity.objects.filter(stands, opened_at__lt=end).select_related("unit").order_by("opened_at", "pk")
    )
    holds = Hold.objects.filter(Q(released_at=None) | Q(released_at__gt=end), placed_at__lt=end)
    holds = holds.select_related("unit", "lot").order_by("placed_at", "pk")
    rows = [
        OpenItem("nonconformity", one.number, one.unit.name, _printable(one.text), one.opened_at)
        for one in troubles[:ROWS]
    ]
    rows += [
        OpenItem(
            "hold", one.number, one.unit.name if one.unit else str(one.lot or ""), _printable(one.reason), one.placed_at
        )
        for one in holds[:ROWS]
    ]
    return sorted(rows, key=lambda row: (row.opened_at, row.number))[:ROWS], troubles.count() + holds.count()


def _printable(text: str) -> str:
    """One line of a row: a report of forty rows must not fail for one sign."""
    return marked_text(" ".join(text.split())[:60])


def _suppliers(start: datetime, end: datetime) -> list[SupplierWeek]:
    rows = Inspection.objects.filter(judged_at__gte=start, judged_at__lt=end)
    counted = rows.values_list("supplier__code", "supplier__name").annotate(
        lots=Count("pk"), rejected=Count("pk", filter=Q(verdict="rejected"))
    )
    return [SupplierWeek(*row) for row in counted.order_by("-rejected", "-lots", "supplier__code")[:ROWS]]


def _deliveries(as_of: datetime) -> list[DeliveryWeek]:
    """The suppliers with the most late lines first; those of whom no line names a day say nothing."""
    promises = promise_records(as_of - MONTHS_DAYS, as_of)
    names = dict(Supplier.objects.filter(code__in=promises).values_list("code", "name"))
    rows = [
        DeliveryWeek(code, names[code], one.on_time.whole, one.on_time.part, one.overdue, one.undated)
        for code, one in promises.items()
        if one.on_time.whole
    ]
    return sorted(rows, key=lambda row: (row.on_time - row.due, row.code))[:ROWS]


def _disruptions(start: datetime, end: datetime) -> list[DisruptionWeek]:
    rows = Disruption.objects.filter(Q(ended_at=None) | Q(ended_at__gte=start), begins_at__lt=end)
    return [
        DisruptionWeek(
            one.number, _printable(one.headline), one.begins_at, one.ended_at if _by(one.ended_at, end) else None
        )
        for one in rows.order_by("begins_at", "pk")[:ROWS]
    ]


def _coverage(view: Outlook, end: datetime) -> list[CoverageWeek]:
    rows = coverage_of(given_claims(view.lives, end), end)
    return [CoverageWeek(round(100 * row.level), row.due, row.kept, row.low, row.high) for row in rows]


def _sources(end: datetime) -> list[SourceWeek]:
    return [
        SourceWeek(
            row.source, row.carrier, row.awaited, row.asked, row.told,
            None if row.error is None else _tenth(row.error), None if row.spread is None else _tenth(row.spread),
            row.kept,
        )
        for row in record_by_source(end)
    ]  # fmt: skip
