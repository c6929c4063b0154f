"""The charts of the comparison, each with its note, its footer and its table (compare_tables)."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from logistics.charts import (
    SCREEN,
    Cell,
    CostLine,
    Curve,
    Road,
    Sides,
    Spread,
    Swing,
    Year,
    arrival_curves,
    cost_curves,
    gap_density,
    stage_waterfall,
    storm_months,
    storm_strip,
    tornado,
    variance_bars,
)
from logistics.lead_times.promise import cost_curve
from logistics.lead_times.results import probability_text
from logistics.lead_times.scenarios import stage_title, storm_source
from logistics.lead_times.season import sky_by_month
from logistics.lead_times.sensitivity import Swing as Moved
from logistics.queries.comparison import BATCH_DRAWS, DOMESTIC, ComparePage
from logistics.queries.outlook import PLANT
from logistics.views.saying import in_english

YEN_UNIT = 1_000_000
"""A million: the axis of costs."""
BARS = 8
"""Bars of the tornado: the widest ones."""

Panel = dict[str, Any]


def title_of(facts: ComparePage, name: str) -> str:
    """A scenario's name in the language of the page."""
    scenario = facts.scenarios[name]
    return scenario.title_en if in_english() else scenario.title_ja


def arrive_panel(facts: ComparePage) -> Panel:
    """Cumulative arrivals of domestic and the chosen scenarios against the need-by day."""
    results = [facts.comparison.result(name) for name in facts.drawn]
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
    return _panel("stages", spec, _("Means by stage. Means add up; P50 and P80 do not"), "")


def spread_panel(facts: ComparePage) -> Panel:
    """Each stage's share of the variance, of domestic and the first chosen scenario."""
    language = "en" if in_english() else "ja"
    roads = [
        Spread(title_of(facts, name), [(stage_title(one.key, language), one.variance_share) for one in result.stages])
        for name in (DOMESTIC, facts.main)
        for result in [facts.comparison.result(name)]
    ]
    spec = variance_bars(roads, axis=_("share of the variance"), palette=SCREEN)
    return _panel("spread", spec, _("Shares add up to 100 %"), "")


def promise_panel(facts: ComparePage) -> Panel:
    """Expected cost of one rack by the days promised; the cheapest promise marked."""
    wish = facts.wish
    lines = []
    for name in facts.drawn:
        best = facts.promise(name)
        points = [
            (days, yen / YEN_UNIT)
            for days, yen in cost_curve(facts.comparison.result(name), wish.late_yen, wish.early_yen)
        ]
        words = _("%(days)s days") % {"days": f"{best.days:.1f}"}
        lines.append(CostLine(title_of(facts, name), points, (best.days, best.yen / YEN_UNIT), words))
    spec = cost_curves(lines, axis=(_("promised, days after kit ready"), _("million yen a rack")), palette=SCREEN)
    note = _("The dot is the promise that costs least: P%(level)s = late ÷ (late + early)") % {
        "level": f"{100 * facts.promise(DOMESTIC).level:.1f}"
    }
    return _panel("promise", spec, note, "")


def batch_panel(facts: ComparePage) -> Panel:
    """All racks of the batch by date: the last one counts."""
    curves = [
        Curve(title_of(facts, name), batch.arrived, probability_text(batch.p_all_on_time or 0.0))
        for name in facts.drawn
        for batch in [facts.batches[name]]
    ]
    need = _("needed by %(day)s") % {"day": f"{facts.need_by:%m/%d}"}
    spec = arrival_curves(
        curves,
        need_by=(facts.wish.need_by_days, need),
        axis=_("kit ready → last rack received, calendar days"),
        palette=SCREEN,
        size=(560, 300),
    )
    note = _("The day by which all %(n)d are there; one sky and one licence regime for all") % {"n": facts.wish.racks}
    return _panel("batch", spec, note, _("%(n)s simulated batches") % {"n": f"{BATCH_DRAWS:,}"})


def season_panel(facts: ComparePage) -> Panel:
    """How often a storm stops racks of the batch, by month of kit ready."""
    years = [
        Year(title_of(facts, name), [month.hit for month in facts.seasons[name].months])
        for name in (DOMESTIC, facts.main)
    ]
    spec = storm_months(years, now=facts.start_on.month, axis=_("month of kit ready"), palette=SCREEN)
    note = _("Share of runs in which a storm stops at least one of %(n)d racks; the band is the month compared") % {
        "n": facts.wish.racks
    }
    return _panel("season", spec, note, season_words(facts))


def season_words(facts: ComparePage) -> str:
    """What the worst month does to the domestic batch."""
    season = facts.seasons[DOMESTIC]
    worst = max(season.months, key=lambda month: month.hit)
    return _(
        "Domestic, kits ready in month %(month)d: %(hit)s of the runs are struck, %(racks)s racks stand at once, the"
        " last rack is %(days)s days later. All by the day: %(now)s, without storms %(calm)s."
    ) % {
        "month": worst.month, "hit": f"{100 * worst.hit:.0f} %", "racks": f"{worst.racks_hit:.1f}",
        "days": f"{worst.days_lost:.1f}", "now": f"{100 * worst.p_all_on_time:.0f} %",
        "calm": f"{100 * season.calm.p_all_on_time:.0f} %",
    }  # fmt: skip


def sky_panel(facts: ComparePage) -> Panel:
    """The typhoon season as the model has it: each month's chance of a storm and how long it stops the haul."""
    sky = facts.scenarios[DOMESTIC].risk
    stop = _("%(p50)s d (%(p10)s–%(p90)s)") % stop_days(facts)
    cells = [
        Cell(one.chance, (f"{100 * one.chance:.0f} %", stop if one.storms else "–")) for one in sky_by_month(sky)
    ]  # fmt: skip
    marks = {facts.start_on.month: _("compared")} | {facts.as_of.astimezone(PLANT).month: _("this month")}
    spec = storm_strip(cells, marks=marks, axis=_("month"), palette=SCREEN)
    note = _("Chance of at least one storm that closes the haul; days for which one closes it, P50 (P10–P90)")
    return _panel("sky", spec, note, _sky_sources(facts))


def stop_days(facts: ComparePage) -> dict[str, str]:
    """For how many days one storm closes the haul: P10, P50, P90 as words."""
    stop = facts.scenarios[DOMESTIC].risk.stoppage
    return {"p10": f"{stop.p10:g}", "p50": f"{stop.p50:g}", "p90": f"{stop.p90:g}"}


def _sky_sources(facts: ComparePage) -> SafeString:
    """What both figures stand on, each with its grade."""
    language = "en" if in_english() else "ja"
    grade, source, source_ja = storm_source()
    stop = facts.scenarios[DOMESTIC].risk.stoppage
    stop_source = (stop.source_ja or stop.source) if language == "ja" else stop.source
    one = '{}: <span class="grade" data-grade="{}">{}</span> {}'
    return format_html(
        one + "<br>" + one,
        _("Storms"), grade, grade, source_ja if language == "ja" else source,
        _("Length of a stop"), stop.grade, stop.grade, stop_source,
    )  # fmt: skip


def tornado_panel(facts: ComparePage) -> Panel:
    """What moves the gap between domestic and the first chosen scenario."""
    swings = facts.swings
    spec = tornado(
        [Swing(swing_title(facts, one), one.gap_low, one.gap_high) for one in swings.swings[:BARS]],
        swings.gap,
        axis=_("P50 gap, days"),
        palette=SCREEN,
    )
    note = _("P50 gap to %(name)s, days; the line is the present input") % {"name": title_of(facts, facts.main)}
    return _panel("tornado", spec, note, "")


def swing_title(facts: ComparePage, one: Moved) -> str:
    """An input with the range over which it moves."""
    low, high = f"{one.low_at:g}", f"{one.high_at:g}"
    fixed = {
        "first_pass_fail": _("First-pass failure %(low)s → %(high)s %%")
        % {"low": f"{100 * one.low_at:.0f}", "high": f"{100 * one.high_at:.0f}"},
        "licence": _("Licence review: never → twice as often"),
        "late_vessel": _("Late vessels: never → twice as often"),
        "air_roll": _("Rolled flights: never → twice as often"),
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
