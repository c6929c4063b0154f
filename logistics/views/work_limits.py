"""Limits of the work in a stage: what is in force, a new one, and every release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.views.reading import page_of
from ledger.doors import Outcome, call_from_page, new_key
from logistics.exception_forms import WorkLimitForm
from logistics.models import WorkLimit
from logistics.operations.work_limits import limit_work
from logistics.queries.work_limits import STAGES, limit_releases, limits_in_force
from logistics.views.saying import reads, stage_word


@reads
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The limits of all stages; a POST releases one."""
    choices = [(stage, stage_word(stage)) for stage in STAGES]
    form = WorkLimitForm(request.POST if request.method == "POST" else None, stages=choices)
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        outcome = call_from_page(request, limit_work, **form.cleaned_data)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("work_limits")
    force = {row.stage: row for row in limits_in_force()}
    shown = page_of(request, limit_releases())
    context = {
        "limits": [_limit(stage, force.get(stage)) for stage in STAGES],
        "releases": [_limit(row.stage, row) for row in shown],
        "page": shown,
        "form": form,
        "may": request.user.has_perm("logistics.limit_work"),
        "refusal": outcome.refusal,
        "key": new_key(),
    }
    bad = form.is_bound and outcome.refusal is None
    return render(request, "logistics/work_limits.html", context, status=422 if bad else outcome.status)


def _limit(stage: str, row: WorkLimit | None) -> dict[str, Any]:
    return {
        "stage": stage_word(stage),
        "most": row.most if row is not None else None,
        "reason": row.reason if row is not None else "",
        "at": row.released_at if row is not None else None,
        "by": row.released_by.name if row is not None else "",
    }
