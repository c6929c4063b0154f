"""The chain of custody in words, for the page of a shipment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from logistics.models import Handover
from logistics.queries.custody import Holder, Link

SEAL_STATES = {"fitted": "info", "intact": "done", "broken": "stop", "missing": "stop"}


def custody_lines(links: Sequence[Link], crates: Mapping[int, str]) -> list[dict[str, Any]]:
    """Rows for logistics/_custody.html: what was recorded, gaps as gaps, and what is still ahead. `crates`: the SSCCs
    by id. What arrived is no longer counted at what follows."""
    rows, away = [], len(crates)
    for link in links:
        if link.row is None:
            rows.append(_missing(link))
            continue
        rows.append(_line(link, link.row, away))
        if link.row.kind == "arrival":
            away -= link.row.crate_count  # type: ignore[attr-defined]
        if away < len(crates):
            rows[-1]["named"] = [crates[pk] for pk in link.row.crate_ids if pk in crates]  # type: ignore[attr-defined]
    return rows


def custody_notices(links: Sequence[Link]) -> list[dict[str, Any]]:
    """What a person must know: seals that were not intact, crates that were not there, hand-overs nobody recorded."""
    notices = []
    opened = [
        f"{seal.number} {seal_word(seal.state)}" for link in links for seal in link.seals if is_opened(seal.state)
    ]
    if opened:
        text = _("Seals not intact: %(list)s. The racks are on hold.") % {"list": ", ".join(opened)}
        notices.append({"state": "hold", "title": _("Seal"), "text": text})
    gaps = [link for link in links if link.row is None and link.due]
    if gaps:
        told = ", ".join(f"{holder_name(one.giver)} → {holder_name(one.taker)}" for one in gaps)
        text = _("No hand-over was recorded: %(list)s.") % {"list": told}
        notices.append({"state": "late", "title": _("Gap in the chain of custody"), "text": text})
    return notices


def is_opened(state: str) -> bool:
    """Whether a seal tells that the load may have been opened."""
    return state in ("broken", "missing")


def holder_name(holder: Holder) -> str:
    """A holder in the language of the page."""
    return holder.name_en if get_language() == "en" else holder.name_ja


def seal_word(state: str) -> str:
    """The state of a seal in words."""
    words = {"fitted": _("fitted"), "intact": _("intact"), "broken": _("broken"), "missing": _("missing")}
    return words[state]


def _missing(link: Link) -> dict[str, Any]:
    word = _("no hand-over recorded") if link.due else _("ahead")
    return {
        "from": holder_name(link.giver),
        "to": holder_name(link.taker),
        "state": "late" if link.due else "wait",
        "word": word,
        "missing": True,
    }


def _line(link: Link, row: Handover, crates: int) -> dict[str, Any]:
    return {
        "from": holder_name(link.giver),
        "to": holder_name(link.taker),
        "giver": _person(row, "giver"),
        "taker": _person(row, "taker"),
        "at": row.at,
        "place": " · ".join(filter(None, (row.place, row.vehicle))),
        "seals": [
            *({"state": SEAL_STATES[one.state], "word": f"{one.number} {seal_word(one.state)}"} for one in link.seals),
            *({"state": "unknown", "word": _("%(seal)s not read") % {"seal": one}} for one in link.unread),
        ],
        "crates": _crates(row, crates),
        "indicators": _indicators(link),
        "remarks": row.remarks,
        "late": _late(row.at, row.recorded_at),
    }


def _person(row: Handover, side: str) -> str:
    user = row.giver_user if side == "giver" else row.taker_user
    told = row.giver_name if side == "giver" else row.taker_name
    return told or (user.name if user is not None else _("person not told"))


def _crates(row: Handover, crates: int) -> dict[str, str]:
    count: int = row.crate_count  # type: ignore[attr-defined]
    if not count:
        return {"state": "info", "word": _("not counted: under seal")}
    word = _("%(count)d of %(all)d counted") % {"count": count, "all": crates}
    short = "late" if row.kind == "arrival" else "stop"
    return {"state": "done" if count >= crates else short, "word": word}


def _indicators(link: Link) -> dict[str, str]:
    read = [one for one in link.readings if one.moment != "seal"]
    bad = [one for one in read if one.state != "intact"]
    if not read:
        return {"state": "unknown", "word": _("no reading")}
    if not bad:
        return {"state": "done", "word": _("%(n)d intact") % {"n": len(read)}}
    words = {"tripped": _("tripped"), "missing": _("missing")}
    return {"state": "stop", "word": ", ".join(f"{one.indicator.serial} {words[one.state]}" for one in bad)}


def _late(at: datetime, recorded_at: datetime) -> str:
    hours = int((recorded_at - at).total_seconds() // 3_600)
    return _("recorded %(hours)d hours later") % {"hours": hours} if hours >= 6 else ""
