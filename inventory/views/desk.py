"""The planner's desk: what its lists and its forms share. A list is columns over rows; a form carries the version that
was seen, and where somebody else was quicker it shows both versions, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key
from ledger.versions import StaleEdit


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a list: what is exported is its text. `css`: code or num; `state`: drawn as a chip with the text."""

    text: Any
    url: str = ""
    css: str = ""
    state: str = ""


@dataclass(slots=True)
class Sheet:
    """A list of the desk: heading, columns, rows (a queryset or a list), and from a row to its cells."""

    name: str
    heading: str
    columns: Sequence[str]
    rows: Any
    cells: Callable[[Any], Sequence[Cell]]
    intro: str = ""
    filters: list[dict[str, Any]] = field(default_factory=list)
    acts: list[dict[str, str]] = field(default_factory=list)
    crumbs: tuple[tuple[str, str], ...] = ()
    tabs: list[dict[str, Any]] = field(default_factory=list)


def list_page(request: HttpRequest, sheet: Sheet, **more: Any) -> HttpResponse:
    """The list as a page, or as a file with the same filter."""
    lines = ([cell.text for cell in sheet.cells(row)] for row in _chunked(sheet.rows))
    file = exported(request, sheet.name, sheet.columns, lines)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, sheet.rows)
    chosen = {one["name"]: _spoken(one) for one in sheet.filters if one.get("value")}
    labels = {one["name"]: one["label"] for one in sheet.filters}
    table = [list(sheet.cells(row)) for row in page]
    context = {
        "sheet": sheet,
        "page": page,
        "table": table,
        "heads": list(zip(sheet.columns, [cell.css for cell in table[0]], strict=False)) if table else [],
        "filters": sheet.filters,
        "chosen": chosen_links(request, chosen, labels),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
        **more,
    }
    return render(request, more.get("template", "inventory/desk_list.html"), context)


def _chunked(rows: Any) -> Iterable[Any]:
    """The rows of an export: a queryset is read in chunks, so that a long list never fills the memory."""
    return rows.iterator(chunk_size=1_000) if isinstance(rows, QuerySet) else rows


def _spoken(one: dict[str, Any]) -> str:
    """What a filter is set to, in the words of its option."""
    words = {str(option["value"]): str(option["label"]) for option in one.get("options", [])}
    return words.get(str(one["value"]), str(one["value"]))


def search_filter(request: HttpRequest, label: str) -> dict[str, Any]:
    """A filter by text."""
    return {"name": "q", "label": label, "value": text_of(request, "q"), "kind": "search"}


def choice_filter(request: HttpRequest, name: str, label: str, options: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A filter by a choice; the first option is everything."""
    shown = [{"value": "", "label": _("All")}, *({"value": value, "label": text} for value, text in options)]
    return {"name": name, "label": label, "value": text_of(request, name), "kind": "select", "options": shown}


def text_of(request: HttpRequest, name: str) -> str:
    """A text of the address, cut."""
    return request.GET.get(name, "").strip()[:100]


def act(request: HttpRequest, label: str, url: str, right: str, kind: str = "") -> list[dict[str, str]]:
    """A button for whoever has the right, else nothing."""
    return [{"label": label, "url": url, "kind": kind}] if request.user.has_perm(right) else []


@dataclass(slots=True)
class Edit:
    """A form of the desk. `call`: the operation with the form's values; `version`: what stands now (None: no edit)."""

    form: forms.Form
    heading: str
    button: str
    back: tuple[str, str]
    gated: Callable[..., Any]
    arguments: Callable[[dict[str, Any]], Mapping[str, Any]]
    done: str
    to: str | Callable[[Any], str] = ""
    version: int | None = None
    intro: str = ""
    drop: tuple[str, str] | None = None
    """Another act on the same row: its address (a POST with the version) and its words."""
    template: str = "inventory/desk_form.html"
    more: Mapping[str, Any] = field(default_factory=dict)
    """What a template of its own needs besides."""


def edit_page(request: HttpRequest, edit: Edit) -> HttpResponse:
    """The form; a POST calls its operation, and a refusal is shown on top: 422, both versions where it was stale."""
    outcome: Outcome | None = None
    if request.method == "POST" and edit.form.is_valid():
        arguments = dict(edit.arguments(edit.form.cleaned_data))
        if edit.version is not None:
            arguments["version"] = _seen(request)
        outcome = call_from_page(request, edit.gated, **arguments)
        if outcome.refusal is None:
            messages.success(request, edit.done)
            to = edit.to(outcome.result) if callable(edit.to) else edit.to
            return redirect(to or edit.back[0])
    refusal = outcome.refusal if outcome else None
    stale = refusal if isinstance(refusal, StaleEdit) else None
    version = edit.version
    if request.method == "POST" and edit.version is not None:
        version = stale.version if stale else _seen(request)
    context = {
        "form": edit.form,
        "heading": edit.heading,
        "intro": edit.intro,
        "button": _("Save mine over theirs") if stale else edit.button,
        "back_url": edit.back[0],
        "back_label": edit.back[1],
        "refusal": refusal,
        "stale": _stale_rows(edit.form, stale) if stale else None,
        "stale_by": _person(stale) if stale else "",
        "stale_at": stale.at if stale else None,
        "version": version,
        "key": request.POST.get("key") or new_key(),
        "here": request.get_full_path(),
        "drop": edit.drop,
        "drop_key": new_key(),
        **edit.more,
    }
    status = outcome.status if refusal and outcome else 422 if edit.form.errors else 200
    return render(request, edit.template, context, status=status)


def stale_words(form: forms.Form, refusal: object, version: int) -> dict[str, Any]:
    """What a form page of its own layout shows of a stale edit (inventory/_desk_stale.html), with the version that its
    next save names."""
    stale = refusal if isinstance(refusal, StaleEdit) else None
    return {
        "stale": _stale_rows(form, stale) if stale else None,
        "stale_by": _person(stale) if stale else "",
        "stale_at": stale.at if stale else None,
        "version": stale.version if stale else version,
    }


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _stale_rows(form: forms.Form, stale: StaleEdit) -> list[dict[str, Any]]:
    labels = {name: str(one.label or name) for name, one in form.fields.items()}
    return [
        {
            "label": labels.get(one.name, labels.get(one.name.rpartition(".")[2], one.name)),
            "was": one.was,
            "theirs": one.theirs,
            "yours": one.yours,
            "state": "late" if one.clashes else "info",
        }
        for one in stale.differences
    ]


def _person(stale: StaleEdit) -> str:
    user = User.objects.filter(pseudonym=stale.actor).first() if stale.actor else None
    return user.name if user else ""


def post_call(
    request: HttpRequest, gated: Callable[..., Any], *, done: str, to: str, back: tuple[str, str], **arguments: Any
) -> HttpResponse:
    """A button of the desk: one operation with the version that the page showed; a refusal has its page, 422."""
    if "version" in arguments and arguments["version"] is None:
        arguments["version"] = _seen(request)
    outcome = call_from_page(request, gated, **arguments)
    if outcome.refusal is None:
        messages.success(request, done)
        return redirect(to)
    stale = outcome.refusal if isinstance(outcome.refusal, StaleEdit) else None
    context = {
        "refusal": outcome.refusal,
        "stale": _stale_rows(forms.Form(), stale) if stale else None,
        "stale_by": _person(stale) if stale else "",
        "stale_at": stale.at if stale else None,
        "back_url": back[0],
        "back_label": back[1],
    }
    return render(request, "inventory/desk_refused.html", context, status=outcome.status)


def desk_tabs(request: HttpRequest, entries: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Tabs from (address name, label); the current one is where the page's address begins."""
    tabs = []
    for name, label in entries:
        url = reverse(name)
        tabs.append({"label": label, "url": url, "current": request.path.startswith(url), "count": None})
    return tabs
