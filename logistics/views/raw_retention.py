"""How long raw telemetry is kept: the policy in force and those before, what goes when, what went with its proofs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assembly.models import RawRetention, RunTelemetry
from assembly.operations.raw_policy import LONGEST, release_raw_retention
from assembly.queries.history import actors_of
from inventory.views.reading import page_of
from ledger.doors import Outcome, call_from_page, new_key
from ledger.models import Event
from logistics.queries.raw_retention import coming_removals, due_by, policies, removed

KEEPS = "assembly.keep_raw_policy"
SOON = (0, 30, 90)
"""Days ahead for which the page tells what goes."""
POLICIES = 20
"""Earlier policies shown; there is one in some years."""


@permission_required("logistics.read", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The policy and its work. `?days=` shows what another policy would take, before anybody releases it."""
    outcome = _release(request) if request.method == "POST" else None
    if outcome is not None and outcome.refusal is None:
        return redirect("raw_retention")
    now = timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    tried = _days(given.get("days", ""))
    released = list(policies()[:POLICIES])
    days = tried or (released[0].days if released else None)
    show = "removed" if request.GET.get("show") == "removed" else "coming"
    rows = page_of(request, removed() if show == "removed" else coming_removals())
    context: dict[str, Any] = {
        "policies": _policies(released),
        "tried": tried if released[:1] == [] or tried != released[0].days else None,
        "days": days,
        "due": [] if days is None else [_due(days, now, ahead) for ahead in SOON],
        "show": show,
        "rows": _removed(rows) if show == "removed" else [_coming(row, days, now) for row in rows],
        "page": rows,
        "tabs": _tabs(show, tried),
        "refusal": outcome.refusal if outcome else None,
        "may_release": request.user.has_perm(KEEPS),
        "given": {"days": given.get("days", ""), "reason": given.get("reason", "")},
        "longest": LONGEST,
        "key": new_key(),
    }
    return render(request, "logistics/raw_retention.html", context, status=outcome.status if outcome else 200)


def _release(request: HttpRequest) -> Outcome:
    return call_from_page(
        request,
        release_raw_retention,
        days=_days(request.POST.get("days", "")) or 0,
        reason=request.POST.get("reason", "")[:500],
    )


def _days(text: str) -> int | None:
    """A number of days as a form or an address tells it; None for none."""
    whole = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return whole if 1 <= whole <= LONGEST else None


def _policies(released: list[RawRetention]) -> list[dict[str, Any]]:
    events = {event.pk: event for event in Event.objects.filter(pk__in=[row.event_id for row in released])}
    people = actors_of(events.values())
    return [
        {
            "days": row.days,
            "reason": row.reason,
            "at": row.released_at,
            "by": person.name if (person := people.get(events[row.event_id].actor)) else "–",
            "in_force": number == 0,
        }
        for number, row in enumerate(released)
    ]


def _due(days: int, now: datetime, ahead: int) -> dict[str, Any]:
    runs, size = due_by(days, now + timedelta(days=ahead))
    label = _("Due now") if ahead == 0 else _("Within %(days)d days") % {"days": ahead}
    return {"label": label, "value": runs, "unit": _("runs · %(size).1f MB") % {"size": size / 1e6}, "state": ""}


def _coming(row: RunTelemetry, days: int | None, now: datetime) -> dict[str, Any]:
    accepted = row.accepted_at  # type: ignore[attr-defined]
    due = None if days is None else accepted + timedelta(days=days)
    return _run(row) | {
        "accepted": accepted,
        "due": due,
        "is_due": due is not None and due <= now,
        "size": (row.size or 0) / 1e6,  # type: ignore[attr-defined]
    }


def _removed(rows: Any) -> list[dict[str, Any]]:
    events = {event.pk: event for event in Event.objects.filter(pk__in=[row.gone_event_id for row in rows])}
    return [
        _run(row)
        | {
            "at": row.gone_at,
            "days": events[row.gone_event_id].payload["days"],
            "hashes": events[row.gone_event_id].payload["sha256"],
            "event": row.gone_event_id,
        }
        for row in rows
    ]


def _run(row: RunTelemetry) -> dict[str, Any]:
    unit = row.burn_in.run.build.unit
    return {
        "rack": unit.name,
        "audit_url": reverse("audit_unit", args=[unit.tag]),
        "cell": row.burn_in.cell.code,
        "url": reverse("burn_in_run_by_id", args=[row.burn_in_id]),
        "samples": row.samples,
    }


def _tabs(show: str, tried: int | None) -> list[dict[str, Any]]:
    query = f"days={tried}&" if tried else ""
    return [
        {"label": _("Goes next"), "url": f"?{query}", "current": show == "coming"},
        {"label": _("Removed"), "url": f"?{query}show=removed", "current": show == "removed"},
    ]
