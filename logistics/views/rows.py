"""Rows of shipments as the tables show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.models import Shipment
from logistics.queries.outlook import PLANT, Outlook
from logistics.queries.shipments import last_word_at
from logistics.views.saying import is_stale, shipment_state, where_words


def shipment_table(
    shipments: Iterable[Shipment],
    racks: Mapping[int, Sequence[int]],
    view: Outlook,
    now: datetime,
    stopped: Mapping[int, int] | None = None,
) -> list[dict[str, Any]]:
    """Rows for logistics/_shipments_table.html."""
    return [shipment_row(shipment, racks.get(shipment.pk, ()), view, now, stopped or {}) for shipment in shipments]


def shipment_row(
    shipment: Shipment, racks: Sequence[int], view: Outlook, now: datetime, stopped: Mapping[int, int]
) -> dict[str, Any]:
    """One row: its window is that of its slowest rack. `stopped`: the racks that may not leave."""
    state, word, drawing = shipment_state(shipment, now)
    eta, eta_late = windows(racks, view)
    late = view.late_share(racks)
    done = shipment.arrival.received_at if shipment.has_arrived else None
    if state == "run" and late is not None and late >= 0.5:
        state, word = "late", _("Late likely")
    held = [] if shipment.has_departed else [pk for pk in racks if pk in stopped]
    if held:
        state, word, drawing = "hold", _("Configuration differs"), ""
    return {
        "number": shipment.number,
        "url": reverse("shipment", args=[shipment.number]),
        "racks": getattr(shipment, "rack_count", len(racks)),
        "where": where_words(shipment),
        "where_stale": stale_words(shipment, now),
        "need_by": shipment.need_by,
        "eta": done or eta,
        "eta_late": None if done else eta_late,
        "late": late,
        "kept": kept_words(shipment, done),
        "stale": is_stale(shipment, now),
        "state": state,
        "word": word,
        "drawing": drawing,
        "void": False,
    }


def kept_words(shipment: Shipment, done: datetime | None) -> str:
    """Whether a finished shipment was there on its day; blank before that, and where no day was set."""
    if done is None or shipment.need_by is None:
        return ""
    days = (done.astimezone(PLANT).date() - shipment.need_by).days
    if days <= 0:
        return _("in time")
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}


def windows(racks: Sequence[int], view: Outlook) -> tuple[datetime | None, datetime | None]:
    """P50 and P80 of the slowest of these racks."""
    rows = [view.by_unit[pk] for pk in racks if pk in view.by_unit]
    if not rows:
        return None, None
    return max(row.p50_at for row in rows), max(row.p80_at for row in rows)


def stale_words(shipment: Shipment, now: datetime) -> str:
    """When the last report came, where it is too old to trust."""
    heard = last_word_at(shipment)
    if heard is None or not is_stale(shipment, now):
        return ""
    return _("report of %(time)s") % {"time": f"{heard.astimezone(PLANT):%m/%d %H:%M}"}
