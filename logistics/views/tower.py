"""The control tower (司令室)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.views.reading import exported
from logistics.lead_times.record import stage_statistics
from logistics.models import Lane
from logistics.queries.known_ways import KnownLeg
from logistics.queries.outlook import PLANT
from logistics.queries.tower import Tower, control_tower, work_stages
from logistics.views.arrivals_chart import arrivals_of, moment_words
from logistics.views.calls import calls_of, part_name, readouts
from logistics.views.disruption_facts import disruption_word
from logistics.views.rows import shipment_table
from logistics.views.saying import reads, stage_word
from logistics.views.shipment_map import PANEL, map_of

HOT_DAYS = 1.5
"""A stage is hot when its racks stand longer than so many times its usual P50."""


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What to decide today, and whether the site's plan is met; `?export=csv` gives the open racks."""
    tower = control_tower(timezone.now())
    file = exported(request, "racks-in-progress", _heading(), _rows(tower))
    if file is not None:
        return file  # type: ignore[no-any-return]
    context = {
        "now": tower.as_of,
        "plant": _site_name(tower, "plant"),
        "site": _site_name(tower, "customer"),
        "open_count": len(tower.view.open_lives),
        "acts": _acts(request),
        "readouts": readouts(tower),
        "calls": calls_of(tower),
        "arrivals": arrivals_of(tower),
        "wip": _wip(tower),
        "map": map_of(tower.shipments, tower.lanes, tower.view.known.open_stops, tower.as_of, PANEL)
        if tower.lanes
        else None,
        "lanes": [_lane_row(lane, tower) for lane in tower.lanes],
        "judged_by": _basis_words(tower),
        "shipments": shipment_table(tower.shipments, tower.racks, tower.view, tower.as_of),
        "shipments_url": reverse("shipments"),
        "shortages": [_shortage_row(tower, place) for place in range(len(tower.shortages))],
        "shortages_url": reverse("kits") + "?state=open",
    }
    return render(request, "logistics/control_tower.html", context)


def _acts(request: HttpRequest) -> list[dict[str, str]]:
    acts = [{"label": "CSV", "url": "?export=csv", "icon": "export", "kind": ""}]
    acts.append({"label": _("Exceptions"), "url": reverse("exceptions"), "icon": "late", "kind": ""})
    acts.append({"label": _("Weekly reports"), "url": reverse("weekly_reports"), "icon": "", "kind": ""})
    acts.append({"label": _("Answer a delivery date"), "url": reverse("lead_times"), "icon": "", "kind": "primary"})
    return acts


def _site_name(tower: Tower, kind: str) -> str:
    return tower.sites[kind].name if kind in tower.sites else _("not defined")


def _heading() -> list[str]:
    return [_("Rack"), _("Build order"), _("Needed by"), _("Stage"), "P10", "P50", "P80", "P95", _("Chance of delay")]


def _rows(tower: Tower) -> Any:
    for life in tower.view.open_lives:
        row = tower.view.by_unit.get(life.unit_id)
        place = tower.view.places.get(life.unit_id)
        ahead = [moment_words(at) for at in (row.p10_at, row.p50_at, row.p80_at, row.p95_at)] if row else [""] * 4
        late = "" if row is None or row.p_late is None else f"{row.p_late:.2f}"
        yield [life.name, life.order_number, life.need_by, place.stage if place else "", *ahead, late]


def _wip(tower: Tower) -> dict[str, Any]:
    """Where racks gather: only those that are still in the plant."""
    stages: list[dict[str, Any]] = []
    for stage in work_stages(tower.view.lives):
        usual = stage_statistics(stage.days)
        stages.append(
            {
                "name": stage_word(stage.key),
                "count": stage.count,
                "p50": usual.p50,
                "p95": usual.p95,
                "url": "",
                "hot": _is_hot(tower, stage.key, usual.p50),
                "limit": tower.limits.get(stage.key),
                "over": stage.count > tower.limits.get(stage.key, stage.count),
            }
        )
    most = max((stage["count"] for stage in stages), default=1) or 1
    return {"stages": stages, "total": sum(stage["count"] for stage in stages), "most": most, "age": tower.as_of}


def _is_hot(tower: Tower, key: str, p50: float | None) -> bool:
    """Three racks or more stand in the stage, half of them longer than usual."""
    if p50 is None:
        return False
    ages = [
        (tower.as_of - life.current.begun_at) / timedelta(days=1)
        for life in tower.view.open_lives
        if life.current and life.current.stage == key and life.current.begun_at
    ]
    return len(ages) >= 3 and sum(age > HOT_DAYS * p50 for age in ages) * 2 >= len(ages)


def _lane_row(lane: Lane, tower: Tower) -> dict[str, Any]:
    """A lane and its next sailing by the timetable, or what is reported to stop it."""
    affected = [shipment for shipment in tower.shipments if shipment.lane_id == lane.pk and not shipment.has_arrived]
    stop = tower.view.known.struck_lanes().get(lane.pk)
    legs = tower.view.known.legs.get(lane.pk, ())
    ferry = next((leg for leg in legs if leg.id in tower.view.known.released.basis.sailings), None)
    ferry = ferry or next((leg for leg in legs if leg.departs_at is not None), None)
    row = {
        "name": lane.name,
        "state": "unknown" if stop is None else disruption_word(stop, tower.as_of)[0],
        "word": _("no report") if stop is None else disruption_word(stop, tower.as_of)[1],
        "url": "" if stop is None else reverse("disruption", args=[stop.number]),
        "next": "",
        "grade": "",
        "affected": len(affected),
    }
    if ferry is None:
        return row | {"next": _("any time by road"), "grade": lane.legs.all()[0].grade if lane.legs.all() else ""}
    if stop is not None:
        return row | {"next": _("expected end %(moment)s (P50)") % {"moment": moment_words(stop.p50_at)}}
    return row | {"word": _("by timetable")} | _next_sailing(ferry, lane, tower)


def _next_sailing(leg: KnownLeg, lane: Lane, tower: Tower) -> dict[str, str]:
    """The next sailing by the released timetable, else by the lane's own daily departure."""
    known = tower.view.known.released
    found = known.sailing(leg, tower.as_of)
    own = next((one.grade for one in lane.legs.all() if one.pk == leg.id), "")
    if found is None:
        return {"next": _("no sailing in the released timetable"), "grade": own}
    words = _("%(sails)s, cut-off %(cut_off)s") % {
        "sails": f"{found.departs_at.astimezone(PLANT):%m/%d %H:%M}",
        "cut_off": f"{found.cut_off_at.astimezone(PLANT):%H:%M}",
    }  # fmt: skip
    return {
        "next": words,
        "grade": known.basis.grades.get(found.key, own),
        "timetable": known.basis.names.get(found.key, ""),
    }


def _basis_words(tower: Tower) -> str:
    """By what the arrivals are forecast."""
    names = tower.view.known.judged_by
    if not names:
        return _("Arrivals are forecast by the lanes' own daily departures: no timetable or calendar is released.")
    return _("Arrivals are forecast by the released timetables and calendars: %(names)s.") % {"names": ", ".join(names)}


def _shortage_row(tower: Tower, place: int) -> dict[str, Any]:
    row = tower.shortages[place]
    return {
        "part": row.number,
        "name": part_name(row),
        "needed": row.needed,
        "good": row.good,
        "held": row.held,
        "short": row.short,
        "stops": row.stops_on,
        "answer": row.shipped_at,
        "grade": "B" if row.shipped_at else "",
    }
