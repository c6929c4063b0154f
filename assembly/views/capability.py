"""The pages of capability and control charts: what the values say, what they cannot say, and the values themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.figures.process_drawing import Track, spread, track
from assembly.models import OperationField
from assembly.quality_forms import Asked, Question, question_of
from assembly.queries.process import Process, process_of
from assembly.queries.values import Point, Value, ValueSet, fields_of, points_of, values_of
from assembly.queries.yields import products_made
from assembly.views.capability_words import (
    RULE_WORDS,
    WHY_WORDS,
    capability_rule,
    index_words,
    limits_words,
    refusal_words,
)
from assembly.views.quality_words import asked, stations_field, tabs
from inventory.models import Part
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the page is about: the product, the source of its values, how that is called and in which unit."""

    products: list[Part]
    options: list[dict[str, str]]
    part: int | None = None
    source: OperationField | Point | None = None
    what: str = ""
    name: str = ""
    unit: str = ""


@permission_required("assembly.read", raise_exception=True)
@require_GET
def capability_page(request: HttpRequest) -> HttpResponse:
    """Whether a measured value is steady, and how well it keeps its limits."""
    wanted, question = asked(request), question_of(request.GET.dict())
    chosen = _chosen(wanted, question)
    found = _found(wanted, question, chosen)
    process = process_of(found, question.base) if found and found.used else None
    context = {
        "tabs": tabs("capability", wanted),
        "asked": wanted,
        "name": chosen.name,
        "filters": _filters(wanted, question, chosen),
        "chosen": [],
        "rule": capability_rule(),
        **(_figures(wanted, chosen, found, process, question) if found else {}),
    }
    return render(request, "assembly/capability.html", context)


def _found(wanted: Asked, question: Question, chosen: Chosen) -> ValueSet | None:
    """The values of the chosen product alone: a routing may serve several."""
    if chosen.source is None:
        return None
    return values_of(replace(wanted.wish, product=chosen.part), chosen.source, question.limits)


def _chosen(wanted: Asked, question: Question) -> Chosen:
    """The product asked for, else the first; its value asked for, else the first with limits. Three queries."""
    products = products_made()
    part = next((one for one in products if one.pk == wanted.wish.product), products[0] if products else None)
    if part is None:
        return Chosen(products, [])
    fields, points = fields_of(part.pk), points_of(part.pk)
    options = [
        *({"value": f"field:{one.pk}", "label": _field_label(one)} for one in fields),
        *(
            {"value": f"point:{one.limit_set.tool}:{one.name}", "label": f"{one.limit_set.tool} · {one.name}"}
            for one in points
        ),
    ]
    if question.point:
        tool, name = question.point
        unit = next((one.unit for one in points if (one.limit_set.tool, one.name) == question.point), "")
        source = Point(part.pk, tool, name)
        return Chosen(products, options, part.pk, source, f"point:{tool}:{name}", f"{tool} · {name}", unit)
    field = next((one for one in fields if one.pk == question.field), None)
    limited = [one for one in fields if one.low != one.high and None not in (one.low, one.high)]
    field = field or next(iter([*limited, *fields]), None)
    if field is None:
        return Chosen(products, options, part.pk)
    return Chosen(products, options, part.pk, field, f"field:{field.pk}", _field_label(field), field.unit)


def _field_label(field: OperationField) -> str:
    step = field.operation
    return f"{step.routing} · {step.number} {step.name} · {field.name}"


def _filters(wanted: Asked, question: Question, chosen: Chosen) -> list[dict[str, Any]]:
    products = [{"value": part.pk, "label": f"{part.number} {part.name}"} for part in chosen.products]
    base = question.given
    day = {"kind": "date"}
    return [
        {"name": "from", "label": _("First day"), "value": wanted.first.isoformat(), **day},
        {"name": "to", "label": _("Last day"), "value": wanted.last.isoformat(), **day},
        {"name": "product", "label": _("Product"), "value": chosen.part, "kind": "select", "options": products},
        {
            "name": "what",
            "label": _("Measured value"),
            "value": chosen.what,
            "kind": "select",
            "options": chosen.options,
        },
        stations_field(wanted),
        {"name": "base_from", "label": _("Baseline from"), "value": base.get("base_from", ""), **day},
        {"name": "base_to", "label": _("Baseline to"), "value": base.get("base_to", ""), **day},
    ]


def _figures(
    wanted: Asked, chosen: Chosen, found: ValueSet, process: Process | None, question: Question
) -> dict[str, Any]:
    address = reverse("values")
    parts = {**question.given, "product": str(chosen.part), "what": chosen.what, "limits": found.chosen}
    used_url = address + wanted.query(**parts, why="used")
    left = [
        {"label": WHY_WORDS[why], "count": count, "url": address + wanted.query(**parts, why=why)}
        for why, count in found.left_out().items()
    ]
    others = [
        {"label": limits_words(key), "count": count, "url": wanted.query(**{**parts, "limits": key})}
        for key, count in found.others.items()
    ]
    shown = {"used": len(found.used), "used_url": used_url, "left_out": left, "others": others, "cut": found.cut}
    shown |= {"judged_by": limits_words(found.chosen), "unit": chosen.unit}
    if process is None:
        return {**shown, "refusal_words": refusal_words("none", 0)}
    told = process.capability
    return {
        **shown,
        "refusal_words": refusal_words(told.why, told.n) if told.why else None,
        "readouts": [{"label": _("Values"), "value": f"{told.n:,}", "url": used_url}, *index_words(told, chosen.unit)],
        "normality": told.normality,
        "ungrouped": process.ungrouped,
        "size": process.chart.size,
        "baseline": _baseline(process, question),
        "charts": _charts(process, chosen),
        "spread": {"svg": _spread(process, found, chosen)},
        "broken": _broken(process),
    }


def _baseline(process: Process, question: Question) -> dict[str, Any]:
    inside = [rows for rows, member in zip(process.pieces, process.baseline, strict=True) if member]
    return {
        "points": len(inside),
        "stated": question.base is not None,
        "first": inside[0][0].at if inside else None,
        "last": inside[-1][0].at if inside else None,
        "told": process.chart.centre is not None,
    }


def _charts(process: Process, chosen: Chosen) -> list[dict[str, Any]]:
    chart, grouped = process.chart, process.grouped
    labels = [f"{timezone.localtime(rows[0].at):%m/%d %H:%M}" for rows in process.pieces]
    urls = [reverse("rack_operations", args=[rows[0].unit]) for rows in process.pieces]
    low, high = chart.limits or (None, None)
    points = Track(
        chart.points, chart.centre, low, high, ("LCL", "CL", "UCL"), chart.broken, urls, labels, process.baseline
    )
    later = 0 if grouped else 1  # a moving range belongs to the later of its two values
    above = [(1,) if chart.range_upper is not None and one > chart.range_upper + 1e-12 else () for one in chart.ranges]
    ranges = Track(
        chart.ranges, chart.range_centre, chart.range_lower, chart.range_upper, ("LCL", "CL", "UCL"), above,
        urls[later:], labels[later:], process.baseline[later:],
    )  # fmt: skip
    words = (_("Means (X̄)"), _("Ranges (R)")) if grouped else (_("Values (I)"), _("Moving ranges (MR)"))
    return [
        {"title": word, "svg": track(one, f"{chosen.name}: {word}")}
        for word, one in zip(words, (points, ranges), strict=True)
        if len(one.points)
    ]


def _spread(process: Process, found: ValueSet, chosen: Chosen) -> str:
    figures = np.array([one.value for one in found.used], dtype=np.float64)
    names = (_("lower limit"), _("mean"), _("upper limit"))
    return spread(figures, process.low, process.high, names, chosen.name)


def _broken(process: Process) -> list[dict[str, Any]]:
    """The newest points that break a rule."""
    rows = [
        {
            "at": rows[0].at,
            "unit": rows[0].unit,
            "url": reverse("rack_operations", args=[rows[0].unit]),
            "value": float(value),
            "rules": [RULE_WORDS[rule] for rule in rules],
        }
        for rows, value, rules in zip(process.pieces, process.chart.points, process.chart.broken, strict=True)
        if rules
    ]
    return rows[:-21:-1]


@permission_required("assembly.read", raise_exception=True)
@require_GET
def values(request: HttpRequest) -> HttpResponse:
    """The values behind a capability, newest first: those that count and those that do not, with the reason."""
    wanted, question = asked(request), question_of(request.GET.dict())
    chosen = _chosen(wanted, question)
    found = _found(wanted, question, chosen)
    why = request.GET.get("why", "")
    rows = [one for one in reversed(found.values if found else ()) if why in ("", one.why or "used")]
    heading = [
        *(_("Ended"), _("Unit"), _("Part of it"), _("Value"), _("Unit of measure"), _("lower limit"), _("upper limit")),
        _("Counts"),
    ]
    file = exported(request, "values", heading, rows, lambda row: _cells(row, chosen.unit))
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    options = [{"value": "", "label": _("All")}, *({"value": key, "label": word} for key, word in WHY_WORDS.items())]
    fields = _filters(wanted, question, chosen)[:5]
    picked = {"why": str(WHY_WORDS[why])} if why in WHY_WORDS else {}
    context = {
        "tabs": tabs("capability", wanted),
        "asked": wanted,
        "name": chosen.name,
        "back": reverse("capability") + wanted.query(**question.given),
        "rows": [_line(row) for row in page],
        "unit": chosen.unit,
        "page": page,
        "filters": [*fields, {"name": "why", "label": _("Counts"), "value": why, "kind": "select", "options": options}],
        "chosen": chosen_links(request, picked, {"why": _("Counts")}),
        "exports": exports_of(request),
        "empty": empty_words(picked),
    }
    return render(request, "assembly/values.html", context)


def _line(row: Value) -> dict[str, Any]:
    return {
        "row": row,
        "url": reverse("rack_operations", args=[row.unit]),
        "state": "void" if row.why else "ok",
        "word": WHY_WORDS[row.why or "used"],
    }


def _cells(row: Value, unit: str) -> list[Any]:
    at = f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"
    return [at, row.unit, row.entity, repr(row.value), unit, row.low, row.high, WHY_WORDS[row.why or "used"]]


URLS = [path("quality/capability/", capability_page, name="capability"), path("quality/values/", values, name="values")]
