"""Automatic placement in two steps: a proposal is worked out and shown, then accepted as a whole or in part.

The proposal is worked out in the request: see queries/burn_in_proposal.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assembly.burn_in.placement import TOO_LARGE, Placing, Plan
from assembly.operations.replanning import RackPlacing, place_racks
from assembly.queries.burn_in_plan import WaitingRack, waiting_for_cells
from assembly.queries.burn_in_proposal import MOST, ROAD_DAYS, Wanted, worked_out
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import BadInput, Refusal

acts = permission_required("assembly.run_burn_in", raise_exception=True)


class ProposalUnderWay(Refusal):
    """Another planner's proposal is being worked out."""


@require_GET
@acts
def burn_in_proposal(request: HttpRequest) -> HttpResponse:
    """Who waits, and with `propose=1` where each should go."""
    return _page(request, None)


@require_POST
@acts
def burn_in_accept(request: HttpRequest) -> HttpResponse:
    """Keep the cells of the ticked racks, all or none."""
    placings = [_placing(text) for text in request.POST.getlist("placing")[:MOST]]
    if None in placings:
        unread = BadInput(_("The proposal cannot be read. Ask for a new one."))
        return _page(request, Outcome(refusal=unread))
    outcome = call_from_page(request, place_racks, placings=placings)
    if outcome.refusal is not None:
        return _page(request, outcome)
    return redirect("burn_in_schedule")


def _page(request: HttpRequest, outcome: Outcome | None) -> HttpResponse:
    now, given = timezone.now(), request.GET if request.method == "GET" else request.POST
    wanted = Wanted(_whole(given.get("road"), ROAD_DAYS, 60), given.get("again") == "1", _keys(given.getlist("urgent")))
    waiting = waiting_for_cells(now, wanted.road_days)[:MOST]
    refusal, plan = outcome.refusal if outcome else None, None
    if given.get("propose") == "1":
        plan = worked_out(now, waiting, wanted)
        if plan is None:
            refusal = refusal or ProposalUnderWay(
                _("Another proposal is being worked out."), do=_("Ask again in a few seconds.")
            )
    context: dict[str, Any] = {
        "refusal": refusal,
        "wanted": wanted,
        "waiting": [_waiting(rack, rack.build.pk in wanted.urgent) for rack in waiting],
        "key": new_key(),
        "accept_url": reverse("burn_in_accept"),
    }
    if plan is not None:
        context["plan"] = _plan(plan, {rack.build.pk: rack for rack in waiting})
    return render(request, "assembly/burn_in_proposal.html", context, status=422 if refusal else 200)


def _waiting(rack: WaitingRack, urgent: bool) -> dict[str, Any]:
    kept = rack.reservation
    return {
        "pk": rack.build.pk,
        "rack": rack.build.unit.name,
        "earliest": rack.earliest,
        "due": rack.due,
        "need_by": rack.build.need_by,
        "hours": rack.soak_minutes / 60,
        "kept": f"{kept.cell.code}" if kept else "",
        "kept_at": kept.period.lower if kept else None,
        "held": rack.why == "held",
        "urgent": urgent,
    }


def _plan(plan: Plan, racks: Mapping[int, WaitingRack]) -> dict[str, Any]:
    reasons = {TOO_LARGE: _("No cell gives what it needs."), "": _("On hold.")}
    later = _("No cell has room in the next 45 days.")
    placed = sorted(plan.placings, key=lambda one: (one.from_at, one.cell))
    return {
        "rows": [_row(one, plan.first_come.get(one.key), racks[one.key]) for one in placed],
        "unplaced": [
            {"rack": racks[key].build.unit.name, "why": reasons.get(why, later)}
            for key, why in sorted(plan.unplaced.items())
        ]
        + [{"rack": rack.build.unit.name, "why": reasons[""]} for rack in racks.values() if rack.why == "held"],
        "late": sum(1 for one in plan.placings if one.late),
        "late_hours": plan.late_hours,
        "by_arrival": plan.first_come_late_hours,
        "at_least": plan.at_least,
        "moved": plan.moved,
        "rounds": plan.rounds,
    }


def _row(one: Placing, by_arrival: Placing | None, rack: WaitingRack) -> dict[str, Any]:
    kept = rack.reservation
    same = kept is not None and (kept.cell.code, kept.period.lower) == (one.cell, one.from_at)
    return {
        "rack": rack.build.unit.name,
        "cell": one.cell,
        "from_at": one.from_at,
        "to_at": one.to_at,
        "due": rack.due,
        "late": _hours(one.late),
        "by_arrival": None if by_arrival is None else _hours(by_arrival.late),
        "was": kept.cell.code if kept is not None and not same else "",
        "was_at": kept.period.lower if kept is not None else None,
        "value": "|".join(
            (str(one.key), one.cell, one.from_at.isoformat(), one.to_at.isoformat(), str(kept.pk if kept else 0))
        ),
        "same": same,
    }


def _hours(span: timedelta) -> int:
    return int(-(-span // timedelta(hours=1)))


def _placing(text: str) -> RackPlacing | None:
    """A line of the proposal as its form carries it. The operation looks at everything again."""
    parts = text.split("|")
    if len(parts) != 5 or not all(part.isascii() and part.isdecimal() and len(part) < 18 for part in parts[::4]):
        return None
    try:
        from_at, to_at = parse_datetime(parts[2]), parse_datetime(parts[3])
    except ValueError:
        return None
    if from_at is None or to_at is None or from_at.tzinfo is None or to_at.tzinfo is None:
        return None
    return RackPlacing(int(parts[0]), parts[1][:40], from_at, to_at, int(parts[4]))


def _whole(text: str | None, otherwise: int, most: int) -> int:
    return min(int(text), most) if text and text.isascii() and text.isdecimal() and len(text) < 9 else otherwise


def _keys(texts: list[str]) -> frozenset[int]:
    return frozenset(int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 18)


URLS = [
    path("burn-in/proposal/", burn_in_proposal, name="burn_in_proposal"),
    path("burn-in/proposal/acceptance/", burn_in_accept, name="burn_in_accept"),
]
