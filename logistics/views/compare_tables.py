"""The tables behind the charts of the comparison: what a chart shows, in figures, for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from logistics.lead_times.overlays import input_rows
from logistics.lead_times.promise import cost_of
from logistics.lead_times.results import probability_text
from logistics.lead_times.scenarios import stage_title
from logistics.lead_times.season import sky_by_month
from logistics.queries.comparison import DOMESTIC, ComparePage
from logistics.queries.own_scenarios import input_word
from logistics.views.compare_charts import stop_days, swing_title, title_of
from logistics.views.saying import in_english
from logistics.views.scenarios import figures

Table = dict[str, Any]
SELDOM = 0.01
"""Below so many struck runs their means are anecdotes and are not shown."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], note: str = "") -> Table:
    """For logistics/_figure_table.html: the first cell of a row heads it, the others are figures."""
    return {"heads": list(heads), "rows": [list(row) for row in rows], "note": note}


def arrive_table(facts: ComparePage) -> Table:
    """Share received by round days, and by the need-by day."""
    results = [facts.comparison.result(name) for name in facts.drawn]
    days = sorted({*range(10, 65, 5), round(facts.wish.need_by_days)})
    rows = [[_day(facts, at), *(_share(result.arrived, at) for result in results)] for at in days]
    return table([_("Day"), *(title_of(facts, name) for name in facts.drawn)], rows)


def batch_table(facts: ComparePage) -> Table:
    """Share of batches that are there whole."""
    days = sorted({*range(20, 85, 5), round(facts.wish.need_by_days)})
    rows = [[_day(facts, at), *(_share(facts.batches[name].arrived, at) for name in facts.drawn)] for at in days]
    last = [
        [level.upper(), *(_later(facts, getattr(facts.batches[name], level)) for name in facts.drawn)]
        for level in ("p50", "p80", "p95")
    ]  # fmt: skip
    return table([_("Day"), *(title_of(facts, name) for name in facts.drawn)], [*rows, *last])


def _day(facts: ComparePage, at: float) -> str:
    day = facts.start_on + timedelta(days=at)
    return _("%(n)d days, %(day)s") % {"n": round(at), "day": f"{day:%m/%d}"}


def _later(facts: ComparePage, days: float) -> str:
    return f"{facts.start_on + timedelta(days=days):%Y/%m/%d} ({days:.1f})"


def _share(curve: Sequence[tuple[float, float]], at: float) -> str:
    days, shares = zip(*curve, strict=True)
    return probability_text(float(np.interp(at, days, shares, left=0.0)))


def gap_table(facts: ComparePage) -> Table:
    """The paired difference: its means and quantile gaps, against each scenario that is drawn."""
    rows = []
    for name in facts.wish.chosen:
        pair = facts.comparison.pair(DOMESTIC, name)
        figures_of = (pair.mean_gap, pair.p50_gap, pair.p80_gap)
        rows.append([title_of(facts, name), probability_text(pair.p_first_faster), *map(signed, figures_of)])
    heads = [_("Against"), _("Chance"), _("Mean difference"), _("P50 gap"), _("P80 gap")]
    return table(heads, rows, _("Days; above zero domestic is faster."))


def stage_table(facts: ComparePage) -> Table:
    """Mean days and share of the variance by stage, of the scenarios that are drawn."""
    language = "en" if in_english() else "ja"
    results = [facts.comparison.result(name) for name in facts.drawn]
    rows = [
        [
            stage_title(stage.key, language),
            *(f"{one.stages[place].mean:.1f} ({100 * one.stages[place].variance_share:.0f} %)" for one in results),
        ]
        for place, stage in enumerate(results[0].stages)
    ]  # fmt: skip
    rows.append([_("Total"), *(f"{result.mean:.1f} (100 %)" for result in results)])
    rows.append([_("of which waiting"), *(f"{100 * result.wait_share:.0f} %" for result in results)])
    heads = [_("Stage"), *(title_of(facts, name) for name in facts.drawn)]
    return table(heads, rows, _("Mean days; in brackets the stage's share of the variance."))


def tornado_table(facts: ComparePage) -> Table:
    """Every input that was moved: the P50 gap and both P80s at either end."""
    rows = [
        [
            swing_title(facts, one), signed(one.gap_low), signed(one.gap_high),
            f"{one.first_p80_low:.1f} → {one.first_p80_high:.1f}",
            f"{one.second_p80_low:.1f} → {one.second_p80_high:.1f}",
        ]
        for one in facts.swings.swings
    ]  # fmt: skip
    p80 = _("P80 %(name)s")
    heads = [
        _("Input"), _("P50 gap, low"), _("P50 gap, high"), p80 % {"name": title_of(facts, DOMESTIC)},
        p80 % {"name": title_of(facts, facts.main)},
    ]  # fmt: skip
    return table(heads, rows)


def promise_table(facts: ComparePage) -> Table:
    """The cheapest promise of each drawn scenario beside P50, P80 and P95."""
    rows = []
    for name in facts.drawn:
        best, result = facts.promise(name), facts.comparison.result(name)
        prices = (facts.wish.late_yen, facts.wish.early_yen)
        others = [cost_of(result, days, *prices) for days in (result.p50, result.p80, result.p95)]
        rows.append([title_of(facts, name), _later(facts, best.days), yen(best.yen), *map(yen, others)])
    heads = [
        _("Scenario"), _("Cheapest promise"), _("Its expected cost"), _("Cost at P50"), _("Cost at P80"),
        _("Cost at P95"),
    ]  # fmt: skip
    return table(heads, rows)


def season_table(facts: ComparePage) -> Table:
    """Every month: how often a storm strikes, how many racks then stand, what it costs the last one."""
    rows = []
    for number in range(12):
        cells = [str(number + 1)]
        for name in (DOMESTIC, facts.main):
            one = facts.seasons[name].months[number]
            told = (f"{one.racks_hit:.1f}", signed(one.days_lost)) if one.hit >= SELDOM else ("–", "–")
            cells += [f"{100 * one.hit:.0f} %", *told, f"{one.p80:.1f}"]
            cells.append(f"{100 * one.p_all_on_time:.0f} %")
        rows.append(cells)
    calm = [facts.seasons[name].calm for name in (DOMESTIC, facts.main)]
    free = [cell for one in calm for cell in ("–", "–", "–", f"{one.p80:.1f}", f"{100 * one.p_all_on_time:.0f} %")]
    rows.append([_("without storms"), *free])
    named = [_("struck"), _("racks stopped"), _("last rack later"), _("P80 of the last"), _("all in time")]
    heads = [_("Month"), *(f"{title_of(facts, name)}: {head}" for name in (DOMESTIC, facts.main) for head in named)]
    return table(heads, rows)


def sky_table(facts: ComparePage) -> Table:
    """Every month of the sky that all scenarios share."""
    stop = "{p10} / {p50} / {p90}".format(**stop_days(facts))
    rows = [
        [
            str(one.month), f"{one.storms:.2f}", f"{100 * one.chance:.0f} %", stop if one.storms else "–",
            f"{one.days_stopped:.1f}",
        ]
        for one in sky_by_month(facts.scenarios[DOMESTIC].risk)
    ]  # fmt: skip
    heads = [
        _("Month"), _("Storms expected"), _("At least one"), _("Days of one stop, P10 / P50 / P90"),
        _("Days stopped, expected"),
    ]  # fmt: skip
    return table(heads, rows, _("One sky for all scenarios. The length of a stop is the same in every month."))


def input_table(facts: ComparePage) -> Table:
    """Every input of the drawn scenarios with the grade of its source."""
    language = "en" if in_english() else "ja"
    by_name = {name: {row.key: row for row in input_rows(facts.scenarios[name])} for name in facts.drawn}
    keys = list(dict.fromkeys(key for rows in by_name.values() for key in rows))
    rows = []
    for key in keys:
        cells: list[Any] = [input_word(key)]
        for name in facts.drawn:
            row = by_name[name].get(key)
            told = row and {"grade": row.grade, "figure": figures(row), "source": row.source_in(language)}
            cells.append({**told, "own": key in facts.scenarios[name].own_keys} if told else None)
        rows.append(cells)
    return {"heads": [_("Input"), *(title_of(facts, name) for name in facts.drawn)], "rows": rows}


def signed(days: float) -> str:
    """+3.3, −4.2, ±0.0."""
    text = f"{abs(days):.1f}"
    return f"±{text}" if text == "0.0" else f"{'+' if days > 0 else '−'}{text}"


def yen(amount: float) -> str:
    """To ten thousand: nobody knows it better."""
    return f"¥{round(amount / 10_000) * 10_000:,}"
