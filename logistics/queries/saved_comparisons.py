"""Saved comparisons: the list, and the sheet of the report from what was kept."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from documents.paper import Stamp
from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words
from ledger.models import Event
from logistics.documents.comparison_report_words import MOVED, RISKS
from logistics.documents.comparison_sheet import (
    ComparisonSheet,
    Curve,
    KeptForecasts,
    ReportInput,
    ReportMonth,
    ReportScenario,
    ReportStage,
    ReportSwing,
)
from logistics.lead_times.results import probability_text
from logistics.lead_times.stages import BY_KEY
from logistics.models import SavedComparison

PLANT = Plant(PLANT_NAME, Words("物流課", "Logistics"))


def saved_rows(text: str = "") -> QuerySet[SavedComparison]:
    """Saved comparisons, the newest first, without their facts."""
    rows = SavedComparison.objects.select_related("saved_by").defer("facts")
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(number__icontains=text))
    return rows.order_by("-pk")


def facts_kept(row: SavedComparison) -> dict[str, Any]:
    """What was kept; numbers with a point are Decimals, exactly as written."""
    told: dict[str, Any] = json.loads(row.facts, parse_float=Decimal)
    return told


def asked_again(row: SavedComparison) -> list[tuple[str, Any]]:
    """The address of the same question, to be answered by what is known now."""
    told = facts_kept(row)
    names = ("racks", "late_yen", "early_yen")
    fields = [(name, told[name]) for name in names] + [("need_by_days", round(float(told["need_by_days"])))]
    fields += [(name, value) for name, value in told["moved"].items() if value is not None]
    return [*fields, *(("against", name) for name in told["drawn"][1:])]


def comparison_sheet(pk: int) -> ComparisonSheet:
    """The facts of the report. Two queries. Raises SavedComparison.DoesNotExist."""
    row = SavedComparison.objects.select_related("saved_by").get(pk=pk)
    return sheet_of(row, Event.objects.get(pk=row.event_id))


def sheet_of(row: SavedComparison, event: Event) -> ComparisonSheet:
    """The same from the row, with its person, and its event."""
    told = facts_kept(row)
    by_name = {one["name"]: one for one in told["scenarios"]}
    order = [*told["drawn"], *(name for name in by_name if name not in told["drawn"])]
    titles = {name: Words(one["title_ja"], one["title_en"]) for name, one in by_name.items()}
    start = date.fromisoformat(told["start_on"])
    return ComparisonSheet(
        plant=PLANT,
        number=row.number,
        name=row.name,
        facts=row.facts_sha256,
        as_of=datetime.fromisoformat(told["as_of"]).astimezone(PLANT_TIME),
        start_on=start,
        need_by=date.fromisoformat(told["need_by"]),
        need_by_days=_decimal(told["need_by_days"]),
        best_level=_decimal(by_name["DOM"]["best"]["level"]),
        draws=told["draws"]["scenario"],
        batch_draws=told["draws"]["batch"],
        bar_draws=told["draws"]["bar"],
        **{name: told[name] for name in ("racks", "late_yen", "early_yen", "seed", "received", "open")},
        drawn=len(told["drawn"]),
        scenarios=tuple(_scenario(by_name[name], titles[name], start) for name in order),
        gap=_curve(told["gap"]),
        gap_now=_decimal(told["gap_now"]),
        swings=tuple(_swing(one, titles) for one in told["swings"]),
        seasons=tuple(
            tuple(_month(month) for month in (*one["months"], {**one["calm"], "month": 0})) for one in told["seasons"]
        ),
        forecasts=tuple(KeptForecasts(one["level"], one["kept"], one["due"]) for one in told["record"]),
        stamps=(Stamp("prepared", row.saved_by.section, row.saved_by.family_name, row.as_of.astimezone(PLANT_TIME)),),
        at=event.recorded_at,
        record=event.pk,
    )


def _scenario(one: dict[str, Any], title: Words, start: date) -> ReportScenario:
    pair, best = one["pair"], one["best"]
    guessed = one["grades"].get("C", 0) > 0 if pair is None else pair["rests_on_guesses"]
    return ReportScenario(
        title=title,
        grades=" ".join(f"{grade}{count}" for grade, count in sorted(one["grades"].items())),
        **{level: _decimal(one[level]) for level in ("p50", "p80", "p95", "mean")},
        on_time=_chance(one["p_on_time"], guessed),
        all_on_time=_chance(one["batch"]["p_all_on_time"], guessed),
        last_p80=_decimal(one["batch"]["p80"]),
        faster=_chance(pair["p_first_faster"], guessed) if pair else "",
        mean_gap=_decimal(pair["mean_gap"]) if pair else None,
        turn=None if one["turn"] is None else _decimal(one["turn"]),
        best_days=_decimal(best["days"]),
        best_on=start + timedelta(days=float(best["days"])),
        best_yen=_decimal(best["yen"]),
        stages=tuple(
            ReportStage(_stage(stage["key"]), *(_decimal(stage[name]) for name in ("work", "wait", "share")))
            for stage in one.get("stages", ())
        ),
        inputs=tuple(_input(given) for given in one.get("inputs", ())),
        arrived=_curve(one.get("arrived", ())),
        batch_arrived=_curve(one.get("batch_arrived", ())),
        cost=_curve(one.get("cost", ())),
    )


def _chance(share: Any, guessed: bool) -> str:
    return probability_text(float(share), rests_on_guesses=guessed)


def _input(given: dict[str, Any]) -> ReportInput:
    key, source = given["key"], given["source"]
    return ReportInput(
        title=RISKS[key] if key in RISKS else _stage(key),
        figures=input_figures(key, given["days"], given["value"]),
        grade=given["grade"],
        source=Words(given["source_ja"] or source, source),
        own=given["own"],
    )


def input_figures(key: str, days: Any, value: Any) -> str:
    """P10 / P50 / P90 in days, a share in percent, or mean days."""
    if days is not None:
        return " / ".join(f"{float(one):.3g}" for one in days)
    return f"{float(value):.3g}" if key == "late_vessel_mean_days" else f"{100 * float(value):.3g} %"


def _swing(one: dict[str, Any], titles: dict[str, Words]) -> ReportSwing:
    low, high = one["low_at"], one["high_at"]
    if one["key"] in MOVED:
        given = MOVED[one["key"]]
        ends = {"low": f"{100 * float(low):.0f}", "high": f"{100 * float(high):.0f}"}
        title = Words(given.ja.format(**ends), given.en.format(**ends))
    else:
        stage, of = _stage(one["key"]), titles.get(one["of"], Words("", ""))
        title = Words(
            f"{of.ja} {stage.ja} {float(low):.1f} → {float(high):.1f} 日".strip(),
            f"{of.en} {stage.en} {float(low):.1f} → {float(high):.1f} days".strip(),
        )
    return ReportSwing(
        title,
        _decimal(one["gap_low"]),
        _decimal(one["gap_high"]),
        (_decimal(one["first_p80_low"]), _decimal(one["first_p80_high"])),
        (_decimal(one["second_p80_low"]), _decimal(one["second_p80_high"])),
    )


def _month(one: dict[str, Any]) -> ReportMonth:
    names = ("hit", "racks_hit", "days_lost", "p80")
    told = {name: _decimal(one[name]) for name in names}
    return ReportMonth(month=one["month"], **told, all_on_time=_decimal(one["p_all_on_time"]))


def _stage(key: str) -> Words:
    return Words(BY_KEY[key].ja, BY_KEY[key].en)


def _curve(points: Any) -> Curve:
    return tuple((_decimal(at), _decimal(value)) for at, value in points)


def _decimal(figure: Any) -> Decimal:
    return Decimal(str(figure))
