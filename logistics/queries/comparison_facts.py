"""A comparison as facts that are kept: its wish, its inputs with grades, its figures. Same facts, same bytes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from logistics.lead_times.overlays import InputRow, input_rows
from logistics.lead_times.promise import cost_curve
from logistics.lead_times.season import MonthUnderStorms
from logistics.queries.comparison import BATCH_DRAWS, DOMESTIC, DRAWS, SWING_DRAWS, ComparePage

SCHEMA = 1
DIGITS = 4
"""Decimals that are kept: beyond the noise of the draws."""
POINTS = 90
"""Points of a kept curve: finer than a printer's line over the width of a page."""

Facts = dict[str, Any]


def facts_bytes(page: ComparePage) -> bytes:
    """The facts as JSON: sorted keys, fixed decimals, a line feed at the end."""
    text = json.dumps(_rounded(facts_of(page)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def facts_of(page: ComparePage) -> Facts:
    """All that the report shows."""
    wish = page.wish
    return {
        "schema": SCHEMA,
        "as_of": page.as_of.isoformat(timespec="seconds"),
        "start_on": page.start_on.isoformat(),
        "need_by": page.need_by.isoformat(),
        "need_by_days": wish.need_by_days,
        "racks": wish.racks,
        "late_yen": wish.late_yen,
        "early_yen": wish.early_yen,
        "seed": wish.seed,
        "draws": {"scenario": DRAWS, "batch": BATCH_DRAWS, "bar": SWING_DRAWS},
        "received": page.delivered,
        "open": page.open,
        "drawn": list(page.drawn),
        "moved": {
            "month": wish.month,
            "inbound_p50": wish.inbound_p50,
            "first_pass_yield": None if wish.first_pass_yield is None else round(100 * wish.first_pass_yield),
        },
        "scenarios": [_scenario(page, result.name) for result in page.comparison.results],
        "gap": _thinned(page.comparison.gap(page.main).points),
        "swings": [_swing(one) for one in page.swings.swings],
        "gap_now": page.swings.gap,
        "seasons": [
            {"name": name, "calm": _month(one.calm), "months": [_month(month) for month in one.months]}
            for name, one in page.seasons.items()
        ],
        "record": [{"level": round(100 * row.level), "kept": row.kept, "due": row.due} for row in page.calibration],
    }


def _scenario(page: ComparePage, name: str) -> Facts:
    scenario, result, batch = page.scenarios[name], page.comparison.result(name), page.batches[name]
    best, wish = page.promise(name), page.wish
    told: Facts = {
        "name": name,
        "title_ja": scenario.title_ja,
        "title_en": scenario.title_en,
        "base": scenario.base,
        "grades": scenario.grades,
        **{level: getattr(result, level) for level in ("p50", "p80", "p95", "mean", "p_on_time")},
        "batch": {level: getattr(batch, level) for level in ("p50", "p80", "p95", "p_all_on_time")},
        "best": {"level": best.level, "days": best.days, "yen": best.yen},
        "turn": page.turns.get(name),
        "pair": None,
    }
    if name != DOMESTIC:
        pair = page.comparison.pair(DOMESTIC, name)
        told["pair"] = {
            key: getattr(pair, key) for key in ("p_first_faster", "mean_gap", "p50_gap", "p80_gap", "rests_on_guesses")
        }
    if name in page.drawn:
        told["inputs"] = [_input(row, scenario.own_keys) for row in input_rows(scenario)]
        told["stages"] = [
            {"key": stage.key, "work": stage.work, "wait": stage.wait, "share": stage.variance_share}
            for stage in result.stages
        ]
        told["arrived"] = _thinned(result.arrived)
        told["batch_arrived"] = _thinned(batch.arrived)
        told["cost"] = _thinned(cost_curve(result, wish.late_yen, wish.early_yen))
    return told


def _input(row: InputRow, own: tuple[str, ...]) -> Facts:
    return {
        "key": row.key, "grade": row.grade, "source": row.source, "source_ja": row.source_ja,
        "days": list(row.days) if row.days else None, "value": row.value, "own": row.key in own,
    }  # fmt: skip


def _swing(one: Any) -> Facts:
    names = ("key", "of", "low_at", "high_at", "gap_low", "gap_high")
    p80s = ("first_p80_low", "first_p80_high", "second_p80_low", "second_p80_high")
    return {name: getattr(one, name) for name in (*names, *p80s)}


def _month(one: MonthUnderStorms) -> Facts:
    return {name: getattr(one, name) for name in ("month", "p_all_on_time", "p80", "hit", "racks_hit", "days_lost")}


def _thinned(points: Any) -> list[list[float]]:
    """At most POINTS of a curve, both ends among them."""
    points = list(points)
    if len(points) <= POINTS:
        return [list(point) for point in points]
    places = np.unique(np.linspace(0, len(points) - 1, POINTS).round().astype(int))
    return [list(points[place]) for place in places.tolist()]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0  # no minus zero
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(entry) for entry in value]
    return value
