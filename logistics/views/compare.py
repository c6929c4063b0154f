"""Build here or overseas: the comparison page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.views.reading import exported
from ledger.doors import new_key
from logistics.comparison_forms import CompareForm, wish_of
from logistics.lead_times.record import MEASURED_FROM
from logistics.lead_times.results import ScenarioResult, probability_text
from logistics.lead_times.scenarios import stage_title
from logistics.queries.comparison import (
    BATCH_DRAWS,
    DOMESTIC,
    DRAWS,
    SWING_DRAWS,
    ComparePage,
    compare_page,
    shown_inbound,
    shown_yield,
)
from logistics.queries.outlook import PLANT
from logistics.queries.own_scenarios import choices_for
from logistics.queries.stays import OWN_STAGES
from logistics.queries.working_stays import PLANT_STAGES
from logistics.views import compare_tables as tables
from logistics.views.compare_charts import (
    arrive_panel,
    batch_panel,
    faster_panel,
    promise_panel,
    season_panel,
    sky_panel,
    spread_panel,
    stages_panel,
    title_of,
    tornado_panel,
)
from logistics.views.saved_comparisons import save_fields
from logistics.views.saying import in_english, reads


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Distributions of all scenarios on one clock; inputs by a GET form, so that an address is a comparison."""
    own = choices_for(request.GET.getlist("against"))
    form = CompareForm(request.GET or None, own=own)
    wish = wish_of(form)
    facts = compare_page(wish, timezone.now())
    file = exported(request, "lead-times", _heading(), _rows(facts))
    if file is not None:
        return file  # type: ignore[no-any-return]
    return render(request, "logistics/compare.html", _context(request, form, facts, own), status=_status(form))


def _status(form: CompareForm) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200


def _context(request: HttpRequest, form: CompareForm, facts: ComparePage, own: list[tuple[str, str]]) -> dict[str, Any]:
    query = request.GET.copy()
    query["export"] = "csv"
    return {
        "title": _("Build the next %(n)d here or overseas?") % {"n": facts.wish.racks},
        "summary": _summary(facts),
        "acts": [
            {"label": _("Scenarios of our own"), "url": reverse("own_scenarios"), "icon": "", "kind": ""},
            {"label": _("Saved comparisons"), "url": reverse("saved_comparisons"), "icon": "", "kind": ""},
            {"label": _("Racks over time"), "url": reverse("gantts"), "icon": "", "kind": ""},
            {"label": _("Days by lane and month"), "url": reverse("ridges"), "icon": "", "kind": ""},
            {"label": _("Record of forecasts"), "url": reverse("forecast_record"), "icon": "", "kind": ""},
            {"label": "CSV", "url": "?" + query.urlencode(), "icon": "export", "kind": ""},
        ],
        "form": _shown(request, form, facts, own),
        "state": "late" if _is_close(facts) else "info",
        "verdict": _verdict(facts),
        "caution": _caution(facts),
        "arrive": arrive_panel(facts) | {"table": tables.arrive_table(facts)},
        "faster": faster_panel(facts) | {"table": tables.gap_table(facts)},
        "stages": stages_panel(facts) | {"table": tables.stage_table(facts)},
        "spread": spread_panel(facts),
        "tornado": tornado_panel(facts) | {"table": tables.tornado_table(facts)},
        "promise": promise_panel(facts) | {"table": tables.promise_table(facts)},
        "batch_chart": batch_panel(facts) | {"table": tables.batch_table(facts)},
        "season": season_panel(facts) | {"table": tables.season_table(facts)},
        "sky": sky_panel(facts) | {"table": tables.sky_table(facts)},
        "save": save_fields(facts.wish) if request.user.has_perm("logistics.compare") else None,
        "save_key": new_key(),
        "inputs": tables.input_table(facts),
        "pairs": [_pair(facts, name) for name in _all_others(facts)],
        "promises": [_promise(facts, result) for result in facts.comparison.results],
        "need_by": facts.need_by,
        "batch": facts.wish.racks,
        "footer": _footer(facts),
        "basis": _basis(facts),
        "own_stages": _own_stages(facts),
        "working": _working_words(facts),
    }


def _shown(request: HttpRequest, form: CompareForm, facts: ComparePage, own: list[tuple[str, str]]) -> CompareForm:
    """The form with the figures that stand where the address left them out, so that every slider stands somewhere."""
    if not form.is_bound:
        return CompareForm(_initial(facts), own=own)
    if not form.is_valid():
        return form
    told = request.GET.copy()
    for name, value in _initial(facts).items():
        if name in CompareForm.SLIDERS and not told.get(name):
            told[name] = str(value)
    return CompareForm(told, own=own)


def _initial(facts: ComparePage) -> dict[str, Any]:
    wish, home = facts.wish, facts.scenarios[DOMESTIC]
    return {
        "racks": wish.racks,
        "need_by_days": round(wish.need_by_days),
        "month": "",
        "late_yen": wish.late_yen,
        "early_yen": wish.early_yen,
        "inbound_p50": shown_inbound(home),
        "first_pass_yield": shown_yield(home),
        "against": list(wish.chosen),
    }


def _summary(facts: ComparePage) -> list[str]:
    return [
        _("kit ready %(day)s → end of site receiving") % {"day": f"{facts.start_on:%Y/%m/%d}"},
        _("needed by %(day)s (%(n)d days)") % {"day": f"{facts.need_by:%Y/%m/%d}", "n": round(facts.wish.need_by_days)},
        _("%(n)s simulated runs, seed %(seed)d") % {"n": f"{DRAWS:,}", "seed": facts.wish.seed},
    ]


def _is_close(facts: ComparePage) -> bool:
    return 0.35 < facts.comparison.pair(DOMESTIC, facts.main).p_first_faster < 0.65


def _verdict(facts: ComparePage) -> SafeString:
    pair = facts.comparison.pair(DOMESTIC, facts.main)
    figure = format_html("<em>{}</em>", probability_text(pair.p_first_faster, rests_on_guesses=pair.rests_on_guesses))
    sentence = _("The chance that domestic is faster than %(other)s is {figure}.") % {
        "other": title_of(facts, facts.main)
    }
    turn = facts.turns[facts.main]
    more = (
        _("The answer turns when domestic inbound passes %(days)s days.") % {"days": f"{turn:.1f}"}
        if turn is not None
        else _("Domestic inbound alone, between its P10 and P90, does not turn the answer.")
    )
    return format_html(sentence + " {more}", figure=figure, more=more)


def _caution(facts: ComparePage) -> str:
    grades = facts.scenarios[DOMESTIC].grades
    own = sum(len(facts.days[stage].closed) >= MEASURED_FROM for stage in OWN_STAGES if stage in facts.days)
    return _(
        "Of %(all)d domestic inputs %(guessed)d are of grade C (assumed); %(own)d stages rest on the plant's own stays."
        " Chances are in steps of 5 %%. Means add up, quantiles do not."
    ) % {"all": sum(grades.values()), "guessed": grades["C"], "own": own}


def _all_others(facts: ComparePage) -> list[str]:
    """The chosen ones first, then the rest."""
    rest = [result.name for result in facts.comparison.results if result.name not in (DOMESTIC, *facts.wish.chosen)]
    return [*facts.wish.chosen, *rest]


def _pair(facts: ComparePage, name: str) -> dict[str, Any]:
    pair = facts.comparison.pair(DOMESTIC, name)
    turn = facts.turns.get(name)
    words = _("inbound %(days)s days") % {"days": f"{turn:.1f}"} if turn is not None else ""
    return {
        "name": title_of(facts, name),
        "probability": pair.p_first_faster,
        "mean": pair.mean_gap,
        "turn": words if name in facts.turns else _("not computed"),
    }


def _promise(facts: ComparePage, result: ScenarioResult) -> dict[str, Any]:
    batch = facts.batches[result.name]
    late, early = result.mean_days_late or 0.0, result.mean_days_early or 0.0
    best = facts.promise(result.name)
    home = result.name == DOMESTIC
    return {
        "name": title_of(facts, result.name),
        "chosen": home,
        "p50": result.p50,
        "p80": result.p80,
        "p95": result.p95,
        "date": facts.start_on + timedelta(days=result.p80),
        "on_time": result.p_on_time,
        "all_on_time": batch.p_all_on_time,
        "cost": round((late * facts.wish.late_yen + early * facts.wish.early_yen) / 10_000) * 10_000,
        "best": facts.start_on + timedelta(days=best.days),
        "best_level": f"P{100 * best.level:.0f}",
        "grades": result.grades,
        "borrowed": _borrowed(facts, result.name),
    }


def _borrowed(facts: ComparePage, name: str) -> str:
    """That a scenario rests on no rack of ours: neither domestic nor one of our own figures."""
    scenario = facts.scenarios[name]
    return "" if name == DOMESTIC or scenario.base else _("no rack of ours: defaults only")


def _footer(facts: ComparePage) -> str:
    told = _("Cost of one rack: ¥%(late)s a day late, ¥%(early)s a day early (assumed). All %(n)d: %(draws)s runs.") % {
        "late": f"{facts.wish.late_yen:,}", "early": f"{facts.wish.early_yen:,}", "n": facts.wish.racks,
        "draws": f"{BATCH_DRAWS:,}",
    }  # fmt: skip
    record = [row for row in facts.calibration if row.due]
    if not record:
        return told + " " + _("No forecast has come true yet: nothing is known of how good they are.")
    words = ", ".join(f"P{round(100 * row.level)} {row.kept}/{row.due}" for row in record)
    return told + " " + _("Forecasts kept, of those fallen due: %(levels)s.") % {"levels": words}


def _basis(facts: ComparePage) -> str:
    """What every figure of the page stands on: runs, seed, day, record."""
    return _(
        "%(draws)s runs a scenario, %(swings)s a bar, %(batches)s batches; seed %(seed)d; as of %(day)s;"
        " n = %(done)d received + %(open)d open racks"
    ) % {
        "draws": f"{DRAWS:,}", "swings": f"{SWING_DRAWS:,}", "batches": f"{BATCH_DRAWS:,}", "seed": facts.wish.seed,
        "day": f"{facts.as_of.astimezone(PLANT):%Y/%m/%d %H:%M}", "done": facts.delivered, "open": facts.open,
    }  # fmt: skip


def _own_stages(facts: ComparePage) -> list[dict[str, Any]]:
    """The plant's own stays: n closed and open, quantiles, working days beside them, and whether they are used."""
    return [
        {
            "stage": title_of_stage(stage),
            "closed": own.statistics.n_closed,
            "open": own.statistics.n_open,
            "p50": own.statistics.p50,
            "p80": own.statistics.p80,
            "p95": own.statistics.p95,
            "working": facts.working.get(stage),
            "no_working": _no_working(facts, stage),
            "borrowed": own.statistics.is_borrowed,
            "aside": stage == "kit_ready" or stage not in facts.scenarios[DOMESTIC].stages,
        }
        for stage, own in facts.days.items()
    ]


def _no_working(facts: ComparePage, stage: str) -> str:
    """Why a stage has no working days; blank where it has them."""
    if stage not in PLANT_STAGES:
        return _("calendar days only")
    if facts.calendar is None:
        return _("no calendar released")
    return "" if stage in facts.working else _("no stays yet")


def _working_words(facts: ComparePage) -> str:
    """By which calendar working days are counted."""
    if facts.calendar is None:
        return _("Working days: no calendar of the plant is released.")
    return _(
        "Working days: what of these days falls on working days of %(calendar)s. Kit ready, the haul and the site are"
        " in calendar days only."
    ) % {"calendar": facts.calendar}


def title_of_stage(key: str) -> str:
    """A stage of the comparison in words."""
    if key == "acceptance":
        return _("Acceptance")
    return stage_title(key, "en" if in_english() else "ja")


def _heading() -> list[str]:
    return [
        _("Scenario"),
        "P50",
        "P80",
        "P95",
        _("Mean days"),
        _("Chance to be in time"),
        _("Chance that domestic is faster"),
        _("Cheapest promise, days"),
        _("All in time"),
        _("Runs"),
        _("Seed"),
    ]


def _rows(facts: ComparePage) -> Any:
    for result in facts.comparison.results:
        faster = "" if result.name == DOMESTIC else facts.comparison.pair(DOMESTIC, result.name).p_first_faster
        chances = (result.p_on_time, faster)
        figures = [result.p50, result.p80, result.p95, result.mean, *chances]
        figures += [facts.promise(result.name).days, facts.batches[result.name].p_all_on_time]
        told = [f"{one:.2f}" if isinstance(one, float) else "" for one in figures]
        yield [title_of(facts, result.name), *told, facts.comparison.draws, facts.comparison.seed]
