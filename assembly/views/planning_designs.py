"""The planner's pages of designs and rack models: lists, one design drawn with its slots, its draft."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assembly.elevation import Position, RackFace, Row, TrayTop, elevation, tray_top
from assembly.models import Design, DesignSlot, RackModel
from assembly.operations.design_drafts import (
    discard_design_draft,
    draft_design,
    drop_design_slot,
    edit_design,
    put_design_slot,
    release_design_draft,
    spec_of_slot,
    swap_design_part,
)
from assembly.operations.designs import SlotSpec
from assembly.operations.rack_models import edit_rack_model
from assembly.planning_forms import DesignForm, DraftForm, RackModelForm, SlotForm, SwapForm, choose
from assembly.queries.faces import FRONT, TRAY
from assembly.queries.planning import design_list, effective_designs
from assembly.views.planning_words import tabs
from inventory.models import Part
from inventory.planning_forms import DiscardForm, EffectiveForm
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
def designs(request: HttpRequest) -> HttpResponse:
    """Designs, drafts first; which one new builds take today."""
    current = effective_designs(timezone.localdate())
    sheet = Sheet(
        name="designs",
        heading=_("Designs"),
        intro=_("Slot map, bill and routing of a product; frozen in each build when it is started"),
        columns=[_("Design"), _("Product"), _("Routing"), _("Bill"), _("Rack model"), _("Slots"), _("Builds"),
                 _("State"), _("Effective from")],
        rows=design_list(text_of(request, "q"), text_of(request, "state")),
        cells=lambda design: _cells(design, current),
        filters=[
            search_filter(request, _("Code or product")),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=act(request, _("Begin a draft"), reverse("design_new"), "assembly.keep_master_data", "primary"),
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


def _cells(design: Any, current: frozenset[int]) -> list[Cell]:
    state, word = state_of(design)
    if design.pk in current:
        state, word = "ok", _("in force")
    return [
        Cell(design.code, reverse("design", args=[design.pk]), "code"),
        Cell(str(design.part_revision), css="code"),
        Cell(str(design.routing), reverse("routing", args=[design.routing_id]), "code"),
        Cell(design.bom.revision if design.bom else _("as effective"), css="code" if design.bom else ""),
        Cell(design.rack_model.code if design.rack_model else "", css="code"),
        Cell(design.slot_count, css="num"),
        Cell(design.build_count, css="num"),
        Cell(word, state=state),
        Cell(day(design.effective_from)),
    ]


@READS
@require_GET
def design(request: HttpRequest, design_id: int) -> HttpResponse:
    """One design: drawn, and its slots as a table."""
    found = get_object_or_404(design_list(), pk=design_id)
    may = request.user.has_perm("assembly.keep_master_data")
    draft = found.released_at is None
    slots = list(found.slots.select_related("part").order_by("order"))
    numbers = dict(Part.objects.filter(pk__in={pk for s in slots for pk in s.alternates}).values_list("pk", "number"))
    sheet = Sheet(
        name=f"design-{found.code}",
        heading=_("Design %(code)s") % {"code": found.code},
        intro=_intro(found),
        columns=[_("Position"), _("Kind"), _("Part number"), _("Also allowed"), _("Rack unit"), _("Slot number"),
                 _("Tray index"), _("Must be filled"), *([_("Change")] if draft else [])],
        rows=slots,
        cells=lambda slot: _slot_cells(found, slot, numbers, change=draft and may),
        acts=_acts(found) if may else [],
        crumbs=((reverse("designs"), _("Designs")),),
        tabs=tabs(request),
    )  # fmt: skip
    drawn = _drawn(found, slots, href=draft and may)
    return list_page(request, sheet, template="assembly/design.html", design=found, **drawn)


def _intro(design: Any) -> str:
    facts = [str(design.part_revision), str(design.routing)]
    if design.bom:
        facts.append(_("bill %(bom)s") % {"bom": design.bom.revision})
    facts.append(
        _("draft, version %(version)d") % {"version": design.version}
        if design.released_at is None
        else _("released %(day)s") % {"day": day(design.released_at)}
    )
    if design.effective_from:
        facts.append(_("effective from %(day)s") % {"day": day(design.effective_from)})
    return " · ".join(facts)


def _acts(design: Design) -> list[dict[str, str]]:
    if design.released_at is not None:
        url = f"{reverse('design_new')}?from={design.code}"
        return [{"label": _("Begin a draft from it"), "url": url, "kind": "primary"}]
    return [
        {"label": _("Give it up"), "url": reverse("design_discard", args=[design.pk]), "kind": "plain"},
        {"label": _("Add a slot"), "url": reverse("design_slot_new", args=[design.pk]), "kind": ""},
        {"label": _("Replace a part"), "url": reverse("design_swap", args=[design.pk]), "kind": ""},
        {"label": _("Change"), "url": reverse("design_edit", args=[design.pk]), "kind": ""},
        {"label": _("Release it"), "url": reverse("design_release", args=[design.pk]), "kind": "primary"},
    ]


def _slot_cells(design: Design, slot: DesignSlot, numbers: dict[int, str], *, change: bool) -> list[Cell]:
    cells = [
        Cell(slot.position, css="code"),
        Cell(slot.kind, css="code"),
        Cell(slot.part.number, css="code"),
        Cell(", ".join(numbers[pk] for pk in slot.alternates), css="code"),
        Cell(slot.ru if slot.ru is not None else "", css="num"),
        Cell(slot.slot_number if slot.slot_number is not None else "", css="num"),
        Cell(slot.tray_index if slot.tray_index is not None else "", css="num"),
        Cell(_("yes") if slot.required else _("no")),
    ]
    if design.released_at is None:
        url = reverse("design_slot", args=[design.pk, slot.position]) if change else ""
        cells.append(Cell(_("Change"), url))
    return cells


def _drawn(design: Design, slots: list[DesignSlot], *, href: bool) -> dict[str, Any]:
    """The drawing of the slot map: a rack's front, or a tray from above."""

    def link(slot: DesignSlot) -> str:
        return reverse("design_slot", args=[design.pk, slot.position]) if href else ""

    title = _("Slot map of %(code)s") % {"code": design.code}
    if design.rack_model is None:
        places = tuple(
            Position(TRAY.get(slot.kind, slot.kind), slot.position, "built", slot.part.number[-6:], link(slot),
                     f"{slot.position} {slot.part.number}")
            for slot in slots
        )  # fmt: skip
        return {"tray": tray_top(TrayTop("map", places, title, front=_("front")))}
    rows = tuple(
        Row(
            slot.ru, FRONT[slot.kind], slot.ru_height,
            str(slot.slot_number) if slot.slot_number is not None else slot.position, "built",
            "" if slot.kind == "shelf" else slot.part.number, slot.part.number[-5:], link(slot),
            f"{slot.position} {slot.part.number}",
        )
        for slot in slots
        if slot.ru is not None and slot.kind in FRONT
    )  # fmt: skip
    return {"drawing": elevation(RackFace("map", design.rack_model.rack_units, rows, title))}


@KEEPS
@FORM
def design_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft as a copy of a design."""
    form = DraftForm(request.POST or None, initial={"from_code": text_of(request, "from")})
    codes = Design.objects.order_by("code").values_list("code", flat=True)
    choose(form, from_code=[(code, code) for code in codes])
    edit = Edit(
        form, _("Begin a draft of a design"), _("Begin"), (reverse("designs"), _("Designs")), draft_design,
        lambda given: given, _("The draft is begun."), to=lambda row: reverse("design", args=[row.pk]),
        intro=_("A draft changes nothing on the floor until it is released."),
    )  # fmt: skip
    return edit_page(request, edit)


def _found(design_id: int) -> Design:
    rows = Design.objects.select_related("part_revision__part", "routing", "bom", "rack_model")
    return get_object_or_404(rows, pk=design_id)


def _back(design: Design) -> tuple[str, str]:
    return reverse("design", args=[design.pk]), design.code


@KEEPS
@FORM
def design_edit(request: HttpRequest, design_id: int) -> HttpResponse:
    """Change what a draft makes and by what."""
    found = _found(design_id)
    initial = {
        "part_number": found.part_revision.part.number, "revision": found.part_revision.revision,
        "routing_code": found.routing.code, "routing_revision": found.routing.revision,
        "bom_revision": found.bom.revision if found.bom else "", "unit_prefix": found.unit_prefix,
    }  # fmt: skip
    edit = Edit(
        DesignForm(request.POST or None, initial=initial), _("Change draft %(code)s") % {"code": found.code},
        _("Save"), _back(found), edit_design, lambda given: {"design_id": found.pk, **given}, _("Saved."),
        version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def design_swap(request: HttpRequest, design_id: int) -> HttpResponse:
    """One part for another in all slots of a draft."""
    found = _found(design_id)
    taken = sorted(set(found.slots.values_list("part__number", flat=True)))
    form = SwapForm(request.POST or None)
    choose(form, old_part=[(number, number) for number in taken])
    edit = Edit(
        form, _("Replace a part in %(code)s") % {"code": found.code}, _("Replace"), _back(found), swap_design_part,
        lambda given: {"design_id": found.pk, **given}, _("The part is replaced in the draft."), version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def design_release(request: HttpRequest, design_id: int) -> HttpResponse:
    """Release a draft from a day on."""
    found = _found(design_id)
    edit = Edit(
        EffectiveForm(request.POST or None), _("Release design %(code)s") % {"code": found.code}, _("Release it"),
        _back(found), release_design_draft, lambda given: {"design_id": found.pk, **given},
        _("The design is released."), version=found.version,
        intro=_("A released design never changes. Racks in progress keep the one they were started with."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def design_discard(request: HttpRequest, design_id: int) -> HttpResponse:
    """Give up a draft: the page asks once more, and why."""
    found = _found(design_id)
    edit = Edit(
        DiscardForm(request.POST or None), _("Give up draft %(name)s") % {"name": found.code}, _("Give up the draft"),
        _back(found), discard_design_draft, lambda given: {"design_id": found.pk, **given},
        _("The draft is given up."), to=reverse("designs"), version=found.version, intro=discard_words(),
    )  # fmt: skip
    return edit_page(request, edit)


def _slot_arguments(design: Design, given: dict[str, Any]) -> dict[str, Any]:
    others = tuple(part.strip() for part in given["alternates"].split(",") if part.strip())
    return {"design_id": design.pk, "slot": SlotSpec(**{**given, "alternates": others})}


@KEEPS
@FORM
def design_slot_new(request: HttpRequest, design_id: int) -> HttpResponse:
    """Add a slot to a draft."""
    found = _found(design_id)
    edit = Edit(
        SlotForm(request.POST or None, initial={"required": True, "ru_height": 1}), _("Add a slot"), _("Add"),
        _back(found), put_design_slot, lambda given: {**_slot_arguments(found, given), "version": 0},
        _("The slot is added."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def design_slot(request: HttpRequest, design_id: int, position: str) -> HttpResponse:
    """Change a slot of a draft."""
    found = _found(design_id)
    slot = get_object_or_404(DesignSlot.objects.select_related("part"), design=found, position=position)
    spec = spec_of_slot(slot)
    initial = {name: getattr(spec, name) for name in SlotSpec.__dataclass_fields__}
    form = SlotForm(request.POST or None, initial={**initial, "alternates": ", ".join(spec.alternates)})
    form.fields["position"].disabled = True
    edit = Edit(
        form, _("Change slot %(position)s") % {"position": position}, _("Save"), _back(found), put_design_slot,
        lambda given: _slot_arguments(found, given), _("Saved."), version=slot.version,
        drop=(reverse("design_slot_drop", args=[found.pk, position]), _("Take the slot out")),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@require_POST
def design_slot_drop(request: HttpRequest, design_id: int, position: str) -> HttpResponse:
    """Take a slot out of a draft."""
    found = _found(design_id)
    return post_call(
        request, drop_design_slot, done=_("The slot is out."), to=_back(found)[0], back=_back(found),
        design_id=found.pk, position=position, version=None,
    )  # fmt: skip


@READS
@require_GET
def rack_models(request: HttpRequest) -> HttpResponse:
    """Rack families with their planning figures."""
    may = request.user.has_perm("assembly.keep_master_data")
    sheet = Sheet(
        name="rack-models",
        heading=_("Rack models"),
        columns=[_("Code"), _("Name"), _("Rack units"), _("Planned power (kW)"), _("Coolant (L/min per kW)"),
                 _("Coolant (L/min)")],
        rows=RackModel.objects.order_by("code"),
        cells=lambda row: [
            Cell(row.code, reverse("rack_model_edit", args=[row.pk]) if may else "", "code"), Cell(row.name),
            Cell(row.rack_units, css="num"), Cell(row.planned_kw, css="num"),
            Cell(row.litres_per_minute_per_kw, css="num"), Cell(f"{row.planned_lpm.normalize():f}", css="num"),
        ],
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


@KEEPS
@FORM
def rack_model_edit(request: HttpRequest, rack_model_id: int) -> HttpResponse:
    """Change a rack family."""
    found = get_object_or_404(RackModel, pk=rack_model_id)
    form = RackModelForm(request.POST or None, initial={n: getattr(found, n) for n in RackModelForm.base_fields})
    edit = Edit(
        form, _("Change %(part)s") % {"part": found.code}, _("Save"), (reverse("rack_models"), _("Rack models")),
        edit_rack_model, lambda given: {"rack_model_id": found.pk, **given}, _("Saved."), version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("planning/designs/", designs, name="designs"),
    path("planning/designs/new/", design_new, name="design_new"),
    path("planning/designs/<int:design_id>/", design, name="design"),
    path("planning/designs/<int:design_id>/edit/", design_edit, name="design_edit"),
    path("planning/designs/<int:design_id>/swap/", design_swap, name="design_swap"),
    path("planning/designs/<int:design_id>/release/", design_release, name="design_release"),
    path("planning/designs/<int:design_id>/discard/", design_discard, name="design_discard"),
    path("planning/designs/<int:design_id>/slots/new/", design_slot_new, name="design_slot_new"),
    path("planning/designs/<int:design_id>/slots/<str:position>/", design_slot, name="design_slot"),
    path("planning/designs/<int:design_id>/slots/<str:position>/removal/", design_slot_drop, name="design_slot_drop"),
    path("planning/rack-models/", rack_models, name="rack_models"),
    path("planning/rack-models/<int:rack_model_id>/edit/", rack_model_edit, name="rack_model_edit"),
]
