"""The burn-in room in words: what the board and a run's page show of the facts that the queries gave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assembly.burn_in.drawing import Strip
from assembly.models import Alarm, BurnInRun
from assembly.queries.burn_in_board import Board, CellState, Supply
from assembly.text import ended_words

STATES: dict[str, tuple[str, str]] = {
    "run": ("ok", "run"),
    "stale": ("stale", ""),
    "alarm": ("stop", ""),
    "hold": ("hold", ""),
    "cooling": ("done", ""),
    "blocked": ("hold", ""),
    "reserved": ("wait", ""),
    "free": ("empty", ""),
}
"""State of a cell → (data-state, drawing where it differs)."""

SCALE = 100
SHARE = 90
"""A supply's limit is drawn at SHARE of SCALE, so that what is over it shows."""


def word_of(state: CellState, now: datetime) -> str:
    """The state of a cell in one or two words."""
    if state.state == "reserved" and state.next_reservation is not None and state.reservation is None:
        return _("Reserved %(at)s") % {"at": clock(state.next_reservation.period.lower)}
    if state.state == "stale" and state.clock is not None:
        since = state.clock.last_sample_at or state.clock.started_at
        return _("No data %(minutes)d min") % {"minutes": int((now - since).total_seconds() // 60)}
    words = {
        "run": _("Soaking"),
        "alarm": _("Alarm"),
        "hold": _("On hold"),
        "cooling": _("Ended"),
        "blocked": _("Out of service"),
        "reserved": _("Reserved"),
        "free": _("Free"),
        "stale": _("No data"),
    }
    return words[state.state]


def cell_facts(state: CellState, now: datetime) -> dict[str, Any]:
    """One cell as `_cell.html` wants it."""
    colour, drawing = STATES[state.state]
    if state.state == "cooling" and state.burn_in is not None and state.burn_in.verdict != "pass":
        colour = "fail"
    facts: dict[str, Any] = {
        "name": state.cell.code,
        "state": colour,
        "drawing": drawing,
        "word": word_of(state, now),
        "run_url": reverse("burn_in_run", args=[state.cell.code]),
        "why": why_of(state),
    }
    kept = state.reservation or state.next_reservation
    if state.burn_in is not None and state.clock is not None and state.strip is not None:
        rack = state.burn_in.run.build.unit.name
        needed = state.burn_in.soak_minutes_required / 60
        return facts | {
            "rack": rack,
            "rack_url": f"/racks/{rack}/",
            "soak": state.clock.minutes / 60,
            "soak_needed": f"{needed:g}",
            "gauge": strip_facts(state.strip, state.clock.minutes / 60, needed),
            "foot": _foot(state, now),
            "values": _values(state.latest),
        }
    if kept is not None:
        rack = kept.build.unit.name
        return facts | {
            "rack": rack,
            "rack_url": f"/racks/{rack}/",
            "soak": 0.0,
            "soak_needed": "–",
            "gauge": {"width": 1, "parts": [], "ticks": [], "limits": [], "label": _("not started")},
            "foot": _("from %(at)s") % {"at": short(kept.period.lower)},
            "values": [
                _value(_("Power"), f"{kept.kw:.0f}", "kW", _("reserved")),
                _value(_("Flow"), f"{kept.lpm:.0f}", "L/min"),
                _value(_("Loop"), state.cell.loop.code, ""),
            ],
        }
    return facts


def why_of(state: CellState) -> str:
    """A sentence under the figures, where there is something to say."""
    if state.outage is not None:
        return _("Until %(at)s: %(reason)s") % {"at": short(state.outage.period.upper), "reason": state.outage.reason}
    if state.state == "alarm":
        out = [alarm for alarm in state.alarms if alarm.cleared_at is None]
        return _("%(series)s since %(at)s. The clock stands.") % {
            "series": ", ".join(series_name(alarm) for alarm in out[:3]),
            "at": clock(min(alarm.started_at for alarm in out)),
        }
    if state.state == "stale" and state.clock is not None:
        if state.clock.last_sample_at is None:
            return _("No value has come yet. The clock stands.")
        return _("Values of %(at)s. The clock stands.") % {"at": clock(state.clock.last_sample_at)}
    if state.state == "cooling" and state.burn_in is not None and state.burn_in.verdict != "pass":
        return ended_words(state.burn_in)
    if state.state == "free":
        return _("Can be reserved: up to %(kw)s kW and %(lpm)s L/min") % {
            "kw": f"{state.cell.max_kw:.0f}",
            "lpm": f"{state.cell.max_lpm:.0f}",
        }
    return ""


def supply_facts(supply: Supply, name: str) -> dict[str, Any]:
    """A feed or loop with its gauge."""
    across = SHARE / supply.limit
    used, kept = supply.used * across, supply.kept * across
    return {
        "name": f"{name} {supply.code}",
        "now": round(supply.used),
        "kept": round(supply.kept),
        "limit": round(supply.limit),
        "unit": supply.unit,
        "sub": " ".join(supply.cells),
        "gauge": {
            "width": SCALE,
            "label": _("%(used)d used and %(kept)d kept of %(limit)d %(unit)s")
            % {"used": supply.used, "kept": supply.kept, "limit": supply.limit, "unit": supply.unit},
            "parts": [
                {"kind": "used", "x": 0, "width": round(min(used, SCALE), 2)},
                {"kind": "kept", "x": round(used, 2), "width": round(max(0, min(kept, SCALE - used)), 2)},
            ],
            "ticks": [],
            "limits": [SHARE],
        },
    }


def board_facts(board: Board, now: datetime, every: int, address: str) -> dict[str, Any]:
    """The board as burn_in.html and its moving part want it."""
    calls = [alarm_call(alarm, board.open_reports) for alarm in board.alarms if alarm.cleared_at is None]
    calls += [alarm_call(alarm, board.open_reports) for alarm in board.alarms if alarm.cleared_at is not None][:6]
    return {
        "hall": "",
        "now": board.last_sample_at or now,
        "every": every,
        "board_url": address,
        "total": len(board.cells),
        "running": sum(1 for state in board.cells if state.state in ("run", "stale", "alarm", "hold")),
        "feeds": [
            *(supply_facts(feed, _("Feed")) for feed in board.feeds),
            *(supply_facts(loop, _("Coolant")) for loop in board.loops),
        ],
        "cells": [cell_facts(state, now) for state in board.cells],
        "alarms": [*calls, *(_silence(state) for state in board.cells if state.state == "stale")],
        "coming": _coming(board, now),
    }


def _coming(board: Board, now: datetime) -> list[dict[str, Any]]:
    """When cells come free, or are to be filled, and which rack goes in."""
    found = []
    for state in board.cells:
        done, later = state.done_at(now), state.next_reservation
        if done is not None or (later is not None and state.burn_in is None):
            at = max(done, later.period.lower) if done and later else done or (later.period.lower if later else now)
            found.append({"at": at, "cell": state.cell.code, "rack": later.build.unit.name if later else ""})
    return sorted(found, key=lambda row: row["at"])[:8]


def alarm_call(alarm: Alarm, reports: Mapping[int, str] | None = None) -> dict[str, Any]:
    """An alarm as a call: raised and cleared, its value, the nonconformity it led to."""
    unit = alarm.series.unit
    detail = _("raised %(at)s (value %(value)s)") % {
        "at": clock_seconds(alarm.started_at),
        "value": f"{alarm.value:g} {unit}".strip(),
    }
    if alarm.cleared_at is not None:
        detail += " · " + _("cleared %(at)s") % {"at": clock_seconds(alarm.cleared_at)}
    number = (reports or {}).get(alarm.burn_in.run.build_id)
    return {
        "state": "stop" if alarm.cleared_at is None else "late",
        "code": alarm.burn_in.cell.code,
        "title": series_name(alarm),
        "detail": detail,
        "acts": [{"label": number, "url": f"/nonconformities/{number}/", "kind": ""}] if number else [],
    }


def _silence(state: CellState) -> dict[str, Any]:
    since = state.clock.last_sample_at or state.clock.started_at if state.clock else None
    return {
        "state": "stale",
        "code": state.cell.code,
        "title": _("No measurement arrives"),
        "detail": _("since %(at)s. The soak clock stands.") % {"at": clock_seconds(since) if since else "–"},
        "acts": [],
    }


def strip_facts(strip: Strip, done: float, needed: float) -> dict[str, Any]:
    """A soak strip as components/gauge.html wants it."""
    return {
        "width": strip.width or 1,
        "label": _("soaked %(done).1f of %(needed)g hours") % {"done": done, "needed": needed},
        "parts": [{"kind": part.kind, "x": part.x, "width": part.width} for part in strip.parts],
        "ticks": list(strip.ticks),
        "hair": round(strip.width / 300, 2),
        "limits": [],
    }


def series_name(alarm: Alarm) -> str:
    """The name of an alarm's series in the reader's language."""
    return named(alarm.series.name_ja, alarm.series.name_en)


def named(name_ja: str, name_en: str) -> str:
    """A name from master data in the reader's language."""
    return name_en if get_language() == "en" else name_ja


def _foot(state: CellState, now: datetime) -> str:
    if state.state == "cooling" and state.burn_in is not None:
        return verdict_word(state.burn_in)
    done = state.done_at(now)
    if done is not None:
        return _("done %(at)s") % {"at": short(done)}
    return _("done at a time unknown")


def verdict_word(burn_in: BurnInRun) -> str:
    """The verdict of a run in a word."""
    words = {"pass": _("passed"), "fail": _("failed"), "aborted": _("aborted")}
    return words.get(burn_in.verdict or "", _("not judged"))


def _values(latest: Mapping[str, float | None]) -> list[dict[str, Any]]:
    supply, back = latest.get("RackLiquidSupplyTemperature"), latest.get("RackLiquidReturnTemperature")
    pair = f"{supply:.0f}→{back:.0f}" if supply is not None and back is not None else None
    return [
        _value(_("Power"), _rounded(latest.get("RackPower")), "kW"),
        _value(_("Flow"), _rounded(latest.get("RackLiquidFlow")), "L/min"),
        _value(_("Supply → return"), pair, "℃"),
    ]


def _value(label: str, value: str | None, unit: str, prefix: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "unit": unit, "prefix": prefix}


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.0f}"


def clock(at: datetime) -> str:
    """16:05 in the plant's time."""
    return timezone.localtime(at).strftime("%H:%M")


def clock_seconds(at: datetime) -> str:
    """11/20 16:05:09 in the plant's time."""
    return timezone.localtime(at).strftime("%m/%d %H:%M:%S")


def short(at: datetime) -> str:
    """11/20 16:05 in the plant's time."""
    return timezone.localtime(at).strftime("%m/%d %H:%M")
