"""Sixty-six racks of the last nine months that stand in Kagoshima: read in as history when they were packed, then sent
on their way by the ordinary operations. Two travel together; a typhoon stopped the ferries for a week.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assembly.models import Build
from assembly.operations.history import PastRack, PastRun, PastTray, import_build_history
from genpin.demo.paces import CRATE, DECIDED, INBOUND_DAYS, INBOUND_SPREAD, Pace, pace_of
from genpin.demo.plan import delivery_day
from genpin.demo.plant import JAPAN, Plant
from genpin.demo.road import RoadRecord
from genpin.demo.shipping import Consignment
from genpin.demo.voyages import MOJI, ROAD, SHIBUSHI, Voyage, voyage
from genpin.master.designs import COMPUTE_PLACES

BATCHES, RACKS = "batches", "past"
"""Names of the streams of chance: the history is the same whatever else the load draws."""
MONTHS_DAYS = 270
QUIET_DAYS = 9
"""The last accepted one left so long ago, at least: later ones are the living racks."""
TYPHOON_ODDS = {9: 1.0, 8: 0.9, 7: 0.7, 6: 0.4, 10: 0.4}
"""Months in the order in which a typhoon is likeliest (leadtime/default_scenarios.json)."""

RACK_HOURS = {
    200: 3.0, 210: 1.5, 220: 1.7, 230: 2.7, 240: 3.1, 250: 1.1, 260: 2.1, 300: 1.5, 310: 4.3, 320: 0.3, 330: 0.6,
    340: 7.5, 350: 73.0, 360: 3.0, 510: 2.0, 520: 1.4,
}  # fmt: skip
TRAY_HOURS = {
    "compute": {100: 0.5, 110: 2.2, 120: 0.4, 130: 0.1, 140: 2.1},
    "switch": {100: 0.4, 110: 0.4, 120: 0.4, 130: 0.1, 140: 1.1},
}
FAULTS = (
    (250, "LEAK", "乾式漏れ試験: 圧力降下が規格を超えた(クイックカプラ)"),
    (330, "NVL", "NVLink: 停止したリンクがある(カートリッジのコネクタ)"),
    (340, "NVL", "all-reduce帯域が下限を下回った"),
    (310, "FW", "ファームウェアの版数が基準と違う"),
    (300, "PWR", "シェルフ1台が検出されない"),
    (360, "GPU", "行リマップが増えた"),
)
TRAY_FAULTS = ((120, "LEAK", "圧力降下が規格を超えた"), (140, "GPU", "DCGM: memory が不合格"))


@dataclass(frozen=True, slots=True)
class Batch:
    """Two racks that travelled together."""

    number: int
    design: str
    racks: int
    packed: datetime
    need_by: date
    way: Voyage


def batches(now: datetime, racks: int, rng: random.Random) -> list[Batch]:
    """When each pair was packed and how it travelled: slowly at first, then twice as fast."""
    leaving, storm = _departures(now, (racks + 1) // 2, rng)
    found = []
    for number, leaves in enumerate(leaving):
        way = _way(rng, leaves, storm)
        slack = 0.0 if storm[0] <= leaves <= storm[1] else rng.uniform(-0.8, 3.0)
        need_by = delivery_day(leaves + timedelta(days=1.6 + slack))
        packed = leaves - timedelta(hours=rng.uniform(5, 30))
        design = "D-20" if number % 5 in (0, 2) else "D-31"
        found.append(Batch(number, design, min(2, racks - 2 * number), packed, need_by, way))
    return found


Storm = tuple[datetime, datetime]


def _departures(now: datetime, count: int, rng: random.Random) -> tuple[list[datetime], Storm]:
    """The trucks' departures, early afternoons; the two nearest to the typhoon leave in its week."""
    first, last = now - timedelta(days=MONTHS_DAYS - 8), now - timedelta(days=QUIET_DAYS)
    storm = typhoon(first, last)
    days = [
        first + (last - first) * ((number + 0.6) / count) ** 0.8 + timedelta(hours=rng.uniform(-30, 30))
        for number in range(count)
    ]
    middle = storm[0] + (storm[1] - storm[0]) / 2
    for place, number in enumerate(sorted(sorted(range(count), key=lambda n: abs(days[n] - middle))[:2])):
        days[number] = storm[0] + timedelta(days=1 + 2 * place)
    leaving = []
    for day in days:
        local = day.astimezone(JAPAN).date()
        if local.weekday() >= 5 and not storm[0] <= day <= storm[1]:
            local += timedelta(days=7 - local.weekday())  # no truck leaves on a weekend
        midnight = datetime.combine(local, datetime.min.time(), JAPAN)
        leaving.append(midnight.astimezone(now.tzinfo) + timedelta(hours=rng.uniform(12.5, 14)))
    return leaving, storm


def typhoon(first: datetime, last: datetime) -> Storm:
    """A week without ferries, in the middle of the likeliest month that lies within."""
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    middle = [day for day in days if 10 <= day.day <= 16] or days
    begin = max(middle, key=lambda day: (TYPHOON_ODDS.get(day.month, 0), day), default=first)
    return begin, begin + timedelta(days=6)


def _way(rng: random.Random, leaves: datetime, storm: Storm) -> Voyage:
    lane = rng.choices((MOJI, SHIBUSHI, ROAD), (5, 3, 2))[0]
    if storm[0] <= leaves <= storm[1]:
        lane = MOJI if lane == ROAD else lane
        return voyage(rng, lane, leaves, late=timedelta(days=(storm[1] - leaves).days + 1))
    late = timedelta()
    if rng.random() < 0.12:
        late = timedelta(days=1) if lane != ROAD else timedelta(hours=7)
    return voyage(rng, lane, leaves, late=late)


def schedule_accepted(plant: Plant, racks: int, seed: int) -> None:
    """Put all of them on the agenda."""
    known = batches(plant.agenda.end, racks, random.Random(f"{seed}/{BATCHES}"))
    shaken = next((batch.number for batch in reversed(known) if batch.way.lane != ROAD), 0)
    for batch in known:
        record = RoadRecord(plant, "shock") if batch.number == shaken else None
        plant.agenda.at(batch.packed, _bring_in, plant, batch, f"{seed}/{RACKS}", record)


def _bring_in(at: datetime, plant: Plant, batch: Batch, stream: str, record: RoadRecord | None) -> None:
    """Import the pair, pack it, plan its shipment, let it travel."""
    rows = past_racks(batch, at, stream)
    builds = plant.call(import_build_history, "plan", at, rows=rows)["builds"]
    serials = list(Build.objects.filter(pk__in=builds).order_by("pk").values_list("unit__serial", flat=True))
    cargo = Consignment(plant, serials, batch.design, batch.need_by, record=record)
    plant.agenda.at(at + timedelta(minutes=20), cargo.pack)
    plant.agenda.at(at + timedelta(minutes=50), cargo.plan, batch.way.lane, batch.way.departed)
    cargo.travel(batch.way)


def past_racks(batch: Batch, at: datetime, stream: str) -> list[PastRack]:
    """The racks of a batch as they were built; `stream` names the chance they were built by."""
    return [_past_rack(pace_of(stream, 2 * batch.number + place, at), batch, place, at) for place in range(batch.racks)]


def _past_rack(pace: Pace, batch: Batch, place: int, at: datetime) -> PastRack:
    """One rack told backwards from its packing: runs of its own and of its trays, a quarter with a failed attempt. The
    first one is inspected and waits for the other one, then both are packed."""
    rng = pace.rng
    failing = rng.choice(FAULTS) if rng.random() < 0.25 else None
    held = {520: pace.drawn(*CRATE)} if place == 0 and batch.racks > 1 else {}
    runs = _runs(pace, at - timedelta(minutes=5 + 7 * place), RACK_HOURS, failing, held)
    rack_start = runs[0].started_at
    inserted = next(run for run in runs if run.number == 230)
    stem = f"NH{2 * batch.number + place:03d}"
    trays = _trays(pace, stem, inserted.started_at - timedelta(hours=pace.wait(230)))
    began = min([rack_start, *(tray.started_at for tray in trays)])
    kit_ready = began - timedelta(days=pace.drawn(INBOUND_DAYS, INBOUND_SPREAD))
    year = kit_ready.year % 100
    return PastRack(
        design_code=batch.design,
        order_number=f"MO-{year:02d}-{40_000 + 2 * batch.number + place}",
        started_at=rack_start,
        completed_at=runs[-1].finished_at,
        location_code="PACK",
        need_by=batch.need_by,
        customer_order_at=kit_ready - timedelta(days=rng.lognormvariate(4.5, 0.2)),
        kit_ready_at=kit_ready,
        runs=runs,
        trays=trays,
    )


def _trays(pace: Pace, stem: str, done: datetime) -> list[PastTray]:
    rng = pace.rng
    places = [(f"CT-{index:02}", "compute") for _ru, _slot, index in COMPUTE_PLACES]
    places += [(f"ST-{index}", "switch") for index in range(9)]
    trays = []
    for number, (position, kind) in enumerate(places):
        failing = rng.choice(TRAY_FAULTS) if kind == "compute" and rng.random() < 0.04 else None
        end = done - timedelta(hours=rng.uniform(0, 14))
        runs = _runs(pace, end, TRAY_HOURS[kind], failing, {})
        serial = f"MT{end:%y}{end.isocalendar()[1]:02d}{stem}{number:02d}"
        trays.append(
            PastTray(position, "" if kind == "compute" else serial, runs[0].started_at, runs[-1].finished_at, runs)
        )
    return trays


def _runs(
    pace: Pace,
    end: datetime,
    hours: dict[int, float],
    failing: tuple[int, str, str] | None,
    held: dict[int, float],
) -> list[PastRun]:
    """Runs told backwards from an end, with waits before each; the failing one has an attempt before it. `held`: hours
    of waiting before an operation, on top."""
    told: list[PastRun] = []
    for number, length in sorted(hours.items(), reverse=True):
        begin = end - timedelta(hours=pace.work(number, length))
        told.append(PastRun(number, begin, end))
        end = begin - timedelta(hours=pace.wait(number) + held.get(number, 0.0))
        if failing is not None and failing[0] == number:
            end -= timedelta(hours=pace.drawn(*DECIDED) * (1 if length > 0.5 else 0.1))
            begin = end - timedelta(hours=length * pace.rng.uniform(0.4, 1.0))
            told.append(PastRun(number, begin, end, "fail", failing[2], failing[1]))
            end = begin - timedelta(hours=pace.wait(number))
    return told[::-1]
