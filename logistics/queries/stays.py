"""From lives to stays: how long each rack was, or is, in each stage of the comparison (MODELS "Lead-time clocks").

A stage lasts from the stop of the stage before it to its own stop (leadtime/MODEL.md 2), so waiting counts to the stage
that follows: waiting for parts to inbound, waiting for a cell to test and burn-in, waiting for the truck to the haul.
An open stay counts as open: "longer than its age".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from logistics.lead_times.record import (
    MEASURED_FROM,
    PSEUDO_STAYS,
    StageStatistics,
    blend,
    stage_statistics,
)
from logistics.lead_times.scenarios import Grade, Scenario, StageInput, Told, default_scenarios, with_risk, with_stages
from logistics.queries.lives import RackLife, Step

DAY = timedelta(days=1)

OWN_STAGES = (
    "kit_ready", "inbound", "assembly", "test_burnin", "repair_retest", "pack", "domestic_haul", "site_receiving",
    "acceptance",
)  # fmt: skip
"""Stages that a rack of the plant passes; `acceptance` lies after the comparison clock."""


STAGE_OF = {
    "kit": "inbound", "tray_build": "assembly", "tray_test": "assembly", "rack_build": "assembly",
    "rack_test": "test_burnin", "burn_in": "test_burnin", "pack": "pack",
}  # fmt: skip
"""Finer stages of the routings → stages of the comparison. Packing ends with the seal of the crate."""


REPAIRED_IN = ("assembly", "test_burnin")
"""Stages out of which repair is taken: its days have a stage of their own."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A rack in a stage. `left_at` None: it is there still. Days are elapsed days, without repair (REPAIRED_IN)."""

    life: RackLife
    stage: str
    entered_at: datetime
    left_at: datetime | None
    days: float


def stays_of(life: RackLife, as_of: datetime) -> list[Stay]:
    """The stays of one rack in the order of the stages. A stage whose start is not known has none."""
    stops = _stops(life)
    stays = []
    for place, (stage, stop) in enumerate(stops[1:], start=1):
        start = stops[place - 1][1]
        later = any(moment is not None for _stage, moment in stops[place + 1 :])
        if start is None or (stop is None and later):
            continue
        end = stop or as_of
        repair = _repair_days(life, start, end) if stage in REPAIRED_IN else 0.0
        stays.append(Stay(life, stage, start, stop, max((end - start) / DAY - repair, 0.0)))
        if stop is None:
            break
    stays += [
        Stay(life, "repair_retest", opened, closed, max(((closed or as_of) - opened) / DAY, 0.0))
        for opened, closed in repair_spells(life)
    ]
    return stays


def _stops(life: RackLife) -> list[tuple[str, datetime | None]]:
    """Each stage with the moment at which it stopped; the first row is the start of the first clock."""
    by_stage: dict[str, list[Step]] = defaultdict(list)
    for step in life.steps:
        by_stage[STAGE_OF.get(step.stage, "assembly")].append(step)
    kit = by_stage["inbound"]
    return [
        ("order", life.ordered_at),
        ("kit_ready", life.kit_ready_at),
        ("inbound", _all_passed(kit) if kit else life.started_at),
        ("assembly", _all_passed([*kit, *by_stage["assembly"]])),
        ("test_burnin", _all_passed(by_stage["test_burnin"])),
        ("pack", life.sealed_at),
        ("domestic_haul", life.arrived_at),
        ("site_receiving", life.received_at),
        ("acceptance", life.accepted_at),
    ]


def _all_passed(steps: Sequence[Step]) -> datetime | None:
    """When the last of these operations passed for the first time; None while one has not."""
    moments = [step.passed_at for step in steps]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


def repair_spells(life: RackLife) -> list[tuple[datetime, datetime | None]]:
    """Stretches in which a nonconformity was open, overlapping ones as one; the end is None while one is open."""
    spells: list[tuple[datetime, datetime | None]] = []
    for opened, closed in sorted(life.repairs, key=lambda repair: repair[0]):
        reached = spells[-1][1] if spells else opened - DAY
        if reached is not None and opened > reached:
            spells.append((opened, closed))
        elif reached is not None:
            spells[-1] = (spells[-1][0], None if closed is None else max(reached, closed))
    return spells


def repairs_within(life: RackLife, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """What of a stretch lies in open nonconformities, overlapping ones counted once."""
    spells = [(max(opened, start), min(closed or end, end)) for opened, closed in repair_spells(life)]
    return [(opened, closed) for opened, closed in spells if closed > opened]


def _repair_days(life: RackLife, start: datetime, end: datetime) -> float:
    return sum((closed - opened for opened, closed in repairs_within(life, start, end)), timedelta()) / DAY


def stage_now(life: RackLife, as_of: datetime) -> Stay | None:
    """Where an open rack is now: in repair when a nonconformity is open, else in its open stay; None when done."""
    open_ones = [stay for stay in stays_of(life, as_of) if stay.left_at is None]
    repairs = [stay for stay in open_ones if stay.stage == "repair_retest"]
    return next(iter(repairs or open_ones), None)


@dataclass(frozen=True, slots=True)
class StageDays:
    """Days of the plant's own stays in one stage: closed ones, ages of open ones, and their statistics."""

    stage: str
    closed: tuple[float, ...]
    open_ages: tuple[float, ...]
    statistics: StageStatistics


def stage_days(lives: Iterable[RackLife], as_of: datetime) -> dict[str, StageDays]:
    """The plant's stays by stage; open stays are counted as open."""
    closed: dict[str, list[float]] = defaultdict(list)
    ages: dict[str, list[float]] = defaultdict(list)
    for life in lives:
        for stay in stays_of(life, as_of):
            (ages if stay.left_at is None else closed)[stay.stage].append(stay.days)
    return {
        stage: StageDays(stage, tuple(closed[stage]), tuple(ages[stage]), stage_statistics(closed[stage], ages[stage]))
        for stage in OWN_STAGES
    }


def blended_domestic(days: dict[str, StageDays], lives: Iterable[RackLife]) -> Scenario:
    """The domestic scenario drawn towards the plant's own stays, from the first closed one on; open ones count too.

    The share of passes that a repair follows is drawn in likewise: repairs out of repairs and racks. The plant's stays
    in the test hold the repeated runs already (only the repair is taken out of them), so the fresh test after a repair
    fades as they replace the default."""
    domestic = default_scenarios()["DOM"]
    inputs = {
        stage: _to_the_quarter_hour(blend(domestic.stages[stage], own.closed, own.open_ages), own)
        for stage, own in days.items()
        if stage in domestic.stages and own.closed
    }
    repairs = [len(repair_spells(life)) for life in lives if _has_tested(life)]
    weight = PSEUDO_STAYS["C"]
    share = (sum(repairs) + weight * domestic.risk.first_pass_fail) / (sum(repairs) + len(repairs) + weight)
    again = weight / (weight + len(days["test_burnin"].closed))
    drawn = with_risk(with_stages(domestic, inputs), first_pass_fail=round(share, 4), test_again=round(again, 4))
    if not repairs:
        return drawn
    grade: Grade = "A" if len(repairs) >= MEASURED_FROM else "C"
    told: Told = (grade, f"Own first passes, n = {len(repairs)}", f"自社の初回試験 n = {len(repairs)}")
    return replace(drawn, told={"first_pass_fail": told})


def _to_the_quarter_hour(given: StageInput, own: StageDays) -> StageInput:
    """Hundredths of a day: nobody measures stays better, and an open rack a minute older asks for no new draws. The
    source says how many stays it stands on."""
    p10, p50, p90 = (max(round(days, 2), 0.01) for days in (given.p10, given.p50, given.p90))
    waits = None if given.wait_share is None else round(given.wait_share, 3)
    closed, open_ones = len(own.closed), len(own.open_ages)
    return replace(
        given,
        p10=p10,
        p50=p50,
        p90=p90,
        wait_share=waits,
        source=f"Own stays: {closed} closed, {open_ones} open",
        source_ja=f"自社実績 完了 {closed}・進行中 {open_ones}",
    )


def _has_tested(life: RackLife) -> bool:
    return dict(_stops(life))["test_burnin"] is not None
