"""Quality's pages of sampling plans: the list, one revision, its draft, and which part is inspected by which."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inventory.event_words import PLAN_KINDS
from inventory.forms import RuleForm, SamplingDraftForm
from inventory.models import SamplingPlan, SamplingRule, Supplier
from inventory.operations.sampling_plans import (
    PlanContent,
    PlanLine,
    PlanPoint,
    assign_sampling_plan,
    draft_sampling_plan,
    release_sampling_plan,
)
from inventory.queries.inspections import plan_rows, rule_rows
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
from inventory.views.inspection_words import limits_of, plan_state
from inventory.views.reading import reads
from ledger.doors import call_from_page, new_key

KEEPS = permission_required("inventory.keep_sampling_plans", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])
RIGHT = "inventory.keep_sampling_plans"


@reads
def sampling_plans(request: HttpRequest) -> HttpResponse:
    """Sampling plans by code, newest revision first."""
    sheet = Sheet(
        name="sampling-plans",
        heading=_("Sampling plans"),
        intro=_("What arrives is inspected by the newest released revision of the plan that its part names."),
        columns=[_("Code"), _("Revision"), _("Name"), _("Kind"), _("Standard"), _("State"), _("Released on")],
        rows=plan_rows(text=text_of(request, "q"), state=text_of(request, "state")),
        cells=_plan_cells,
        filters=[
            search_filter(request, _("Code or name")),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=[
            {"label": _("Which part by which plan"), "url": reverse("sampling_rules"), "kind": ""},
            *act(request, _("Begin a draft"), reverse("sampling_plan_new"), RIGHT, "primary"),
        ],
        crumbs=((reverse("inspections"), _("Incoming inspection")),),
    )
    return list_page(request, sheet)


def _plan_cells(plan: SamplingPlan) -> list[Cell]:
    state, word = plan_state(plan)
    return [
        Cell(plan.code, reverse("sampling_plan", args=[plan.pk]), "code"),
        Cell(plan.revision, css="num"),
        Cell(plan.name),
        Cell(str(PLAN_KINDS[plan.kind])),
        Cell(plan.standard),
        Cell(word, state=state),
        Cell(day(plan.released_at)),
    ]


@reads
def sampling_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One revision with its lines and points."""
    plan = get_object_or_404(plan_rows().prefetch_related("lines", "points"), pk=plan_id)
    state, word = plan_state(plan)
    context = {
        "plan": plan,
        "kind": PLAN_KINDS[plan.kind],
        "state": state,
        "word": word,
        "lines": plan.lines.all(),
        "points": [
            {"number": point.number, "text": point.text, "limits": limits_of(point)} for point in plan.points.all()
        ],
        "keeps": request.user.has_perm(RIGHT),
        "key": new_key(),
    }
    return render(request, "inventory/sampling_plan.html", context)


@FORM
@KEEPS
def sampling_plan_new(request: HttpRequest) -> HttpResponse:
    """Draft a plan; `?from=` a revision fills the form, and a draft that stands is changed."""
    text = request.GET.get("from", "")
    base = SamplingPlan.objects.filter(pk=int(text) if text.isdecimal() and len(text) < 18 else 0).first()
    draft = SamplingPlan.objects.filter(code=base.code, released_at=None).first() if base else None
    form = SamplingDraftForm(request.POST or None, initial=_as_text(draft or base) if base else None)
    back = (
        (reverse("sampling_plan", args=[base.pk]), str(base))
        if base
        else (reverse("sampling_plans"), _("Sampling plans"))
    )
    edit = Edit(
        form=form,
        heading=_("Draft of a sampling plan"),
        intro=_("A draft inspects nothing until it is released."),
        button=_("Save the draft"),
        back=back,
        gated=draft_sampling_plan,
        arguments=lambda told: {"code": told["code"], "content": _content(told)},
        done=_("The draft is saved."),
        to=lambda plan: reverse("sampling_plan", args=[plan.pk]),
        version=draft.version if draft else 0,
    )
    return edit_page(request, edit)


def _content(told: dict[str, Any]) -> PlanContent:
    return PlanContent(
        name_ja=told["name_ja"],
        name_en=told["name_en"],
        kind=told["kind"],
        standard=told["standard"],
        lines=[PlanLine(lot_from=start, sample=sample, accept=accept) for start, sample, accept in told["lines"]],
        points=[PlanPoint(**point) for point in told["points"]],
    )


def _as_text(plan: SamplingPlan) -> dict[str, Any]:
    """A revision as the form writes it."""
    return {
        "code": plan.code,
        "name_ja": plan.name_ja,
        "name_en": plan.name_en,
        "standard": plan.standard,
        "kind": plan.kind,
        "lines": "\n".join(f"{line.lot_from} {line.sample} {line.accept}" for line in plan.lines.all()),
        "points": "\n".join(_point_text(point) for point in plan.points.all()),
    }


def _point_text(point: Any) -> str:
    fields = [point.text_ja, point.text_en]
    if point.kind == "measured":
        limits = ["" if limit is None else f"{limit.normalize():f}" for limit in (point.low, point.high)]
        fields += [*limits, point.unit]
    return " | ".join(fields)


@require_POST
@permission_required("inventory.read", raise_exception=True)
def sampling_release(request: HttpRequest, code: str) -> HttpResponse:
    """Release the draft that was seen."""
    back = (reverse("sampling_plans"), _("Sampling plans"))
    return post_call(
        request, release_sampling_plan, done=_("The plan is released."), to=back[0], back=back, code=code, version=None
    )


@FORM
@permission_required("inventory.read", raise_exception=True)
def sampling_rules(request: HttpRequest) -> HttpResponse:
    """Which part is inspected by which plan; whoever keeps plans assigns them here."""
    suppliers = list(Supplier.objects.values_list("code", "name"))
    released = SamplingPlan.objects.filter(released_at__isnull=False).order_by("code").distinct("code")
    form = RuleForm(
        request.POST or None, suppliers=suppliers, plans=[(plan.code, f"{plan.code} {plan.name}") for plan in released]
    )
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            outcome = call_from_page(
                request, assign_sampling_plan, part_number=told["part"], plan_code=told["plan"],
                supplier_code=told["supplier"], version=_seen(request, told),
            )  # fmt: skip
            if outcome.refusal is None:
                return redirect("sampling_rules")
            refusal, status = outcome.refusal, outcome.status
    sheet = Sheet(
        name="sampling-rules",
        heading=_("Which part by which plan"),
        intro=_("A rule of one supplier goes before that of any. A part without a rule is not inspected."),
        columns=[_("Part number"), _("Name"), _("Supplier"), _("Sampling plan")],
        rows=rule_rows(text=text_of(request, "q")),
        cells=_rule_cells,
        filters=[search_filter(request, _("Part number or plan"))],
        crumbs=((reverse("sampling_plans"), _("Sampling plans")),),
    )
    more = {"form": form if request.user.has_perm(RIGHT) else None, "refusal": refusal, "key": new_key()}
    answer = list_page(request, sheet, template="inventory/sampling_rules.html", **more)
    answer.status_code = status
    return answer


def _seen(request: HttpRequest, told: dict[str, Any]) -> int:
    """The version of the rule that the reader saw: the form's, else that which stands (it is listed below)."""
    given = request.POST.get("version", "")
    if given.isascii() and given.isdecimal() and len(given) < 9:
        return int(given)
    rule = SamplingRule.objects.filter(part__number=told["part"].strip(), supplier__code=told["supplier"] or None)
    return rule.values_list("version", flat=True).first() or 0


def _rule_cells(rule: SamplingRule) -> list[Cell]:
    return [
        Cell(rule.part.number, css="code"),
        Cell(rule.part.name),
        Cell(rule.supplier.name if rule.supplier else _("Any")),
        Cell(rule.plan_code or _("Not inspected"), css="code"),
    ]


URLS = [
    path("sampling-plans/", sampling_plans, name="sampling_plans"),
    path("sampling-plans/new/", sampling_plan_new, name="sampling_plan_new"),
    path("sampling-plans/<int:plan_id>/", sampling_plan, name="sampling_plan"),
    path("sampling-plans/<str:code>/release/", sampling_release, name="sampling_release"),
    path("sampling-rules/", sampling_rules, name="sampling_rules"),
]
