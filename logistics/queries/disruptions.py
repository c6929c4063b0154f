"""What stops the ways: the list, and whom one of them strikes, with what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db.models import F, Prefetch, Q, QuerySet

from logistics.lead_times.closures import without
from logistics.lead_times.forecast import OpenRack, RackForecast, forecast
from logistics.lead_times.recalibration import Recalibration
from logistics.models import DisruptedLeg, Disruption, DisruptionExpectation, Replan
from logistics.queries.comparison import LATE_YEN
from logistics.queries.kept import kept_facts
from logistics.queries.known_ways import DAY
from logistics.queries.lives import RackLife
from logistics.queries.outlook import open_racks
from logistics.queries.stays import blended_domestic, stage_days, stage_now
from logistics.queries.stops import Ways, ways_from

GROUPS = ("on_the_way", "ready", "in_work")
STRUCK_DAYS = 0.02
"""A rack whose arrival moves by less (half an hour on the average) is not affected."""


def disruption_rows(text: str = "", state: str = "", kind: str = "") -> QuerySet[Disruption]:
    """Disruptions with their legs, the open ones first. Two queries a page."""
    rows = Disruption.objects.prefetch_related(
        Prefetch("struck", DisruptedLeg.objects.select_related("leg__lane").order_by("leg__lane__code", "leg__number"))
    )
    if text:
        rows = rows.filter(Q(number__iendswith=text) | Q(headline__icontains=text) | Q(source__icontains=text))
    if state in ("open", "ended"):
        rows = rows.filter(ended_at__isnull=state == "open")
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-id")


@dataclass(frozen=True, slots=True)
class Window:
    """The end of site receiving of one or more racks: their slowest window, chance of delay, and expected days late
    added up over the racks."""

    p50_at: datetime
    p80_at: datetime
    p_late: float | None
    late_days: float

    @property
    def yen(self) -> float:
        """What those days cost at the assumed price of a day (comparison page)."""
        return self.late_days * LATE_YEN


@dataclass(frozen=True, slots=True)
class Struck:
    """Racks that a disruption strikes together: those of a shipment, or one in work. Windows without it and with it."""

    group: str
    lives: tuple[RackLife, ...]
    before: Window
    after: Window

    @property
    def shipment_id(self) -> int | None:
        return self.lives[0].shipment_id

    @property
    def shipment_number(self) -> str:
        return self.lives[0].shipment_number

    @property
    def more_yen(self) -> float:
        return self.after.yen - self.before.yen


@dataclass(frozen=True)
class Impact:
    """Whom a disruption strikes, the dearest first, and on what the figures stand."""

    as_of: datetime
    rows: tuple[Struck, ...]
    known: Ways
    racks: dict[int, OpenRack]
    """The struck racks as the forecast takes them, by unit id."""
    taught: Recalibration
    """What the model has learnt of its misses."""

    def count(self, group: str) -> int:
        return sum(len(row.lives) for row in self.rows if row.group == group)

    @property
    def more_yen(self) -> float:
        return sum(row.more_yen for row in self.rows)

    @property
    def more_late_days(self) -> float:
        return sum(row.after.late_days - row.before.late_days for row in self.rows)


def impact_of(number: str, as_of: datetime) -> Impact:
    """Whom an open disruption strikes, from two forecasts with the same draws. One query while the record stands, else
    those of `facts_at` too."""
    facts = kept_facts(as_of)
    lives, known = facts.lives, ways_from(facts.ways, as_of, facts.basis)
    scenario = blended_domestic(stage_days(lives, as_of), lives)
    places = {life.unit_id: stay for life in lives if not life.is_received and (stay := stage_now(life, as_of))}
    racks = {int(rack.key): rack for rack in open_racks(lives, places, scenario, known) if _meets(rack, number)}
    mine = [life for life in lives if life.unit_id in racks]
    pairs = [racks[life.unit_id] for life in mine]
    spared = [replace(rack, ways=without(rack.ways, number)) for rack in pairs]
    drawn = drawn_windows([*pairs, *spared], known, facts.taught)
    rows = []
    for group in _together(mine):
        after = together([drawn[mine.index(life)] for life in group])
        before = together([drawn[len(mine) + mine.index(life)] for life in group])
        moved = max(drawn[mine.index(life)].mean - drawn[len(mine) + mine.index(life)].mean for life in group)
        if moved >= STRUCK_DAYS:
            rows.append(Struck(_group_of(group[0]), tuple(group), before, after))
    rows.sort(key=lambda row: (-row.more_yen, GROUPS.index(row.group), row.after.p50_at))
    return Impact(as_of, tuple(rows), known, racks, facts.taught)


def _meets(rack: OpenRack, number: str) -> bool:
    return any(key == number for way in rack.ways for leg in way.legs for key, _holds in leg.stops)


def _group_of(life: RackLife) -> str:
    if life.departed_at is not None:
        return "on_the_way"
    return "ready" if life.sealed_at is not None else "in_work"


def _together(lives: Iterable[RackLife]) -> list[list[RackLife]]:
    """Racks of one shipment together, others alone."""
    found: dict[tuple[str, int], list[RackLife]] = {}
    for life in lives:
        key = ("rack", life.unit_id) if life.shipment_id is None else ("shipment", life.shipment_id)
        found.setdefault(key, []).append(life)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Drawn:
    """One rack's forecast with its mean and its expected days late."""

    row: RackForecast
    mean: float
    late_days: float


def drawn_windows(racks: Sequence[OpenRack], known: Ways, taught: Recalibration) -> list[Drawn]:
    """Forecasts of these racks with their expected days after the need-by day."""
    stops = [stop.as_stop for stop in known.open_stops]
    drawn = forecast(racks, as_of=known.as_of, stops=stops, recalibration=taught)
    found = []
    for rack, row, remaining in zip(racks, drawn.racks, drawn.remaining, strict=True):
        late = 0.0
        if rack.need_by_at is not None:
            late = float(np.maximum(remaining - (rack.need_by_at - known.as_of) / DAY, 0).mean())
        found.append(Drawn(row, float(remaining.mean()), late))
    return found


def together(rows: Sequence[Drawn]) -> Window:
    """The window of racks that travel together."""
    late = [one.row.p_late for one in rows if one.row.p_late is not None]
    return Window(
        max(one.row.p50_at for one in rows),
        max(one.row.p80_at for one in rows),
        max(late, default=None),
        sum(one.late_days for one in rows),
    )


@dataclass(frozen=True)
class DisruptionPage:
    """One disruption: its expectations told so far, and the shipments that were planned anew because of it."""

    disruption: Disruption
    expectations: tuple[DisruptionExpectation, ...]
    replans: tuple[Replan, ...]


REPLANS_SHOWN = 50


def disruption_page(number: str) -> DisruptionPage | None:
    """One disruption by its number. Four queries."""
    row = disruption_rows().filter(number=number).select_related("reported_by").first()
    if row is None:
        return None
    told = row.expectations.select_related("told_by")
    replans = row.replans.select_related("shipment", "was_lane", "lane", "was_carrier", "carrier", "by", "disruption")
    return DisruptionPage(row, tuple(told), tuple(replans[:REPLANS_SHOWN]))
