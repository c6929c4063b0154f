"""Pages of quality: nonconformities with their disposition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assembly.forms import NonconformityForm
from assembly.models import Concession, Nonconformity
from assembly.operations.nonconformities import report_nonconformity
from assembly.queries.quality import (
    ReportFilter,
    photos_of,
    report_events,
    report_list,
    report_page,
    waiting_concession,
)
from assembly.text import report_words
from assembly.views.builds import form_page
from assembly.views.event_lines import event_line
from assembly.views.nonconformity_acts import Forms, act
from assembly.views.words import DISPOSITIONS, RESULTS
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key


def report_state(report: Nonconformity) -> tuple[str, Any]:
    """Where a nonconformity stands: (state, words)."""
    if report.closed_at is not None:
        return "done", _("closed")
    if report.disposition is None:
        return "hold", _("undecided")
    return "swap", DISPOSITIONS[report.disposition][1]


@permission_required("assembly.read", raise_exception=True)
@require_GET
def nonconformities(request: HttpRequest) -> HttpResponse:
    """Nonconformities, the newest first, with filters and export."""
    chosen = {name: request.GET[name][:100] for name in ("q", "state") if request.GET.get(name)}
    rows = report_list(ReportFilter(text=chosen.get("q", ""), state=chosen.get("state", "")))
    heading = [
        _("Number"),
        _("Opened"),
        _("Rack or tray"),
        _("Affected unit"),
        _("Defect code"),
        _("What is wrong"),
        _("State"),
    ]
    file = exported(request, "nonconformities", heading, rows, _report_cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    states = {"": _("All"), "undecided": _("undecided"), "open": _("open"), "closed": _("closed")}
    options = [{"value": value, "label": label} for value, label in states.items()]
    filters = [
        {"name": "q", "label": _("Number, unit or words"), "value": chosen.get("q"), "kind": "search"},
        {"name": "state", "label": _("State"), "value": chosen.get("state"), "kind": "select", "options": options},
    ]
    spoken = chosen | ({"state": states[chosen["state"]]} if chosen.get("state") in states else {})
    context = {
        "reports": [_report_row(report) for report in page],
        "page": page,
        "filters": filters,
        "chosen": chosen_links(request, spoken, {"q": _("Number, unit or words"), "state": _("State")}),
        "exports": exports_of(request),
        "new_url": reverse("nonconformity_new") if request.user.has_perm("assembly.report_nonconformity") else "",
        "empty": empty_words(chosen),
    }
    return render(request, "assembly/nonconformities.html", context)


def _report_row(report: Nonconformity) -> dict[str, Any]:
    state, word = report_state(report)
    return {
        "number": report.number,
        "url": reverse("nonconformity", args=[report.number]),
        "opened_at": report.opened_at,
        "build": report.build.unit.name,
        "build_url": reverse("rack", args=[report.build.unit.name]),
        "unit": report.unit.name if report.unit_id != report.build.unit_id else "",
        "defect": report.defect_code,
        "text": report_words(report),
        "state": state,
        "word": word,
    }


def _report_cells(report: Nonconformity) -> list[str]:
    row = _report_row(report)
    opened = f"{timezone.localtime(report.opened_at):%Y-%m-%d %H:%M}"
    names = (row["number"], opened, row["build"], row["unit"], row["defect"], row["text"], row["word"])
    return [str(cell) for cell in names]


@permission_required("assembly.report_nonconformity", raise_exception=True)
@require_http_methods(["GET", "POST"])
def nonconformity_new(request: HttpRequest) -> HttpResponse:
    """Report that something is wrong."""
    form = NonconformityForm(request.POST or None, initial={"serial": request.GET.get("serial", "")[:200]})
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = call_from_page(request, report_nonconformity, **form.cleaned_data)
        if outcome.refusal is None:
            messages.success(request, _("%(number)s is open.") % {"number": outcome.result.number})
            return redirect("nonconformity", outcome.result.number)
    return form_page(
        request,
        form,
        heading=_("Report a nonconformity"),
        intro=_("Until quality has decided, nothing goes on with this build."),
        button=_("Report"),
        back=(reverse("nonconformities"), _("Nonconformities")),
        outcome=outcome,
    )


@permission_required("assembly.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def nonconformity(request: HttpRequest, number: str) -> HttpResponse:
    """One nonconformity: what was found, its photos, quality's disposition by PIN, a second person's word on a use as
    is."""
    report = report_page(number)
    if report is None:
        raise Http404(_("There is no such nonconformity."))
    waiting = waiting_concession(report)
    forms = Forms.of(request, report, waiting)
    outcome = act(request, report, forms) if request.method == "POST" else None
    if outcome is not None and outcome.refusal is None:
        messages.success(request, _("%(number)s is recorded.") % {"number": number})
        return redirect("nonconformity", number)
    status = outcome.status if outcome else 422 if request.method == "POST" else 200
    context = _report_context(request, report, waiting, outcome)
    return render(request, "assembly/nonconformity.html", context | forms.as_context(), status=status)


def _report_context(
    request: HttpRequest, report: Nonconformity, waiting: Concession | None, outcome: Outcome | None
) -> dict[str, Any]:
    state, word = report_state(report) if waiting is None else ("hold", _("use as is waits for approval"))
    events, actors = report_events(report)
    found: list[dict[str, Any]] = [
        {
            "label": _("Rack or tray"),
            "value": report.build.unit.name,
            "url": reverse("rack", args=[report.build.unit.name]),
        },
        {"label": _("Affected unit"), "value": report.unit.name, "url": reverse("unit", args=[report.unit.tag])},
        {"label": _("Found by"), "value": report.opened_by.name},
        {"label": _("Opened"), "value": _moment(report.opened_at)},
        {"label": _("Defect code"), "value": report.defect_code or _("none"), "code": bool(report.defect_code)},
        {"label": _("Cause"), "value": f"{report.cause.code} {report.cause.name}" if report.cause else _("none")},
    ]
    if report.run is not None:
        result = RESULTS.get(report.run.result or "", ("run", ""))
        words = f"{report.run.operation.number} {report.run.operation.name} #{report.run.attempt}"
        found.append({"label": _("Operation"), "value": words, "state": result[0], "word": result[1]})
    return {
        "report": {"number": report.number, "text": report_words(report), "state": state, "word": word},
        "facts": found,
        "decision": _decision(report),
        "events": [event_line(event, actors) for event in events],
        "photos": photos_of(report),
        "concessions": [_concession(row) for row in report.concessions.all()],
        "may_print": request.user.has_perm("documents.print"),
        "refusal": outcome.refusal if outcome else None,
        "key": request.POST.get("key") or new_key(),
    }


def _decision(report: Nonconformity) -> list[dict[str, Any]]:
    if report.disposition is None or report.disposed_by is None:
        return []
    wanted = [
        f"{row.operation.number} {row.operation.name}"
        for rework in report.reworks.all()
        for row in rework.operations.all()
    ]
    return [
        {"label": _("Disposition"), "value": DISPOSITIONS[report.disposition][1]},
        {"label": _("Reason"), "value": report.disposition_reason},
        {"label": _("Decided by"), "value": report.disposed_by.name},
        {"label": _("Decided"), "value": _moment(report.disposed_at)},
        {"label": _("To be repeated"), "value": ", ".join(wanted) or _("nothing")},
        {"label": _("Closed"), "value": _moment(report.closed_at) or _("not yet")},
    ]


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y/%m/%d %H:%M}" if at else ""


def _concession(row: Concession) -> dict[str, Any]:
    words = {"approved": ("late", _("approved")), "declined": ("void", _("declined"))}
    state, word = words.get(row.outcome or "", ("hold", _("waits for a second person")))
    return {
        "reason": row.reason,
        "by": row.proposed_by.name,
        "at": row.proposed_at,
        "state": state,
        "word": word,
        "decided_by": row.decided_by.name if row.decided_by else "",
        "decided_at": row.decided_at,
        "remarks": row.remarks,
    }
