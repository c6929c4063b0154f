"""The planner's pages of build orders: the sequence, one order, starting builds from it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assembly.models import Build, BuildOrder
from assembly.operations.build_orders import (
    OrderRow,
    cancel_order,
    edit_order,
    move_order,
    plan_order,
    start_from_order,
)
from assembly.planning_forms import OrderForm, OrderNewForm, ReasonOnlyForm, StartForm, choose
from assembly.queries.planning import design_codes, order_list, products
from assembly.views.builds import places
from assembly.views.planning_words import tabs
from inventory.views.boms import day
from inventory.views.desk import (
    Cell,
    Edit,
    Sheet,
    act,
    choice_filter,
    edit_page,
    list_page,
    post_call,
    search_filter,
    text_of,
)
from ledger.doors import new_key

READS = permission_required("assembly.read", raise_exception=True)
PLANS = permission_required("assembly.plan_orders", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])


@READS
@require_GET
def build_orders(request: HttpRequest) -> HttpResponse:
    """Orders in their sequence: dragged, or moved by buttons; with filters and export."""
    state = text_of(request, "state") or "open"
    text = text_of(request, "q")
    sheet = Sheet(
        name="build-orders",
        heading=_("Build orders"),
        intro=_("In the sequence in which they are started"),
        columns=[_("Order number"), _("Product"), _("Design"), _("Pieces"), _("Pieces started"), _("Start on"),
                 _("Needed by"), _("State"), _("Note")],
        rows=order_list(text, state),
        cells=_cells,
        filters=[
            search_filter(request, _("Order, product or note")),
            {**choice_filter(request, "state", _("State"), []), "options": [
                {"value": "open", "label": _("Open")}, {"value": "started", "label": _("All started")},
                {"value": "cancelled", "label": _("Cancelled")}, {"value": "all", "label": _("All")},
            ]},
        ],
        acts=[
            *act(request, _("Import"), reverse("planning_import"), "assembly.plan_orders"),
            *act(request, _("Plan an order"), reverse("build_order_new"), "assembly.plan_orders", "primary"),
        ],
        tabs=tabs(request),
    )  # fmt: skip
    moves = request.user.has_perm("assembly.plan_orders") and state == "open" and not text
    return list_page(request, sheet, template="assembly/build_orders.html", moves=moves, key=new_key())


def state_of(order: Any) -> tuple[str, str]:
    """How an order stands: chip and word."""
    if order.closed_why == "cancelled":
        return "void", _("Cancelled")
    if order.closed_why == "started":
        return "done", _("All started")
    today = timezone.localdate()
    if order.need_by < today:
        return "stop", _("overdue")
    if order.start_on < today and not order.started:
        return "late", _("start is late")
    return ("run", _("being started")) if order.started else ("wait", _("planned"))


def _cells(order: Any) -> list[Cell]:
    state, word = state_of(order)
    return [
        Cell(order.number, reverse("build_order", args=[order.pk]), "code"),
        Cell(order.product.number, css="code"),
        Cell(order.design.code if order.design else _("as effective"), css="code" if order.design else ""),
        Cell(order.quantity, css="num"),
        Cell(order.started, css="num"),
        Cell(day(order.start_on)),
        Cell(day(order.need_by)),
        Cell(word, state=state),
        Cell(order.note),
    ]


@READS
@require_GET
def build_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what it wants, what was started from it."""
    order: Any = get_object_or_404(order_list(state="all"), pk=order_id)
    builds = Build.objects.filter(order=order).select_related("unit", "design", "bom").order_by("pk")
    state, word = state_of(order)
    form = StartForm(initial={"location_code": "LINE-RACK" if order.product.level >= 50 else "LINE-TRAY"})
    choose(form, location_code=places())
    facts = [
        {"label": _("Product"), "value": f"{order.product.number} · {order.product.name}"},
        {"label": _("Design"), "value": order.design.code if order.design else _("as effective when a build starts")},
        {"label": _("Pieces"), "value": f"{order.started} / {order.quantity}"},
        {"label": _("Start on"), "value": day(order.start_on)},
        {"label": _("Needed by"), "value": day(order.need_by)},
        {"label": _("State"), "value": word, "state": state, "word": ""},
        {"label": _("Note"), "value": order.note or "–"},
        {"label": _("Version"), "value": order.version},
    ]
    context = {
        "order": order,
        "facts": facts,
        "builds": builds,
        "form": form,
        "open": order.closed_at is None,
        "may_plan": request.user.has_perm("assembly.plan_orders"),
        "may_start": request.user.has_perm("assembly.start_build"),
        "key": new_key(),
        "tabs": tabs(request),
    }
    return render(request, "assembly/build_order.html", context)


@PLANS
@FORM
def build_order_new(request: HttpRequest) -> HttpResponse:
    """Plan an order."""
    form = OrderNewForm(request.POST or None)
    choose(form, product=products(), design_code=[("", "–"), *design_codes()])
    edit = Edit(
        form, _("Plan an order"), _("Plan"), (reverse("build_orders"), _("Build orders")), plan_order,
        lambda given: {"order": OrderRow(**given)}, _("The order is planned, at the end of the sequence."),
        to=lambda row: reverse("build_order", args=[row.pk]),
    )  # fmt: skip
    return edit_page(request, edit)


def _back(order: BuildOrder) -> tuple[str, str]:
    return reverse("build_order", args=[order.pk]), order.number


@PLANS
@FORM
def build_order_edit(request: HttpRequest, order_id: int) -> HttpResponse:
    """Change an order."""
    order = get_object_or_404(BuildOrder.objects.select_related("product", "design"), pk=order_id)
    initial = {
        "quantity": order.quantity, "need_by": order.need_by, "start_on": order.start_on, "note": order.note,
        "design_code": order.design.code if order.design else "",
    }  # fmt: skip
    form = OrderForm(request.POST or None, initial=initial)
    choose(form, design_code=[("", "–"), *design_codes(order.product.number)])
    edit = Edit(
        form, _("Change order %(order)s") % {"order": order.number}, _("Save"), _back(order), edit_order,
        lambda given: {"order_id": order.pk, **given}, _("Saved."), version=order.version,
        intro=_("Builds that were started keep their design."),
    )  # fmt: skip
    return edit_page(request, edit)


@PLANS
@FORM
def build_order_cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """Cancel an order."""
    order = get_object_or_404(BuildOrder, pk=order_id)
    edit = Edit(
        ReasonOnlyForm(request.POST or None), _("Cancel order %(order)s") % {"order": order.number}, _("Cancel it"),
        _back(order), cancel_order, lambda given: {"order_id": order.pk, **given}, _("The order is cancelled."),
        version=order.version,
    )  # fmt: skip
    return edit_page(request, edit)


@PLANS
@require_POST
def build_order_move(request: HttpRequest, order_id: int) -> HttpResponse:
    """Put an order before another one: by buttons, or dragged (the script asks for JSON)."""
    before = request.POST.get("before", "")
    answer = post_call(
        request, move_order, done=_("The sequence is changed."), to=reverse("build_orders"),
        back=(reverse("build_orders"), _("Build orders")), order_id=order_id, version=None,
        before_id=int(before) if before.isascii() and before.isdecimal() else None,
    )  # fmt: skip
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"moved": answer.status_code == 302}, status=200 if answer.status_code == 302 else 409)
    return answer


@permission_required("assembly.start_build", raise_exception=True)
@require_POST
def build_order_start(request: HttpRequest, order_id: int) -> HttpResponse:
    """Start builds of an order."""
    order = get_object_or_404(BuildOrder, pk=order_id)
    form = StartForm(request.POST)
    choose(form, location_code=places())
    if not form.is_valid():
        messages.error(request, _("Say how many builds, and where."))
        return redirect("build_order", order.pk)
    count = form.cleaned_data["quantity"]
    done = ngettext("%(count)d build started.", "%(count)d builds started.", count) % {"count": count}
    return post_call(
        request, start_from_order, done=done, to=_back(order)[0], back=_back(order), order_id=order.pk, version=None,
        quantity=count, location_code=form.cleaned_data["location_code"],
    )  # fmt: skip


URLS = [
    path("planning/orders/", build_orders, name="build_orders"),
    path("planning/orders/new/", build_order_new, name="build_order_new"),
    path("planning/orders/<int:order_id>/", build_order, name="build_order"),
    path("planning/orders/<int:order_id>/edit/", build_order_edit, name="build_order_edit"),
    path("planning/orders/<int:order_id>/cancellation/", build_order_cancel, name="build_order_cancel"),
    path("planning/orders/<int:order_id>/place/", build_order_move, name="build_order_move"),
    path("planning/orders/<int:order_id>/builds/", build_order_start, name="build_order_start"),
]
