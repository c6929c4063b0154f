"""Pages that act on a build: start it, start and break off its operations, take a unit out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assembly.forms import BuildStartForm, ReasonForm, RemovalForm
from assembly.models import Build, Design, Slot
from assembly.operations.builds import BuildStart, start_builds
from assembly.operations.installs import remove_unit
from assembly.operations.runs import abort_run, start_run
from assembly.queries.builds import build_named
from inventory.models import Location, Placement
from inventory.models.places import INSIDE_PLANT
from ledger.doors import Outcome, call_from_page, new_key


def form_page(  # noqa: PLR0913 - what a page of one form shows
    request: HttpRequest,
    form: forms.Form,
    *,
    heading: str,
    button: str,
    back: tuple[str, str],
    intro: str = "",
    outcome: Outcome | None = None,
) -> HttpResponse:
    """A page of one form, with its refusal on top (contract of assembly/form.html)."""
    refused = outcome is not None and outcome.refusal is not None
    context = {
        "form": form,
        "heading": heading,
        "intro": intro,
        "button": button,
        "back_url": back[0],
        "back_label": back[1],
        "refusal": outcome.refusal if outcome else None,
        "key": request.POST.get("key") or new_key(),
        "note": _("What is recorded cannot be erased. A mistake stays visible with its correction."),
    }
    status = outcome.status if refused and outcome else 422 if form.errors else 200
    return render(request, "assembly/form.html", context, status=status)


def places() -> list[tuple[str, str]]:
    """Places in the plant, for a choice."""
    rows = Location.objects.filter(kind__in=INSIDE_PLANT)
    return [(place.code, f"{place.code} {place.name}") for place in rows]


def the_build(number: str) -> Build:
    """The build of that name, or 404."""
    build = build_named(number)
    if build is None:
        raise Http404(_("No build goes by that number."))
    return build


@permission_required("assembly.start_build", raise_exception=True)
@require_http_methods(["GET", "POST"])
def build_start(request: HttpRequest) -> HttpResponse:
    """Start one build or many."""
    designs = [
        (design.code, f"{design.code} · {design.part_revision.part.name} {_('rev')} {design.part_revision.revision}")
        for design in Design.objects.exclude(released_at=None).select_related("part_revision__part").order_by("code")
    ]
    form = BuildStartForm(
        request.POST or None, designs=designs, places=places(), initial={"location": "LINE-RACK", "design": "D-31"}
    )
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = call_from_page(request, start_builds, starts=_starts(form))
        if outcome.refusal is None:
            return _after_start(request, outcome.result["builds"])
    return form_page(
        request,
        form,
        heading=_("Start a build"),
        intro=_("The slots are copied from the design and frozen. One unit has one build, for ever."),
        button=_("Start"),
        back=(reverse("racks"), _("Racks")),
        outcome=outcome,
    )


def _starts(form: BuildStartForm) -> list[BuildStart]:
    given = form.cleaned_data
    serials = form.serial_list() or [""] * given["quantity"]
    return [
        BuildStart(
            design_code=given["design"],
            serial=serial,
            order_number=given["order_number"].strip(),
            need_by=given["need_by"],
            location_code=given["location"],
        )
        for serial in serials
    ]


def _after_start(request: HttpRequest, ids: list[int]) -> HttpResponse:
    builds = list(Build.objects.filter(pk__in=ids).select_related("unit", "design").order_by("pk"))
    names = ", ".join(build.unit.name for build in builds[:5])
    text = ngettext("%(count)d build started: %(names)s", "%(count)d builds started: %(names)s", len(builds))
    messages.success(request, text % {"count": len(builds), "names": names})
    if len(builds) == 1:
        return redirect("rack", builds[0].unit.name)
    return redirect("racks" if builds[0].design.kind == "rack" else "builds")


@permission_required("assembly.run_operation", raise_exception=True)
@require_POST
def run_start(request: HttpRequest, number: str, operation: int) -> HttpResponse:
    """Start an operation of a build."""
    build = the_build(number)
    outcome = call_from_page(request, start_run, build_id=build.pk, number=operation)
    if outcome.refusal is None:
        messages.success(request, _("Operation %(number)d has begun.") % {"number": operation})
        return redirect("rack_operations", number)
    return _refused(request, build, outcome)


def _refused(request: HttpRequest, build: Build, outcome: Outcome) -> HttpResponse:
    context = {
        "refusal": outcome.refusal,
        "back_url": reverse("rack_operations", args=[build.unit.name]),
        "back_label": build.unit.name,
    }
    return render(request, "assembly/refused.html", context, status=outcome.status)


@permission_required("assembly.run_operation", raise_exception=True)
@require_http_methods(["GET", "POST"])
def run_abort(request: HttpRequest, number: str, operation: int) -> HttpResponse:
    """Break off a running operation, with the reason."""
    build = the_build(number)
    form = ReasonForm(request.POST or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = call_from_page(
            request, abort_run, build_id=build.pk, number=operation, reason=form.cleaned_data["reason"]
        )
        if outcome.refusal is None:
            messages.success(request, _("Operation %(number)d was broken off.") % {"number": operation})
            return redirect("rack_operations", number)
    return form_page(
        request,
        form,
        heading=_("Break off operation %(number)d of %(unit)s") % {"number": operation, "unit": build.unit.name},
        intro=_("The attempt stays on record without a result. The operation can be started again."),
        button=_("Break off"),
        back=(reverse("rack_operations", args=[number]), build.unit.name),
        outcome=outcome,
    )


@permission_required("assembly.install", raise_exception=True)
@require_http_methods(["GET", "POST"])
def unit_removal(request: HttpRequest, number: str, position: str) -> HttpResponse:
    """Take the unit out of a slot: why, and where it goes."""
    build = the_build(number)
    slot = get_object_or_404(Slot, build=build, position=position)
    inside = Placement.objects.filter(host_id=build.unit_id, position=position, to_at=None).select_related("unit")
    form = RemovalForm(request.POST or None, places=places(), initial={"location": "QRN"})
    outcome = None
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        outcome = call_from_page(
            request, remove_unit, slot_id=slot.pk, reason=given["reason"], location_code=given["location"]
        )
        if outcome.refusal is None:
            messages.success(request, _removed_words(outcome.result["repeats"]))
            return redirect(f"{reverse('rack', args=[number])}?slot={position}#focus")
    unit = inside.first()
    return form_page(
        request,
        form,
        heading=_("Take %(unit)s out of %(place)s")
        % {"unit": unit.unit.name if unit else "–", "place": f"{build.unit.name} {position}"},
        intro=_("What the rules repeat after such a removal is demanded again."),
        button=_("Take out"),
        back=(f"{reverse('rack', args=[number])}?slot={position}", build.unit.name),
        outcome=outcome,
    )


def _removed_words(repeats: list[int]) -> str:
    if not repeats:
        return _("The unit is out.")
    return _("The unit is out. To be repeated: %(numbers)s.") % {"numbers": ", ".join(map(str, repeats))}
