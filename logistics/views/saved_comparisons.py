"""Comparisons that were saved: the list, one with its answers and its report, and the act of saving."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inventory.views.desk import Cell, Sheet, list_page, search_filter, text_of
from ledger.doors import call_from_page, new_key
from logistics.comparison_forms import CompareForm, wish_of
from logistics.documents.comparison_sheet import ComparisonSheet, ReportScenario
from logistics.models import SavedComparison
from logistics.operations.comparisons import ComparisonAsked, save_comparison
from logistics.queries.comparison import CompareWish
from logistics.queries.own_scenarios import choices_for
from logistics.queries.saved_comparisons import asked_again, comparison_sheet, saved_rows
from logistics.views.saying import reads

RIGHT = "logistics.compare"


@reads
@require_GET
def saved_comparisons(request: HttpRequest) -> HttpResponse:
    """Saved comparisons, the newest first."""
    sheet = Sheet(
        name="comparisons",
        heading=_("Saved comparisons"),
        intro=_("Each keeps its inputs with their grades, its seed and its figures; its report is pressed from them."),
        columns=[_("Number"), _("Name"), _("As of"), _("By")],
        rows=saved_rows(text_of(request, "q")),
        cells=_cells,
        filters=[search_filter(request, _("Number or name"))],
        crumbs=((reverse("lead_times"), _("Lead times")),),
    )
    return list_page(request, sheet)


def _cells(row: SavedComparison) -> list[Cell]:
    return [
        Cell(row.number, reverse("saved_comparison", args=[row.number]), "code"),
        Cell(row.name),
        Cell(f"{row.as_of.astimezone():%Y/%m/%d %H:%M}"),
        Cell(row.saved_by.name),
    ]


@reads
@require_GET
def saved_comparison(request: HttpRequest, number: str) -> HttpResponse:
    """What one answered, on what it stood, and its report."""
    row = get_object_or_404(SavedComparison.objects.select_related("saved_by"), number=number)
    sheet, language = comparison_sheet(row.pk), get_language() or "ja"
    again = f"{reverse('lead_times')}?{urlencode(asked_again(row), doseq=True)}"
    context = {
        "row": row,
        "facts": _facts(sheet, language),
        "scenarios": [_scenario(one, language) for one in sheet.scenarios],
        "inputs": [
            {
                "name": one.title.say(language),
                "rows": [
                    {
                        "word": given.title.say(language), "figure": given.figures, "grade": given.grade,
                        "source": given.source.say(language), "own": given.own,
                    }
                    for given in one.inputs
                ],
            }
            for one in sheet.scenarios[: sheet.drawn]
        ],
        "again": again,
        "may_print": request.user.has_perm("documents.print"),
        "may_issue": request.user.has_perm("documents.issue"),
        "key": new_key(),
    }  # fmt: skip
    return render(request, "logistics/saved_comparison.html", context)


def _facts(sheet: ComparisonSheet, language: str) -> list[dict[str, Any]]:
    main = sheet.scenarios[1]
    runs = _("%(draws)s runs a scenario, %(batches)s batches, seed %(seed)d") % {
        "draws": f"{sheet.draws:,}", "batches": f"{sheet.batch_draws:,}", "seed": sheet.seed,
    }  # fmt: skip
    return [
        {"label": _("Chance that domestic is faster"), "value": f"{main.faster} ({main.title.say(language)})"},
        {"label": _("Kit ready"), "value": f"{sheet.start_on:%Y/%m/%d}"},
        {"label": _("Needed by"), "value": f"{sheet.need_by:%Y/%m/%d}"},
        {"label": _("Racks"), "value": sheet.racks},
        {"label": _("As of"), "value": f"{sheet.as_of:%Y/%m/%d %H:%M}, n = {sheet.received} + {sheet.open}"},
        {"label": _("Runs"), "value": runs},
        {"label": _("Cost of a day"), "value": f"¥{sheet.late_yen:,} / ¥{sheet.early_yen:,}"},
        {"label": "SHA-256", "value": sheet.facts, "code": True},
    ]


def _scenario(one: ReportScenario, language: str) -> dict[str, Any]:
    return {
        "name": one.title.say(language),
        "p50": one.p50,
        "p80": one.p80,
        "p95": one.p95,
        "on_time": one.on_time,
        "all": one.all_on_time,
        "faster": one.faster or "–",
        "gap": one.mean_gap,
        "best": one.best_on,
        "grades": {text[0]: int(text[1:]) for text in one.grades.split()},
    }


@require_POST
@permission_required(RIGHT, raise_exception=True)
def compare_save(request: HttpRequest) -> HttpResponse:
    """Keep the comparison that the form says; a refusal is shown on the page of the comparison."""
    form = CompareForm(request.POST, own=choices_for(request.POST.getlist("against")))
    if not form.is_valid():
        messages.error(request, _("The comparison was not saved: its inputs are out of range."))
        return redirect(f"{reverse('lead_times')}?{urlencode(_query(request), doseq=True)}")
    outcome = call_from_page(
        request, save_comparison, name=request.POST.get("name", ""), asked=asked_of_wish(wish_of(form))
    )
    if outcome.refusal is not None:
        context = {
            "refusal": outcome.refusal,
            "back_url": f"{reverse('lead_times')}?{urlencode(_query(request), doseq=True)}",
            "back_label": _("Lead times"),
        }
        return render(request, "inventory/desk_refused.html", context, status=outcome.status)
    messages.success(request, _("The comparison is saved."))
    return redirect("saved_comparison", number=outcome.result.number)


def _query(request: HttpRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in CompareForm.base_fields if name in request.POST}


def asked_of_wish(wish: CompareWish) -> ComparisonAsked:
    """The page's wish as the operation takes it."""
    return ComparisonAsked(
        against=list(wish.chosen),
        racks=wish.racks,
        need_by_days=round(wish.need_by_days),
        month=wish.month,
        inbound_p50=None if wish.inbound_p50 is None else Decimal(str(wish.inbound_p50)),
        first_pass_yield_percent=None if wish.first_pass_yield is None else round(100 * wish.first_pass_yield),
        late_yen=wish.late_yen,
        early_yen=wish.early_yen,
        seed=wish.seed,
    )


def save_fields(wish: CompareWish) -> list[tuple[str, Any]]:
    """The hidden fields of the form that saves what is on the page."""
    told: list[tuple[str, Any]] = [
        ("racks", wish.racks), ("need_by_days", round(wish.need_by_days)), ("late_yen", wish.late_yen),
        ("early_yen", wish.early_yen),
    ]  # fmt: skip
    if wish.month is not None:
        told.append(("month", wish.month))
    if wish.inbound_p50 is not None:
        told.append(("inbound_p50", wish.inbound_p50))
    if wish.first_pass_yield is not None:
        told.append(("first_pass_yield", round(100 * wish.first_pass_yield)))
    return [*told, *(("against", name) for name in wish.chosen)]
