"""Were past forecasts any good? The record of what was told, level by level and month by month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.views.reading import exported
from logistics.charts import SCREEN
from logistics.charts.calibration import CoverageMark, coverage
from logistics.lead_times.calibration import Claim, Coverage, Score, bins_of, coverage_of, likeness_of, scores_of
from logistics.lead_times.misses import OWN_FROM
from logistics.lead_times.recalibration import FORECAST_LEVELS, LEAST
from logistics.models import Carrier
from logistics.queries.calibration import CalibrationRecord, calibration_record
from logistics.queries.etas import record_by_source
from logistics.queries.outlook import PLANT
from logistics.views.arrivals_chart import moment_words
from logistics.views.eta_facts import record_rows
from logistics.views.saying import reads

JAPAN = timedelta(hours=9)
"""Plant time ahead of UTC, all year."""

FEW = 20
"""With fewer due claims the band is so wide that almost anything lies in it."""

ROWS = 40
"""Latest claims in the table; the file has all."""


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Claims kept against claims made; `?of=again` judges what the model says of past days instead of what was
    given. `?export=csv` gives every claim."""
    again = request.GET.get("of") == "again"
    record = calibration_record(timezone.now(), again=again)
    claims = record.claims
    file = exported(request, "forecast-record", _heading(), (_cells(record, claim) for claim in claims))
    if file is not None:
        return file  # type: ignore[no-any-return]
    rows = coverage_of(claims, record.as_of)
    months = [_month(score) for score in scores_of(claims, JAPAN)]
    context = {
        "as_of": record.as_of,
        "tabs": _tabs(again=again),
        "again": again,
        "acts": [
            {"label": "CSV", "url": f"?of={'again' if again else 'given'}&export=csv", "icon": "export", "kind": ""},
            {"label": _("Comparison"), "url": reverse("lead_times"), "icon": "", "kind": ""},
        ],
        "state": _state(rows),
        "verdict": _verdict(rows),
        "chart": _chart(rows),
        "levels": [_level(row) for row in rows],
        "bins": _bins(claims, record),
        "months": months,
        "won": _won(months),
        "recalibration": _recalibration(record),
        "alike": _alike(claims, rows, record),
        "claims": [_claim(record, claim) for claim in list(reversed(claims))[:ROWS]],
        "count": len(claims),
        "kept": record.kept,
        "sources": record_rows(record_by_source(record.as_of), {one.code: one.name for one in Carrier.objects.all()}),
    }
    return render(request, "logistics/calibration.html", context)


def _tabs(*, again: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("Forecasts given"), "count": None, "url": "?of=given", "current": not again},
        {"label": _("Recomputed for past days"), "count": None, "url": "?of=again", "current": again},
    ]


def _state(rows: Sequence[Coverage]) -> str:
    if not rows[-1].due:
        return "unknown"
    if any(row.is_within is False for row in rows):
        return "late"
    return "done" if rows[-1].due >= FEW else "info"


def _verdict(rows: Sequence[Coverage]) -> str:
    due = rows[-1].due
    if not due:
        return _("No forecast has fallen due yet: nothing is known of how good they are.")
    off = [row for row in rows if row.is_within is False]
    if off:
        early = all(row.kept < row.low for row in off)
        late = all(row.kept > row.high for row in off)
        words = (
            _("Racks come later than forecast: promise with a higher level until it is mended.")
            if early
            else _("Racks come earlier than forecast: the windows are wider than they need be.")
            if late
            else _("The windows do not fit what came.")
        )
        levels = ", ".join(_name(row.level) for row in off)
        return _("Outside the band of an honest forecast: %(levels)s.") % {"levels": levels} + " " + words
    if due < FEW:
        return _("All levels lie in the band, but %(n)d due claims say little: the band is wide.") % {"n": due}
    return _("All levels lie in the band of an honest forecast (%(n)d due claims).") % {"n": due}


def _recalibration(record: CalibrationRecord) -> str:
    """Whether past misses move the forecasts, on how many racks it rests, and by how much."""
    taught = record.recalibration
    if not taught.is_on or record.since is None:
        return _(
            "Recalibration is off: it needs %(least)d delivered racks that were forecast from the plant's own record,"
            " after the first %(own)d; %(n)d racks are received so far."
        ) % {"least": LEAST, "own": OWN_FROM, "n": record.delivered}
    moves = ", ".join(
        f"{_name(level)} {100 * math.expm1(shift):+.0f} %".replace("-", "−")
        for level, shift in zip(FORECAST_LEVELS, taught.shifts, strict=True)
    )
    return _(
        "Recalibration is on: the misses of %(n)d delivered racks move the days ahead by %(moves)s (since %(since)s;"
        " less for a rack with fewer than %(days)s days to go)."
    ) % {
        "n": taught.delivered, "moves": moves, "days": f"{taught.horizon_days:.1f}",
        "since": moment_words(record.since),
    }  # fmt: skip


def _alike(claims: Sequence[Claim], rows: Sequence[Coverage], record: CalibrationRecord) -> str:
    """Why the band is wider than that of independent racks."""
    middle = rows[1]
    if not middle.due or round(middle.trials) >= middle.due:
        return ""
    return _(
        "Racks of one truck share their fate (likeness %(alike)s of 1): at P50 the %(due)d claims say as much as"
        " %(trials)d independent ones, and the band allows for it."
    ) % {
        "alike": f"{likeness_of(claims, record.as_of):.2f}", "due": middle.due, "trials": round(middle.trials),
    }  # fmt: skip


def _won(months: Sequence[dict[str, Any]]) -> str:
    """In how many finished months our loss was the smaller one."""
    judged = [month for month in months if month["better"] is not None and not month["open"]]
    if not judged:
        return ""
    won = sum(month["better"] for month in judged)
    return _("Ours was better in %(won)d of %(all)d finished months.") % {"won": won, "all": len(judged)}


def _name(level: float) -> str:
    return f"P{round(100 * level)}"


def _chart(rows: Sequence[Coverage]) -> dict[str, Any] | None:
    marks = [
        CoverageMark(
            _name(row.level), row.level, row.low / row.due, row.high / row.due, row.share,
            bool(row.is_within), _("%(kept)d of %(due)d") % {"kept": row.kept, "due": row.due},
        )
        for row in rows
        if row.due and row.share is not None
    ]  # fmt: skip
    if not marks:
        return None
    spec = coverage(
        marks, axis=_("share of claims kept; tick: claimed, band: 95 % of honest forecasts"), palette=SCREEN
    )
    return {"id": "coverage", "spec": spec, "label": spec["description"]}


def _level(row: Coverage) -> dict[str, Any]:
    state, word = ("unknown", _("nothing due")) if row.is_within is None else ("done", _("in the band"))
    if row.is_within is False:
        state, word = "late", _("too few kept") if row.kept < row.low else _("too many kept")
    return {
        "name": _name(row.level),
        "due": row.due,
        "kept": row.kept,
        "trials": round(row.trials),
        "share": None if row.share is None else f"{row.share:.0%}",
        "low": row.low,
        "high": row.high,
        "state": state,
        "word": word,
    }


def _bins(claims: Sequence[Claim], record: CalibrationRecord) -> list[dict[str, Any]]:
    """Where outcomes fell; of an honest forecast a tenth lies below P10, four tenths up to P50, and so on."""
    counts = bins_of(claims, record.as_of)
    names = [_("before P10"), "P10–P50", "P50–P80", "P80–P95", _("after P95")]
    shares = [0.1, 0.4, 0.3, 0.15, 0.05]
    total = sum(counts)
    return [
        {"name": name, "count": count, "expected": share * total}
        for name, count, share in zip(names, counts, shares, strict=True)
    ]


def _month(score: Score) -> dict[str, Any]:
    better = None if score.ours is None or score.plain is None else score.ours < score.plain
    return {
        "name": f"{score.year}/{score.month:02d}", "n": score.n, "open": score.open, "ours": score.ours,
        "plain": score.plain, "better": better,
    }  # fmt: skip


def _claim(record: CalibrationRecord, claim: Claim) -> dict[str, Any]:
    name = record.names.get(claim.key, claim.key)
    place = sum(claim.ended_at is None or claim.ended_at > told for told in claim.told)
    words = [_("before P10"), "P10–P50", "P50–P80", "P80–P95", _("after P95")]
    told = [moment_words(at) for at in claim.told]
    state, word = "wait", _("still open")
    if claim.ended_at is not None:
        state, word = ("late" if place == len(claim.told) else "done"), words[place]
    elif claim.told[-1] <= record.as_of:
        state, word = "late", words[-1]
    return {
        "rack": name, "url": reverse("rack", args=[name]), "made": moment_words(claim.made_at), "told": told,
        "ended": moment_words(claim.ended_at) if claim.ended_at else "", "state": state, "word": word,
    }  # fmt: skip


def _heading() -> list[str]:
    return [_("Rack"), _("Made at"), "P10", "P50", "P80", "P95", _("Plain P50"), _("Site receiving done")]


def _cells(record: CalibrationRecord, claim: Claim) -> list[str]:
    told = [f"{at.astimezone(PLANT):%Y-%m-%d %H:%M}" for at in (claim.made_at, *claim.told)]
    plain = f"{claim.plain[1].astimezone(PLANT):%Y-%m-%d %H:%M}" if claim.plain else ""
    ended = f"{claim.ended_at.astimezone(PLANT):%Y-%m-%d %H:%M}" if claim.ended_at else ""
    return [record.names.get(claim.key, claim.key), *told, plain, ended]
