"""The pages of the first-pass yield: figures with their rule beside them, and the attempts behind every number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.figures.yield_drawing import Point, course
from assembly.quality_forms import Asked
from assembly.queries.attempts import Attempt, AttemptList
from assembly.queries.yields import Figure, Yields, yields_by_tool, yields_of
from assembly.views.quality_words import KIND_WORDS, OUTCOMES, asked, filters_of, tabs, yield_rule
from inventory.models import Lot
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of

TABLES = ("operation", "product", "station", "tool")


@permission_required("assembly.read", raise_exception=True)
@require_GET
def yields(request: HttpRequest) -> HttpResponse:
    """How many units pass the first time: in all, over the days, by operation, product, station or tool."""
    wanted = asked(request)
    by = request.GET.get("by", "")
    by = by if by in TABLES else "operation"
    found = yields_of(wanted.wish)
    rows = _rows(by, found, wanted)
    heading = [
        *(
            _("Product"),
            _("What"),
            _("First attempts"),
            _("Passed"),
            _("Failed"),
            _("Yield"),
            _("95 % low"),
            _("95 % high"),
        ),
        *(_("Later attempts"), _("Left out")),
    ]
    file = exported(request, f"first-pass-yield-by-{by}", heading, rows, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    fields = filters_of(wanted)
    context = {
        "tabs": tabs("yields", wanted),
        "asked": wanted,
        "whole": _row("", _("All"), found.whole, wanted, {}),
        "readouts": _readouts(found.whole, wanted),
        "chart": {"svg": _course(found, wanted)},
        "days": [_row("", f"{day:%m/%d}", figure, wanted, _days(found, wanted, day)) for day, figure in _known(found)],
        "weekly": found.step == "week",
        "rolled": [_rolled(row, wanted) for row in found.rolled],
        "by": by,
        "by_tabs": _by_tabs(by, wanted),
        "rows": page,
        "page": page,
        "filters": fields,
        "chosen": chosen_of(request, wanted, fields),
        "exports": exports_of(request),
        "rule": yield_rule(),
        "empty": empty_words(wanted.given),
    }
    return render(request, "assembly/yields.html", context)


def _rows(by: str, found: Yields, wanted: Asked) -> list[dict[str, Any]]:
    if by == "station":
        return [
            _row("", code or _("without a station"), figure, wanted, {"station": code or "-"})
            for code, figure in found.stations.items()
        ]
    if by == "tool":
        return [_row("", code, figure, wanted, {"tool": code}) for code, figure in yields_by_tool(wanted.wish).items()]
    if by == "product":
        parts: dict[int, tuple[Any, list[Figure]]] = {}
        for row in found.operations:
            parts.setdefault(row.part.pk, (row.part, []))[1].append(row.figure)
        return [
            _row(part.number, part.name, _sum(figures), wanted, {"product": pk})
            for pk, (part, figures) in parts.items()
        ]
    return [
        _row(
            row.part.number,
            f"{row.operation.number} {row.operation.name}",
            row.figure,
            wanted,
            {"product": row.part.pk, "operation": row.operation.pk},
            routing=str(row.operation.routing),
        )
        for row in found.operations
    ]


def _sum(figures: Iterable[Figure]) -> Figure:
    columns = zip(
        *((f.n, f.passed, f.later, f.aborted, f.station, f.reference, f.imported) for f in figures), strict=True
    )
    return Figure(*(sum(column) for column in columns))


def _row(
    product: str, label: str, figure: Figure, wanted: Asked, narrowed: dict[str, Any], *, routing: str = ""
) -> dict[str, Any]:
    """A line of any table: its figures, and the address of the attempts behind each of them."""
    list_url = reverse("attempts")
    interval = figure.share.interval
    return {
        "product": product,
        "label": label,
        "routing": routing,
        "figure": figure,
        "percent": None if figure.share.value is None else figure.share.value * 100,
        "low": interval and interval[0] * 100,
        "high": interval and interval[1] * 100,
        **{
            f"{kind}_url": list_url + wanted.query(**narrowed, kind=kind)
            for kind in ("first", "first_pass", "first_fail", "later", "left_out")
        },
    }


def _cells(row: dict[str, Any]) -> list[Any]:
    figure: Figure = row["figure"]
    shares = ["" if row[name] is None else f"{row[name]:.2f}" for name in ("percent", "low", "high")]
    what = f"{row['routing']} {row['label']}".strip()
    return [row["product"], what, figure.n, figure.passed, figure.failed, *shares, figure.later, figure.left_out]


def _readouts(whole: Figure, wanted: Asked) -> list[dict[str, Any]]:
    base = reverse("attempts")
    shown = [
        (_("First attempts"), whole.n, "first"),
        (_("Passed"), whole.passed, "first_pass"),
        (_("Failed"), whole.failed, "first_fail"),
        (_("Later attempts"), whole.later, "later"),
        (_("Left out: broken off"), whole.aborted, "aborted"),
        (_("Left out: station could not run"), whole.station, "station"),
        (_("Left out: reference units"), whole.reference, "reference"),
    ]
    return [
        {"label": label, "value": f"{count:,}", "url": base + wanted.query(kind=kind)} for label, count, kind in shown
    ]


def _known(found: Yields) -> list[tuple[Any, Figure]]:
    return [(day, figure) for day, figure in found.days.items() if figure.n]


def _days(found: Yields, wanted: Asked, day: Any) -> dict[str, Any]:
    """The days of a step as far as they lie in the period."""
    last = day if found.step == "day" else day + timedelta(days=6)
    return {"from": max(day, wanted.first), "to": min(last, wanted.last)}


def _course(found: Yields, wanted: Asked) -> str:
    points = [
        Point(
            f"{day:%m/%d}", figure.share, reverse("attempts") + wanted.query(**_days(found, wanted, day), kind="first")
        )
        for day, figure in _known(found)
    ]
    label = _("First-pass yield with its 95 % interval, by day or week")
    return course(points, label, "n") if points else ""


def _rolled(row: Any, wanted: Asked) -> dict[str, Any]:
    value = row.value
    return {
        "product": row.part.number,
        "name": row.part.name,
        "routing": row.routing,
        "percent": None if value is None else value * 100,
        "operations": len(row.operations),
        "fewest": row.fewest,
        "missing": ", ".join(str(number) for number in row.missing),
        "url": reverse("yields") + wanted.query(product=row.part.pk),
    }


def _by_tabs(by: str, wanted: Asked) -> list[dict[str, Any]]:
    words = {
        "operation": _("By operation"),
        "product": _("By product"),
        "station": _("By station"),
        "tool": _("By instrument or tester"),
    }
    return [{"label": words[name], "url": wanted.query(by=name) + "#by", "current": name == by} for name in TABLES]


def chosen_of(request: HttpRequest, wanted: Asked, fields: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What the figures are narrowed to beside the days, in words."""
    labels = {field["name"]: str(field["label"]) for field in fields} | {"lot": _("Lot"), "cause": _("Cause")}
    names = {
        field["name"]: {str(option["value"]): str(option["label"]) for option in field.get("options", [])}
        for field in fields
    }
    words = {name: names.get(name, {}).get(value, value) for name, value in wanted.given.items() if name != "kind"}
    if wanted.wish.lot is not None:
        words["lot"] = next((str(lot) for lot in Lot.objects.filter(pk=wanted.wish.lot)), words["lot"])
    if wanted.given.get("kind"):
        words["kind"] = str(KIND_WORDS[wanted.given["kind"]])
    return chosen_links(request, words, {**labels, "kind": _("Attempts")})


@permission_required("assembly.read", raise_exception=True)
@require_GET
def attempts(request: HttpRequest) -> HttpResponse:
    """The attempts behind a figure, newest first, with how each was judged."""
    wanted = asked(request, listing=True)
    rows = AttemptList(wanted.wish)
    heading = [
        *(_("Unit"), _("Product"), _("Routing"), _("Operation"), _("Attempt"), _("Station"), _("Started"), _("Ended")),
        *(_("Judged"), _("Which one"), _("Recorded")),
    ]
    file = exported(request, "attempts", heading, rows, _line_cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    options = [{"value": kind, "label": label} for kind, label in KIND_WORDS.items()]
    fields = filters_of(wanted)
    kind = {"name": "kind", "label": _("Attempts"), "value": wanted.given.get("kind", ""), "kind": "select"}
    context = {
        "tabs": tabs("attempts", wanted),
        "asked": wanted,
        "rows": [_line(row) for row in page],
        "page": page,
        "filters": [*fields, kind | {"options": options}],
        "chosen": chosen_of(request, wanted, fields),
        "exports": exports_of(request),
        "rule": yield_rule(),
        "empty": empty_words(wanted.given),
    }
    return render(request, "assembly/attempts.html", context)


def _line(row: Attempt) -> dict[str, Any]:
    state, word = OUTCOMES[row.outcome]
    name = row.name_en if get_language() == "en" else row.name_ja
    return {
        "unit": row.unit,
        "url": reverse("rack_operations", args=[row.unit]),
        "product": row.product,
        "routing": row.routing,
        "operation": f"{row.operation} {name}",
        "number": row.number,
        "station": row.station,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "state": state,
        "word": word,
        "turn": _turn(row),
        "result": row.result,
        "imported": row.imported,
    }


def _turn(row: Attempt) -> str:
    if row.turn is None:
        return _("does not count")
    return _("first") if row.turn == 1 else _("number %(turn)d") % {"turn": row.turn}


def _line_cells(row: Attempt) -> list[Any]:
    line = _line(row)
    moments = [f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" for at in (row.started_at, row.ended_at)]
    return [
        *(line["unit"], line["product"], line["routing"], line["operation"], line["number"], line["station"], *moments),
        *(line["word"], line["turn"], _("history") if row.imported else ""),
    ]


URLS = [path("quality/yield/", yields, name="yields"), path("quality/attempts/", attempts, name="attempts")]
