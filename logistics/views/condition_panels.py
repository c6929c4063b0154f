"""What the crates of a shipment went through: a panel a crate, charts against the limits, tables under them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.burn_in.course_chart import Frame, plot
from assembly.burn_in.moments import micros
from documents.files import FileAbsent
from logistics.files.road_course import MINUTE, Course, figures_of, joined, within
from logistics.models import CrateLogger, Excursion, LoggerFile, Shipment
from logistics.models.conditions import MEASURES
from logistics.queries.conditions import (
    Limit,
    Stop,
    courses_of,
    excursions_of,
    file_rows,
    holder_names,
    logger_rows,
    moments_told,
    rows_in_force,
    stops_of,
    taken_off,
)
from logistics.views.condition_words import (
    GRADES,
    excursion_row,
    files_of,
    limit_words,
    logger_state,
    measure_word,
    stop_words,
    unit_of,
)
from logistics.views.saying import reads

CHARTED = ("shock", "tilt", "temperature", "humidity")
LOGGERS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Road:
    """What all panels share: limits by (measure, crate part), what happened on the way, excursions by logger,
    the moments that were told singly by logger."""

    limits: Mapping[tuple[str, str], Limit]
    stops: Sequence[Stop]
    excursions: Mapping[int, Sequence[Excursion]]
    holders: Mapping[str, str]
    now: datetime
    moments: Mapping[int, int]


@reads
@require_GET
def shipment_conditions(request: HttpRequest, number: str) -> HttpResponse:
    """Shock, tilt, temperature and humidity of every crate over the legs."""
    rows = Shipment.objects.select_related("lane__origin", "lane__destination", "departure", "arrival")
    shipment = rows.filter(number=number).first()
    if shipment is None:
        raise Http404
    on_it = logger_rows().filter(~taken_off(), crate__shipment_crate__shipment=shipment)
    loggers = list(on_it.order_by("pk")[:LOGGERS_SHOWN])
    kept: dict[int, list[LoggerFile]] = defaultdict(list)
    for file in file_rows([one.pk for one in loggers]):
        kept[file.logger_id].append(file)
    found: dict[int, list[Excursion]] = defaultdict(list)
    excursions = list(excursions_of([one.pk for one in loggers]))
    for one in excursions:
        found[one.file.logger_id].append(one)
    revision, limits = rows_in_force()
    singly = [pk for pk, files in kept.items() if any(one.source == "api" for one in files)]
    moments = moments_told(singly) if singly else {}
    road = Road(limits, stops_of(shipment), found, holder_names(excursions), timezone.now(), moments)
    bare = shipment.crates.select_related("crate").exclude(crate__loggers__in=loggers).order_by("crate__sscc")
    return render(
        request,
        "logistics/shipment_conditions.html",
        {
            "number": number,
            "panels": [_panel(one, kept[one.pk], road) for one in loggers],
            "bare": [row.crate.sscc for row in bare],
            "stops": [
                {"mark": mark, "at": stop.at, "text": stop_words(stop)} for mark, stop in enumerate(road.stops, start=1)
            ],
            "limits_word": f"r{revision.revision}" if revision else _("shipped"),
            "open": sum(one.nonconformity.closed_at is None for one in excursions),
            "fit_url": reverse("logger_fit", args=[number])
            if not shipment.has_departed and request.user.has_perm("logistics.pack")
            else "",
        },
    )


def _panel(logger: CrateLogger, kept: Sequence[LoggerFile], road: Road) -> dict[str, Any]:
    state, word = logger_state(logger)
    found = road.excursions.get(logger.pk, ())
    lost = False
    try:
        course = joined(courses_of(kept))
    except FileAbsent:
        course, lost = {}, True
    return {
        "serial": logger.serial, "sscc": logger.crate.sscc, "url": reverse("logger", args=[logger.pk]),
        "state": state, "word": word, "lost": lost, "read": bool(kept),
        "charts": _charts(logger, course, road) if course else [],
        "figures": _figures(logger, course, road) if course else [],
        "excursions": [excursion_row(one, road.holders) for one in found],
        "files": files_of(kept, Counter(one.file_id for one in found), road.moments.get(logger.pk, 0)),
    }  # fmt: skip


def _limit(logger: CrateLogger, measure: str, road: Road) -> Limit | None:
    part = logger.crate.unit.part_revision.part.number
    return road.limits.get((measure, part)) or road.limits.get((measure, ""))


def _span(logger: CrateLogger, course: Course, road: Road) -> tuple[int, int]:
    """From when to when the charts run: until it stopped, else until its last reading."""
    if logger.stopped_at is not None:
        return micros(logger.started_at), micros(logger.stopped_at)
    last = max(int(at[-1]) for at, _values in course.values())
    return micros(logger.started_at), min(micros(road.now), max(last, micros(logger.started_at) + 1))


def _charts(logger: CrateLogger, course: Course, road: Road) -> list[dict[str, Any]]:
    start, end = _span(logger, course, road)
    gap = _limit(logger, "gap", road)
    minutes = (gap.high if gap and gap.high else None) or logger.interval_minutes * 3
    marks = tuple((micros(stop.at), str(number)) for number, stop in enumerate(road.stops, start=1))
    charts = []
    for measure in CHARTED:
        limit = _limit(logger, measure, road)
        heading = {"title": f"{measure_word(measure)} ({unit_of(measure)})", "limit": limit_words(measure, limit)}
        if limit is not None:
            heading |= {"grade": limit.grade, "basis": f"{GRADES[limit.grade]}: {limit.basis}"}
        if measure not in course:
            charts.append({**heading, "svg": ""})
            continue
        at, values = course[measure]
        low, high = (limit.low, limit.high) if limit else (None, None)
        label = _("%(measure)s of crate %(sscc)s") % {"measure": heading["title"], "sscc": logger.crate.sscc}
        frame = Frame(start, end, low, high, label, _("no reading"), int(minutes * MINUTE), marks)
        charts.append({**heading, "svg": plot(at, values, frame)})
    return charts


def _figures(logger: CrateLogger, course: Course, road: Road) -> list[dict[str, Any]]:
    """The table under the charts: what lies on the way of the crate."""
    gap = _limit(logger, "gap", road)
    inside = within(course, *_span(logger, course, road))
    rows = []
    for measure in MEASURES:
        if measure not in inside:
            continue
        one = figures_of(*inside[measure], gap.high if gap else None)
        limit = _limit(logger, measure, road)
        over = limit is not None and (
            (limit.high is not None and one.maximum > limit.high) or (limit.low is not None and one.minimum < limit.low)
        )
        rows.append(
            {
                "measure": measure_word(measure), "unit": unit_of(measure), "n": one.n, "gaps": one.gaps,
                "longest": f"{one.longest:.0f}", "minimum": f"{one.minimum:.4g}", "mean": f"{one.mean:.4g}",
                "maximum": f"{one.maximum:.4g}", "last": f"{one.last:.4g}",
                "limit": limit_words(measure, limit) if "_" not in measure else "",
                "state": "late" if over else "done", "word": _("beyond") if over else _("within"),
                "judged": limit is not None,
            }
        )  # fmt: skip
    return rows
