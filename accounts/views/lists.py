"""What the lists of this app share: a page of rows, a search, and how both read."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

ROWS = 50
"""Rows a page."""


def page_of(request: HttpRequest, rows: Any) -> Page[Any]:
    """The page of a list that the address asks for; anything unreadable is the first, anything beyond the last."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))


def search_filter(request: HttpRequest, label: str, placeholder: str) -> dict[str, Any]:
    """The search field over a list."""
    return {"name": "q", "label": label, "kind": "search", "value": wish(request, "q"), "placeholder": placeholder}


def select_filter(request: HttpRequest, name: str, label: str, options: list[tuple[str, str]]) -> dict[str, Any]:
    """A choice over a list; the first option is all of it."""
    rows = [{"value": "", "label": _("all")}, *({"value": value, "label": text} for value, text in options)]
    return {"name": name, "label": label, "kind": "select", "value": wish(request, name), "options": rows}


def wish(request: HttpRequest, name: str) -> str:
    """What the address asks for; NUL and lone halves of characters ask for nothing."""
    return "".join(char for char in request.GET.get(name, "").strip()[:80] if char.isprintable())


def chosen_of(request: HttpRequest, filters: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The filters that are set, each with the address that takes it away."""
    links = []
    for entry in filters:
        if not entry["value"]:
            continue
        query = request.GET.copy()
        query.pop(entry["name"], None)
        query.pop("page", None)
        named = {option["value"]: option["label"] for option in entry.get("options", [])}
        links.append(
            {"label": f"{entry['label']}: {named.get(entry['value'], entry['value'])}", "url": "?" + query.urlencode()}
        )
    return links


def empty_words(chosen: list[dict[str, str]]) -> dict[str, Any]:
    """What an empty list says."""
    if chosen:
        return {"title": _("Nothing fits these filters."), "text": _("Take one away."), "acts": []}
    return {"title": _("Nothing here yet."), "text": "", "acts": []}
