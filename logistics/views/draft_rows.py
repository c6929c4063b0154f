"""A draft with its rows on one page: the head, tables of rows, more empty rows on request; one operation writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ledger.doors import Outcome, call_from_page, new_key
from ledger.versions import StaleEdit
from logistics.planning_forms import EMPTY_ROWS


@dataclass(frozen=True, slots=True)
class Rows:
    """One table of the draft: its prefix, its formset, heading, help, what stands there now."""

    name: str
    kind: Any
    heading: str
    help: str
    initial: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft's page: its head, its tables, the operation with its arguments from the head and the rows."""

    heading: str
    intro: str
    back: tuple[str, str]
    head: forms.Form
    tables: list[Rows]
    gated: Callable[..., Any]
    arguments: Callable[[dict[str, Any], dict[str, Any]], Mapping[str, Any]]
    version: int
    done: str
    to: Callable[[Any], str]


def draft_page(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The page; `more` asks for empty rows and saves nothing; else the draft is written, or the refusal is on top."""
    posted = request.method == "POST"
    data = _with_more(request.POST) if posted and "more" in request.POST else request.POST if posted else None
    sets = {rows.name: rows.kind(data, initial=rows.initial, prefix=rows.name) for rows in draft.tables}
    outcome: Outcome | None = None
    checked = posted and "more" not in request.POST
    if checked and _all_valid(draft.head, sets):
        arguments = draft.arguments(draft.head.cleaned_data, sets)
        outcome = call_from_page(request, draft.gated, version=_seen(request), **arguments)
        if outcome.refusal is None:
            messages.success(request, draft.done)
            return redirect(draft.to(outcome.result))
    refusal = outcome.refusal if outcome else None
    stale = refusal if isinstance(refusal, StaleEdit) else None
    context = {
        "heading": draft.heading, "intro": draft.intro, "back_url": draft.back[0], "back_label": draft.back[1],
        "form": draft.head, "refusal": refusal, "stale": stale.differences if stale else None,
        "version": stale.version if stale else _seen(request) if posted else draft.version,
        "tables": [_table(rows, sets[rows.name], shown=checked) for rows in draft.tables],
        "bad_rows": checked and any(one.total_error_count() for one in sets.values()),
        "key": request.POST.get("key") or new_key(),
    }  # fmt: skip
    status = outcome.status if refusal and outcome else 422 if checked else 200
    return render(request, "logistics/draft_rows.html", context, status=status)


def _all_valid(head: forms.Form, sets: dict[str, Any]) -> bool:
    """Every one is asked, so that all faults show at once; a row that is taken out has none."""
    fine = [head.is_valid()]
    for one in sets.values():
        rows = [form.is_valid() or form.cleaned_data.get("drop", False) for form in one]
        fine.append(one.management_form.is_valid() and all(rows))
    return all(fine)


def _table(rows: Rows, formset: Any, *, shown: bool) -> dict[str, Any]:
    empty = formset.empty_form
    return {
        "name": rows.name, "heading": rows.heading, "help": rows.help, "forms": formset,
        "columns": [one.label for one in empty.cells], "faults": shown,
    }  # fmt: skip


def _with_more(post: Any) -> Any:
    """The same post with some empty rows more in the table that was asked for."""
    data = post.copy()
    name = f"{data.get('more', '')}-TOTAL_FORMS"
    text = data.get(name, "")
    if text.isascii() and text.isdecimal() and len(text) < 4:
        data[name] = str(int(text) + EMPTY_ROWS)
    return data


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
