"""The map of shipments: a panel of the control tower, and a page of its own with the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from logistics.charts.courses import along, course
from logistics.charts.map import MapMark, MapPort, MapWay, draw_map, is_overseas
from logistics.models import Lane, Leg, Shipment
from logistics.queries.known_ways import KnownStop
from logistics.queries.shipment_map import Point, Whereabouts, lanes_on_map, points_of, whereabouts
from logistics.queries.shipments import last_word_at, open_shipments
from logistics.queries.stops import known_ways
from logistics.views.exception_words import clock
from logistics.views.saying import hours_ago, leg_words, reads, shipment_state, where_words

PANEL, WHOLE = (470, 370), (1040, 620)
SEA = ("ferry", "sea", "air")


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every shipment that is not received, on the map and in the table."""
    now = timezone.now()
    known = known_ways(now, always=True)
    drawn = map_of(open_shipments(), list(lanes_on_map()), known.open_stops, now, WHOLE)
    return render(request, "logistics/shipment_map.html", {"map": drawn, "now": now})


def map_of(
    shipments: Sequence[Shipment], lanes: Sequence[Lane], stops: Sequence[KnownStop], now: datetime,
    size: tuple[int, int],
) -> dict[str, Any]:  # fmt: skip
    """The drawing, the rows of its table, and the names of places that have no coordinates. Asks nothing."""
    by_id, points = {lane.pk: lane for lane in lanes}, points_of(lanes)
    placed = [
        found
        for one in shipments
        if one.lane_id in by_id and (found := whereabouts(one, by_id[one.lane_id], now)) is not None
    ]
    order = ("moving", "at_port", "at_dock", "ready")
    placed.sort(key=lambda one: (order.index(one.state), one.shipment.number))
    marks: list[MapMark] = []
    rows: list[dict[str, Any]] = []
    for found in placed:
        at = point_of(found, points)
        travels = found.state in ("moving", "at_port") and at is not None and not is_overseas(at)
        number = len(marks) + 1 if travels else 0
        row = _row(found, number, now)
        rows.append(row)
        if travels and at is not None:
            age = row["age"] if row["state"] == "stale" else ""
            look = row["state"] if row["state"] in ("late", "stale") else "run"
            marks.append(MapMark(number, at, row["url"], row["says"], look, age))
    struck = {leg for stop in stops if stop.begins_at <= now for leg in stop.legs}
    says = ngettext("%(n)d shipment on its way", "%(n)d shipments on their way", len(marks)) % {"n": len(marks)}
    svg = draw_map(
        _ports(lanes, points, placed), _ways(lanes, points, struck), marks, title=_("Where shipments are"), says=says,
        size=size,
    )  # fmt: skip
    return {"chart": {"svg": svg}, "rows": rows, "missing": _missing(lanes, points), "says": says}


def point_of(found: Whereabouts, points: dict[str, Point]) -> Point | None:
    """Where it is drawn; None where an end of the leg has no coordinates."""
    start, end = points.get(found.leg.from_ja), points.get(found.leg.to_ja)
    if start is None or end is None:
        return None
    return along(course(found.leg.mode, start, end), found.share)


def _row(found: Whereabouts, number: int, now: datetime) -> dict[str, Any]:
    shipment = found.shipment
    state, word, _drawing = shipment_state(shipment, now)
    heard = last_word_at(shipment)
    where = leg_words(found.leg) if found.state == "moving" else where_words(shipment)
    share = f"{round(found.share * 20) * 5} %" if found.reckoned else ""
    says = [shipment.number, where, word]
    if share:
        says.insert(2, _("reckoned %(share)s of the leg") % {"share": share})
    return {
        "number": number or "",
        "shipment": shipment.number,
        "url": reverse("shipment", args=[shipment.number]),
        "where": where,
        "share": share,
        "heard": heard,
        "age": hours_ago(heard, now) if heard is not None and not shipment.has_arrived else "",
        "need_by": shipment.need_by,
        "state": state,
        "word": word,
        "says": " · ".join(says),
        "clock": clock(heard) if heard is not None else "",
    }


def _ports(lanes: Sequence[Lane], points: dict[str, Point], placed: Sequence[Whereabouts]) -> list[MapPort]:
    """Every place once, plant and site larger, with how many stand there."""
    names: dict[str, str] = {}
    big: set[str] = set()
    for lane in lanes:
        legs = list(lane.legs.all())
        for leg in legs:
            names |= {leg.from_ja: leg.start, leg.to_ja: leg.end}
        big |= {legs[0].from_ja, legs[-1].to_ja} if legs else set()
    ready = Counter(one.leg.from_ja for one in placed if one.state == "ready")
    dock = Counter(one.leg.to_ja for one in placed if one.state == "at_dock")
    ports = []
    for name, said in names.items():
        if name not in points or is_overseas(points[name]):
            continue
        notes = [
            _("%(n)d before departure") % {"n": ready[name]} if ready[name] else "",
            _("%(n)d at the dock") % {"n": dock[name]} if dock[name] else "",
        ]
        ports.append(MapPort(said, points[name], name in big, ", ".join(note for note in notes if note)))
    return sorted(ports, key=lambda port: not port.big)


def _ways(lanes: Sequence[Lane], points: dict[str, Point], struck: Collection[int]) -> list[MapWay]:
    """Each leg's course once; one that is stopped is marked so."""
    found: dict[tuple[str, str, str], Leg] = {}
    for lane in lanes:
        for leg in lane.legs.all():
            key = (leg.mode, leg.from_ja, leg.to_ja)
            if key not in found or leg.pk in struck:
                found[key] = leg
    ways = []
    for (mode, start, end), leg in found.items():
        if start in points and end in points:
            far = is_overseas(points[end])
            drawn = (points[start], points[end]) if far else tuple(course(mode, points[start], points[end]))
            off = _("stopped") if leg.pk in struck else ""
            ways.append(MapWay(drawn, mode in SEA, off, leg.end if far else ""))
    return ways


def _missing(lanes: Sequence[Lane], points: dict[str, Point]) -> list[str]:
    names = {leg.from_ja: leg.start for lane in lanes for leg in lane.legs.all()}
    names |= {leg.to_ja: leg.end for lane in lanes for leg in lane.legs.all()}
    return [said for name, said in names.items() if name not in points]
