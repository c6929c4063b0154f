"""What the page of one shipment shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from assembly.queries.configuration import open_differences
from documents.kinds import KINDS
from inventory.event_words import GAIHI
from logistics.lead_times.results import probability_text
from logistics.lead_times.timetable import PlannedLeg
from logistics.models import CarrierLineNote, Crate, ExportCheck, IndicatorReading, Leg, Milestone, Replan, Shipment
from logistics.queries.departing import leaves_country
from logistics.queries.outlook import PLANT
from logistics.queries.shipments import CrateRow, ShipmentPage, last_word_at
from logistics.queries.timetable import Way, way_of
from logistics.views.custody_words import custody_lines, custody_notices
from logistics.views.disruption_facts import replan_row, stop_notices
from logistics.views.load_facts import load_facts
from logistics.views.part_words import missing_notices, standing_of
from logistics.views.saying import (
    MODES,
    hours_ago,
    is_stale,
    lateness_words,
    milestone_words,
    shipment_state,
    where_words,
)
from logistics.views.shipment_acts import acts_of, is_open_doubt
from logistics.views.way_words import days_on_way, way_notices

LATE_LEG = timedelta(hours=1)


def shipment_context(page: ShipmentPage, user: Any, now: datetime) -> dict[str, Any]:
    """Context for logistics/shipment.html."""
    shipment = page.shipment
    state, word, _drawing = shipment_state(shipment, now)
    parted = any(row.row.is_here for row in page.crates)
    return {
        "shipment": {
            "number": shipment.number,
            "state": state,
            "word": word,
            "summary": _summary(page),
            "crumbs_url": reverse("shipments"),
        },
        "acts": acts_of(shipment, user),
        "notices": _notices(page, now),
        "readouts": _readouts(page),
        "facts": _facts(page),
        "legs": _legs(page),
        "replans": [replan_row(one) for one in _plans_anew(shipment)],
        "milestones": _lines(shipment),
        "crates": [_crate(row) | (standing_of(row.row, page.custody) if parted else {}) for row in page.crates],
        "load": load_facts(shipment, [row.row for row in page.crates], user),
        "parted": parted,
        "custody": custody_lines(page.custody, {row.row.crate_id: row.row.crate.sscc for row in page.crates}),
        "sheets": _sheets(shipment),
    }


def _reports(shipment: Shipment) -> list[Milestone]:
    return list(getattr(shipment, "reports", []))


def _summary(page: ShipmentPage) -> list[str]:
    shipment, count = page.shipment, len(page.crates)
    parts = [ngettext("%(n)d rack", "%(n)d racks", count) % {"n": count}, shipment.lane.name]
    if shipment.need_by:
        parts.append(_("needed by %(day)s") % {"day": f"{shipment.need_by:%Y/%m/%d}"})
    return [*parts, where_words(shipment)]


def _notices(page: ShipmentPage, now: datetime) -> list[dict[str, Any]]:
    before = not page.shipment.has_departed
    notices = [*_stopped(page), *way_notices(page.basis, page.shipment, _planned_way(page))] if before else []
    notices += [] if page.shipment.has_arrived else stop_notices(page.shipment, now)
    heard = last_word_at(page.shipment)
    if heard is not None and is_stale(page.shipment, now):
        text = _("The last report is of %(time)s, %(age)s. Where the truck is now is not known.") % {
            "time": f"{heard.astimezone(PLANT):%m/%d %H:%M}", "age": hours_ago(heard, now),
        }  # fmt: skip
        notices.append({"state": "stale", "title": _("No report for long"), "text": text})
    if any(is_open_doubt(one) for one in _reports(page.shipment)):
        text = _(
            "A carrier reported a place that may be the other Sendai (仙台 / 川内). No clock stops until it is settled."
        )
        notices.append({"state": "hold", "title": _("Places to be checked"), "text": text})
    notices += missing_notices([row.row for row in page.crates])
    notices += custody_notices(page.custody)
    shaken = [row for row in page.crates if any(one.state != "intact" for one in row.readings)]
    for row in shaken:
        bad = ", ".join(
            f"{one.indicator.serial} {_state_word(one.state)}" for one in row.readings if one.state != "intact"
        )
        name = row.rack.name if row.rack else row.row.crate.sscc
        notices.append({"state": "hold", "title": name, "text": _("Indicators not intact: %(list)s") % {"list": bad}})
    return notices


def _stopped(page: ShipmentPage) -> list[dict[str, Any]]:
    """Racks that may not leave, since their hardware reports otherwise than was scanned: which, what, where to go."""
    racks = {row.rack.pk: row.rack for row in page.crates if row.rack is not None}
    notices = []
    for unit_id, found in open_differences(racks).items():
        title = ngettext(
            "%(rack)s may not leave: %(count)d difference between scanned and reported",
            "%(rack)s may not leave: %(count)d differences between scanned and reported",
            len(found),
        )
        notices.append(
            {
                "state": "hold",
                "title": title % {"rack": racks[unit_id].name, "count": len(found)},
                "text": "; ".join(one.say for one in found[:3]),
                "url": f"{reverse('rack', args=[racks[unit_id].name])}#differences",
                "link": _("Configuration"),
            }
        )
    return notices


def _readouts(page: ShipmentPage) -> list[dict[str, Any]]:
    """The window of the slowest rack in the latest forecasts kept."""
    latest = {row.unit_id: row for row in reversed(page.forecasts)}.values()
    p50 = max((row.p50_at for row in latest), default=None)
    p80 = max((row.p80_at for row in latest), default=None)
    late = max((row.p_late for row in latest if row.p_late is not None), default=None)
    heard = last_word_at(page.shipment)
    return [
        {"label": _("Received P50"), "value": _short(p50), "unit": ""},
        {"label": "P80", "value": _short(p80), "unit": ""},
        {"label": _("Chance of delay"), "value": None if late is None else probability_text(late), "unit": ""},
        {"label": _("Last heard of"), "value": _short(heard), "unit": ""},
    ]


def _short(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(PLANT):%m/%d %H:%M}"


def _facts(page: ShipmentPage) -> list[dict[str, Any]]:
    shipment = page.shipment
    left = shipment.departure if shipment.has_departed else None
    return [
        {"label": _("Lane"), "value": shipment.lane.name},
        {"label": _("Carrier"), "value": shipment.carrier.name},
        {"label": _("Destination"), "value": f"{shipment.lane.destination.name} ({shipment.lane.destination.code})"},
        *_export_facts(shipment),
        {"label": _("Planned departure"), "value": _short(shipment.planned_departure_at)},
        {"label": _("Arrival by the plan"), "value": _short(_planned_way(page).arrives_at)},
        {"label": _("On the way by the plan"), "value": days_on_way(page.basis, shipment, _planned_way(page))},
        {
            "label": _("Plan judged by"),
            "value": ", ".join(getattr(shipment, "judged_by", [])) or _("no released calendar"),
        },
        {"label": _("Departure"), "value": _short(left.at if left else None)},
        {"label": _("Waybill number"), "value": ", ".join(getattr(shipment, "waybill_numbers", [])) or None},
        {"label": _("Truck number"), "value": left.truck if left else None},
        {"label": _("Driver"), "value": left.driver if left else None},
        {"label": _("Seal number"), "value": left.seal if left else None, "code": True},
    ]


def _export_facts(shipment: Shipment) -> list[dict[str, Any]]:
    """The judgement on a shipment that leaves the country; nothing for one that stays."""
    if not leaves_country(shipment):
        return []
    check = ExportCheck.objects.filter(shipment=shipment).select_related("by").first()
    if check is None:
        return [{"label": _("Trade-control check"), "value": "–", "state": "hold", "word": _("not checked")}]
    state, word = GAIHI[check.gaihi]
    told = " · ".join(
        filter(None, (f"ECCN {check.eccn}", check.destination, check.licence, check.basis, check.by.name))
    )
    return [{"label": _("Trade-control check"), "value": told, "state": state, "word": word}]


def _plans_anew(shipment: Shipment) -> list[Replan]:
    return list(getattr(shipment, "plans_anew", []))


def _turn(shipment: Shipment) -> Replan | None:
    """Where it was last sent another way."""
    return next((one for one in _plans_anew(shipment) if one.from_leg is not None), None)


def _planned_way(page: ShipmentPage) -> Way:
    """The way as planned, by the calendars and timetables that judge it: from the planned departure on, or from where
    it was sent another way."""
    shipment = page.shipment
    legs, turn = list(shipment.lane.legs.all()), _turn(shipment)
    if turn is None:
        return way_of(legs, shipment.planned_departure_at, page.basis, shipment.lane)
    return way_of([leg for leg in legs if leg.number >= (turn.from_leg or 1)], turn.at, page.basis, shipment.lane)


def _legs(page: ShipmentPage) -> list[dict[str, Any]]:
    """The legs of its lane with their plan; before them those that it had driven when it was sent another way."""
    shipment = page.shipment
    way = {row.number: row for row in _planned_way(page).legs}
    driven = {one.leg for one in _reports(shipment) if one.leg and one.leg.lane_id != shipment.lane_id}
    rows = [(leg, None) for leg in sorted(driven, key=lambda leg: leg.number)]
    ahead = [(leg, way[leg.number]) for leg in shipment.lane.legs.all() if leg.number in way]
    return [_leg(leg, plan, shipment) for leg, plan in [*rows, *ahead]]


def _leg(leg: Leg, plan: PlannedLeg | None, shipment: Shipment) -> dict[str, Any]:
    """A leg: plan from hours and timetable, actual from reports; the first leg begins with the departure."""
    seen = {(one.leg_id, one.kind): one.happened_at for one in _reports(shipment)}
    began = seen.get((leg.pk, "leg_departed"))
    if began is None and leg.number == 1 and shipment.has_departed and (plan is None or _turn(shipment) is None):
        began = shipment.departure.at
    ended = seen.get((leg.pk, "leg_arrived"))
    if ended is None and leg.number == len(shipment.lane.legs.all()) and shipment.has_arrived:
        ended = shipment.arrival.at
    state, word = _leg_state(began, ended, plan.ends_at if plan else None)
    return {
        "mode": MODES.get(leg.mode, leg.mode),
        "from_place": leg.start,
        "to_place": leg.end,
        "planned_start": plan.starts_at if plan else None,
        "actual_start": began,
        "planned_end": plan.ends_at if plan else None,
        "actual_end": ended,
        "carrier": leg.carrier.name,
        "state": state,
        "word": word,
    }


def _leg_state(began: datetime | None, ended: datetime | None, planned_end: datetime | None) -> tuple[str, str]:
    if ended is not None:
        return ("late", _("done, late")) if planned_end and ended - planned_end > LATE_LEG else ("done", _("done"))
    return ("run", _("under way")) if began is not None else ("wait", _("planned"))


def _lines(shipment: Shipment) -> list[dict[str, Any]]:
    reports = _reports(shipment)
    ends = {(one.leg.number, one.kind) for one in reports if one.leg is not None}
    return [_line(report, ends) for report in reports]


def _line(report: Milestone, ends: Collection[tuple[int, str]]) -> dict[str, Any]:
    word = {"leg_departed": "run", "leg_arrived": "done", "delayed": "late"}.get(report.kind, "info")
    if is_open_doubt(report):
        word = "hold"
    note = getattr(report, "line_note", None)
    detail = [report.place if report.leg_id else "", *lateness_words(report, ends), *_note_words(note)]
    told = _("reported %(time)s by %(source)s") % {"time": _short(report.reported_at), "source": report.source}
    return {
        "at": report.happened_at,
        "state": word,
        "title": milestone_words(report),
        "detail": " · ".join(filter(None, detail)),
        "by": told,
        "links": [],
        "position": report.event_id,
    }


def _note_words(note: CarrierLineNote | None) -> list[str]:
    if note is None:
        return []
    told = [note.remarks]
    if note.doubt:
        review = getattr(note, "review", None)
        verdicts = {"ours": _("settled: the place of our lane"), "elsewhere": _("settled: another place")}
        told.append(
            _("may be the other Sendai (仙台 / 川内): to be checked") if review is None else verdicts[review.verdict]
        )
    return told


def _crate(row: CrateRow) -> dict[str, Any]:
    crate = row.row.crate
    return {
        "sscc": crate.sscc,
        "rack": row.rack.name if row.rack else "",
        "rack_url": reverse("rack", args=[row.rack.name]) if row.rack else "",
        "gross": crate.gross_kg,
        "centre": _centre(crate),
        "shock": _indicator(row.readings, "shock"),
        "tilt": _indicator(row.readings, "tilt"),
        "outcome": _outcome(row),
    }


def _centre(crate: Crate) -> str:
    """The height of the centre of gravity and how far it is from the middle; "" where nobody measured it."""
    if crate.centre_height_mm is None:
        return ""
    return f"↑ {crate.centre_height_mm:,} ({crate.centre_x_mm:+,} / {crate.centre_y_mm:+,})"


def _indicator(readings: Sequence[IndicatorReading], kind: str) -> dict[str, str]:
    """The latest state of the indicators of a kind: not read at receipt yet shows that of the seal, in its own look."""
    mine = [one for one in readings if one.indicator.kind == kind]
    if not mine:
        return {"state": "unknown", "word": _("none fitted")}
    at_receipt = [one.state for one in mine if one.moment == "receipt"]
    states = at_receipt or [one.state for one in mine]
    worst = next((state for state in ("missing", "tripped") if state in states), "intact")
    if worst != "intact":
        return {"state": "late", "word": _state_word(worst)}
    return {"state": "done", "word": _("intact")} if at_receipt else {"state": "wait", "word": _("intact at the seal")}


def _state_word(state: str) -> str:
    return {"tripped": _("tripped"), "missing": _("missing")}.get(state, _("intact"))


def _outcome(row: CrateRow) -> dict[str, str]:
    if row.acceptance is None:
        return {"state": "wait", "word": _("not accepted yet")}
    if row.acceptance.outcome == "refused":
        return {"state": "stop", "word": _("refused")}
    place = str(row.acceptance.position)
    state = "done" if row.acceptance.outcome == "accepted" else "late"
    return {"state": state, "word": _("accepted, %(place)s") % {"place": place}}


def _sheets(shipment: Shipment) -> list[dict[str, str]]:
    """Papers about shipments: a copy of each kind."""
    language = get_language() or "ja"
    return [
        {
            "title": kind.title(language),
            "url": reverse("document_copy", args=[kind.name, shipment.number]),
            "state": "info",
            "word": _("copy"),
        }
        for kind in KINDS.values()
        if kind.name in ("packing-list", "delivery-note", "chain-of-custody")
    ]
