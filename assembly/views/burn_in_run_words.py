"""A burn-in run in words and lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assembly.burn_in.drawing import Sparkline, sparkline
from assembly.burn_in.moments import MINUTE
from assembly.burn_in.summaries import Summary
from assembly.models import Alarm, TelemetrySeries
from assembly.queries.burn_in_runs import BurnInPage
from assembly.text import ended_words
from assembly.views.burn_in_words import named, series_name, short, strip_facts, verdict_word

STATES = {"run": "run", "stale": "stale", "alarm": "stop", "ended": "done"}
CHARTS = ("RackPower", "RackLiquidFlow", "RackLiquidReturnTemperature", "GpuTemperatureMax")
"""Series drawn large; all others are drawn small in their row."""
LARGE, SMALL = (560, 120), (280, 32)


def run_facts(page: BurnInPage, now: datetime) -> dict[str, Any]:
    """Everything burn_in_run.html shows of a run (see its contract)."""
    burn_in, clock = page.burn_in, page.clock
    state = clock.state_at(now)
    words = {
        "run": _("Soaking"),
        "stale": _("No data: the clock stands"),
        "alarm": _("Alarm: the clock stands"),
        "ended": verdict_word(burn_in),
    }
    failed = state == "ended" and burn_in.verdict != "pass"
    done, needed = clock.minutes / 60, burn_in.soak_minutes_required / 60
    rack = burn_in.run.build.unit.name
    return {
        "run": {
            "title": f"{burn_in.cell.code} · {rack}",
            "rack": rack,
            "rack_url": f"/racks/{rack}/",
            "cell": burn_in.cell.code,
            "crumbs_url": "/burn-in/",
            "state": "fail" if failed else STATES[state],
            "word": words[state],
            "summary": _summary(page),
            "series_url": reverse("raw_series", args=[burn_in.pk]),
        },
        "readouts": _readouts(page, done, needed, state),
        "gauge": strip_facts(page.strip, done, needed),
        "gaps": [
            {
                "from_at": gap.from_at,
                "to_at": gap.to_at,
                "minutes": gap.minutes,
                "why": _("alarm") if gap.why == "alarm" else _("no data"),
            }
            for gap in page.gaps
        ],
        "charts": [_chart(page, row, figures) for row, figures in page.series if row.code in CHARTS],
        "series": [_row(page, row, figures) for row, figures in page.series],
        "alarms": [_alarm(alarm, now) for alarm in page.alarms],
        "verdict": _verdict(page),
    }


def _summary(page: BurnInPage) -> list[str]:
    burn_in = page.burn_in
    found = [
        _("attempt %(number)d") % {"number": burn_in.run.attempt},
        _("started %(at)s") % {"at": short(burn_in.started_at)},
    ]
    if burn_in.ended_at is not None:
        found.append(_("ended %(at)s") % {"at": short(burn_in.ended_at)})
    return found


def _readouts(page: BurnInPage, done: float, needed: float, state: str) -> list[dict[str, Any]]:
    last = page.clock.last_sample_at
    return [
        {"label": _("Soaked"), "value": f"{done:.1f}", "unit": f"/ {needed:g} h", "state": ""},
        {"label": _("Still to soak"), "value": f"{max(0.0, needed - done):.1f}", "unit": "h", "state": ""},
        {"label": _("Samples"), "value": f"{len(page.times):,}", "unit": "", "state": ""},
        {
            "label": _("Last sample"),
            "value": short(last) if last else None,
            "unit": "",
            "state": "stale" if state == "stale" else "",
        },
        {"label": _("Open alarms"), "value": page.clock.open_alarms, "unit": "", "state": ""},
    ]


def _chart(page: BurnInPage, row: TelemetrySeries, figures: Summary) -> dict[str, Any]:
    name = named(row.name_ja, row.name_en)
    return {
        "title": f"{name} ({row.unit})" if row.unit else name,
        "note": _range(figures),
        "chart": {"svg": _line(page, row, LARGE)},
        "footer": _("n = %(n)d; the line breaks where data is missing") % {"n": figures.n},
    }


def _range(figures: Summary) -> str:
    if figures.minimum is None or figures.maximum is None:
        return ""
    return f"{_figure(figures.minimum)} – {_figure(figures.maximum)}"


def _line(page: BurnInPage, row: TelemetrySeries, size: tuple[int, int]) -> str:
    shape = Sparkline(
        *size, label=_("course of %(name)s") % {"name": named(row.name_ja, row.name_en)}, low=row.low, high=row.high
    )
    return sparkline(page.times, page.values[:, row.index], shape, page.burn_in.gap_minutes_allowed * MINUTE)


def _row(page: BurnInPage, row: TelemetrySeries, figures: Summary) -> dict[str, Any]:
    state, word = _limit_state(row, figures)
    return {
        "name": named(row.name_ja, row.name_en),
        "code": row.code,
        "url": reverse("raw_series_course", args=[page.burn_in.pk, row.pk]),
        "unit": row.unit,
        "last": _rounded(figures.last),
        "min": _rounded(figures.minimum),
        "mean": _rounded(figures.mean),
        "max": _rounded(figures.maximum),
        "low": row.low,
        "high": row.high,
        "samples": figures.n,
        "gaps": figures.gaps,
        "state": state,
        "word": word,
        "line": _line(page, row, SMALL),
    }


def _limit_state(row: TelemetrySeries, figures: Summary) -> tuple[str, str]:
    if figures.minimum is None or figures.maximum is None:
        return "unknown", _("no value")
    if row.low is None and row.high is None:
        return "info", _("no limits")
    under = row.low is not None and figures.minimum < row.low
    over = row.high is not None and figures.maximum > row.high
    return ("late", _("was outside the limits")) if under or over else ("ok", _("within the limits"))


def _alarm(alarm: Alarm, now: datetime) -> dict[str, Any]:
    leak = alarm.series.code.startswith("RackLeakDetect")
    return {
        "name": series_name(alarm),
        "raised": alarm.started_at,
        "cleared": alarm.cleared_at,
        "seconds": int(((alarm.cleared_at or now) - alarm.started_at).total_seconds()),
        "value": f"{alarm.value:g} {alarm.series.unit}".strip(),
        "consequence": _("The run cannot pass.") if leak else _("The clock stood."),
        "state": "stop" if alarm.cleared_at is None else "late",
        "word": _("open") if alarm.cleared_at is None else _("cleared"),
    }


def _verdict(page: BurnInPage) -> dict[str, Any] | None:
    burn_in = page.burn_in
    if burn_in.verdict is None:
        return None
    rule = ended_words(burn_in) or _("soaked long enough, no open alarm, no leak")
    return {
        "state": "ok" if burn_in.verdict == "pass" else "fail",
        "word": verdict_word(burn_in),
        "rule": rule,
        "by": _("from %(n)s stored samples") % {"n": f"{len(page.times):,}"},
        "at": burn_in.ended_at,
    }


def _figure(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
