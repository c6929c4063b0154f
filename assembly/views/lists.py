"""Lists of racks and of trays in the making: filters, sorting, export, the same rows by the same query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.forms import BuildFilterForm
from assembly.models import Build
from assembly.queries.racks import BuildFilter, BuildRow, build_list, build_rows
from assembly.views.words import STAGE_WORDS, STATE_WORDS, state_words
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of

CHUNK = 500
"""Builds a query of an export reads at once."""


@permission_required("assembly.read", raise_exception=True)
@require_GET
def racks(request: HttpRequest) -> HttpResponse:
    """Racks in the making, and with another filter those that are complete. Eight queries, however many rows."""
    return _list(request, "rack", _("Racks"))


@permission_required("assembly.read", raise_exception=True)
@require_GET
def trays(request: HttpRequest) -> HttpResponse:
    """Trays in the making."""
    return _list(request, "tray", _("Tray builds"))


def _list(request: HttpRequest, kind: str, heading: str) -> HttpResponse:
    form = BuildFilterForm(request.GET)
    chosen = form.chosen()
    now = timezone.now()
    today = timezone.localdate(now)
    wish = BuildFilter(
        today=today,
        kind=kind,
        text=chosen.get("q", ""),
        stage=chosen.get("stage", ""),
        state=chosen.get("state", "open") if chosen.get("state") != "all" else "",
        design=chosen.get("design", ""),
        need_by=form.cleaned_data.get("need_by"),
    )
    rows = build_list(wish, request.GET.get("sort", ""))
    file = exported(request, f"{kind}s", _heading(), _export_rows(rows, today))
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows.values_list("pk", flat=True))
    filters = _filters(chosen, kind)
    named = {str(entry["name"]): str(entry["label"]) for entry in filters}
    context = {
        "heading": heading,
        "racks": [row_of(row, now) for row in build_rows(list(page), today)],
        "page": page,
        "total": Build.objects.filter(design__kind=kind).count(),
        "now": now,
        "filters": filters,
        "chosen": chosen_links(request, _spoken(chosen), named),
        "exports": exports_of(request),
        "acts": _acts(request, kind),
        "empty": empty_words(chosen),
    }
    return render(request, "assembly/racks.html", context)


def _acts(request: HttpRequest, kind: str) -> list[dict[str, str]]:
    acts = [
        {"label": _("Trays"), "url": reverse("builds"), "icon": "", "kind": ""}
        if kind == "rack"
        else {"label": _("Racks"), "url": reverse("racks"), "icon": "", "kind": ""},
        {"label": _("Kitting"), "url": reverse("kits"), "icon": "", "kind": ""},
        {"label": _("Nonconformities"), "url": reverse("nonconformities"), "icon": "late", "kind": ""},
        {"label": _("Deviations"), "url": reverse("deviations"), "icon": "", "kind": ""},
    ]
    if request.user.has_perm("assembly.start_build"):
        acts.append({"label": _("Start a build"), "url": reverse("build_start"), "icon": "", "kind": "primary"})
    return acts


def _spoken(chosen: dict[str, str]) -> dict[str, str]:
    """The chosen filters in words."""
    words = {"stage": STAGE_WORDS, "state": STATE_WORDS}
    return {name: str(words.get(name, {}).get(value, value)) for name, value in chosen.items()}


def _filters(chosen: dict[str, str], kind: str) -> list[dict[str, Any]]:
    stages = [stage for stage in STAGE_WORDS if kind == "rack" or not stage.startswith("rack")]
    return [
        {
            "name": "q",
            "label": _("Number or order"),
            "value": chosen.get("q"),
            "kind": "search",
            "placeholder": _("Scan or type"),
        },
        _choice("stage", _("Stage"), chosen, [("", _("All")), *((name, STAGE_WORDS[name]) for name in stages)]),
        {"name": "need_by", "label": _("Needed by"), "value": chosen.get("need_by"), "kind": "date"},
        _choice("state", _("State"), {"state": chosen.get("state", "open")}, list(STATE_WORDS.items())),
    ]


def _choice(name: str, label: str, chosen: dict[str, str], options: list[tuple[str, Any]]) -> dict[str, Any]:
    shown = [{"value": value, "label": text} for value, text in options]
    return {"name": name, "label": label, "value": chosen.get(name, ""), "kind": "select", "options": shown}


def row_of(row: BuildRow, now: Any) -> dict[str, Any]:
    """A row as assembly/racks.html wants it."""
    state, word = state_words(row.state, row.stage if row.running else "")
    return {
        "number": row.number,
        "url": reverse("rack", args=[row.number]),
        "need_by": row.need_by,
        "operation": operation_words(row),
        "stay_days": max((now - row.since).total_seconds(), 0) / 86_400,
        "trays": trays_words(row),
        "state": "void" if row.ended else state,
        "word": word,
        "updated": row.updated,
        "void": row.ended is not None,
        "order": row.order_number,
        "design": row.design,
    }


def operation_words(row: BuildRow) -> str:
    """The operation in work, or that there is none."""
    if row.completed_at is not None:
        return _("all operations done")
    return f"{row.operation} {row.operation_name}" if row.operation is not None else ""


def trays_words(row: BuildRow) -> str:
    """Compute trays and switches that are in, or the places filled."""
    if row.kind == "rack":
        counts = [row.trays[kind][0] for kind in ("compute", "switch") if kind in row.trays]
        return " · ".join(map(str, counts)) or _filled(row)
    return _filled(row)


def _filled(row: BuildRow) -> str:
    return f"{sum(pair[0] for pair in row.trays.values())} / {sum(pair[1] for pair in row.trays.values())}"


def _heading() -> list[str]:
    return [
        _("Needed by"), _("Number"), _("Tag"), _("Work order"), _("Design"), _("Operation now"), _("Stay (days)"),
        _("Trays"), _("State"), _("Updated"),
    ]  # fmt: skip


def _export_rows(rows: Any, today: Any) -> Iterator[list[str]]:
    now = timezone.now()
    ids = list(rows.values_list("pk", flat=True))
    for first in range(0, len(ids), CHUNK):
        for row in build_rows(ids[first : first + CHUNK], today):
            shown = row_of(row, now)
            yield [
                row.need_by.isoformat() if row.need_by else "",
                row.number,
                row.tag,
                row.order_number,
                row.design,
                shown["operation"],
                f"{shown['stay_days']:.2f}",
                shown["trays"],
                str(shown["word"]),
                timezone.localtime(row.updated).strftime("%Y-%m-%d %H:%M"),
            ]
