"""What needs a decision today, the dearest deadline first; figures at the top of the control tower."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import Hold
from logistics.lead_times.results import probability_text
from logistics.queries.exceptions import key_of
from logistics.queries.lives import RackLife
from logistics.queries.outlook import PLANT
from logistics.queries.shipments import last_word_at
from logistics.queries.tower import Shortage, Tower, work_stage
from logistics.views.saying import hours_ago, in_english, is_stale, stage_word

LATE_FROM = 0.5
CALLS_SHOWN = 8
LATE_SHOWN = 4

Call = dict[str, Any]


def readouts(tower: Tower) -> list[dict[str, Any]]:
    """The five figures of the day."""
    late = late_racks(tower)
    held = {hold.unit_id for hold in tower.holds if hold.unit_id}
    return [
        {
            "label": _("Received / planned by today"),
            "value": tower.received_count,
            "unit": f"/ {tower.needed_by_now}",
        },
        {"label": _("Racks in progress"), "value": len(tower.view.open_lives), "unit": "", "url": reverse("racks")},
        {"label": _("Chance of delay 50 % or more"), "value": len(late), "unit": ngettext("rack", "racks", len(late))},
        {"label": _("Parts that are short"), "value": len(tower.shortages), "unit": ""},
        {"label": _("Open holds on units"), "value": len(held), "unit": ""},
    ]


def late_racks(tower: Tower) -> list[tuple[RackLife, float]]:
    """Racks that are late at even chances or more, the nearest need-by day first."""
    found = []
    for life in tower.view.open_lives:
        row = tower.view.by_unit.get(life.unit_id)
        if row is not None and row.p_late is not None and row.p_late >= LATE_FROM:
            found.append((life, row.p_late))
    return sorted(found, key=lambda pair: (pair[0].need_by or date.max, -pair[1]))


def calls_of(tower: Tower) -> list[Call]:
    """The calls, by deadline; those without one come last."""
    found = [*_stop_calls(tower), *_late_calls(tower), *_short_calls(tower), *_hold_calls(tower), *_stale_calls(tower)]
    found.sort(key=lambda call: call[0])
    return [call for _deadline, call in found[:CALLS_SHOWN]]


def _stop_calls(tower: Tower) -> Iterator[tuple[date, Call]]:
    """What stops the ways: how many shipments meet it, and where to look what can be done."""
    known = tower.view.known
    for stop in known.open_stops:
        met = [shipment for shipment in tower.shipments if stop in known.met_by(shipment.pk)]
        struck = len(met)
        if not struck:
            continue  # the table of lanes tells of it; there is nothing to decide
        title = ngettext("%(n)d shipment meets it: plan anew?", "%(n)d shipments meet it: plan anew?", struck) % {
            "n": struck
        }
        detail = _("%(headline)s. From %(begins)s, expected end %(moment)s (P50).") % {
            "headline": stop.headline, "begins": _short(stop.begins_at), "moment": _short(stop.p50_at),
        }  # fmt: skip
        detail += _owned(tower, [key_of("disruption", shipment.number, stop.number) for shipment in met])
        act = {"label": _("Compare the ways"), "url": reverse("disruption", args=[stop.number]), "kind": ""}
        yield stop.begins_at.astimezone(PLANT).date(), _call("late", title % {"n": struck}, stop.number, detail, [act])


def _late_calls(tower: Tower) -> Iterator[tuple[date, Call]]:
    late = late_racks(tower)
    for life, share in late[:LATE_SHOWN]:
        row = tower.view.by_unit[life.unit_id]
        detail = _(
            "Now: %(stage)s. Received at P50 %(p50)s, P80 %(p80)s; needed by %(day)s. Chance of delay %(late)s."
        ) % {
            "stage": stage_word(work_stage(life) or ""),
            "p50": _short(row.p50_at),
            "p80": _short(row.p80_at),
            "day": f"{life.need_by:%m/%d}" if life.need_by else "–",
            "late": probability_text(share),
        }
        act = {"label": _("Open the rack"), "url": reverse("rack", args=[life.name]), "kind": ""}
        yield (
            life.need_by or date.max,
            _call("late", _("will be late: put it first or agree on another day?"), life.name, detail, [act]),
        )
    if len(late) > LATE_SHOWN:
        more = len(late) - LATE_SHOWN
        title = ngettext("%(n)d more rack is likely to be late", "%(n)d more racks are likely to be late", more) % {
            "n": more
        }
        act = {"label": _("All racks"), "url": reverse("racks"), "kind": "plain"}
        yield late[LATE_SHOWN][0].need_by or date.max, _call("late", title, "", "", [act])


def _short_calls(tower: Tower) -> Iterator[tuple[date, Call]]:
    for row in tower.shortages[:3]:
        title = _("%(name)s: %(n)d short for the open builds") % {"name": part_name(row), "n": row.short}
        detail = _("Needed %(needed)d, good stock %(good)d, on hold %(held)d, announced %(coming)d.") % {
            "needed": row.needed, "good": row.good, "held": row.held, "coming": row.coming,
        }  # fmt: skip
        yield row.stops_on or date.max, _call("hold", title, row.number, detail, [])


def part_name(row: Shortage) -> str:
    """The part's name in the language of the page."""
    return row.name_en if in_english() else row.name_ja


def _hold_calls(tower: Tower) -> Iterator[tuple[date, Call]]:
    for hold in tower.holds[:3]:
        name = hold.unit.name if hold.unit else str(hold.lot)
        detail = _("%(number)s by %(person)s, %(time)s") % {
            "number": hold.number, "person": hold.placed_by.name, "time": _short(hold.placed_at),
        }  # fmt: skip
        title = _("on hold: %(reason)s") % {"reason": hold.reason}
        yield date.max, _call("stop", title, name, detail, _hold_acts(hold))


def _hold_acts(hold: Hold) -> list[dict[str, str]]:
    if hold.unit is None:
        return []
    return [{"label": _("Open the record"), "url": reverse("audit_unit", args=[hold.unit.tag]), "kind": ""}]


def _stale_calls(tower: Tower) -> Iterator[tuple[date, Call]]:
    for shipment in tower.shipments:
        heard = last_word_at(shipment)
        if heard is None or not is_stale(shipment, tower.as_of):
            continue
        key = key_of("silence", shipment.number, "")
        acts = [
            {"label": _("Open the shipment"), "url": reverse("shipment", args=[shipment.number]), "kind": ""},
            {"label": _("Who has it"), "url": reverse("exception", args=[key]), "kind": "plain"},
        ]
        title = _("no report for long: ask %(carrier)s") % {"carrier": shipment.carrier.name}
        detail = _("Last report %(time)s, %(age)s.") % {"time": _short(heard), "age": hours_ago(heard, tower.as_of)}
        detail += _owned(tower, [key])
        yield shipment.need_by or date.max, _call("stale", title, shipment.number, detail, acts)


def _owned(tower: Tower, keys: list[str]) -> str:
    """Who has these exceptions in hand, or that nobody has."""
    owners = [tower.owners[key] for key in keys if key in tower.owners]
    if not owners:
        return " " + _("Nobody has it in hand.")
    first, second = ("en", "ja") if in_english() else ("ja", "en")
    names = list(dict.fromkeys(one[first] or one[second] for one in owners))
    return " " + _("In hand: %(names)s.") % {"names": ", ".join(names)}


def _call(state: str, title: str, code: str, detail: str, acts: list[dict[str, str]]) -> Call:
    return {"state": state, "title": title, "code": code, "detail": detail, "acts": acts}


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(PLANT):%m/%d %H:%M}"
