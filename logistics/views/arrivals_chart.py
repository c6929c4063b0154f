"""Will the site's plan be met? Racks received, the fan ahead, the need-by staircase: chart and table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _

from logistics.charts import SCREEN, ArrivalWords, Fan, cumulative_arrivals
from logistics.queries.outlook import PLANT, end_of
from logistics.queries.tower import Tower

PAST_DAYS = 56
AHEAD_DAYS = 42
FAN_EVERY = 3
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)


def arrivals_of(tower: Tower) -> dict[str, Any]:
    """Context for the panel of the control tower."""
    today = tower.as_of.astimezone(PLANT).date()
    fan = _fan(tower, today)
    spec = cumulative_arrivals(
        actual=_steps(tower.received, today - timedelta(days=PAST_DAYS), today),
        fan=fan,
        needed=_steps(tower.needed, today - timedelta(days=PAST_DAYS), today + timedelta(days=AHEAD_DAYS)),
        words=ArrivalWords(_("actual"), _("forecast P50"), _("needed"), _("racks")),
        palette=SCREEN,
    )
    return {
        "chart": {"id": "arrivals", "spec": spec, "label": spec["description"]},
        "table": _table(tower, fan, today),
        "delivered": tower.received_count,
        "open": len(tower.view.open_lives),
        "note": _("a rack that waits for its kit has no forecast yet"),
        "grades": tower.view.scenario.grades,
    }


def _steps(counts: Sequence[tuple[date, int]], first: date, last: date) -> list[tuple[str, float]]:
    """The running total by day between two days; what came before is in the first step."""
    totals = list(accumulate(count for _day, count in counts))
    before = max((total for (day, _n), total in zip(counts, totals, strict=True) if day < first), default=0)
    inside = [
        (day.isoformat(), float(total)) for (day, _n), total in zip(counts, totals, strict=True) if first <= day <= last
    ]
    end = inside[-1][1] if inside else float(before)
    return [(first.isoformat(), float(before)), *inside, (last.isoformat(), end)]


def _fan(tower: Tower, today: date) -> list[Fan]:
    """Racks received by each third day ahead, added to those received already."""
    days = [today + timedelta(days=step) for step in range(0, AHEAD_DAYS + 1, FAN_EVERY)]
    ahead = [max((end_of(day) - tower.as_of) / timedelta(days=1), 0.0) for day in days]
    if not tower.view.forecast.racks:
        return []
    rows = tower.view.forecast.arrivals(ahead, LEVELS)
    done = tower.received_count
    return [
        Fan(day.isoformat(), *(float(done + rows[level][place]) for level in range(len(LEVELS))))
        for place, day in enumerate(days)
    ]


def _table(tower: Tower, fan: Sequence[Fan], today: date) -> list[dict[str, Any]]:
    """The figures behind the fan, a row each."""
    rows = []
    for row in fan:
        day = date.fromisoformat(row.day)
        needed = sum(count for needed_on, count in tower.needed if needed_on <= day)
        rows.append({"day": day, "p10": row.p10, "p50": row.p50, "p90": row.p90, "needed": needed})
    return rows


def moment_words(moment: datetime) -> str:
    """11/20 16:05 in the plant."""
    return f"{moment.astimezone(PLANT):%m/%d %H:%M}"
