"""Words that several pages of logistics share: places, states and ages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from logistics.models import CarrierLineNote, Leg, Milestone, Shipment
from logistics.operations.milestones import LEG_KINDS, gap_before
from logistics.queries.outlook import PLANT
from logistics.queries.shipments import last_word_at
from logistics.queries.tower import STALE_AFTER

View = Callable[..., HttpResponse]

MODES: dict[str, Any] = {
    "road": gettext_lazy("Road"),
    "ferry": gettext_lazy("Ferry"),
    "air": gettext_lazy("Air"),
    "sea": gettext_lazy("Sea"),
    "rail": gettext_lazy("Rail"),
}

WORK_STAGES: dict[str, Any] = {
    "kit": gettext_lazy("Waiting for parts"),
    "tray_build": gettext_lazy("Tray build"),
    "tray_test": gettext_lazy("Tray test"),
    "rack_build": gettext_lazy("Rack build"),
    "rack_test": gettext_lazy("Rack test"),
    "burn_in": gettext_lazy("Burn-in"),
    "pack": gettext_lazy("Inspection and packing"),
    "waiting_truck": gettext_lazy("Waiting for the truck"),
    "on_the_way": gettext_lazy("On the way"),
    "at_site": gettext_lazy("Site receiving"),
}


def reads(view: View) -> View:
    """A page for whoever may read logistics."""
    return permission_required("logistics.read", raise_exception=True)(view)  # type: ignore[no-any-return]


def in_english() -> bool:
    return get_language() == "en"


def stage_word(key: str) -> str:
    """A work stage in words; one that no table knows shows its key."""
    return str(WORK_STAGES.get(key, key))


def days_word(days: float) -> str:
    """Elapsed calendar days with their unit."""
    return _("%(days)s days") % {"days": f"{days:.1f}"}


def hours_ago(since: datetime, now: datetime) -> str:
    """The age of the last report."""
    hours = int((now - since) / timedelta(hours=1))
    return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}


def is_stale(shipment: Shipment, now: datetime) -> bool:
    """A shipment on its way of which nothing was heard for six hours."""
    heard = last_word_at(shipment)
    return heard is not None and not shipment.has_arrived and now - heard > STALE_AFTER


def shipment_state(shipment: Shipment, now: datetime) -> tuple[str, str, str]:
    """(state, word, drawing) of a shipment: stale is never shown as on time."""
    if shipment.has_arrived:
        if shipment.arrival.received_at:
            return "done", _("Site receiving done"), ""
        return "run", _("At the dock"), ""
    if not shipment.has_departed:
        return "wait", _("Planned"), ""
    here = in_part(shipment)
    if here:
        return "late", _("Arrived in part, %(here)d of %(all)d") % here, ""
    heard = last_word_at(shipment)
    if heard is not None and is_stale(shipment, now):
        return "stale", hours_ago(heard, now), ""
    if _is_delayed(shipment):
        return "late", _("Delay reported"), ""
    return "run", _("On the way"), ""


def in_part(shipment: Shipment) -> dict[str, int]:
    """How many crates of a row of `shipment_rows` are here, of all, where it arrived in part; else empty."""
    here, racks = getattr(shipment, "here_count", 0), getattr(shipment, "rack_count", 0)
    return {"here": here, "all": racks} if here and not shipment.has_arrived else {}


def _is_delayed(shipment: Shipment) -> bool:
    reports: list[Milestone] = getattr(shipment, "reports", [])
    return bool(reports) and reports[0].kind == "delayed"


def leg_words(leg: Leg) -> str:
    """A leg as its mode and its ends."""
    return f"{MODES.get(leg.mode, leg.mode)} {leg.start} → {leg.end}"


def milestone_words(report: Milestone) -> str:
    """A report as a short line."""
    if report.leg is not None and report.kind == "leg_departed":
        return _("left %(place)s") % {"place": report.leg.start}
    if report.leg is not None and report.kind == "leg_arrived":
        return _("reached %(place)s") % {"place": report.leg.end}
    if report.kind == "delayed":
        return _("delayed: %(place)s") % {"place": report.place or _("place not told")}
    return report.place or _("place not told")


def lateness_words(report: Milestone, ends: Collection[tuple[int, str]]) -> list[str]:
    """Whether it came late, whether something later was known before, whether the end before it is unknown."""
    told = []
    if report.is_late:
        span = report.reported_at - report.happened_at
        told.append(_("late: %(hours)d hours after it happened") % {"hours": int(span / timedelta(hours=1))})
    if getattr(report, "out_of_order", False):
        told.append(_("out of order: later reports were known"))
    if report.leg is not None and report.kind in LEG_KINDS and gap_before(report.leg.number, report.kind, ends):
        told.append(_("an earlier end of a leg is not reported"))
    return told


def doubt_words(note: CarrierLineNote) -> str:
    """A doubtful report: place, moment, and what the carrier's word meant."""
    meant = {"leg_departed": _("leg begun"), "leg_arrived": _("leg ended"), "delayed": _("delay")}
    told = f"“{note.milestone.place}” {note.milestone.happened_at.astimezone(PLANT):%m/%d %H:%M}"
    return f"{told} ({meant.get(note.meant, _('position'))})"


def where_words(shipment: Shipment) -> str:
    """The lane, and where the shipment was last."""
    reports: list[Milestone] = getattr(shipment, "reports", [])
    if shipment.has_arrived:
        return shipment.lane.destination.name
    if not shipment.has_departed:
        return _("%(lane)s, before departure") % {"lane": shipment.lane.name}
    if reports:
        return f"{shipment.lane.name}: {milestone_words(reports[0])}"
    return _("%(lane)s: left the plant") % {"lane": shipment.lane.name}
