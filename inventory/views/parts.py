"""The planner's pages of parts and suppliers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory.models import Bom, Part, Supplier
from inventory.models.parts import LEVELS
from inventory.operations.part_edits import PartFacts, add_part_alias, edit_part, edit_supplier, revise_part
from inventory.operations.parts import PartRow, define_part
from inventory.planning_forms import AliasForm, PartFactsForm, PartNewForm, RevisionForm, SupplierForm
from inventory.queries.parts import part_kinds, part_list, supplier_list
from inventory.views.desk import Cell, Edit, Sheet, act, choice_filter, edit_page, list_page, search_filter, text_of
from inventory.views.reading import reads

KEEPS = permission_required("inventory.keep_master_data", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])

FOLLOWED: dict[str, Any] = {
    "serial": gettext_lazy("serial"),
    "lot": gettext_lazy("lot"),
    "bulk": gettext_lazy("bulk"),
}
LEVEL_WORDS: dict[str, Any] = {
    "chip": gettext_lazy("chip"),
    "board": gettext_lazy("board"),
    "module": gettext_lazy("module"),
    "tray": gettext_lazy("tray"),
    "rack": gettext_lazy("rack"),
    "crate": gettext_lazy("crate"),
}


def level_word(level: int) -> str:
    """The word of a level, or its number."""
    return str(next((LEVEL_WORDS[word] for word, number in LEVELS.items() if number == level), level))


@reads
def parts(request: HttpRequest) -> HttpResponse:
    """All parts, with filters and export."""
    rows = part_list(text_of(request, "q"), text_of(request, "kind"), text_of(request, "followed"))
    sheet = Sheet(
        name="parts",
        heading=_("Parts"),
        intro=_("Numbers, names, level, how they are followed, export data"),
        columns=[_("Part number"), _("Name"), _("Revision"), _("Kind"), _("Level"), _("Followed by"), _("Maker"),
                 _("Country of origin"), _("HS code"), _("ECCN"), _("Weight (kg)")],
        rows=rows,
        cells=_part_cells,
        filters=[
            search_filter(request, _("Number or name")),
            choice_filter(request, "kind", _("Kind"), [(kind, kind) for kind in part_kinds()]),
            choice_filter(request, "followed", _("Followed by"), list(FOLLOWED.items())),
        ],
        acts=[
            {"label": _("Suppliers"), "url": reverse("suppliers"), "kind": ""},
            {"label": _("Bills of material"), "url": reverse("boms"), "kind": ""},
            *act(request, _("Import"), reverse("planning_import"), "inventory.keep_master_data"),
            *act(request, _("New part"), reverse("part_new"), "inventory.keep_master_data", "primary"),
        ],
    )  # fmt: skip
    return list_page(request, sheet)


def _part_cells(part: Any) -> list[Cell]:
    return [
        Cell(part.number, reverse("part", args=[part.pk]), "code"),
        Cell(part.name),
        Cell(part.latest, css="code"),
        Cell(part.kind, css="code"),
        Cell(level_word(part.level)),
        Cell(str(FOLLOWED.get(part.traceability, part.traceability))),
        Cell(part.manufacturer),
        Cell(part.country, css="code"),
        Cell(part.hs_code, css="code"),
        Cell(part.eccn, css="code"),
        Cell(part.weight_kg if part.weight_kg is not None else "", css="num"),
    ]


@reads
def part(request: HttpRequest, part_id: int) -> HttpResponse:
    """One part: what is said of it, its revisions, other numbers, bills, where it is used."""
    found = get_object_or_404(Part, pk=part_id)
    used = Bom.objects.filter(lines__part=found).select_related("part_revision__part").distinct().order_by("-pk")[:50]
    context = {
        "part": found,
        "facts": _facts(found),
        "revisions": list(found.revisions.prefetch_related("positions__child").order_by("-revision")),
        "aliases": list(found.aliases.order_by("number")),
        "boms": list(Bom.objects.filter(part_revision__part=found).select_related("part_revision").order_by("-pk")),
        "used": list(used),
        "may": request.user.has_perm("inventory.keep_master_data"),
    }
    return render(request, "inventory/part.html", context)


def _facts(part: Part) -> list[dict[str, Any]]:
    return [
        {"label": _("Name (Japanese)"), "value": part.name_ja},
        {"label": _("Name (English)"), "value": part.name_en},
        {"label": _("Kind"), "value": part.kind, "code": True},
        {"label": _("Level"), "value": level_word(part.level)},
        {"label": _("Followed by"), "value": FOLLOWED.get(part.traceability, part.traceability)},
        {"label": _("Maker"), "value": part.manufacturer},
        {"label": _("GTIN"), "value": part.gtin, "code": True},
        {"label": _("HS code"), "value": part.hs_code, "code": True},
        {"label": _("ECCN"), "value": part.eccn, "code": True},
        {"label": _("Export judgement"), "value": part.gaihi},
        {"label": _("Country of origin"), "value": part.country, "code": True},
        {"label": _("Weight (kg)"), "value": part.weight_kg},
        {"label": _("Version"), "value": part.version},
    ]


def _back(part: Part) -> tuple[str, str]:
    return reverse("part", args=[part.pk]), part.number


@KEEPS
@FORM
def part_new(request: HttpRequest) -> HttpResponse:
    """Register a part with its first revision."""
    form = PartNewForm(request.POST or None, levels=list(LEVEL_WORDS.items()), followed=list(FOLLOWED.items()))
    edit = Edit(
        form, _("New part"), _("Register"), (reverse("parts"), _("Parts")), define_part,
        lambda given: {"part": PartRow(**given)}, _("The part is registered."),
        to=lambda row: reverse("part", args=[row.pk]),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def part_edit(request: HttpRequest, part_id: int) -> HttpResponse:
    """Change what is said of a part."""
    found = get_object_or_404(Part, pk=part_id)
    initial = {name: getattr(found, name) for name in PartFactsForm.base_fields}
    form = PartFactsForm(request.POST or None, initial=initial)
    edit = Edit(
        form, _("Change %(part)s") % {"part": found.number}, _("Save"), _back(found), edit_part,
        lambda given: {"part_id": found.pk, "facts": PartFacts(**given)}, _("Saved."), version=found.version,
        intro=_("Number, level and how it is followed stay: units rest on them."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def part_revise(request: HttpRequest, part_id: int) -> HttpResponse:
    """A further revision of a part."""
    found = get_object_or_404(Part, pk=part_id)
    edit = Edit(
        RevisionForm(request.POST or None), _("New revision of %(part)s") % {"part": found.number}, _("Register"),
        _back(found), revise_part, lambda given: {"part_id": found.pk, **given}, _("The revision is registered."),
        version=found.version, intro=_("Units keep the revision they came with."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def part_alias(request: HttpRequest, part_id: int) -> HttpResponse:
    """Another number of a part."""
    found = get_object_or_404(Part, pk=part_id)
    edit = Edit(
        AliasForm(request.POST or None), _("Other number of %(part)s") % {"part": found.number}, _("Register"),
        _back(found), add_part_alias, lambda given: {"part_id": found.pk, **given}, _("The number is registered."),
        version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


@reads
def suppliers(request: HttpRequest) -> HttpResponse:
    """All suppliers."""
    sheet = Sheet(
        name="suppliers",
        heading=_("Suppliers"),
        columns=[_("Code"), _("Name"), _("Country"), _("Ship notices")],
        rows=supplier_list(text_of(request, "q")),
        cells=lambda row: [
            Cell(row.code, reverse("supplier_edit", args=[row.pk]), "code"), Cell(row.name), Cell(row.country),
            Cell(row.notices, css="num"),
        ],
        filters=[search_filter(request, _("Code or name"))],
        crumbs=((reverse("parts"), _("Parts")),),
    )  # fmt: skip
    return list_page(request, sheet)


@KEEPS
@FORM
def supplier_edit(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """Change a supplier's name or country."""
    found = get_object_or_404(Supplier, pk=supplier_id)
    form = SupplierForm(request.POST or None, initial={"name": found.name, "country": found.country})
    edit = Edit(
        form, _("Change %(part)s") % {"part": found.code}, _("Save"), (reverse("suppliers"), _("Suppliers")),
        edit_supplier, lambda given: {"supplier_id": found.pk, **given}, _("Saved."), version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("parts/", parts, name="parts"),
    path("parts/new/", part_new, name="part_new"),
    path("parts/<int:part_id>/", part, name="part"),
    path("parts/<int:part_id>/edit/", part_edit, name="part_edit"),
    path("parts/<int:part_id>/revisions/new/", part_revise, name="part_revise"),
    path("parts/<int:part_id>/aliases/new/", part_alias, name="part_alias"),
    path("suppliers/", suppliers, name="suppliers"),
    path("suppliers/<int:supplier_id>/edit/", supplier_edit, name="supplier_edit"),
]
