"""After the load the living racks go on: cells report, ferries sail, a soak that is due ends. By the same operations.

Nothing is made up for the time in which the demo did not run: its cells have a gap then, as real ones would."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Sum

from accounts.models import User
from assembly.burn_in.packing import packed
from assembly.models import BurnInRun, TelemetrySample
from assembly.operations.burn_in import stop_burn_in
from assembly.operations.telemetry import SampleBlock, feed_blocks
from genpin.demo.anew import WHOLE
from genpin.demo.plant import JAPAN
from genpin.demo.soaking import samples
from ledger.callers import PLANT_OFFSET_MINUTES, Caller
from ledger.models import Event
from ledger.refusals import Refusal
from logistics.models import Leg, Shipment
from logistics.operations.milestones import Kind, Report, report_milestone

MINUTE = timedelta(minutes=1)
CAUGHT_UP = 12
"""Minutes that are fed at once at most: the load itself lasted some."""


def keep_moving(now: datetime) -> dict[str, int]:
    """One turn; gives what was done. Does nothing in a database without a demo."""
    whole = Event.objects.filter(kind=WHOLE).values_list("payload", flat=True).first()
    if whole is None:
        return {}
    told = whole["told"]
    return {
        "fed": _feed(now, told),
        "ended": _end_soaks(now),
        "reported": sum(_travel(now, shipment) for shipment in _travelling(told)),
    }


def _caller(username: str, now: datetime, key: str, station: str = "") -> Caller:
    return Caller(
        user=User.objects.get(username=username), station=station, at=now, happened_at=now,
        utc_offset=PLANT_OFFSET_MINUTES, door="task", key=f"demo-moves:{key}",
    )  # fmt: skip


# --- cells ------------------------------------------------------------------------------------------------------------


def _feed(now: datetime, told: dict[str, str]) -> int:
    """A sample for every minute since the last one, of every cell but the stale one."""
    open_runs = BurnInRun.objects.filter(ended_at=None).select_related("run__build__design")
    blocks = [
        block
        for run in open_runs.exclude(pk=int(told.get("stale burn-in", "0"))).order_by("pk")
        if (block := _block(run, now, told)) is not None
    ]
    if not blocks:
        return 0
    feed_blocks(caller=_caller("kenji", now, f"feed:{now:%Y%m%d%H%M%S}", "B1"), blocks=blocks)
    return len(blocks)


def _block(run: BurnInRun, now: datetime, told: dict[str, str]) -> SampleBlock | None:
    last = TelemetrySample.objects.filter(burn_in=run).order_by("-at").values_list("at", flat=True).first()
    first = int((last - run.started_at) / MINUTE) + 1 if last else 0
    reached = int((now - run.started_at) / MINUTE)
    first = max(first, reached - CAUGHT_UP + 1)
    if reached < first:
        return None
    seed = int(told.get(f"soak {run.pk}", run.pk))
    values = samples(seed, run.run.build.design.code == "D-31", first, reached - first + 1)
    return SampleBlock(run.pk, run.started_at + first * MINUTE, 60, packed(values))


def _end_soaks(now: datetime) -> int:
    """End those whose clock has run long enough; the operation itself is finished by a person, with a PIN."""
    soaked = Sum(F("intervals__to_at") - F("intervals__from_at"))
    ended = 0
    for run in BurnInRun.objects.filter(ended_at=None).annotate(soaked=soaked).select_related("run"):
        if run.soaked is None or run.soaked < run.soak_minutes_required * MINUTE:
            continue
        try:
            stop_burn_in(caller=_caller("kenji", now, f"stop:{run.pk}", "B1"), build_id=run.run.build_id)
            ended += 1
        except Refusal:
            continue  # somebody was quicker
    return ended


# --- ways -------------------------------------------------------------------------------------------------------------


def _travelling(told: dict[str, str]) -> Iterable[Shipment]:
    """Shipments on their way, without the one of which nothing is heard."""
    rows = Shipment.objects.filter(departure__isnull=False, arrival=None).select_related("departure", "lane")
    return rows.exclude(number=told.get("shipment silent", "")).prefetch_related("lane__legs", "milestones__leg")


def _travel(now: datetime, shipment: Shipment) -> int:
    """Report every end of a leg that is due."""
    legs = {leg.number: leg for leg in shipment.lane.legs.all()}
    known = {(row.leg.number, row.kind): row.happened_at for row in shipment.milestones.all() if row.leg}
    count, at = 0, shipment.departure.at
    for number in sorted(legs):
        steps: tuple[tuple[Kind, datetime | None], ...] = (
            ("leg_departed", _leaves(legs[number], at) if number > 1 else None),
            ("leg_arrived", None),
        )
        for kind, due in steps:
            if kind == "leg_departed" and number == 1:
                continue
            moment = known.get((number, kind)) or due or at + timedelta(hours=float(legs[number].planned_hours))
            if moment > now:
                return count
            if (number, kind) not in known:
                count += _report(now, shipment, number, kind, moment)
            at = moment
    return count


def _leaves(leg: Leg, ready: datetime) -> datetime:
    """Half an hour later, or with the next sailing."""
    ready += timedelta(minutes=30)
    if leg.departs_at is None:
        return ready
    there = datetime.combine(ready.astimezone(JAPAN).date(), leg.departs_at, JAPAN)
    return (there if there >= ready else there + timedelta(days=1)).astimezone(ready.tzinfo)


def _report(now: datetime, shipment: Shipment, number: int, kind: Kind, moment: datetime) -> int:
    report = Report(shipment.pk, kind, moment, leg_number=number, source="edi")
    try:
        report_milestone(caller=_caller("rosa", now, f"{shipment.number}:{number}:{kind}"), report=report)
    except Refusal:
        return 0  # somebody reported it, or reported something else
    return 1
