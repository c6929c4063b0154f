"""The cheapest promise, the batch by date and the typhoon months, each against its law or a count by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import vl_convert

from logistics.charts import LIGHT, Cell, storm_strip
from logistics.lead_times.batch import batch_result, last_days
from logistics.lead_times.compare import compare
from logistics.lead_times.promise import best_level, best_promise, cost_curve, cost_of
from logistics.lead_times.scenarios import default_scenarios, with_risk
from logistics.lead_times.season import season, sky_by_month
from logistics.lead_times.sensitivity import break_evens, sensitivity
from logistics.lead_times.weather import HORIZON_DAYS, draw_calendar

SCENARIOS = default_scenarios()
DOM, TAIWAN = SCENARIOS["DOM"], SCENARIOS["TWair"]


def test_the_cheapest_promise_is_the_newsvendors_quantile_and_nothing_near_it_is_cheaper():
    result = compare([DOM], draws=20_000, seed=3).results[0]

    best = best_promise(result, 850_000, 60_000)

    assert best.level == best_level(850_000, 60_000) == pytest.approx(0.934, abs=1e-3)
    assert result.days_at(0.9) < best.days < result.days_at(0.95)
    costs = [cost_of(result, days, 850_000, 60_000) for days in np.linspace(15, 60, 300)]
    assert best.yen <= min(costs) * 1.0005
    assert min(yen for _days, yen in cost_curve(result, 850_000, 60_000)) >= best.yen * 0.9995


def test_expected_cost_is_that_of_the_draws():
    result = compare([DOM], draws=20_000, seed=3, need_by_days=25).results[0]

    assert result.mean_days_late is not None
    assert result.mean_days_early is not None
    by_draws = 3 * result.mean_days_late + 2 * result.mean_days_early
    assert cost_of(result, 25, 3, 2) == pytest.approx(by_draws, rel=1e-4)


def test_batch_by_date_rises_to_its_quantiles():
    last = last_days(DOM, DOM.risk, racks=4, draws=1_000)
    told = batch_result("DOM", 4, last, 30)

    shares = dict(told.arrived)
    assert list(shares.values()) == sorted(shares.values())
    assert told.p_all_on_time == shares[30.0] == np.count_nonzero(last <= 30) / 1_000
    assert told.p50 < told.p80 < told.p95


def test_a_storm_stops_more_than_one_rack_and_winter_is_calm():
    told = season(DOM, DOM.risk, racks=6, need_by_days=30, draws=1_000, seed=2)
    by_month = {month.month: month for month in told.months}

    assert by_month[2].hit < 0.02  # only a rack that is months late meets a storm
    assert by_month[2].p_all_on_time == pytest.approx(told.calm.p_all_on_time, abs=0.002)
    assert by_month[8].hit > 0.15
    assert 1 < by_month[8].racks_hit <= 6  # an independent coin a rack would give hardly more than one (trap 7)
    assert by_month[8].days_lost > 0
    assert by_month[8].mean > told.calm.mean
    assert told.worst.month in (6, 7, 8, 9)


def test_a_sky_without_storms_has_no_season():
    calm = with_risk(DOM, storms_per_month=(0.0,) * 12).risk

    assert {month.p80 for month in season(DOM, calm, racks=2, need_by_days=30, draws=300).months} == {
        season(DOM, calm, racks=2, need_by_days=30, draws=300).calm.p80
    }


def test_switches_of_the_route_are_bars_of_their_own():
    air = {swing.key: swing for swing in sensitivity(DOM, TAIWAN, draws=3_000).swings}
    sea = {swing.key: swing for swing in sensitivity(DOM, SCENARIOS["TWsea"], draws=3_000).swings}

    assert "air_roll" in air and "late_vessel" not in air
    assert "late_vessel" in sea and "air_roll" not in sea
    assert air["air_roll"].second_p80_high > air["air_roll"].second_p80_low
    assert air["air_roll"].first_p80_high == air["air_roll"].first_p80_low
    assert "licence" in air and "storm_month" in air


def test_the_answer_turns_where_it_turns_alone():
    others = [TAIWAN, SCENARIOS["TXair"]]
    turns = break_evens(DOM, others, draws=3_000)

    assert turns["TWair"] == sensitivity(DOM, TAIWAN, draws=3_000).break_even_inbound_p50
    assert turns["TXair"] is None
    assert break_evens(DOM, [replace(DOM, name="twin")], draws=3_000)["twin"] == pytest.approx(5, abs=0.5)


def test_the_strip_of_months_is_what_the_drawn_sky_does():
    """The formulas against the storms that the model itself draws: a month's chance, and the days of a stop."""
    sky, draws = DOM.risk, 20_000
    months = sky_by_month(sky)

    assert [one.month for one in months] == list(range(1, 13))
    assert [one.storms for one in months] == list(sky.storms_per_month)
    calendar = draw_calendar(sky, np.random.default_rng(5), date(2026, 1, 1), draws)
    told = [(storms.closed, storms.iteration, storms.reopened - storms.closed) for storms in calendar]
    july = [iteration[(closed >= 181) & (closed < HORIZON_DAYS)] for closed, iteration, _days in told]
    share = len(np.unique(np.concatenate(july))) / draws
    assert share == pytest.approx(1 - (1 - months[6].chance) ** ((HORIZON_DAYS - 181) / 31), abs=0.012)
    assert months[7].days_stopped / months[7].storms == pytest.approx(
        float(np.concatenate([days for _closed, _iteration, days in told]).mean()), rel=0.03
    )
    assert f"{months[0].chance:.0f} {months[0].days_stopped:.0f}" == "0 0"  # and no minus before it


def test_the_strip_marks_the_month_by_a_pointer_a_word_and_a_frame():
    cells = [Cell(one.chance, (f"{100 * one.chance:.0f} %", "2 d (1–4)")) for one in sky_by_month(DOM.risk)]

    spec = storm_strip(cells, marks={9: "今月"}, axis="月")
    drawing = vl_convert.vegalite_to_svg(json.dumps(spec, allow_nan=False))

    assert "▼ 今月" in drawing and "63 %" in drawing
    assert drawing.count(f'stroke="{LIGHT.ink}"') == 1
    assert "9: 63 %, 2 d (1–4) (今月)" in spec["description"]
