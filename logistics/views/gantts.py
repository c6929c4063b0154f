"""Racks over time: each one's stays with waiting and work apart, plan against actual, and what lies ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.forms import searched
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from logistics.charts.gantt import GanttBar, GanttRow, gantt_axis, gantt_row, scale_of
from logistics.lead_times.scenarios import Scenario, stage_title
from logistics.queries.kept import kept_outlook
from logistics.queries.lives import RackLife
from logistics.queries.outlook import PLANT, Outlook, end_of
from logistics.queries.stays import STAGE_OF, Stay, stays_of
from logistics.views.saying import reads

ROWS = 25
LOOKS = {"repair_retest": "k2", "domestic_haul": "k4", "site_receiving": "k4", "acceptance": "k4"}
PLANNED = ("inbound", "assembly", "test_burnin", "pack", "domestic_haul", "site_receiving")
"""Stages of the plan line, from kit ready on; a repair is nobody's plan."""


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Racks of an order, a need-by month or the plant, 25 a page; `?export=csv` gives every stay."""
    now = timezone.now()
    view = kept_outlook(now)
    chosen = {name: value for name in ("q", "state") if (value := searched(request.GET.get(name)))}
    lives = chosen_lives(view.lives, chosen.get("q", ""), chosen.get("state", "open"))
    file = exported(request, "rack-stays", _heading(), (row for life in lives for row in stay_cells(life, now)))
    if file is not None:
        return file  # type: ignore[no-any-return]
    shown = page_of(request, lives, ROWS)
    rows = [row_of(life, view) for life in shown]
    scale = scale_of(rows, now)
    context = {
        "axis": {"svg": gantt_axis(scale, now, PLANT, _("now"))},
        "rows": [_shown(life, row, scale, view) for life, row in zip(shown, rows, strict=True)],
        "page": shown,
        "now": now,
        "filters": _filters(chosen),
        "chosen": chosen_links(request, chosen, {"q": _("Rack or order"), "state": _("State")}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
        "stages": _keys(),
    }
    return render(request, "logistics/gantts.html", context)


def chosen_lives(lives: Sequence[RackLife], text: str, state: str) -> list[RackLife]:
    """Racks by serial, tag or order; open ones by the day they are needed, then the latest received. Asks nothing."""
    wish = text.casefold()
    found = [
        life
        for life in lives
        if wish in f"{life.serial} {life.tag} {life.order_number}".casefold()
        and (state != "open" or not life.is_received or wish)
    ]
    far = end_of(datetime.max.date() - timedelta(days=9))
    return sorted(
        found,
        key=lambda life: (
            life.is_received,
            (end_of(life.need_by) if life.need_by else far) if not life.is_received else far,
            -(life.received_at.timestamp() if life.received_at else 0),
            life.build_id,
        ),
    )


def row_of(life: RackLife, view: Outlook) -> GanttRow:
    """A rack as the chart takes it."""
    drawn = view.by_unit.get(life.unit_id)
    stays = [stay for stay in stays_of(life, view.as_of) if stay.stage != "kit_ready"]
    return GanttRow(
        says=_("%(rack)s, stage by stage; figures in the table below") % {"rack": life.name},
        bars=tuple(_bar(life, stay, view.as_of) for stay in stays),
        plan=plan_of(life, view.scenario),
        need_by=end_of(life.need_by) if life.need_by else None,
        window=(drawn.p50_at, drawn.p80_at) if drawn is not None and not life.is_received else None,
    )


def _bar(life: RackLife, stay: Stay, now: datetime) -> GanttBar:
    end = stay.left_at or now
    work = work_in(life, stay, now) if stay.stage != "repair_retest" else ()
    return GanttBar(_title(stay.stage), stay.entered_at, end, work, LOOKS.get(stay.stage, "k1"), stay.left_at is None)


def work_in(life: RackLife, stay: Stay, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches of a stay in which an operation of its stage was under way, from its first begin to its end; the
    journey of the haul. Stretches of operations that overlap are drawn one over the other."""
    if stay.stage == "domestic_haul":
        return ((life.departed_at, stay.left_at or now),) if life.departed_at else ()
    end = stay.left_at or now
    return tuple(
        (max(step.begun_at, stay.entered_at), min(step.ended_at or now, end))
        for step in life.steps
        if STAGE_OF.get(step.stage, "assembly") == stay.stage and step.begun_at is not None and step.begun_at < end
    )


def plan_of(life: RackLife, scenario: Scenario) -> tuple[tuple[str, datetime, datetime], ...]:
    """The stages from kit ready on, each as long as its usual P50 (of the plant's own record, drawn with the default).
    Quantiles do not add: the end of the last stage is no P50 of the whole."""
    at = life.kit_ready_at
    found = []
    for stage in PLANNED:
        given = scenario.stages.get(stage)
        if at is None or given is None:
            continue
        found.append((_title(stage), at, at + timedelta(days=given.p50)))
        at += timedelta(days=given.p50)
    return tuple(found)


def _title(stage: str) -> str:
    if stage == "acceptance":  # after the comparison clock, which the stages of the scenarios are about
        return _("Acceptance on site")
    return stage_title(stage, get_language() or "ja")


def _shown(life: RackLife, row: GanttRow, scale: Any, view: Outlook) -> dict[str, Any]:
    late = view.by_unit.get(life.unit_id)
    return {
        "name": life.name,
        "url": reverse("rack", args=[life.name]),
        "order": life.order_number,
        "svg": gantt_row(row, scale, view.as_of),
        "need_by": life.need_by,
        "p50": late.p50_at if late is not None and not life.is_received else None,
        "p80": late.p80_at if late is not None and not life.is_received else None,
        "received": life.received_at,
        "stays": [_stay(life, stay, view) for stay in stays_of(life, view.as_of)],
    }


def _stay(life: RackLife, stay: Stay, view: Outlook) -> dict[str, Any]:
    given = view.scenario.stages.get(stay.stage)
    return {
        "stage": _title(stay.stage),
        "entered": stay.entered_at,
        "left": stay.left_at,
        "days": stay.days,
        "work": work_days(life, stay, view.as_of),
        "plan": given.p50 if given is not None and stay.stage in PLANNED else None,
    }


def work_days(life: RackLife, stay: Stay, now: datetime) -> float | None:
    """Days of work inside a stay: the runs of its operations, the journey of the haul; None where no work is timed."""
    if stay.stage == "domestic_haul":
        return ((stay.left_at or now) - life.departed_at) / timedelta(days=1) if life.departed_at else 0.0
    steps = [step for step in life.steps if STAGE_OF.get(step.stage, "assembly") == stay.stage]
    if not steps or stay.stage == "repair_retest":
        return None
    return sum(float(step.touch_seconds) for step in steps) / 86_400


def _heading() -> list[str]:
    return [
        _("Rack"), _("Build order"), _("Stage"), _("Entered"), _("Left"), _("Days"), _("Days of work"),
    ]  # fmt: skip


def stay_cells(life: RackLife, now: datetime) -> list[list[Any]]:
    """Every stay of a rack for the file."""
    return [
        [
            life.name, life.order_number, _title(stay.stage), stay.entered_at, stay.left_at, f"{stay.days:.2f}",
            "" if (work := work_days(life, stay, now)) is None else f"{work:.2f}",
        ]
        for stay in stays_of(life, now)
    ]  # fmt: skip


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    options = [("open", _("Still open")), ("all", _("All"))]
    return [
        {"name": "q", "label": _("Rack or order"), "value": chosen.get("q", ""), "kind": "search"},
        {
            "name": "state", "label": _("State"), "value": chosen.get("state", "open"), "kind": "select",
            "options": [{"value": value, "label": label} for value, label in options],
        },
    ]  # fmt: skip


def _keys() -> list[dict[str, str]]:
    return [
        {"look": "k1", "word": _("in the plant")},
        {"look": "k2", "word": _("repair")},
        {"look": "k4", "word": _("way and site")},
    ]
