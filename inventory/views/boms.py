"""The planner's pages of bills of material: list, one bill with what it differs in from another, its draft."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inventory.models import Bom, BomLine
from inventory.operations.bom_drafts import (
    discard_bom_draft,
    draft_bom,
    drop_bom_line,
    put_bom_line,
    release_bom_draft,
)
from inventory.planning_forms import BomDraftForm, BomLineForm, DiscardForm, EffectiveForm
from inventory.queries.parts import bom_lines, bom_list, boms_of, compared, is_effective
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
from inventory.views.reading import reads

KEEPS = permission_required("inventory.keep_master_data", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])


def state_of(row: Any) -> tuple[str, str]:
    """Draft or released, as a chip."""
    return ("wait", _("Draft")) if row.released_at is None else ("done", _("Released for use"))


@reads
def boms(request: HttpRequest) -> HttpResponse:
    """Bills, drafts first."""
    sheet = Sheet(
        name="boms",
        heading=_("Bills of material"),
        intro=_("New builds take the released bill that is effective; running builds keep theirs."),
        columns=[_("Product"), _("Name"), _("Part revision"), _("Bill"), _("Lines"), _("State"), _("Effective from"),
                 _("Released on")],
        rows=bom_list(text_of(request, "q"), text_of(request, "state")),
        cells=_bom_cells,
        filters=[
            search_filter(request, _("Product or part in it")),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=[
            *act(request, _("Import"), reverse("planning_import"), "inventory.keep_master_data"),
            *act(request, _("Begin a draft"), reverse("bom_new"), "inventory.keep_master_data", "primary"),
        ],
        crumbs=((reverse("parts"), _("Parts")),),
    )  # fmt: skip
    return list_page(request, sheet)


def _bom_cells(bom: Any) -> list[Cell]:
    state, word = state_of(bom)
    product = bom.part_revision.part
    return [
        Cell(product.number, reverse("bom", args=[bom.pk]), "code"),
        Cell(product.name),
        Cell(bom.part_revision.revision, css="code"),
        Cell(bom.revision, css="code"),
        Cell(bom.count, css="num"),
        Cell(word, state=state),
        Cell(day(bom.effective_from)),
        Cell(day(bom.released_at)),
    ]


def day(value: Any) -> str:
    """A day as lists say it, or nothing."""
    if value is None:
        return ""
    return f"{timezone.localtime(value) if hasattr(value, 'hour') else value:%Y/%m/%d}"


@reads
def bom(request: HttpRequest, bom_id: int) -> HttpResponse:
    """One bill, paged; `?with=` another one shows what differs."""
    found = get_object_or_404(Bom.objects.select_related("part_revision__part"), pk=bom_id)
    draft, may = found.released_at is None, request.user.has_perm("inventory.keep_master_data")
    others = boms_of(found)
    other = next((row for row in others if str(row.pk) == request.GET.get("with", "")), None)
    sheet = Sheet(
        name=f"bom-{found.part_revision.part.number}-{found.revision}",
        heading=_("Bill %(bom)s of %(part)s") % {"bom": found.revision, "part": str(found.part_revision)},
        intro=_words(found),
        columns=[
            *(_("Line"), _("Part number"), _("Name"), _("Quantity"), _("Unit of measure")),
            *([_("Change")] if draft else []),
        ],
        rows=bom_lines(found, text_of(request, "q")),
        cells=lambda line: _line_cells(found, line, change=draft and may),
        filters=[
            search_filter(request, _("Number or name")),
            choice_filter(
                request, "with", _("Compare with"),
                [(str(row.pk), f"{row.part_revision.revision} / {row.revision}") for row in others],
            ),
        ],
        acts=_acts(found, draft=draft) if may else [],
        crumbs=((reverse("boms"), _("Bills of material")),),
    )  # fmt: skip
    return list_page(
        request, sheet, template="inventory/bom.html", bom=found, other=other,
        differences=compared(other, found) if other else None,
    )  # fmt: skip


def _words(bom: Bom) -> str:
    if bom.released_at is None:
        return _("Draft, version %(version)d: no build takes it.") % {"version": bom.version}
    if is_effective(bom, timezone.localdate()):
        return _("Released: builds that start today take it.")
    if bom.effective_from and bom.effective_from > timezone.localdate():
        return _("Released: builds take it from %(day)s on.") % {"day": day(bom.effective_from)}
    return _("Released: a later bill is in force; builds started with it keep it.")


def _acts(bom: Bom, *, draft: bool) -> list[dict[str, str]]:
    if not draft:
        query = f"?part={bom.part_revision.part.number}&rev={bom.part_revision.revision}&from={bom.revision}"
        return [{"label": _("Begin a draft from it"), "url": reverse("bom_new") + query, "kind": "primary"}]
    return [
        {"label": _("Give it up"), "url": reverse("bom_discard", args=[bom.pk]), "kind": "plain"},
        {"label": _("Add a line"), "url": reverse("bom_line_new", args=[bom.pk]), "kind": ""},
        {"label": _("Release it"), "url": reverse("bom_release", args=[bom.pk]), "kind": "primary"},
    ]


def _line_cells(bom: Bom, line: BomLine, *, change: bool) -> list[Cell]:
    cells = [
        Cell(line.number, css="num"),
        Cell(line.part.number, reverse("part", args=[line.part_id]), "code"),
        Cell(line.part.name),
        Cell(f"{line.quantity.normalize():f}", css="num"),
        Cell(line.unit),
    ]
    if bom.released_at is None:
        cells.append(Cell(_("Change"), reverse("bom_line", args=[bom.pk, line.number]) if change else ""))
    return cells


@KEEPS
@FORM
def bom_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft."""
    start = {"part_number": "part", "part_revision": "rev", "from_revision": "from"}
    form = BomDraftForm(request.POST or None, initial={name: text_of(request, key) for name, key in start.items()})
    edit = Edit(
        form, _("Begin a draft of a bill"), _("Begin"), (reverse("boms"), _("Bills of material")), draft_bom,
        lambda given: given, _("The draft is begun."), to=lambda row: reverse("bom", args=[row.pk]),
        intro=_("A draft changes nothing on the floor until it is released."),
    )  # fmt: skip
    return edit_page(request, edit)


def _back(bom: Bom) -> tuple[str, str]:
    return reverse("bom", args=[bom.pk]), f"{bom.part_revision} / {bom.revision}"


@KEEPS
@FORM
def bom_line_new(request: HttpRequest, bom_id: int) -> HttpResponse:
    """Add a line to a draft."""
    found = get_object_or_404(Bom.objects.select_related("part_revision__part"), pk=bom_id)
    last = found.lines.order_by("-number").values_list("number", flat=True).first() or 0
    form = BomLineForm(request.POST or None, initial={"number": (last // 10 + 1) * 10, "unit": "pcs"})
    edit = Edit(
        form, _("Add a line"), _("Add"), _back(found), put_bom_line,
        lambda given: {"bom_id": found.pk, "version": 0, **given}, _("The line is added."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def bom_line(request: HttpRequest, bom_id: int, number: int) -> HttpResponse:
    """Change a line of a draft."""
    found = get_object_or_404(Bom.objects.select_related("part_revision__part"), pk=bom_id)
    line = get_object_or_404(BomLine.objects.select_related("part"), bom=found, number=number)
    initial = {
        "number": line.number, "part_number": line.part.number, "quantity": line.quantity.normalize(),
        "unit": line.unit,
    }  # fmt: skip
    form = BomLineForm(request.POST or None, initial=initial)
    form.fields["number"].disabled = True
    edit = Edit(
        form, _("Change line %(number)d") % {"number": number}, _("Save"), _back(found), put_bom_line,
        lambda given: {"bom_id": found.pk, **given, "number": number}, _("Saved."), version=line.version,
        drop=(reverse("bom_line_drop", args=[found.pk, number]), _("Take the line out")),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@require_POST
def bom_line_drop(request: HttpRequest, bom_id: int, number: int) -> HttpResponse:
    """Take a line out of a draft."""
    found = get_object_or_404(Bom.objects.select_related("part_revision__part"), pk=bom_id)
    return post_call(
        request, drop_bom_line, done=_("The line is out."), to=_back(found)[0], back=_back(found), bom_id=found.pk,
        number=number, version=None,
    )  # fmt: skip


@KEEPS
@FORM
def bom_release(request: HttpRequest, bom_id: int) -> HttpResponse:
    """Release a draft from a day on."""
    found = get_object_or_404(Bom.objects.select_related("part_revision__part"), pk=bom_id)
    edit = Edit(
        EffectiveForm(request.POST or None), _("Release bill %(bom)s") % {"bom": _back(found)[1]}, _("Release it"),
        _back(found), release_bom_draft, lambda given: {"bom_id": found.pk, **given},
        _("The bill is released."), version=found.version,
        intro=_("A released bill never changes. Running builds keep the bill they were started with."),
    )  # fmt: skip
    return edit_page(request, edit)


def discard_words() -> str:
    """What giving up a draft means."""
    return _("Its rows go, and its name is free again. What it said stays in the record of events.")


@KEEPS
@FORM
def bom_discard(request: HttpRequest, bom_id: int) -> HttpResponse:
    """Give up a draft: the page asks once more, and why."""
    found = get_object_or_404(Bom.objects.select_related("part_revision__part"), pk=bom_id)
    edit = Edit(
        DiscardForm(request.POST or None), _("Give up draft %(name)s") % {"name": _back(found)[1]},
        _("Give up the draft"), _back(found), discard_bom_draft, lambda given: {"bom_id": found.pk, **given},
        _("The draft is given up."), to=reverse("boms"), version=found.version, intro=discard_words(),
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("boms/", boms, name="boms"),
    path("boms/new/", bom_new, name="bom_new"),
    path("boms/<int:bom_id>/", bom, name="bom"),
    path("boms/<int:bom_id>/release/", bom_release, name="bom_release"),
    path("boms/<int:bom_id>/discard/", bom_discard, name="bom_discard"),
    path("boms/<int:bom_id>/lines/new/", bom_line_new, name="bom_line_new"),
    path("boms/<int:bom_id>/lines/<int:number>/", bom_line, name="bom_line"),
    path("boms/<int:bom_id>/lines/<int:number>/removal/", bom_line_drop, name="bom_line_drop"),
]
