"""What the page of one disruption shows: its facts, whom it strikes, what can be done, what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from logistics.disruption_forms import KIND_WORDS
from logistics.models import Disruption, DisruptionExpectation, Replan, Shipment
from logistics.queries.alternatives import Alternative, Choice
from logistics.queries.comparison import LATE_YEN
from logistics.queries.disruptions import GROUPS, DisruptionPage, Impact, Struck
from logistics.queries.known_ways import KnownStop
from logistics.queries.outlook import PLANT
from logistics.queries.stops import known_ways
from logistics.views.saying import leg_words


def disruption_state(row: Disruption, now: datetime) -> tuple[str, str]:
    """(state, word): announced, stopped now, or over."""
    if row.ended_at is not None:
        return "done", _("called off") if row.ended_at == row.begins_at else _("over")
    return disruption_word(row, now)


def disruption_word(row: Disruption | KnownStop, now: datetime) -> tuple[str, str]:
    """(state, word) of one that is open: still to come, or stopped now."""
    return ("late", _("stop announced")) if row.begins_at > now else ("stop", _("stopped"))


def group_words() -> dict[str, str]:
    """How far the struck racks are."""
    return {"on_the_way": _("On the way"), "ready": _("Packed, not left"), "in_work": _("In work")}


def disruption_context(
    page: DisruptionPage, impact: Impact | None, rows: Sequence[Struck], user: Any
) -> dict[str, Any]:
    """Context for logistics/disruption.html but for its alternatives."""
    row = page.disruption
    now = impact.as_of if impact else row.reported_at
    state, word = disruption_state(row, now)
    return {
        "disruption": {
            "number": row.number, "headline": row.headline, "state": state, "word": word,
            "kind": KIND_WORDS[row.kind], "crumbs_url": reverse("disruptions"),
        },
        "now": now,
        "is_open": impact is not None,
        "acts": _acts(row, user),
        "readouts": _readouts(impact) if impact else [],
        "facts": _facts(row),
        "legs": [f"{one.leg.lane.name}: {leg_words(one.leg)}" for one in row.struck.all()],
        "affected": [_affected(one) for one in rows],
        "total": {"days": impact.more_late_days, "yen": yen_more(impact.more_yen)} if impact else None,
        "yen_a_day": LATE_YEN,
        "expectations": [_expectation(one) for one in page.expectations],
        "replans": [replan_row(one) for one in page.replans],
    }  # fmt: skip


def _acts(row: Disruption, user: Any) -> list[dict[str, str]]:
    if not (row.is_open and user.has_perm("logistics.report_disruption")):
        return []
    acts = (("expectation", _("New expected end"), ""), ("end", _("It is over"), "primary"))
    return [
        {"label": label, "url": reverse("disruption_act", args=[row.number, act]), "kind": kind}
        for act, label, kind in acts
    ]


def _readouts(impact: Impact) -> list[dict[str, Any]]:
    """How many racks it strikes, how late they become, what that costs."""
    words = group_words()
    return [
        *({"label": words[group], "value": impact.count(group), "unit": _("racks")} for group in GROUPS),
        {"label": _("Expected days late more"), "value": f"{impact.more_late_days:.1f}", "unit": _("rack-days")},
        {"label": _("Expected cost more"), "value": yen_more(impact.more_yen), "unit": ""},
    ]


def _whole(yen: float) -> int:
    """Assumed prices give no more than thousands of yen."""
    return int(round(yen, -3))


def yen_more(yen: float) -> str:
    """+¥2,815,000, −¥4,365,000: a difference shows its sign."""
    whole = _whole(yen)
    return f"{'−' if whole < 0 else '+' if whole > 0 else '±'}¥{abs(whole):,}"


def _facts(row: Disruption) -> list[dict[str, Any]]:
    return [
        {"label": _("Kind"), "value": KIND_WORDS[row.kind]},
        {"label": _("Begins at"), "value": _moment(row.begins_at)},
        {"label": _("Expected end (P50)"), "value": _moment(row.p50_at)},
        {"label": "P10 – P90", "value": f"{_moment(row.p10_at)} – {_moment(row.p90_at)}"},
        {"label": _("Ended at"), "value": _moment(row.ended_at) if row.ended_at else _("still open")},
        {"label": _("Source"), "value": f"{row.source} ({row.grade})"},
        {"label": _("Reported"), "value": f"{_moment(row.reported_at)} · {row.reported_by.name}"},
    ]


def _affected(one: Struck) -> dict[str, Any]:
    """A row of the table: a shipment, or a rack that is in none."""
    in_shipment = one.shipment_id is not None
    name = one.shipment_number if in_shipment else one.lives[0].name
    needed = [life.need_by for life in one.lives if life.need_by]
    return {
        "group": group_words()[one.group],
        "name": name,
        "url": reverse("shipment" if in_shipment else "rack", args=[name]),
        "racks": [life.name for life in one.lives] if in_shipment else [],
        "need_by": min(needed, default=None),
        "before": one.before,
        "after": one.after,
        "later": (one.after.p50_at - one.before.p50_at).total_seconds() / 86400,
        "late_days": one.after.late_days - one.before.late_days,
        "yen": yen_more(one.more_yen),
    }


def choice_rows(choices: Sequence[Choice], impact: Impact, number: str) -> list[dict[str, Any]]:
    """The alternatives of each shipment; those not left are chosen by a radio button, others by a link. One query."""
    rows = Shipment.objects.select_related("carrier").in_bulk([one.struck.shipment_id for one in choices])
    return [_choice(one, rows[one.struck.shipment_id or 0], number) for one in choices]


def _choice(choice: Choice, shipment: Shipment, number: str) -> dict[str, Any]:
    best = choice.best
    return {
        "number": shipment.number,
        "url": reverse("shipment", args=[shipment.number]),
        "group": group_words()[choice.struck.group],
        "racks": [life.name for life in choice.struck.lives],
        "field": f"plan-{shipment.pk}",
        "departed": choice.struck.group == "on_the_way",
        "options": [_option(one, shipment, number) | {"best": one is best} for one in choice.alternatives],
    }


def _option(one: Alternative, shipment: Shipment, number: str) -> dict[str, Any]:
    option, departed = one.option, shipment.vehicle_id is not None
    carrier = option.carrier_code or shipment.carrier.code
    departs = option.departs_at.astimezone(PLANT)
    value = url = ""
    if option.kind in ("later", "lane"):
        value = f"{shipment.pk}|{shipment.version}|{option.lane.code}|{carrier}|{departs.isoformat()}"
    if option.kind == "reroute":
        asked: dict[str, str | int] = {
            "place": _place(one), "lane": option.lane.code, "from_leg": option.from_leg or 1, "carrier": carrier,
            "disruption": number,
        }  # fmt: skip
        url = f"{reverse('shipment_reroute', args=[shipment.number])}?{urlencode(asked)}"
    return {
        "label": _option_words(one, departed=departed),
        "departs_at": None if departed else option.departs_at,
        "window": one.window,
        "more_yen": yen_more(one.more_yen),
        "value": value,
        "url": url,
        "kept": option.kind == "keep",
    }


def _option_words(one: Alternative, *, departed: bool) -> str:
    lane = one.option.lane.name
    if one.option.kind == "keep":
        return _("Wait where it is") if departed else _("As planned, waiting")
    if one.option.kind == "later":
        return _("Leave later, same lane")
    if one.option.kind == "reroute":
        return _("From %(place)s by %(lane)s") % {"place": _place(one), "lane": lane}
    return _("By %(lane)s") % {"lane": lane}


def _place(one: Alternative) -> str:
    return one.option.place_en if get_language() == "en" else one.option.place_ja


def _expectation(row: DisruptionExpectation) -> dict[str, Any]:
    detail = f"P50 {_moment(row.p50_at)} (P10 {_moment(row.p10_at)} – P90 {_moment(row.p90_at)}) · {row.source}"
    return {
        "at": row.told_at, "state": "info", "title": _("Expected end"), "detail": f"{detail} ({row.grade})",
        "by": row.told_by.name, "links": [], "position": row.event_id,
    }  # fmt: skip


def replan_row(row: Replan) -> dict[str, Any]:
    """A plan made anew, as one line: what it was, what it is, why, by whom."""
    because = f"{row.reason} · {row.disruption.number}" if row.disruption else row.reason
    links = []
    if row.disruption:
        links.append({"label": row.disruption.headline, "url": reverse("disruption", args=[row.disruption.number])})
    return {
        "at": row.at, "state": "swap", "title": f"{row.shipment.number}: {_changed(row)}", "detail": because,
        "by": row.by.name, "links": links, "position": row.event_id,
    }  # fmt: skip


def stop_notices(shipment: Shipment, now: datetime) -> list[dict[str, Any]]:
    """What stops the legs ahead of a shipment, for its page. One query."""
    return [
        {
            "state": "late",
            "title": stop.headline,
            "text": _("Expected to end at %(moment)s (P50).") % {"moment": _short(stop.p50_at)},
            "url": reverse("disruption", args=[stop.number]),
            "link": _("What can still be done"),
        }
        for stop in known_ways(now).met_by(shipment.pk)
    ]


def _changed(row: Replan) -> str:
    """Old plan → new plan, in words."""
    if row.place:
        told = _("%(was)s → from %(place)s by %(lane)s; arrival by the plan %(before)s → %(after)s")
    else:
        told = _("%(was)s, %(left)s → %(lane)s, %(leaves)s; arrival by the plan %(before)s → %(after)s")
    return told % {
        "was": row.was_lane.name, "lane": row.lane.name, "place": row.place, "left": _short(row.was_departure_at),
        "leaves": _short(row.departure_at), "before": _short(row.was_arrives_at), "after": _short(row.arrives_at),
    }  # fmt: skip


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(PLANT):%Y/%m/%d %H:%M}"


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(PLANT):%m/%d %H:%M}"
