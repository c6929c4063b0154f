"""The desk's pages of test limits: sets by part, tool and operation; one revision beside the one before and beside what
was measured lately; its draft."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assembly.models import LimitSet, TestLimit
from assembly.operations.limit_sets import (
    LimitSpec,
    discard_limits,
    draft_limits,
    drop_limit,
    put_limit,
    release_limits,
)
from assembly.planning_forms import LimitDraftForm, LimitForm, LimitReleaseForm
from assembly.queries.limits import MeasuredLately, limit_set_list, measured_lately
from assembly.views.planning_words import tabs
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
KEEPS = permission_required("assembly.keep_limits", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])


@READS
@require_GET
def limit_sets(request: HttpRequest) -> HttpResponse:
    """Limit sets, drafts first."""
    sheet = Sheet(
        name="test-limits",
        heading=_("Test limits"),
        intro=_("What the plant asks of the values in testers' files; each file says which revision judged it"),
        columns=[_("Part number"), _("Tool"), _("Operation"), _("Revision"), _("Limits"), _("State"), _("Released on"),
                 _("Reason")],
        rows=limit_set_list(text_of(request, "q"), text_of(request, "state")),
        cells=lambda row: [
            Cell(row.part.number, reverse("limit_set", args=[row.pk]), "code"), Cell(row.tool, css="code"),
            Cell(_("any") if row.operation is None else row.operation, css="num"), Cell(row.revision, css="num"),
            Cell(row.count, css="num"), Cell(state_of(row)[1], state=state_of(row)[0]), Cell(day(row.released_at)),
            Cell(row.reason),
        ],
        filters=[
            search_filter(request, _("Part, tool or measurement")),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=act(request, _("Begin a draft"), reverse("limit_set_new"), "assembly.keep_limits", "primary"),
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


@READS
@require_GET
def limit_set(request: HttpRequest, limit_set_id: int) -> HttpResponse:
    """One revision: its limits, what the revision before said, what was measured lately."""
    found = _found(limit_set_id)
    may = request.user.has_perm("assembly.keep_limits")
    earlier = LimitSet.objects.filter(part=found.part, tool=found.tool, operation=found.operation)
    before = {row.name: row for row in TestLimit.objects.filter(
        limit_set=earlier.filter(revision__lt=found.revision).order_by("-revision").values("pk")[:1]
    )}  # fmt: skip
    rows = list(found.limits.all())
    draft = found.released_at is None
    lately = {row.name: row for row in measured_lately(found)}
    sheet = Sheet(
        name=f"test-limits-{found.part.number}-{found.tool}-{found.revision}",
        heading=_heading(found),
        intro=_("Draft, version %(version)d: it judges nothing yet.") % {"version": found.version} if draft
        else _("Released %(day)s; it never changes. %(reason)s") % {"day": day(found.released_at),
                                                                     "reason": found.reason},
        columns=[_("Measurement"), _("Low limit"), _("High limit"), _("Guard band"), _("Unit of measure"),
                 _("In the revision before"), _("Measured lately"), _("Source"), *([_("Change")] if draft else [])],
        rows=rows,
        cells=lambda row: _cells(found, row, before.get(row.name), lately.get(row.name), change=draft and may),
        acts=_acts(found) if may else [],
        crumbs=((reverse("limit_sets"), _("Test limits")),),
        tabs=tabs(request),
    )  # fmt: skip
    free = [_offer(found, row) for row in lately.values() if draft and may and row.name not in {r.name for r in rows}]
    return list_page(request, sheet, template="assembly/limit_set.html", free=free)


def _found(limit_set_id: int) -> LimitSet:
    return get_object_or_404(LimitSet.objects.select_related("part"), pk=limit_set_id)


def _heading(found: LimitSet) -> str:
    where = "" if found.operation is None else _(", operation %(number)d") % {"number": found.operation}
    words = {"part": found.part.number, "tool": found.tool, "where": where, "revision": found.revision}
    return _("Test limits %(part)s %(tool)s%(where)s, revision %(revision)d") % words


def _acts(found: LimitSet) -> list[dict[str, str]]:
    if found.released_at is not None:
        asked = {"part": found.part.number, "tool": found.tool, "operation": found.operation or ""}
        return [{"label": _("Begin a draft from it"), "url": f"{reverse('limit_set_new')}?{urlencode(asked)}",
                 "kind": "primary"}]  # fmt: skip
    return [
        {"label": _("Give it up"), "url": reverse("limit_set_discard", args=[found.pk]), "kind": "plain"},
        {"label": _("Add a limit"), "url": reverse("limit_new", args=[found.pk]), "kind": ""},
        {"label": _("Release it"), "url": reverse("limit_set_release", args=[found.pk]), "kind": "primary"},
    ]


def _cells(
    found: LimitSet, row: TestLimit, before: TestLimit | None, lately: MeasuredLately | None, *, change: bool
) -> list[Cell]:
    cells = [
        Cell(row.name, css="code"), Cell(said(row.low), css="num"), Cell(said(row.high), css="num"),
        Cell(said(row.guard) if row.guard else "", css="num"), Cell(row.unit),
        Cell(span(before) if before else _("not limited")), Cell(spread(lately)), Cell(row.source),
    ]  # fmt: skip
    if found.released_at is None:
        url = reverse("limit_edit", args=[found.pk, row.pk]) if change else ""
        cells.append(Cell(_("Change"), url))
    return cells


def _offer(found: LimitSet, row: MeasuredLately) -> dict[str, Any]:
    """A measured name without a limit: its spread, and the address where it gets one."""
    asked = urlencode({"name": row.name, "unit": row.unit})
    return {"name": row.name, "spread": spread(row), "url": f"{reverse('limit_new', args=[found.pk])}?{asked}"}


def said(value: float | None) -> str:
    """A number as people write it; blank where there is none."""
    return "" if value is None else f"{value:.10g}"


def span(row: TestLimit) -> str:
    """Bounds in words: 590–610, ≧ 30, with the guard band behind ±."""
    low, high = said(row.low), said(row.high)
    bounds = f"{low}–{high}" if low and high else f"≧ {low}" if low else f"≦ {high}"
    return f"{bounds} {row.unit}".strip() + (f" (±{said(row.guard)})" if row.guard else "")


def spread(row: MeasuredLately | None) -> str:
    """Least, median and most of what was measured, and of how many."""
    if row is None:
        return "–"
    values = {"least": said(row.least), "median": f"{row.median:.5g}", "most": said(row.most), "unit": row.unit}
    return _("%(least)s / %(median)s / %(most)s %(unit)s (n=%(count)d)") % {**values, "count": row.count}


@KEEPS
@FORM
def limit_set_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft."""
    initial = {
        "part_number": text_of(request, "part"), "tool": text_of(request, "tool"),
        "operation_number": text_of(request, "operation"),
    }  # fmt: skip
    edit = Edit(
        LimitDraftForm(request.POST or None, initial=initial), _("Begin a draft of test limits"), _("Begin"),
        (reverse("limit_sets"), _("Test limits")), draft_limits, lambda given: given, _("The draft is begun."),
        to=lambda row: reverse("limit_set", args=[row.pk]),
        intro=_("It starts as a copy of the newest released revision, and judges nothing until it is released."),
    )  # fmt: skip
    return edit_page(request, edit)


def _back(found: LimitSet) -> tuple[str, str]:
    return reverse("limit_set", args=[found.pk]), str(found)


@KEEPS
@FORM
def limit_new(request: HttpRequest, limit_set_id: int) -> HttpResponse:
    """Add a limit to a draft."""
    found = _found(limit_set_id)
    initial = {"name": text_of(request, "name"), "unit": text_of(request, "unit"), "guard": 0}
    edit = Edit(
        LimitForm(request.POST or None, initial=initial), _("Add a limit"), _("Add"), _back(found), put_limit,
        lambda given: {"limit_set_id": found.pk, "version": 0, "limit": LimitSpec(**given)}, _("The limit is added."),
        intro=_heading(found),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def limit_edit(request: HttpRequest, limit_set_id: int, limit_id: int) -> HttpResponse:
    """Change a limit of a draft."""
    found = _found(limit_set_id)
    row = get_object_or_404(TestLimit, limit_set=found, pk=limit_id)
    bounds = {name: said(getattr(row, name)) for name in ("low", "high", "guard")}
    initial = {"name": row.name, **bounds, "unit": row.unit, "source": row.source}
    form = LimitForm(request.POST or None, initial=initial)
    form.fields["name"].disabled = True
    edit = Edit(
        form, _("Change the limit of %(name)s") % {"name": row.name}, _("Save"), _back(found), put_limit,
        lambda given: {"limit_set_id": found.pk, "limit": LimitSpec(**given)}, _("Saved."), version=row.version,
        intro=_heading(found),
        drop=(reverse("limit_drop", args=[found.pk, row.pk]), _("Take the limit out")),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@require_POST
def limit_drop(request: HttpRequest, limit_set_id: int, limit_id: int) -> HttpResponse:
    """Take a limit out of a draft."""
    found = _found(limit_set_id)
    row = get_object_or_404(TestLimit, limit_set=found, pk=limit_id)
    return post_call(
        request, drop_limit, done=_("The limit is out."), to=_back(found)[0], back=_back(found),
        limit_set_id=found.pk, name=row.name, version=None,
    )  # fmt: skip


@KEEPS
@FORM
def limit_set_release(request: HttpRequest, limit_set_id: int) -> HttpResponse:
    """Release a draft, and say why."""
    found = _found(limit_set_id)
    edit = Edit(
        LimitReleaseForm(request.POST or None), _("Release %(name)s") % {"name": str(found)}, _("Release it"),
        _back(found), release_limits, lambda given: {"limit_set_id": found.pk, **given}, _("The limits are released."),
        version=found.version,
        intro=_("From now on these limits judge every file that comes in. Files that were judged stay as they are."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def limit_set_discard(request: HttpRequest, limit_set_id: int) -> HttpResponse:
    """Give up a draft: the page asks once more, and why."""
    found = _found(limit_set_id)
    edit = Edit(
        DiscardForm(request.POST or None), _("Give up draft %(name)s") % {"name": str(found)}, _("Give up the draft"),
        _back(found), discard_limits, lambda given: {"limit_set_id": found.pk, **given}, _("The draft is given up."),
        to=reverse("limit_sets"), version=found.version, intro=discard_words(),
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("planning/test-limits/", limit_sets, name="limit_sets"),
    path("planning/test-limits/new/", limit_set_new, name="limit_set_new"),
    path("planning/test-limits/<int:limit_set_id>/", limit_set, name="limit_set"),
    path("planning/test-limits/<int:limit_set_id>/release/", limit_set_release, name="limit_set_release"),
    path("planning/test-limits/<int:limit_set_id>/discard/", limit_set_discard, name="limit_set_discard"),
    path("planning/test-limits/<int:limit_set_id>/limits/new/", limit_new, name="limit_new"),
    path("planning/test-limits/<int:limit_set_id>/limits/<int:limit_id>/", limit_edit, name="limit_edit"),
    path("planning/test-limits/<int:limit_set_id>/limits/<int:limit_id>/removal/", limit_drop, name="limit_drop"),
]
