"""Recall in one screen: what a criterion hits, where it is, all of it held in one act; and the recalls kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from documents.operations.printing import request_prints
from inventory.models import Recall
from inventory.operations.recalls import close_recall
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key
from logistics.forms import Asked, RecallReasonForm
from logistics.operations.recalls import start_recall, widen_recall
from logistics.queries.recalls import RecallAnswer, recall_answer
from logistics.views.recall_asking import address_of, asked_in, names_in, recall_form
from logistics.views.recall_facts import (
    chosen_rows,
    export_heading,
    export_lines,
    lot_rows,
    people_of,
    places,
    readouts,
    row_of,
)
from logistics.views.recall_words import PLACE_WORDS, criterion_words
from logistics.views.saying import reads

UNKNOWN_SHOWN = 20
KEPT_SHOWN = 25


@reads
@require_http_methods(["GET", "POST"])
def recall(request: HttpRequest) -> HttpResponse:
    """Ask what a criterion hits; POST holds everything it hits now."""
    form, asked, refusal = asked_in(request)
    hold_form, outcome = None, None
    if asked is not None and request.user.has_perm("inventory.hold"):
        hold_form = RecallReasonForm(request.POST or None)
    if request.method == "POST" and asked is not None:
        outcome = _start(request, asked, hold_form)
        if outcome is not None and outcome.refusal is None:
            done = outcome.result
            messages.success(request, _("%(number)s is open: %(holds)d held.") % done)
            return redirect("recall_page", done["number"])
    refusal = outcome.refusal if outcome else refusal
    context: dict[str, Any] = {"form": form, "hold_form": hold_form, "refusal": refusal}
    if asked is not None:
        answer = recall_answer(asked.criterion, asked.as_of, ever=asked.ever)
        file = _exported(request, answer, "recall")
        if file is not None:
            return file  # type: ignore[no-any-return]
        context |= _answer_context(request, answer, asked) | {"kept": _same(asked)}
    else:
        context |= {"answer": None, "recalls": _recalls(), "now": timezone.now()}
    context["key"] = request.POST.get("key") or new_key()
    failed = refusal is not None or (form.is_bound and bool(form.errors)) or bool(hold_form and hold_form.errors)
    status = outcome.status if outcome else 422 if failed else 200
    return render(request, "logistics/recall.html", context, status=status)


def _start(request: HttpRequest, asked: Asked, form: RecallReasonForm | None) -> Outcome | None:
    """Whoever may not hold is told so by the gate."""
    if form is not None and not form.is_valid():
        return None
    reason = form.cleaned_data["reason"] if form else request.POST.get("reason", "")
    return call_from_page(request, start_recall, criterion=asked.criterion, reason=reason)


@reads
@require_POST
def recall_ask(request: HttpRequest) -> HttpResponse:
    """The form, with its list or file, becomes the address of its answer."""
    form = recall_form(request.POST, request.FILES)
    if form.is_valid():
        try:
            names = names_in(form)
        except ValueError as fault:
            form.add_error("file", str(fault))
        else:
            if names:
                return redirect(f"{reverse('recall')}?{address_of(form, names)}")
            form.add_error("names", _("Enter a number or choose a file."))
    context = {"form": form, "answer": None, "recalls": _recalls(), "now": timezone.now(), "key": new_key()}
    return render(request, "logistics/recall.html", context, status=422)


def _recalls() -> list[dict[str, Any]]:
    """The latest recalls with how many things they hold. One query."""
    held = Count("holds", filter=Q(holds__released_at=None))
    rows = Recall.objects.annotate(held=held).select_related("opened_by").order_by("-pk")[:KEPT_SHOWN]
    return [_recall_row(row) for row in rows]


def _recall_row(row: Recall) -> dict[str, Any]:
    is_open = row.closed_at is None
    return {
        "number": row.number,
        "url": reverse("recall_page", args=[row.number]),
        "about": criterion_words(row.criterion),
        "reason": row.reason,
        "by": row.opened_by.name,
        "opened_at": row.opened_at,
        "held": getattr(row, "held", 0),
        "state": "hold" if is_open else "void",
        "word": _("Under way") if is_open else _("Closed"),
    }


def _same(asked: Asked) -> Recall | None:
    """An open recall of the same criterion. One query."""
    wish = asked.criterion
    rows = Recall.objects.filter(kind=wish.kind, names=wish.names, part=wish.part, closed_at=None)
    return rows.filter(from_at=wish.from_at, to_at=wish.to_at).first()


def _exported(request: HttpRequest, answer: RecallAnswer, name: str) -> Any:
    rows = chosen_rows(answer, request.GET.get("place", ""), request.GET.get("q", "").strip())
    return exported(request, name, export_heading(), export_lines(rows, people_of(answer)))


def _answer_context(request: HttpRequest, answer: RecallAnswer, asked: Asked | None = None) -> dict[str, Any]:
    place, text = request.GET.get("place", ""), request.GET.get("q", "").strip()[:100]
    rows = chosen_rows(answer, place, text)
    people = people_of(answer)
    page = page_of(request, rows)
    kept = {name: value for name, value in (("place", place), ("q", text)) if value}
    spoken = kept | ({"place": str(PLACE_WORDS[place][1])} if place in PLACE_WORDS else {})
    query = request.GET.copy()
    for name in ("place", "q", "page"):
        query.pop(name, None)
    return {
        "answer": answer,
        "about": criterion_words(answer.criterion),
        "as_of": answer.as_of or timezone.now(),
        "is_past": answer.as_of is not None,
        "ever": asked.ever if asked else False,
        "readouts": readouts(answer),
        "places": places(answer, request.GET),
        "rows": [row_of(row, answer, people) for row in page],
        "page": page,
        "path_count": sum(len(row.paths) for row in rows),
        "lots": lot_rows(answer),
        "unknown": answer.starts.unknown[:UNKNOWN_SHOWN],
        "unknown_count": len(answer.starts.unknown),
        "asked": [(name, value) for name, value in query.items()],
        "text": text,
        "chosen": chosen_links(request, spoken, {"place": _("Where"), "q": _("Number")}),
        "all_url": f"?{query.urlencode()}",
        "exports": exports_of(request),
        "empty": empty_words(kept) if kept else {"title": _("Nothing here is hit."), "text": "", "acts": []},
    }


@reads
@require_http_methods(["GET", "POST"])
def recall_page(request: HttpRequest, number: str) -> HttpResponse:
    """A recall that is kept: what it hits now, what it holds; look again, close, print."""
    found = get_object_or_404(Recall.objects.select_related("opened_by", "closed_by"), number=number)
    outcome = _act(request, found) if request.method == "POST" else None
    if outcome is not None and outcome.refusal is None:
        return redirect(outcome.result)
    answer = recall_answer(found.criterion)
    file = _exported(request, answer, found.number)
    if file is not None:
        return file  # type: ignore[no-any-return]
    counts = found.holds.aggregate(all=Count("pk"), open=Count("pk", filter=Q(released_at=None)))
    may = request.user.has_perm("inventory.hold") and found.closed_at is None
    context = _answer_context(request, answer) | {
        "recall": _recall_row(found) | {"closed": found, "all": counts["all"], "held": counts["open"]},
        "unheld": len(answer.unit_ids) if found.closed_at is None else 0,
        "holds_url": f"{reverse('holds')}?recall={found.number}",
        "close_form": RecallReasonForm(request.POST if request.POST.get("act") == "close" else None) if may else None,
        "may_print": request.user.has_perm("documents.print"),
        "may_issue": request.user.has_perm("documents.issue"),
        "refusal": outcome.refusal if outcome else None,
        "key": request.POST.get("key") or new_key(),
    }
    return render(request, "logistics/recall_page.html", context, status=outcome.status if outcome else 200)


def _act(request: HttpRequest, found: Recall) -> Outcome:
    """Look again, close, or notices for every rack in one file; the result is the address to go to."""
    act = request.POST.get("act")
    here = reverse("recall_page", args=[found.number])
    if act == "widen":
        outcome = call_from_page(request, widen_recall, number=found.number)
        if outcome.refusal is None:
            messages.success(request, _("%(holds)d more are held.") % outcome.result)
        return Outcome(here, outcome.refusal)
    if act == "notices":
        keys = [f"{found.number}@{row.thing.tag}" for row in recall_answer(found.criterion).rows if row.kind == "rack"]
        outcome = call_from_page(request, request_prints, kind="recall-notice", keys=keys)
        job = reverse("print_job", args=[outcome.result.pk]) if outcome.refusal is None else here
        return Outcome(job, outcome.refusal)
    outcome = call_from_page(request, close_recall, number=found.number, reason=request.POST.get("reason", ""))
    if outcome.refusal is None:
        messages.success(request, _("%(number)s is closed.") % {"number": found.number})
    return Outcome(here, outcome.refusal)
