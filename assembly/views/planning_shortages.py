"""The planner's pages of shortages by date: which parts, when, how deep, and who asks for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.queries.shortages import INBOUND_DAYS, Need, PartPlan, part_plans, shortages, weeks_from
from assembly.views.planning_words import tabs
from inventory.queries.parts import part_kinds
from inventory.views.boms import day
from inventory.views.desk import Cell, Sheet, choice_filter, list_page, search_filter, text_of

READS = permission_required("assembly.read", raise_exception=True)


def figure(value: Decimal) -> str:
    """A quantity without needless zeros."""
    return f"{value.normalize():f}"


def signed(value: Decimal) -> str:
    """The same with a real minus sign."""
    return figure(value).replace("-", "−")


@READS
@require_GET
def shortage_list(request: HttpRequest) -> HttpResponse:
    """Parts that will be short, the earliest first, with the balance at the end of each week."""
    today = timezone.localdate()
    weeks = weeks_from(today)
    text, kind = text_of(request, "q").lower(), text_of(request, "kind")
    rows = [plan for plan in shortages(today) if _fits(plan, text, kind)]
    sheet = Sheet(
        name="shortages",
        heading=_("Shortages"),
        intro=_("Open builds by their frozen slots, orders by their design, against free stock and what is announced"),
        columns=[_("Part number"), _("Name"), _("Short from"), _("Short"), _("Needed"), _("In stock"), _("Announced"),
                 *(_("to %(day)s") % {"day": f"{week:%m/%d}"} for week in weeks)],
        rows=rows,
        cells=lambda plan: _cells(plan, weeks, today),
        filters=[
            search_filter(request, _("Number or name")),
            choice_filter(request, "kind", _("Kind"), [(one, one) for one in part_kinds()]),
        ],
        tabs=tabs(request),
    )  # fmt: skip
    note = _("An announced part is expected after its supplier's usual time; %(days)d days where there is none.") % {
        "days": INBOUND_DAYS
    }
    return list_page(request, sheet, note=note)


def _fits(plan: PartPlan, text: str, kind: str) -> bool:
    part = plan.part
    names = f"{part.number} {part.name_ja} {part.name_en}".lower()
    return text in names and (not kind or part.kind == kind)


def _cells(plan: PartPlan, weeks: list[date], today: date) -> list[Cell]:
    soon = plan.short_on is not None and plan.short_on <= today
    return [
        Cell(plan.part.number, reverse("shortage", args=[plan.part.pk]), "code"),
        Cell(plan.part.name),
        Cell(_("today") if soon else day(plan.short_on), state="stop" if soon else "late"),
        Cell(figure(plan.short), css="num"),
        Cell(figure(plan.needed), css="num"),
        Cell(figure(plan.stock), css="num"),
        Cell(figure(plan.announced), css="num"),
        *(Cell(signed(balance), css="num") for balance in plan.balances(weeks)),
    ]


@READS
@require_GET
def shortage(request: HttpRequest, part_id: int) -> HttpResponse:
    """One part over time: what is wanted by whom, what is there, what comes."""
    today = timezone.localdate()
    plan = part_plans(today).get(part_id)
    if plan is None:
        raise Http404(_("Nothing open needs that part."))
    moves: list[tuple[date, Decimal, Need | None]] = [(need.day, -need.quantity, need) for need in plan.needs]
    moves += [(at, quantity, None) for at, quantity in plan.coming.items()]
    balance, rows = plan.stock, []
    for at, change, need in sorted(moves, key=lambda row: (row[0], -row[1])):
        balance += change
        rows.append(
            {"day": at, "change": signed(change), "balance": signed(balance), "short": balance < 0, **_told(need)}
        )
    context = {"plan": plan, "rows": rows, "stock": figure(plan.stock), "tabs": tabs(request)}
    return render(request, "assembly/shortage.html", context)


def _told(need: Need | None) -> dict[str, Any]:
    if need is None:
        return {"why": _("announced by a supplier"), "url": ""}
    if need.order_id is not None:
        url = reverse("build_order", args=[need.order_id])
        return {"why": _("order %(order)s") % {"order": need.why}, "url": url}
    if need.build:
        return {
            "why": _("build %(unit)s, empty slots") % {"unit": need.build},
            "url": reverse("rack", args=[need.build]),
        }
    return {"why": _("%(part)s to be built") % {"part": need.why}, "url": ""}


URLS = [
    path("planning/shortages/", shortage_list, name="shortages"),
    path("planning/shortages/<int:part_id>/", shortage, name="shortage"),
]
