"""Scenarios of the plant's own: the list, one with its revisions, its form over a base, and its retirement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventory.views.desk import (
    Cell,
    Sheet,
    act,
    choice_filter,
    list_page,
    post_call,
    search_filter,
    stale_words,
    text_of,
)
from ledger.doors import Outcome, call_from_page, new_key
from logistics.comparison_forms import ScenarioForm
from logistics.lead_times.overlays import SWITCH_BY_KEY, SWITCHES, InputRow, input_rows
from logistics.lead_times.scenarios import Scenario, default_scenarios
from logistics.models import OwnScenario, ScenarioRevision
from logistics.operations.scenarios import InputGiven, ScenarioContent, retire_scenario, save_scenario
from logistics.queries.own_scenarios import as_scenario, input_word, scenario_rows, title_in_page
from logistics.views.saying import in_english, reads

RIGHT = "logistics.compare"
COMPARES = permission_required(RIGHT, raise_exception=True)


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((reverse("lead_times"), _("Lead times")),)


@reads
@require_GET
def own_scenarios(request: HttpRequest) -> HttpResponse:
    """The newest revision of each scenario by name."""
    sheet = Sheet(
        name="scenarios",
        heading=_("Scenarios of our own"),
        intro=_("A light overlay on a built-in scenario: only what differs. Every save is a revision; old ones stay."),
        columns=[_("Name"), _("Revision"), _("Base"), _("What differs"), _("Saved at"), _("By"), _("State")],
        rows=scenario_rows(text_of(request, "q"), text_of(request, "state")),
        cells=_cells,
        filters=[
            search_filter(request, _("Name")),
            choice_filter(request, "state", _("State"), [("used", _("In use")), ("retired", _("Retired"))]),
        ],
        acts=act(request, _("New scenario"), reverse("own_scenario_new"), RIGHT, "primary"),
        crumbs=_crumbs(),
    )
    return list_page(request, sheet)


def _cells(row: ScenarioRevision) -> list[Cell]:
    retired = row.scenario.retired_at is not None
    return [
        Cell(row.name, reverse("own_scenario", args=[row.scenario_id])),
        Cell(row.number, css="num"),
        Cell(title_in_page(default_scenarios()[row.base])),
        Cell(", ".join(input_word(one.key) for one in row.inputs.all())),
        Cell(f"{row.saved_at.astimezone():%Y/%m/%d %H:%M}"),
        Cell(row.saved_by.name),
        Cell(_("Retired") if retired else _("In use"), state="void" if retired else "done"),
    ]


@reads
@require_GET
def own_scenario(request: HttpRequest, scenario_id: int) -> HttpResponse:
    """One scenario: a revision (the newest, or `?revision=`) beside its base, and the others."""
    scenario = get_object_or_404(OwnScenario, pk=scenario_id)
    revisions = list(scenario.revisions.select_related("saved_by").prefetch_related("inputs").order_by("-number")[:100])
    asked = request.GET.get("revision", "")
    shown = next((row for row in revisions if str(row.number) == asked), revisions[0])
    base = default_scenarios()[shown.base]
    keeps = request.user.has_perm(RIGHT) and scenario.retired_at is None
    own = {one.key: one for one in shown.inputs.all()}
    context = {
        "scenario": scenario,
        "shown": shown,
        "base": title_in_page(base),
        "state": "void" if scenario.retired_at else "done",
        "word": _("Retired") if scenario.retired_at else _("In use"),
        "rows": overlay_table(base, as_scenario(shown, default_scenarios()), own),
        "revisions": revisions,
        "compare_url": f"{reverse('lead_times')}?against={shown.code}",
        "keeps": keeps,
        "key": new_key(),
    }
    return render(request, "logistics/own_scenario.html", context)


def overlay_table(base: Scenario, scenario: Scenario, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every input: the base's figure beside one's own, with grades and sources."""
    language = "en" if in_english() else "ja"
    return [
        {
            "word": input_word(before.key),
            "base": figures(before),
            "base_grade": before.grade,
            "own": figures(after) if before.key in own else "",
            "grade": after.grade,
            "source": _source(own[before.key], after, language) if before.key in own else before.source_in(language),
            "differs": before.key in own,
        }
        for before, after in zip(input_rows(base), input_rows(scenario), strict=True)
    ]


def _source(row: Any, after: InputRow, language: str) -> str:
    switch = SWITCH_BY_KEY.get(row.switch)
    return (switch.ja if language == "ja" else switch.en) if switch else after.source_in(language)


def figures(row: InputRow) -> str:
    """P10 / P50 / P90 in days, a share in percent, or mean days."""
    if row.days is not None:
        return " / ".join(f"{one:.3g}" for one in row.days)
    assert row.value is not None
    return f"{row.value:.3g}" if row.key == "late_vessel_mean_days" else f"{100 * row.value:.3g} %"


@COMPARES
@require_http_methods(["GET", "POST"])
def own_scenario_new(request: HttpRequest) -> HttpResponse:
    """A new scenario over the base that the address names (`?base=`)."""
    base = default_scenarios().get(request.GET.get("base", ""), default_scenarios()["DOM"])
    return _form_page(request, base, None)


@COMPARES
@require_http_methods(["GET", "POST"])
def own_scenario_edit(request: HttpRequest, scenario_id: int) -> HttpResponse:
    """The next revision, from what the newest says."""
    scenario = get_object_or_404(OwnScenario, pk=scenario_id)
    newest = scenario.revisions.prefetch_related("inputs").get(number=scenario.version)
    return _form_page(request, default_scenarios()[newest.base], newest)


def _form_page(request: HttpRequest, base: Scenario, newest: ScenarioRevision | None) -> HttpResponse:
    rows = input_rows(base)
    inputs = [(row.key, input_word(row.key), row.days is None) for row in rows]
    fitting = [(one.key, one.en if in_english() else one.ja) for one in SWITCHES if one.fits(base)]
    form = ScenarioForm(request.POST or None, inputs=inputs, switches=fitting, initial=_initial(newest))
    outcome, version = Outcome(), newest.number if newest else 0
    if request.method == "POST" and form.is_valid():
        version = _version(request)
        content = _content(form, base)
        pk = newest.scenario_id if newest else 0
        outcome = call_from_page(request, save_scenario, content=content, scenario_id=pk, version=version)
        if outcome.refusal is None:
            messages.success(request, _("The scenario is saved."))
            return redirect("own_scenario", scenario_id=outcome.result.scenario_id)
    context = {
        "form": form,
        "bases": _bases(base) if newest is None else [],
        "base": title_in_page(base),
        "newest": newest,
        "rows": [_form_row(form, row) for row in rows],
        "refusal": outcome.refusal,
        "key": request.POST.get("key") or new_key(),
        **stale_words(form, outcome.refusal, version),
    }
    status = outcome.status if outcome.refusal else 422 if form.errors else 200
    return render(request, "logistics/own_scenario_form.html", context, status=status)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _bases(base: Scenario) -> list[dict[str, Any]]:
    return [
        {"label": title_in_page(one), "url": f"?base={one.name}", "current": one.name == base.name}
        for one in default_scenarios().values()
    ]


def _form_row(form: ScenarioForm, row: InputRow) -> dict[str, Any]:
    fields = [form[f"{part}-{row.key}"] for part in form.parts[row.key]]
    grade, source = form[f"grade-{row.key}"], form[f"source-{row.key}"]
    return {
        "word": input_word(row.key),
        "unit": _("days") if row.days is not None or row.key == "late_vessel_mean_days" else _("0 to 1"),
        "base": figures(row),
        "base_grade": row.grade,
        "source_of_base": row.source_in("en" if in_english() else "ja"),
        "fields": fields,
        "span": 4 - len(fields),
        "grade": grade,
        "source": source,
        "errors": [error for field in (*fields, grade, source) for error in field.errors],
    }


def _initial(newest: ScenarioRevision | None) -> dict[str, Any]:
    """The newest revision as its form; a switch is its box, not its figures."""
    if newest is None:
        return {}
    inputs = list(newest.inputs.all())
    told: dict[str, Any] = {"name": newest.name, "remark": newest.remark}
    told["switches"] = sorted({one.switch for one in inputs if one.switch})
    for one in inputs:
        if one.switch:
            continue
        told |= {f"{part}-{one.key}": _plain(getattr(one, part)) for part in ("p10", "p50", "p90", "value")}
        told |= {f"grade-{one.key}": one.grade, f"source-{one.key}": one.source}
    return told


def _plain(figure: Any) -> Any:
    return None if figure is None else f"{figure.normalize():f}"


def _content(form: ScenarioForm, base: Scenario) -> ScenarioContent:
    told = form.cleaned_data
    return ScenarioContent(
        name=told["name"],
        base=base.name,  # type: ignore[arg-type]
        inputs=[InputGiven(**row) for row in form.given()],
        switches=told["switches"],
        remark=told["remark"],
    )


@require_POST
@COMPARES
def own_scenario_retire(request: HttpRequest, scenario_id: int) -> HttpResponse:
    """Offer it no more."""
    scenario = get_object_or_404(OwnScenario, pk=scenario_id)
    return post_call(
        request, retire_scenario, done=_("The scenario is retired."), to=reverse("own_scenarios"),
        back=(reverse("own_scenario", args=[scenario.pk]), scenario.name), scenario_id=scenario.pk, version=None,
    )  # fmt: skip
