"""The crates of a shipment that arrived in parts, in words: which is here since when, who holds the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from logistics.models import ShipmentCrate
from logistics.queries.custody import Link, holder_of_crate
from logistics.queries.outlook import PLANT
from logistics.views.custody_words import holder_name
from logistics.views.exception_words import missing_words


def standing_of(row: ShipmentCrate, chain: Sequence[Link]) -> dict[str, Any]:
    """For the table of crates: whether it is here, since when; else who holds it, and why it is not."""
    if row.is_here:
        at = f"{row.arrival.at.astimezone(PLANT):%m/%d %H:%M}"
        if row.arrival.received_at is None:
            return {"standing": {"state": "run", "word": _("here since %(time)s") % {"time": at}}, "holder": ""}
        return {"standing": {"state": "done", "word": _("here since %(time)s, received") % {"time": at}}, "holder": ""}
    holder = holder_of_crate(chain, row.crate_id)
    return {
        "standing": {"state": "late", "word": missing_words(row.missing.reason, row.missing.place)},
        "holder": _("held by %(holder)s") % {"holder": holder_name(holder)} if holder else "",
    }


def missing_notices(rows: Sequence[ShipmentCrate]) -> list[dict[str, Any]]:
    """What a person must know first: the crates that did not come."""
    waiting = [row for row in rows if hasattr(row, "missing") and not row.is_here]
    if not waiting:
        return []
    told = "; ".join(f"{row.crate.sscc} {missing_words(row.missing.reason, row.missing.place)}" for row in waiting)
    here = {"here": len(rows) - len(waiting), "all": len(rows)}
    title = _("Arrived in part, %(here)d of %(all)d") % here
    return [{"state": "late", "title": title, "text": _("Still on the way: %(list)s.") % {"list": told}}]
