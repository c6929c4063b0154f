"""Vectorised Monte-Carlo of the road of one rack: kit ready → end of site receiving, in elapsed days."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .scenarios import Risk, Scenario, StageInput
from .shape import Days, days_at, log_days_at, normal_score
from .stages import CLOCK, ROW
from .streams import Streams, normals, uniforms
from .weather import Calendar, draw_calendar, stoppage_days

Rows = NDArray[np.float32]
"""Days by stage (rows in the order of CLOCK) and draw (columns)."""

_OWN = tuple(stage.key for stage in CLOCK if not stage.shared and not stage.is_risk)
_RISKS = tuple(stage.key for stage in CLOCK if stage.is_risk)
_BEFORE_HAUL = ROW["domestic_haul"]
_BEFORE_SITE = ROW["site_wait"]


@dataclass(frozen=True, slots=True)
class Common:
    """What all scenarios of one comparison share, drawn once: weather, licence regime, site."""

    streams: Streams
    draws: int
    calendar: Calendar
    licence: Days
    """Uniform: one regime for all overseas sources."""
    receiving: Days
    """Normal scores of the site's receiving crew."""
    site: Days
    """Normal scores of the site's readiness."""


def draw_common(risk: Risk, *, draws: int, seed: int, start_on: date | None) -> Common:
    """Shared draws. `risk` gives the storm rates; kit is ready on `start_on` (None: any day of the year)."""
    streams = Streams(seed)
    return Common(
        streams=streams,
        draws=draws,
        calendar=draw_calendar(risk, streams.at("common", "weather"), start_on, draws),
        licence=uniforms(streams.at("common", "licence"), draws),
        receiving=normals(streams.at("common", "site_receiving"), draws),
        site=normals(streams.at("common", "site_ready"), draws),
    )


def empty_rows(draws: int) -> Rows:
    """Memory for the days by stage of one scenario; may be reused for the next one."""
    return np.zeros((len(CLOCK), draws), dtype=np.float32)


def simulate(scenario: Scenario, common: Common, rows: Rows, rack: str = "") -> Days:
    """Fill `rows` with the days by stage and return the days of the whole clock, their sum.

    Stages take their own streams, named by scenario and stage; `rack` tells racks of one batch apart.
    """
    name = scenario.name + rack
    for key in _RISKS:
        rows[ROW[key]] = 0
    for key in _OWN:
        _own_stage(scenario, common.streams, (name, key), rows[ROW[key]])
    _risks(scenario, common, name, rows)

    clock: Days = rows[:_BEFORE_HAUL].sum(axis=0)
    haul = rows[ROW["domestic_haul"]]
    rows[ROW["stoppage"]] = stoppage_days(common.calendar, clock, haul)
    clock += haul
    clock += rows[ROW["stoppage"]]
    _site(scenario, common, rack, clock, rows)
    clock += rows[_BEFORE_SITE]
    clock += rows[ROW["site_receiving"]]
    return clock


def _own_stage(scenario: Scenario, streams: Streams, path: tuple[str, str], out: Days) -> None:
    entry = scenario.stages.get(path[1])
    if entry is None:
        out.fill(0)
        return
    streams.at(*path).standard_normal(dtype=np.float32, out=out)
    if path[1] == "repair_retest":
        rework(scenario, streams.at(*path, "more"), out)
        return
    log_days_at(entry.shape, out)
    if path[1] == "inbound":
        _wait_for_slowest(scenario, streams.at(*path, "families"), out)
    np.exp(out, out=out)


def rework(scenario: Scenario, more: Generator, out: Days) -> None:
    """Failed passes are geometric; each adds a repair and a fresh test (MODEL 3: a loop, not a longer test), of which
    `Risk.test_again` is what the stays in the test do not hold.

    `out` holds the normal scores of the first repair and takes the days.
    """
    share = scenario.risk.first_pass_fail
    failed = np.flatnonzero(uniforms(more, len(out)) < share)
    scores = out[failed]
    out.fill(0)
    while len(failed):
        days = days_at(scenario.stages["repair_retest"].shape, scores)
        again = days_at(scenario.stages["test_burnin"].shape, normals(more, len(failed)))
        days += again * np.float32(scenario.risk.test_again)
        out[failed] += days
        failed = failed[uniforms(more, len(failed)) < share]
        scores = normals(more, len(failed))


def _wait_for_slowest(scenario: Scenario, stream: Generator, log_days: Days) -> None:
    """AND-merge: assembly starts when the slowest component family is in. Never a sum, never a max of medians."""
    for family in scenario.families:
        np.maximum(log_days, log_days_at(family.shape, normals(stream, len(log_days))), out=log_days)


def _risks(scenario: Scenario, common: Common, name: str, rows: Rows) -> None:
    """Licence review for all overseas sources at once; a rolled flight or a late vessel each on its own route."""
    if not scenario.is_overseas:
        return
    rows[ROW["licence"]] = review_days(scenario.risk, common.licence)
    chance = uniforms(common.streams.at(name, "departure"), common.draws)
    if scenario.transport == "air":
        rows[ROW["wait_departure"]] += roll_days(scenario.risk, chance)
    else:
        rows[ROW["late_vessel"]] = late_vessel_days(scenario.risk, chance)


def review_days(risk: Risk, chance: Days) -> Days:
    """Days of an export licence or review; `chance` is uniform and says both whether and how long."""
    return _sometimes(risk.licence_share, risk.licence, chance)


def roll_days(risk: Risk, chance: Days) -> Days:
    """Days lost to a rolled flight; `chance` is uniform."""
    return _sometimes(risk.air_roll_share, risk.air_roll, chance)


def late_vessel_days(risk: Risk, chance: Days) -> Days:
    """Days for which the vessel is late, exponential where it is late at all; `chance` is uniform."""
    days = np.zeros_like(chance)
    late = np.flatnonzero(chance < risk.late_vessel_share)
    depth = np.log((chance[late] + np.float32(1e-9)) / np.float32(risk.late_vessel_share or 1))
    days[late] = np.maximum(depth * np.float32(-risk.late_vessel_mean_days), 0)
    return days


def _sometimes(share: float, spread: StageInput, chance: Days) -> Days:
    """`spread` with probability `share`, else none. One uniform for whether and how long: smooth under a slider."""
    days = np.zeros_like(chance)
    hit = np.flatnonzero(chance < share)
    if len(hit):
        within = np.clip((chance[hit].astype(np.float64) + 2.0**-25) / share, 1e-9, 1 - 1e-9)
        days[hit] = days_at(spread.shape, normal_score(within).astype(np.float32))
    return days


def _site(scenario: Scenario, common: Common, rack: str, arrived: Days, rows: Rows) -> None:
    """AND-merge with the site's readiness, then receiving. Racks of one batch are received one by one."""
    if scenario.site_ready is not None:
        ready = days_at(scenario.site_ready.shape, common.site.copy())
        rows[ROW["site_wait"]] = np.maximum(ready - arrived, 0)
    receiving = scenario.stages["site_receiving"].shape
    scores = normals(common.streams.at("common", "site_receiving", rack), common.draws) if rack else common.receiving
    rows[ROW["site_receiving"]] = days_at(receiving, scores.copy())
