"""Incoming inspections as pages say them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.models import InspectedPiece, Inspection, InspectionPoint, SamplingPlan


def state_of(found: Inspection) -> tuple[str, str]:
    """Where an inspection stands, as a chip."""
    if found.conceded_at is not None:
        return "late", _("Accepted specially")
    if found.verdict == "accepted":
        return "done", _("Accepted on inspection")
    if found.verdict == "rejected":
        return "fail", _("Rejected on inspection")
    if found.rejects and found.kind == "sample":
        return "fail", _("To be rejected: sign")
    if found.accepts:
        return "next", _("Verdict to be signed")
    return ("run", _("Being inspected")) if found.inspected else ("wait", _("Waits for inspection"))


def kind_of(found: Inspection) -> str:
    """What is looked at."""
    if found.kind == "sorting":
        return _("Sorting of %(number)s") % {"number": found.origin.number if found.origin else ""}
    return _("Full inspection") if found.kind == "full" else _("Sampling inspection")


def numbers_of(found: Inspection) -> str:
    """How many are accepted at most, in words."""
    if found.kind != "sample":
        return _("nonconforming pieces are set apart")
    return _("accepted with %(accept)d, rejected from %(reject)d") % {
        "accept": found.accept,
        "reject": found.accept + 1,
    }


def inspection_row(found: Inspection) -> dict[str, Any]:
    """An inspection as lists, the notice's page and its own page show it."""
    state, word = state_of(found)
    return {
        "number": found.number,
        "url": reverse("inspection", args=[found.number]),
        "work_url": reverse("inspection_work", args=[found.number]) if found.verdict is None else "",
        "kind": kind_of(found),
        "part": found.part.number,
        "name": found.part.name,
        "supplier": found.supplier.name,
        "notice": found.notice.number,
        "notice_url": reverse("ship_notice", args=[found.notice_id]),
        "lot": found.lot.number if found.lot else "",
        "size": found.lot_size.normalize(),
        "sample": found.sample,
        "inspected": found.inspected,
        "bad": found.nonconforming,
        "rule": numbers_of(found),
        "plan": str(found.plan),
        "opened_at": found.opened_at,
        "state": state,
        "word": word,
    }


def plan_state(plan: SamplingPlan) -> tuple[str, str]:
    """Draft or released, as a chip."""
    return ("wait", _("Draft")) if plan.released_at is None else ("done", _("Released for use"))


def limits_of(point: InspectionPoint) -> str:
    """The limits of a measured point; nothing for one that is looked at."""
    if point.kind == "visual":
        return ""
    low = f"{point.low.normalize():f}" if point.low is not None else ""
    high = f"{point.high.normalize():f}" if point.high is not None else ""
    text = f"{low} – {high}" if low and high else f"≧ {low}" if low else f"≦ {high}"
    return f"{text} {point.unit}".strip()


def piece_row(piece: InspectedPiece) -> dict[str, Any]:
    """A piece that was looked at."""
    values = [
        f"{result.point.text}: {result.value.normalize():f} {result.point.unit}".strip()
        for result in piece.results.all()
        if result.value is not None
    ]
    gone = piece.withdrawn_at is not None
    return {
        "number": piece.number,
        "name": piece.unit.name if piece.unit else "",
        "url": reverse("unit", args=[piece.unit.tag]) if piece.unit else "",
        "ok": piece.ok,
        "gone": gone,
        "state": "void" if gone else "ok" if piece.ok else "fail",
        "word": _("taken back") if gone else "OK" if piece.ok else "NG",
        "defect": piece.defect,
        "values": values,
        "photos": piece.photo_ids,  # type: ignore[attr-defined]
        "at": piece.at,
        "by": piece.by.name,
    }
