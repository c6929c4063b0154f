"""The limits of the road: those in force with their grades, earlier revisions, and a change of one limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ledger.doors import Outcome, call_from_page, new_key
from logistics.models import ConditionLimits
from logistics.models.conditions import JUDGED
from logistics.operations.condition_limits import REASON_LIMIT, RoadLimit, release_condition_limits
from logistics.queries.conditions import Limit, rows_in_force
from logistics.views.condition_words import GRADES, limit_words, measure_word
from logistics.views.saying import reads

KEEPS = permission_required("logistics.keep_condition_limits", raise_exception=True)
REVISIONS_SHOWN = 20


@reads
@require_GET
def condition_limits(request: HttpRequest) -> HttpResponse:
    """The limits in force, and what the revisions changed."""
    newest, limits = rows_in_force()
    may = request.user.has_perm("logistics.keep_condition_limits")
    revisions = ConditionLimits.objects.select_related("released_by").order_by("-revision")[:REVISIONS_SHOWN]
    return render(
        request,
        "logistics/condition_limits.html",
        {
            "revision": newest,
            "limits": [_row(measure, part, limits[measure, part], may=may) for measure, part in _ordered(limits)],
            "revisions": list(revisions),
            "add_url": reverse("condition_limit_change") if may else "",
        },
    )


def _ordered(limits: dict[tuple[str, str], Limit]) -> list[tuple[str, str]]:
    return sorted(limits, key=lambda at: (JUDGED.index(at[0]), at[1]))


def _row(measure: str, part: str, limit: Limit, *, may: bool) -> dict[str, Any]:
    asked = urlencode({"measure": measure, "crate_part": part})
    return {
        "measure": measure_word(measure), "part": part or _("every crate"), "limit": limit_words(measure, limit),
        "grade": limit.grade, "grade_word": GRADES[limit.grade], "basis": limit.basis,
        "url": f"{reverse('condition_limit_change')}?{asked}" if may else "",
    }  # fmt: skip


class LimitForm(forms.Form):
    """One limit, and why the limits change."""

    measure = forms.ChoiceField(label=gettext_lazy("Measure"))
    crate_part = forms.CharField(
        label=gettext_lazy("Crate part"), max_length=100, required=False, help_text=gettext_lazy("Blank: every crate")
    )
    low = forms.DecimalField(label=gettext_lazy("Lowest"), required=False, localize=False)
    high = forms.DecimalField(
        label=gettext_lazy("Highest"), required=False, localize=False,
        help_text=gettext_lazy("Shock in g, tilt in degrees, ℃, %; the gap in minutes"),
    )  # fmt: skip
    grade = forms.ChoiceField(label=gettext_lazy("Grade"), choices=list(GRADES.items()))
    basis = forms.CharField(label=gettext_lazy("Where the figure is from"), max_length=REASON_LIMIT)
    why = forms.CharField(
        label=gettext_lazy("Why the limits change"), max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["measure"].choices = [(one, measure_word(one)) for one in JUDGED]  # type: ignore[attr-defined]


@KEEPS
@require_http_methods(["GET", "POST"])
def condition_limit_change(request: HttpRequest) -> HttpResponse:
    """Release the next revision with one limit changed or added."""
    form = LimitForm(request.POST or None, initial=_initial(request))
    outcome = Outcome()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        spec = RoadLimit(
            given["measure"], given["low"], given["high"], given["grade"], given["basis"], given["crate_part"]
        )
        outcome = call_from_page(
            request, release_condition_limits, revision=given["revision"], changes=[spec], reason=given["why"]
        )
        if outcome.refusal is None:
            messages.success(request, _("Revision %(revision)d is in force.") % {"revision": outcome.result.revision})
            return redirect("condition_limits")
    bad = request.method == "POST" and outcome.refusal is None
    context = {
        "title": _("Change a limit of the road"), "form": form, "refusal": outcome.refusal, "key": new_key(),
        "button": _("Release the next revision"), "number": "", "crumbs_url": reverse("condition_limits"),
    }  # fmt: skip
    return render(request, "logistics/act.html", context, status=422 if bad else outcome.status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    newest, limits = rows_in_force()
    measure, part = request.GET.get("measure", ""), request.GET.get("crate_part", "")
    found: dict[str, Any] = {"revision": newest.revision if newest else 0, "measure": measure, "crate_part": part}
    limit = limits.get((measure, part))
    if limit is not None:
        found |= {"low": _figure(limit.low), "high": _figure(limit.high), "grade": limit.grade, "basis": limit.basis}
    return found


def _figure(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:g}")


URLS = [
    path("condition-limits/", condition_limits, name="condition_limits"),
    path("condition-limits/change/", condition_limit_change, name="condition_limit_change"),
]
