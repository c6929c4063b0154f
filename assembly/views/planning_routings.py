"""The planner's pages of routings and limits: lists, one routing with what it differs in from another, its draft."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Skill
from assembly.models import Routing, RoutingOperation
from assembly.models.routings import OPERATION_KINDS
from assembly.operations.routing_drafts import (
    discard_routing_draft,
    draft_routing,
    drop_routing_operation,
    flat,
    put_routing_operation,
    release_routing_draft,
    spec_of,
    specs_of,
)
from assembly.operations.routing_specs import OperationSpec
from assembly.planning_forms import NothingForm, OperationForm, RoutingDraftForm, choose, field_lines
from assembly.queries.planning import limit_list, routing_differences, routing_list
from assembly.views.planning_reentry import reentry_rows
from assembly.views.planning_words import OPERATION_KIND_WORDS, TOOL_KIND_WORDS, tabs
from assembly.views.words import MEANINGS, STAGE_WORDS
from inventory.planning_forms import DiscardForm
from inventory.views.boms import day, discard_words, state_of
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

READS = permission_required("assembly.read", raise_exception=True)
KEEPS = permission_required("assembly.keep_master_data", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])


@READS
@require_GET
def routings(request: HttpRequest) -> HttpResponse:
    """Routings, drafts first."""
    sheet = Sheet(
        name="routings",
        heading=_("Routings"),
        intro=_("Operations in order, their values and limits, tools, qualifications and signatures"),
        columns=[_("Routing"), _("Revision"), _("Operations"), _("Designs"), _("State"), _("Released on")],
        rows=routing_list(text_of(request, "q"), text_of(request, "state")),
        cells=lambda row: [
            Cell(row.code, reverse("routing", args=[row.pk]), "code"), Cell(row.revision, css="code"),
            Cell(row.operation_count, css="num"), Cell(row.design_count, css="num"),
            Cell(state_of(row)[1], state=state_of(row)[0]), Cell(day(row.released_at)),
        ],
        filters=[
            search_filter(request, _("Routing or operation")),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=act(request, _("Begin a draft"), reverse("routing_new"), "assembly.keep_master_data", "primary"),
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


@READS
@require_GET
def routing(request: HttpRequest, routing_id: int) -> HttpResponse:
    """One routing; `?with=` another revision shows what differs."""
    found = get_object_or_404(Routing, pk=routing_id)
    may, draft = request.user.has_perm("assembly.keep_master_data"), found.released_at is None
    others = list(Routing.objects.filter(code=found.code).exclude(pk=found.pk).order_by("-pk"))
    other = next((row for row in others if str(row.pk) == request.GET.get("with", "")), None)
    rows = list(found.operations.order_by("number").prefetch_related("fields"))
    skills = {skill.code: skill.name for skill in Skill.objects.all()}
    sheet = Sheet(
        name=f"routing-{found.code}-{found.revision}",
        heading=_("Routing %(name)s") % {"name": str(found)},
        intro=_("Draft, version %(version)d: no design takes it.") % {"version": found.version}
        if draft
        else _("Released %(day)s; it never changes.") % {"day": day(found.released_at)},
        columns=[_("Number"), _("Name"), _("Kind"), _("Work centre"), _("Standard time (min)"), _("Soak time (min)"),
                 _("Values with limits"), _("Calibrated tools"), _("Qualification"), _("Signatures"),
                 *([_("Change")] if draft else [])],
        rows=rows,
        cells=lambda row: _cells(found, row, skills, change=draft and may),
        filters=[
            choice_filter(
                request, "with", _("Compare with"), [(str(row.pk), row.revision) for row in others]
            )
        ] if others else [],
        acts=_acts(found) if may else [],
        crumbs=((reverse("routings"), _("Routings")),),
        tabs=tabs(request),
    )  # fmt: skip
    differences = None
    if other is not None:
        differences = [
            {"row": one, "label": _label(one.name)}
            for one in routing_differences(_flat(other), [(row.number, flat(spec_of(row))) for row in rows])
        ]
    reentry = {
        "rows": reentry_rows(found, rows, change=draft and may),
        "add": reverse("routing_reentry_new", args=[found.pk]) if draft and may else "",
    }
    return list_page(
        request, sheet, template="assembly/routing.html", other=other, differences=differences, reentry=reentry
    )


def _flat(routing: Routing) -> list[tuple[int, dict[str, Any]]]:
    return [(spec.number, flat(spec)) for spec in specs_of(routing)]


def _label(name: str) -> str:
    """The words of a value of an operation: of the form's field, or the field's code with what of it."""
    words = {key: str(one.label) for key, one in OperationForm.base_fields.items()}
    code, dot, part = name.partition(".")
    if not dot:
        return words.get(name, name) if name else _("the whole operation")
    parts = {"low": _("low limit"), "high": _("high limit"), "unit": _("Unit of measure"), "expected": _("expected")}
    return f"{code}: {parts.get(part, part)}"


def _acts(routing: Routing) -> list[dict[str, str]]:
    if routing.released_at is not None:
        url = f"{reverse('routing_new')}?code={routing.code}&from={routing.revision}"
        return [{"label": _("Begin a draft from it"), "url": url, "kind": "primary"}]
    return [
        {"label": _("Give it up"), "url": reverse("routing_discard", args=[routing.pk]), "kind": "plain"},
        {"label": _("Add an operation"), "url": reverse("routing_operation_new", args=[routing.pk]), "kind": ""},
        {"label": _("Release it"), "url": reverse("routing_release", args=[routing.pk]), "kind": "primary"},
    ]


def limits_words(field: Any) -> str:
    """A value's limits in words: 590–610 kPa, ≧ 30, OK."""
    if field.kind == "text":
        return str(field.expected)
    low, high = (None if value is None else f"{value.normalize():f}" for value in (field.low, field.high))
    if low is not None and high is not None:
        said = low if low == high else f"{low}–{high}"
    else:
        said = f"≧ {low}" if low is not None else f"≦ {high}" if high is not None else ""
    return f"{said} {field.unit}".strip()


def _cells(routing: Routing, row: RoutingOperation, skills: dict[str, str], *, change: bool) -> list[Cell]:
    fields = "; ".join(f"{field.name} {limits_words(field)}".strip() for field in row.fields.all())
    cells = [
        Cell(row.number, css="num"),
        Cell(row.name),
        Cell(str(OPERATION_KIND_WORDS.get(row.kind, row.kind))),
        Cell(row.work_centre, css="code"),
        Cell(row.standard_minutes, css="num"),
        Cell(row.soak_minutes if row.soak_minutes is not None else "", css="num"),
        Cell(fields),
        Cell(", ".join(str(TOOL_KIND_WORDS.get(kind, kind)) for kind in row.tool_kinds)),
        Cell(skills.get(row.skill, row.skill)),
        Cell(", ".join(str(MEANINGS.get(sign, sign)) for sign in row.signs)),
    ]
    if routing.released_at is None:
        url = reverse("routing_operation", args=[routing.pk, row.number]) if change else ""
        cells.append(Cell(_("Change"), url))
    return cells


@READS
@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    """Every recorded value of the released routings with its limits."""
    names = [str(row) for row in Routing.objects.exclude(released_at=None).order_by("code", "revision")]
    sheet = Sheet(
        name="limits",
        heading=_("Limits"),
        intro=_("Of the released routings; changed by a draft of the routing"),
        columns=[_("Routing"), _("Operation"), _("Field"), _("Name"), _("Low limit"), _("High limit"), _("Unit"),
                 _("Expected"), _("Required")],
        rows=limit_list(text_of(request, "q"), text_of(request, "routing")),
        cells=lambda row: [
            Cell(str(row.operation.routing), reverse("routing", args=[row.operation.routing_id]), "code"),
            Cell(f"{row.operation.number} {row.operation.name}"), Cell(row.code, css="code"), Cell(row.name),
            Cell("" if row.low is None else f"{row.low.normalize():f}", css="num"),
            Cell("" if row.high is None else f"{row.high.normalize():f}", css="num"),
            Cell(row.unit), Cell(row.expected), Cell(_("yes") if row.required else _("no")),
        ],
        filters=[
            search_filter(request, _("Field or name")),
            choice_filter(request, "routing", _("Routing"), [(name, name) for name in names]),
        ],
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


@KEEPS
@FORM
def routing_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft of a routing."""
    initial = {"code": text_of(request, "code"), "from_revision": text_of(request, "from")}
    edit = Edit(
        RoutingDraftForm(request.POST or None, initial=initial), _("Begin a draft of a routing"), _("Begin"),
        (reverse("routings"), _("Routings")), draft_routing, lambda given: given, _("The draft is begun."),
        to=lambda row: reverse("routing", args=[row.pk]),
        intro=_("A draft changes nothing on the floor until it is released."),
    )  # fmt: skip
    return edit_page(request, edit)


def _back(routing: Routing) -> tuple[str, str]:
    return reverse("routing", args=[routing.pk]), str(routing)


def _operation_form(request: HttpRequest, initial: dict[str, Any]) -> OperationForm:
    form = OperationForm(request.POST or None, initial=initial)
    skills = [(skill.code, f"{skill.code} {skill.name}") for skill in Skill.objects.all()]
    choose(
        form,
        kind=[(kind, OPERATION_KIND_WORDS[kind]) for kind in OPERATION_KINDS],
        stage=list(STAGE_WORDS.items()),
        tool_kinds=list(TOOL_KIND_WORDS.items()),
        signs=list(MEANINGS.items()),
        skill=[("", "–"), *skills],
    )
    return form


def _spec(given: dict[str, Any], beside: tuple[int, ...] = ()) -> OperationSpec:
    lists = {
        name: tuple(part.strip() for part in given[name].split(",") if part.strip())
        for name in ("slot_kinds", "required_tools")
    }
    several = {name: tuple(given[name]) for name in ("tool_kinds", "signs")}
    plain = {name: value for name, value in given.items() if name != "fields_text"}
    return OperationSpec(**{**plain, **lists, **several}, fields=tuple(given["fields_text"]), beside=beside)


@KEEPS
@FORM
def routing_operation_new(request: HttpRequest, routing_id: int) -> HttpResponse:
    """Add an operation to a draft."""
    found = get_object_or_404(Routing, pk=routing_id)
    edit = Edit(
        _operation_form(request, {"signs": ["made"], "kind": "assemble"}), _("Add an operation"), _("Add"),
        _back(found), put_routing_operation,
        lambda given: {"routing_id": found.pk, "version": 0, "spec": _spec(given)}, _("The operation is added."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def routing_operation(request: HttpRequest, routing_id: int, number: int) -> HttpResponse:
    """Change an operation of a draft."""
    found = get_object_or_404(Routing, pk=routing_id)
    row = get_object_or_404(RoutingOperation.objects.prefetch_related("fields"), routing=found, number=number)
    spec = spec_of(row)
    initial = {name: getattr(spec, name) for name in OperationSpec.__dataclass_fields__ if name != "fields"}
    for name in ("slot_kinds", "required_tools"):
        initial[name] = ", ".join(initial[name])
    form = _operation_form(request, {**initial, "fields_text": field_lines(spec.fields)})
    form.fields["number"].disabled = True
    edit = Edit(
        form, _("Change operation %(number)d") % {"number": number}, _("Save"), _back(found), put_routing_operation,
        lambda given: {"routing_id": found.pk, "spec": _spec(given, spec.beside)}, _("Saved."), version=row.version,
        drop=(reverse("routing_operation_drop", args=[found.pk, number]), _("Take the operation out")),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@require_POST
def routing_operation_drop(request: HttpRequest, routing_id: int, number: int) -> HttpResponse:
    """Take an operation out of a draft."""
    found = get_object_or_404(Routing, pk=routing_id)
    return post_call(
        request, drop_routing_operation, done=_("The operation is out."), to=_back(found)[0], back=_back(found),
        routing_id=found.pk, number=number, version=None,
    )  # fmt: skip


@KEEPS
@require_http_methods(["GET", "POST"])
def routing_release(request: HttpRequest, routing_id: int) -> HttpResponse:
    """Release a draft."""
    found = get_object_or_404(Routing, pk=routing_id)
    edit = Edit(
        NothingForm(request.POST or None), _("Release routing %(name)s") % {"name": str(found)}, _("Release it"),
        _back(found), release_routing_draft, lambda given: {"routing_id": found.pk}, _("The routing is released."),
        version=found.version, intro=_("A released routing never changes. Designs take it by a draft of their own."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def routing_discard(request: HttpRequest, routing_id: int) -> HttpResponse:
    """Give up a draft: the page asks once more, and why."""
    found = get_object_or_404(Routing, pk=routing_id)
    edit = Edit(
        DiscardForm(request.POST or None), _("Give up draft %(name)s") % {"name": str(found)}, _("Give up the draft"),
        _back(found), discard_routing_draft, lambda given: {"routing_id": found.pk, **given},
        _("The draft is given up."), to=reverse("routings"), version=found.version, intro=discard_words(),
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("planning/routings/", routings, name="routings"),
    path("planning/routings/new/", routing_new, name="routing_new"),
    path("planning/routings/<int:routing_id>/", routing, name="routing"),
    path("planning/routings/<int:routing_id>/release/", routing_release, name="routing_release"),
    path("planning/routings/<int:routing_id>/discard/", routing_discard, name="routing_discard"),
    path("planning/routings/<int:routing_id>/operations/new/", routing_operation_new, name="routing_operation_new"),
    path("planning/routings/<int:routing_id>/operations/<int:number>/", routing_operation, name="routing_operation"),
    path(
        "planning/routings/<int:routing_id>/operations/<int:number>/removal/",
        routing_operation_drop,
        name="routing_operation_drop",
    ),
    path("planning/limits/", limits, name="limits"),
]
