"""The schedule as it is drawn: one SVG whose units are pixels, so that nothing needs a style."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from assembly.models import CellOutage, Reservation
from assembly.queries.burn_in_plan import PLANT, Schedule, Supply
from assembly.views.burn_in_words import short

DAYS = {"day": 2, "week": 8}
"""Days shown by zoom."""
LABEL, WIDE, HEAD, ROW, STRIP = 132, 1056, 30, 34, 42
"""Pixels: the names at the left, the time beside them, the days above, a cell's row, a supply's strip."""
HOUR = timedelta(hours=1)


def drawn(schedule: Schedule, now: datetime, zoom: str, at_bar: int) -> dict[str, Any]:
    """Everything the schedule's template shows."""
    scale = WIDE / (DAYS[zoom] * 24)
    rows = {cell.pk: number for number, cell in enumerate(schedule.cells)}
    top = HEAD + len(rows) * ROW
    bars = [_bar(schedule, row, rows[row.cell_id], now, scale) for row in schedule.reservations]
    strips = [_strip(schedule, one, top + 12 + n * STRIP, scale) for n, one in enumerate(schedule.supplies)]
    marked = next((bar for bar in bars if bar["pk"] == at_bar), None)
    if marked is not None:
        marked["marked"] = True
    return {
        "width": LABEL + WIDE,
        "height": top + 16 + len(strips) * STRIP,
        "label": LABEL,
        "head": HEAD,
        "row": ROW,
        "scale": round(scale, 4),
        "top": top,
        "zero": schedule.from_at.isoformat(),
        "ticks": _ticks(schedule, zoom, scale),
        "now_x": _x(schedule, now, scale) if schedule.from_at <= now < schedule.to_at else None,
        "rows": [
            {
                "code": cell.code,
                "sub": f"{cell.feed.code} · {cell.loop.code}",
                "y": HEAD + number * ROW,
                "even": number % 2 == 0,
            }
            for number, cell in enumerate(schedule.cells)
        ],
        "bars": bars,
        "outages": [_outage(schedule, one, rows[one.cell_id], scale) for one in schedule.outages],
        "strips": strips,
        "marked": marked,
    }


def _x(schedule: Schedule, at: datetime, scale: float) -> float:
    inside = min(max(at, schedule.from_at), schedule.to_at)
    return round(LABEL + (inside - schedule.from_at) / HOUR * scale, 1)


def _bar(schedule: Schedule, row: Reservation, number: int, now: datetime, scale: float) -> dict[str, Any]:
    left, right = _x(schedule, row.period.lower, scale), _x(schedule, row.period.upper, scale)
    soaking = (row.cell_id, row.build_id) in schedule.soaking and row.period.lower <= now < row.period.upper
    state, word = ("ok", _("Soaking")) if soaking else ("wait", _("Reserved"))
    if row.period.upper <= now:
        state, word = "done", _("Ended")
    rack = row.build.unit.name
    span = f"{short(row.period.lower)} – {short(row.period.upper)}"
    local = row.period.lower.astimezone(PLANT)
    return {
        "pk": row.pk,
        "rack": rack,
        "cell": row.cell.code,
        "row": number,
        "from_at": row.period.lower,
        "to_at": row.period.upper,
        "from": f"{local:%Y-%m-%dT%H:%M}",
        "kw": row.kw,
        "lpm": row.lpm,
        "x": left,
        "y": HEAD + number * ROW + 4,
        "width": max(6.0, round(right - left - 1, 1)),
        "height": ROW - 8,
        "text": rack if right - left > 84 else rack[-5:] if right - left > 44 else "",
        "state": state,
        "word": word,
        "movable": not soaking and row.period.upper > now,
        "label": f"{rack} {word} {row.cell.code} {span}",
        "marked": False,
        "note_x": min(left, LABEL + WIDE - 380),
        "note_y": HEAD + number * ROW + ROW,
    }


def _outage(schedule: Schedule, outage: CellOutage, number: int, scale: float) -> dict[str, Any]:
    """A stretch in which the cell takes no rack."""
    left, right = _x(schedule, outage.period.lower, scale), _x(schedule, outage.period.upper, scale)
    span = f"{short(outage.period.lower)} – {short(outage.period.upper)}"
    return {
        "cell": outage.cell.code,
        "reason": outage.reason,
        "from_at": outage.period.lower,
        "to_at": outage.period.upper,
        "x": left,
        "y": HEAD + number * ROW + 2,
        "width": max(6.0, round(right - left, 1)),
        "height": ROW - 4,
        "text": outage.reason[: max(0, int((right - left - 12) / 13))],
        "label": f"{outage.cell.code} {_('Out of service')} {span}: {outage.reason}",
    }


def _strip(schedule: Schedule, supply: Supply, y: float, scale: float) -> dict[str, Any]:
    """A supply's sum as a stepped area against its limit, in its own band."""
    tall = STRIP - 12
    peak = max((value for _at, value in supply.steps), default=supply.limit * 0)
    most = float(max(peak, supply.limit)) * 1.08
    points = []
    for number, (at, value) in enumerate(supply.steps):
        end = supply.steps[number + 1][0] if number + 1 < len(supply.steps) else schedule.to_at
        level = round(y + tall * (1 - float(value) / most), 1)
        points += [f"{_x(schedule, at, scale)},{level}", f"{_x(schedule, end, scale)},{level}"]
    name = _("Feed") if supply.kind == "feed" else _("Coolant")
    return {
        "name": f"{name} {supply.code}",
        "figures": f"{peak:.0f} / {supply.limit:.0f} {supply.unit}",
        "y": y,
        "base": y + tall,
        "points": " ".join([f"{LABEL},{y + tall}", *points, f"{LABEL + WIDE},{y + tall}"]),
        "limit_y": round(y + tall * (1 - float(supply.limit) / most), 1),
        "over": peak > supply.limit,
        "label": _("%(name)s: at most %(peak)d of %(limit)d %(unit)s")
        % {"name": f"{name} {supply.code}", "peak": peak, "limit": supply.limit, "unit": supply.unit},
    }


def _ticks(schedule: Schedule, zoom: str, scale: float) -> list[dict[str, Any]]:
    """Days, and in the near view every six hours."""
    step = 6 if zoom == "day" else 24
    found = []
    for hours in range(0, DAYS[zoom] * 24, step):
        at = (schedule.from_at + hours * HOUR).astimezone(PLANT)
        found.append(
            {
                "x": _x(schedule, at, scale),
                "text": f"{at:%m/%d}" if hours % 24 == 0 else f"{at:%H:%M}",
                "day": hours % 24 == 0,
            }
        )
    return found
