"""Any series of a burn-in run: the list with a search, and one as a chart with its table."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.burn_in.course_chart import Frame, marks_of, plot
from assembly.burn_in.moments import MINUTE, moment
from assembly.models import Alarm, BurnInRun, RunTelemetry, TelemetrySeries
from assembly.queries.burn_in_runs import burn_in_of
from assembly.queries.raw_series import SeriesCourse, SeriesRow, seconds, series_course, stretch_asked, wide_series_of
from assembly.views.burn_in_words import named
from inventory.forms import searched
from inventory.views.desk import Cell, Sheet, list_page, search_filter

STRETCHES = 24
"""Rows of the table beside a chart."""
reads = permission_required("assembly.read", raise_exception=True)


@require_GET
@reads
def raw_series(request: HttpRequest, burn_in_id: int) -> HttpResponse:
    """The wide series that reported in a run, by name."""
    burn_in = _run(burn_in_id)
    row, found = wide_series_of(burn_in, searched(request.GET.get("q")))
    sheet = Sheet(
        "series",
        _("All series of %(rack)s") % {"rack": burn_in.run.build.unit.name},
        [
            _("Series"), _("Unit of measure"), _("Samples"), _("Gaps"), _("Least"), _("Mean"), _("95th percentile"),
            _("Greatest"), _("Last"), _("Limits"),
        ],
        found,
        lambda one: _cells(burn_in, one),
        intro=_about(row),
        filters=[search_filter(request, _("Part of the name"))],
        crumbs=((reverse("burn_in"), _("Burn-in")), (_run_url(burn_in), _title(burn_in))),
    )  # fmt: skip
    return list_page(request, sheet)


@require_GET
@reads
def raw_series_course(request: HttpRequest, burn_in_id: int, series_id: int) -> HttpResponse:
    """One series of a run, the whole of it or the stretch that the address asks for."""
    burn_in = _run(burn_in_id)
    series = get_object_or_404(TelemetrySeries, pk=series_id)
    course = series_course(burn_in, series, timezone.now())
    start, end = stretch_asked(course, request.GET.get("from", ""), request.GET.get("to", ""))
    context = {
        "series": {
            "name": named(series.name_ja, series.name_en),
            "code": series.code,
            "unit": series.unit,
            "crumbs": ((reverse("burn_in"), _("Burn-in")), (_run_url(burn_in), _title(burn_in)),
                       (reverse("raw_series", args=[burn_in_id]), _("All series"))),
            "is_whole": (start, end) == (course.start, course.end),
            "whole_url": reverse("raw_series_course", args=[burn_in_id, series_id]),
            "gone_at": course.gone_at,
        },
        "readouts": _readouts(course),
        "chart": {"svg": _drawn(burn_in, course, start, end)},
        "stretches": _stretches(course, start, end),
        "alarms": list(
            Alarm.objects.filter(burn_in=burn_in, series=series).order_by("started_at", "pk")[:100]
        ),
    }  # fmt: skip
    return render(request, "assembly/raw_series.html", context)


def _run(burn_in_id: int) -> BurnInRun:
    found = burn_in_of(burn_in_id)
    if found is None:
        raise Http404
    return found


def _run_url(burn_in: BurnInRun) -> str:
    return reverse("burn_in_run_by_id", args=[burn_in.pk])


def _title(burn_in: BurnInRun) -> str:
    return f"{burn_in.cell.code} · {burn_in.run.build.unit.name}"


def _about(row: RunTelemetry | None) -> str:
    if row is None:
        return _("Nothing but the series of the verdict has come from this run.")
    if row.gone_at is not None:
        return _("Raw samples gone since %(at)s by policy; the figures, alarms and hashes stay.") % {
            "at": f"{timezone.localtime(row.gone_at):%Y/%m/%d}"
        }
    told = _("%(n)s samples kept raw.") % {"n": f"{row.samples:,}"}
    more = (
        _("The figures are exact.")
        if row.settled_at is not None
        else _("The figures are those so far; the 95th percentile is counted when the run has ended.")
    )
    return f"{told} {more}"


def _cells(burn_in: BurnInRun, one: SeriesRow) -> list[Cell]:
    told = one.figures
    limits = f"{_figure(one.low)} – {_figure(one.high)}" if (one.low, one.high) != (None, None) else ""
    return [
        Cell(one.code, reverse("raw_series_course", args=[burn_in.pk, one.pk]), "code"),
        Cell(one.unit),
        Cell(f"{told.n:,}", css="num"),
        Cell(_("counted anew") if one.is_late else told.gaps, css="num"),
        *(Cell(_figure(value), css="num") for value in (told.minimum, told.mean, told.p95, told.maximum, told.last)),
        Cell(limits, css="num"),
    ]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.6g}"


def _readouts(course: SeriesCourse) -> list[dict[str, Any]]:
    told = course.figures
    rows = (
        (_("Samples"), f"{told.n:,}", ""), (_("Gaps"), told.gaps, ""), (_("Least"), _figure(told.minimum), None),
        (_("Mean"), _figure(told.mean), None), (_("95th percentile"), _figure(told.p95), None),
        (_("Greatest"), _figure(told.maximum), None), (_("Last"), _figure(told.last), None),
    )  # fmt: skip
    return [
        {"label": label, "value": value, "unit": course.series.unit if unit is None else unit, "state": ""}
        for label, value, unit in rows
    ]


def _drawn(burn_in: BurnInRun, course: SeriesCourse, start: int, end: int) -> str:
    series = course.series
    frame = Frame(
        start, end, series.low, series.high,
        label=_("course of %(name)s") % {"name": named(series.name_ja, series.name_en)},
        gap_label=_("no data"),
        gap_micros=burn_in.gap_minutes_allowed * MINUTE,
    )  # fmt: skip
    return plot(course.times, course.values, frame)


def _stretches(course: SeriesCourse, start: int, end: int) -> list[dict[str, Any]]:
    """The same samples in equal stretches; each leads to its own chart."""
    marks = marks_of(course.times, course.values, start, end, STRETCHES)
    rows = {int(place): number for number, place in enumerate(marks.place.tolist())}
    found = []
    for place in range(STRETCHES):
        begin, until = start + (end - start) * place // STRETCHES, start + (end - start) * (place + 1) // STRETCHES
        row = rows.get(place)
        found.append(
            {
                "from_at": moment(begin),
                "url": f"?from={seconds(begin)}&to={seconds(until) + 1}",
                "n": 0 if row is None else int(marks.n[row]),
                "figures": ["–"] * 4
                if row is None
                else [_figure(float(part[row])) for part in (marks.least, marks.mean, marks.greatest, marks.last)],
            }
        )
    return found


URLS = [
    path("burn-in-runs/<int:burn_in_id>/series/", raw_series, name="raw_series"),
    path("burn-in-runs/<int:burn_in_id>/series/<int:series_id>/", raw_series_course, name="raw_series_course"),
]
