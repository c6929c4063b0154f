"""The four charts of the comparison, each with its note and footer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from logistics.charts import SCREEN, Curve, Road, Sides, Swing, arrival_curves, gap_density, stage_waterfall, tornado
from logistics.lead_times.results import probability_text
from logistics.lead_times.scenarios import stage_title
from logistics.lead_times.sensitivity import Swing as Moved
from logistics.queries.comparison import DOMESTIC, ComparePage
from logistics.views.saying import in_english

BARS = 6
"""Bars of the tornado: the widest ones."""

Panel = dict[str, Any]


def title_of(facts: ComparePage, name: str) -> str:
    """A scenario's name in the language of the page."""
    scenario = facts.scenarios[name]
    return scenario.title_en if in_english() else scenario.title_ja


def arrive_panel(facts: ComparePage) -> Panel:
    """Cumulative arrivals of domestic and the chosen scenarios against the need-by day."""
    names = (DOMESTIC, *facts.wish.chosen)
    results = [facts.comparison.result(name) for name in names]
    curves = [
        Curve(title_of(facts, result.name), result.arrived, probability_text(result.p_on_time or 0.0))
        for result in results
    ]
    need = _("needed by %(day)s") % {"day": f"{facts.need_by:%m/%d}"}
    spec = arrival_curves(
        curves,
        need_by=(facts.wish.need_by_days, need),
        axis=_("kit ready → site receiving, calendar days"),
        palette=SCREEN,
    )
    footer = _("n = %(done)d received + %(open)d open (open racks are counted) · as of %(day)s") % {
        "done": facts.delivered, "open": facts.open, "day": f"{facts.as_of:%Y/%m/%d}",
    }  # fmt: skip
    return _panel("arrive", spec, _("Share received within so many days"), footer)


def faster_panel(facts: ComparePage) -> Panel:
    """The paired difference between domestic and the first chosen scenario."""
    pair = facts.comparison.pair(DOMESTIC, facts.main)
    other = title_of(facts, facts.main)
    sides = Sides(
        first=_("domestic faster %(p)s") % {"p": probability_text(pair.p_first_faster)},
        second=_("%(name)s faster %(p)s") % {"name": other, "p": probability_text(1 - pair.p_first_faster)},
        axis=_("%(name)s − domestic, days") % {"name": other},
    )
    spec = gap_density(facts.comparison.gap(facts.main).points, sides, palette=SCREEN)
    return _panel("faster", spec, _("Difference in the same run"), "")


def stages_panel(facts: ComparePage) -> Panel:
    """Mean days by stage of domestic and the first chosen scenario."""
    language = "en" if in_english() else "ja"
    roads = [
        Road(title_of(facts, name), [(stage_title(one.key, language), one.work, one.wait) for one in result.stages])
        for name in (DOMESTIC, facts.main)
        for result in [facts.comparison.result(name)]
    ]
    spec = stage_waterfall(roads, axis=_("days"), difference=_("difference"), palette=SCREEN)
    return _panel("stages", spec, "", "")


def tornado_panel(facts: ComparePage) -> Panel:
    """What moves the gap between domestic and the first chosen scenario."""
    swings = facts.swings[facts.main]
    spec = tornado(
        [Swing(_swing_title(facts, one), one.gap_low, one.gap_high) for one in swings.swings[:BARS]],
        swings.gap,
        axis=_("P50 gap, days"),
        palette=SCREEN,
    )
    note = _("P50 gap to %(name)s, days; the line is the present input") % {"name": title_of(facts, facts.main)}
    return _panel("tornado", spec, note, "")


def _swing_title(facts: ComparePage, one: Moved) -> str:
    low, high = f"{one.low_at:g}", f"{one.high_at:g}"
    fixed = {
        "first_pass_fail": _("First-pass failure %(low)s → %(high)s %%")
        % {"low": f"{100 * one.low_at:.0f}", "high": f"{100 * one.high_at:.0f}"},
        "licence": _("Licence review: never → twice as often"),
        "departure": _("Missed departures: never → twice as often"),
        "storm_month": _("Storms: February → September"),
    }
    if one.key in fixed:
        return fixed[one.key]
    where = f"{title_of(facts, one.of)} " if one.of else ""
    low, high = f"{one.low_at:.1f}", f"{one.high_at:.1f}"
    days = _("%(low)s → %(high)s days") % {"low": low, "high": high}
    return f"{where}{stage_title(one.key, 'en' if in_english() else 'ja')} {days}"


def _panel(key: str, spec: dict[str, Any], note: str, footer: str) -> Panel:
    chart = {"id": key, "spec": spec, "label": spec["description"]}
    return {"title": "", "note": note, "chart": chart, "footer": footer}
