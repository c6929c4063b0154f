"""Pages of deviations: what may depart from a frozen design, by whose approval."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assembly.forms import DeviationForm
from assembly.models import Build, Deviation, Slot
from assembly.operations.deviations import approve_deviation
from assembly.queries.quality import deviation_list
from assembly.views.builds import form_page, the_build
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import call_from_page


@permission_required("assembly.read", raise_exception=True)
@require_GET
def deviations(request: HttpRequest) -> HttpResponse:
    """Approved deviations, the newest first, with export."""
    text = request.GET.get("q", "").strip()[:100]
    rows = deviation_list(text)
    heading = [_("Number"), _("Rack or tray"), _("Position"), _("Part"), _("Reason"), _("Approved by"), _("Approved")]
    file = exported(request, "deviations", heading, rows, _deviation_cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    context = {
        "deviations": [
            {"row": row, "build": row.build.unit.name, "url": reverse("rack", args=[row.build.unit.name])}
            for row in page
        ],
        "page": page,
        "filters": [{"name": "q", "label": _("Number, unit or part"), "value": text, "kind": "search"}],
        "chosen": chosen_links(request, {"q": text} if text else {}, {"q": _("Number, unit or part")}),
        "exports": exports_of(request),
        "empty": empty_words({"q": text} if text else {}),
    }
    return render(request, "assembly/deviations.html", context)


def _deviation_cells(row: Deviation) -> list[str]:
    when = f"{timezone.localtime(row.approved_at):%Y-%m-%d %H:%M}"
    return [row.number, row.build.unit.name, row.position, row.part.number, row.reason, row.approved_by.name, when]


@permission_required("assembly.dispose_nonconformity", raise_exception=True)
@require_http_methods(["GET", "POST"])
def deviation_new(request: HttpRequest, number: str) -> HttpResponse:
    """Approve another part at one position of a build."""
    build: Build = the_build(number)
    positions = [
        (slot.position, f"{slot.position} · {slot.part.number}")
        for slot in Slot.objects.filter(build=build).select_related("part")
    ]
    form = DeviationForm(request.POST or None, positions=positions, initial={"position": request.GET.get("slot", "")})
    outcome = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        outcome = call_from_page(
            request,
            approve_deviation,
            build_id=build.pk,
            position=given["position"],
            part_number=given["part"].strip(),
            reason=given["reason"],
        )
        if outcome.refusal is None:
            messages.success(request, _("%(number)s is approved.") % {"number": outcome.result.number})
            return redirect("rack", number)
    return form_page(
        request,
        form,
        heading=_("Approve another part for %(unit)s") % {"unit": build.unit.name},
        intro=_("The design stays frozen; the as-built record names the deviation."),
        button=_("Approve"),
        back=(reverse("rack", args=[number]), build.unit.name),
        outcome=outcome,
    )
