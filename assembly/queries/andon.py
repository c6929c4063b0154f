"""Andon calls: what stands open, the list, how fast calls are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from assembly.models import AndonCall

STATES = ("open", "raised", "acknowledged", "resolved", "all")


@dataclass(frozen=True, slots=True)
class AndonFilter:
    """What the list of calls is narrowed to. `state`: open, raised (nobody comes yet), acknowledged, resolved, all."""

    state: str = "all"
    station: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How calls raised since a moment were answered: counts, and times in seconds (None: none yet)."""

    raised: int
    acknowledged: int
    resolved: int
    median_answer: float | None
    longest_answer: float | None
    median_settled: float | None


def andon_list(wish: AndonFilter) -> QuerySet[AndonCall]:
    """Calls that fit, newest first."""
    rows = AndonCall.objects.select_related(
        "station", "build__unit", "raised_by", "acknowledged_by", "resolved_by"
    ).order_by("-pk")
    states = {
        "open": Q(resolved_at=None),
        "raised": Q(resolved_at=None, acknowledged_at=None),
        "acknowledged": Q(resolved_at=None, acknowledged_at__isnull=False),
        "resolved": Q(resolved_at__isnull=False),
    }
    rows = rows.filter(states.get(wish.state, Q()))
    if wish.station:
        rows = rows.filter(station__code__iexact=wish.station)
    if wish.reason:
        rows = rows.filter(reason=wish.reason)
    if wish.text:
        rows = rows.filter(
            Q(number__iexact=wish.text)
            | Q(build__unit__serial__istartswith=wish.text)
            | Q(build__unit__serial__iendswith=wish.text)
            | Q(text__icontains=wish.text)
            | Q(outcome__icontains=wish.text)
        )
    return rows


def open_calls(station: str = "") -> list[AndonCall]:
    """The open calls of the plant (or of a station), those that nobody answered first, the oldest on top."""
    rows = AndonCall.objects.open().select_related("station", "build__unit", "raised_by", "acknowledged_by")
    if station:
        rows = rows.filter(station__code=station)
    return sorted(rows, key=lambda call: (call.acknowledged_at is not None, call.raised_at))


_TIMES = """
SELECT count(*), count(acknowledged_at), count(resolved_at),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - raised_at)),
  max(extract(epoch FROM acknowledged_at - raised_at)),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - raised_at))
FROM assembly_andoncall WHERE raised_at >= %s
"""


def answer_times(since: datetime) -> AnswerTimes:
    """How the calls raised since then were answered. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_TIMES, [since])
        raised, acknowledged, resolved, answer, longest, settled = cursor.fetchone()
    floats = [None if value is None else float(value) for value in (answer, longest, settled)]
    return AnswerTimes(raised, acknowledged, resolved, *floats)


def waited(call: AndonCall, now: datetime) -> timedelta:
    """How long the station waits or waited for somebody to come."""
    return (call.acknowledged_at or call.resolved_at or now) - call.raised_at
