"""The page of what fails most: bars and a table by cause, operation, station, instrument or lot, each with its runs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.figures.intervals import Share
from assembly.figures.pareto_drawing import Row, bars
from assembly.quality_forms import Asked
from assembly.queries.pareto import WAYS, Bar, Pareto, pareto_of
from assembly.views.quality_words import asked, filters_of, tabs
from assembly.views.yields import chosen_of
from inventory.views.reading import empty_words, exported, exports_of, page_of


@permission_required("assembly.read", raise_exception=True)
@require_GET
def pareto(request: HttpRequest) -> HttpResponse:
    """Failed attempts by what stands behind them."""
    wanted = asked(request)
    by = request.GET.get("by", "")
    by = by if by in WAYS else "cause"
    found = pareto_of(wanted.wish, by)
    words = _words()
    heading = [words[by], _("Failed"), _("Running share"), _("Passed or failed"), _("Failed of these")]
    file = exported(request, f"failures-by-{by}", heading, (_cells(bar, by) for bar in found.bars))
    if file is not None:
        return file  # type: ignore[no-any-return]
    fields = filters_of(wanted)
    page = page_of(request, [_row(bar, by, wanted) for bar in found.bars])
    context = {
        "tabs": tabs("pareto", wanted),
        "by_tabs": [{"label": words[way], "url": wanted.query(by=way), "current": way == by} for way in WAYS],
        "by": by,
        "what": words[by],
        "asked": wanted,
        "failed": found.failed,
        "failed_url": reverse("attempts") + wanted.query(kind="fail"),
        "unnamed": found.unnamed,
        "chart": {"svg": _chart(found, by, wanted)},
        "rows": page,
        "page": page,
        "filters": fields,
        "chosen": chosen_of(request, wanted, fields),
        "exports": exports_of(request),
        "rule": _rule(),
        "empty": empty_words(wanted.given),
    }
    return render(request, "assembly/pareto.html", context)


def _words() -> dict[str, str]:
    return {
        "cause": _("Cause"),
        "operation": _("Operation"),
        "station": _("Station"),
        "tool": _("Instrument or tester"),
        "lot": _("Part lot"),
    }


def _name(bar: Bar, by: str) -> str:
    """What a bar is called; a failure may have no known cause, or no station."""
    if by == "cause" and bar.key == "-":
        return _("no cause known yet")
    return bar.name or _("without a station")


def _url(bar: Bar, by: str, wanted: Asked, kind: str = "fail") -> str:
    return reverse("attempts") + wanted.query(**{by: bar.key or "-", "kind": kind})


def _row(bar: Bar, by: str, wanted: Asked) -> dict[str, Any]:
    share = Share(bar.failed, bar.of).interval if bar.of else None
    return {
        "name": _name(bar, by),
        "failed": bar.failed,
        "url": _url(bar, by, wanted),
        "of": bar.of,
        "of_url": _url(bar, by, wanted, "counted"),
        "percent": bar.failed / bar.of * 100 if bar.of else None,
        "low": share and share[0] * 100,
        "high": share and share[1] * 100,
        "cumulative": bar.cumulative * 100,
    }


def _cells(bar: Bar, by: str) -> list[Any]:
    of, percent = ("", "") if bar.of is None else (bar.of, f"{bar.failed / bar.of * 100:.2f}")
    return [_name(bar, by), bar.failed, f"{bar.cumulative * 100:.2f}", of, percent]


def _chart(found: Pareto, by: str, wanted: Asked) -> str:
    rows = [Row(_name(bar, by), bar.failed, bar.cumulative, _url(bar, by, wanted)) for bar in found.bars]
    return bars(rows, _("Failed attempts, most first, with the running share")) if rows else ""


def _rule() -> list[tuple[str, str]]:
    """What is counted, as assembly.queries.pareto does."""
    return [
        (_("Failed"), _("Attempts that failed and ended on these days, first or later, by the rule of the yield.")),
        (_("Cause"), _("That of the attempt's first nonconformity. One that quality has not decided has none yet.")),
        (
            _("Instrument or tester"),
            _("Each that gave the attempt a value or a file; an attempt with two of them stands in both bars."),
        ),
        (
            _("Part lot"),
            _("Each lot whose parts sat directly in the unit, or had been used up for it, when the attempt ended."),
        ),
        (
            _("Running share"),
            _("Of all bars up to this one. Beside it: of how many that passed or failed there, with a 95 % interval."),
        ),
    ]


URLS = [path("quality/pareto/", pareto, name="pareto")]
