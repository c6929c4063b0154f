"""Weekly reports: the list with papers and deliveries, and making one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory.views.desk import search_filter, text_of
from inventory.views.reading import chosen_links, empty_words, page_of
from ledger.doors import Outcome, call_from_page, new_key
from logistics.models import WeeklyReport
from logistics.operations.weekly_reports import last_week_ended, make_weekly_report
from logistics.queries.weekly_reports import issues_of, weekly_rows
from logistics.views.saying import reads

LANGUAGES = {"ja": "日本語", "en": "English"}
RIGHT = "logistics.compare"


class WeekForm(forms.Form):
    """A week, by the Monday on which it begins."""

    begins_on = forms.DateField(
        label=gettext_lazy("Week from (Monday)"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@reads
@require_http_methods(["GET", "POST"])
def weekly_reports(request: HttpRequest) -> HttpResponse:
    """Reports, the newest week first, 25 a page: papers in both languages, and where they were delivered. POST makes
    the one of a week that is over; one that is there stays as it is."""
    may = request.user.has_perm(RIGHT)
    form = WeekForm(request.POST or None, initial={"begins_on": last_week_ended(timezone.now())}) if may else None
    outcome = Outcome()
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            outcome = call_from_page(request, make_weekly_report, begins_on=form.cleaned_data["begins_on"])
            if outcome.refusal is None:
                messages.success(request, _("Weekly report %(number)s is there.") % {"number": outcome.result.number})
                return redirect("weekly_reports")
    text = text_of(request, "q")
    page = page_of(request, weekly_rows(text))
    issues = issues_of(list(page))
    kept = {"q": text} if text else {}
    context = {
        "page": page,
        "reports": [_row(row, issues[row.pk], request.user) for row in page],
        "filters": [search_filter(request, _("Number of the week"))],
        "chosen": chosen_links(request, kept, {"q": _("Number of the week")}),
        "form": form,
        "refusal": outcome.refusal,
        "key": new_key(),
        "empty": empty_words(kept),
    }
    bad = request.method == "POST" and outcome.refusal is None
    return render(request, "logistics/weekly_reports.html", context, status=422 if bad else outcome.status)


def _row(row: WeeklyReport, papers: list[Any], user: Any) -> dict[str, Any]:
    issued = {paper.language: paper for paper in papers}
    may = user.has_perm("documents.print")
    return {
        "number": row.number,
        "begins_on": row.begins_on,
        "ends_on": row.begins_on + timedelta(days=6),
        "made_at": row.made_at,
        "by": row.made_by.name,
        "papers": [_paper(row, issued.get(code), code, word) for code, word in LANGUAGES.items()] if may else [],
        "deliveries": [_delivery(one) for one in row.deliveries_now],  # type: ignore[attr-defined]
    }


def _paper(row: WeeklyReport, paper: Any, code: str, word: str) -> dict[str, str]:
    """The issued paper, before it is issued a copy."""
    if paper is not None:
        return {"url": reverse("issued_file", args=[paper.verify_code]), "word": word}
    url = reverse("document_copy", args=["weekly-report", row.number])
    return {"url": f"{url}?lang={code}", "word": f"{word} ({_('copy')})"}


def _delivery(row: Any) -> dict[str, Any]:
    way = {"folder": _("Folder"), "email": _("E-mail")}[row.way]
    if row.delivered_at is not None:
        state, word = "done", _("delivered")
    else:
        state, word = "late", _("not delivered, tried again")
    return {
        "way": way, "address": _address(row), "state": state, "word": word, "at": row.delivered_at or row.tried_at,
        "tries": row.tries, "fault": row.fault,
    }  # fmt: skip


def _address(row: Any) -> str:
    """The address as it is configured; a folder of the state folder by its name there: no page tells where that is."""
    place, home = Path(row.address), Path(settings.GENPIN_HOME)
    inside = row.way == "folder" and place.is_relative_to(home)
    return f"{place.relative_to(home)}/" if inside else str(row.address)
