"""Scenarios of one's own: the list, one with its revisions, and as the comparison takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import get_language, gettext_lazy

from logistics.lead_times.overlays import Own, input_rows, overlaid
from logistics.lead_times.scenarios import Scenario, stage_title
from logistics.models import ScenarioInput, ScenarioRevision

OWN_CODE = re.compile(r"own(\d{1,9})\.(\d{1,6})", re.ASCII)
"""What an address calls a revision."""

RISK_WORDS: dict[str, Any] = {
    "first_pass_fail": gettext_lazy("First-pass failure, share"),
    "licence_share": gettext_lazy("Licence review, share"),
    "licence_days": gettext_lazy("Licence review, days"),
    "air_roll_share": gettext_lazy("Rolled flight, share"),
    "air_roll": gettext_lazy("Rolled flight, days"),
    "late_vessel_share": gettext_lazy("Late vessel, share"),
    "late_vessel_mean_days": gettext_lazy("Late vessel, mean days"),
}


def input_word(key: str) -> str:
    """An input in the language of the page."""
    return str(RISK_WORDS[key]) if key in RISK_WORDS else stage_title(key, get_language() or "ja")


def title_in_page(scenario: Scenario) -> str:
    """A scenario's name in the language of the page."""
    return scenario.title_en if get_language() == "en" else scenario.title_ja


def base_rows(base: Scenario) -> list[ScenarioInput]:
    """The base's inputs as rows of an overlay, unsaved: what an own input is held against."""
    return [
        ScenarioInput(
            key=row.key, grade=row.grade, source=row.source,
            value=None if row.value is None else _decimal(row.value),
            **dict(zip(("p10", "p50", "p90"), map(_decimal, row.days), strict=True)) if row.days else {},
        )
        for row in input_rows(base)
    ]  # fmt: skip


def _decimal(figure: float) -> Decimal:
    return Decimal(str(round(figure, 3)))


def scenario_rows(text: str = "", state: str = "") -> QuerySet[ScenarioRevision]:
    """The newest revision of each scenario by name, with its inputs; `state`: used or retired. Two queries."""
    rows = ScenarioRevision.objects.filter(number=F("scenario__version")).select_related("scenario", "saved_by")
    if text:
        rows = rows.filter(name__icontains=text)
    if state in ("used", "retired"):
        rows = rows.filter(scenario__retired_at__isnull=state == "used")
    return rows.prefetch_related("inputs").order_by("name", "scenario_id")


def offered() -> list[ScenarioRevision]:
    """The newest revisions of what is in use: what a comparison may choose. One query, the first hundred by name."""
    return list(
        ScenarioRevision.objects.filter(number=F("scenario__version"), scenario__retired_at=None)
        .order_by("name", "scenario_id")[:100]
    )  # fmt: skip


def revisions_named(codes: Iterable[str]) -> list[ScenarioRevision]:
    """The revisions of these addresses with their inputs, in that order; an unknown one is left out. Two queries, none
    where no code is one of ours."""
    wanted = [(int(told[1]), int(told[2])) for code in codes if (told := OWN_CODE.fullmatch(code))]
    if not wanted:
        return []
    rows = ScenarioRevision.objects.filter(
        scenario_id__in=[pk for pk, _number in wanted], number__in=[number for _pk, number in wanted]
    ).prefetch_related("inputs")
    found = {(row.scenario_id, row.number): row for row in rows}
    return [found[one] for one in wanted if one in found]


def as_scenario(revision: ScenarioRevision, bases: Mapping[str, Scenario]) -> Scenario:
    """The revision over its base: what the plant knows of the base today, with the figures of the revision."""
    title = revision.name if revision.number == 1 else f"{revision.name} ({revision.number})"
    own = [
        Own(
            row.key, row.grade, row.source,  # type: ignore[arg-type]
            days=None if row.p10 is None else (float(row.p10), float(row.p50 or 0), float(row.p90 or 0)),
            value=None if row.value is None else float(row.value), switch=row.switch,
        )
        for row in revision.inputs.all()
    ]  # fmt: skip
    return overlaid(bases[revision.base], own, name=revision.code, titles=(title, title))


def choices_for(codes: Iterable[str]) -> list[tuple[str, str]]:
    """(address, words) of what a comparison may choose: the newest of each scenario in use, and every older or retired
    revision that the address names. One query, one more for those."""
    newest = {row.code: f"{row.name} ({row.number})" for row in offered()}
    wanted = [(int(told[1]), int(told[2])) for code in codes if (told := OWN_CODE.fullmatch(code))]
    missing = [one for one in wanted if f"own{one[0]}.{one[1]}" not in newest]
    if missing:
        rows = ScenarioRevision.objects.filter(
            scenario_id__in=[pk for pk, _number in missing], number__in=[number for _pk, number in missing]
        )
        newest |= {row.code: f"{row.name} ({row.number})" for row in rows if (row.scenario_id, row.number) in missing}
    return list(newest.items())
