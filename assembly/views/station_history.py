"""What was done at a station or in a burn-in cell over a period: a list with its files, and the paper of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Station
from assembly.models import BurnInCell, BurnInRun, OperationRun
from assembly.queries.station_history import DAYS, LONGEST, Period, cell_runs, station_runs
from assembly.text import ended_words
from assembly.views.planning_words import tabs
from assembly.views.words import RESULTS, VERDICTS
from inventory.views.desk import Cell, Sheet, act, list_page, text_of


@permission_required("assembly.read", raise_exception=True)
@require_GET
def station_history(request: HttpRequest, code: str) -> HttpResponse:
    """The runs of a station or the burn-ins of a cell, days chosen, the newest first; CSV, XLSX and the paper."""
    station = Station.objects.filter(code=code).first()
    cell = None if station else BurnInCell.objects.filter(code=code).first()
    if station is None and cell is None:
        raise Http404
    period = _asked(request)
    rows: Any = station_runs(code, period) if station else cell_runs(code, period)
    paper = reverse("document_copy", args=["station-history", f"{code}@{period.from_on}..{period.to_on}"])
    back = (reverse("planned_stations"), _("Stations")) if station else (reverse("burn_in"), _("Burn-in"))
    sheet = Sheet(
        name=f"history-{code}",
        heading=_("History of %(code)s") % {"code": code},
        intro=station.name if station else _("Burn-in cell"),
        columns=[_("Started"), _("Finished"), _("Operation"), _("Unit"), _("Result"), _("By"), _("Note")],
        rows=rows,
        cells=_run_cells if station else _soak_cells,
        filters=[
            {"name": "from", "label": _("First day"), "value": period.from_on.isoformat(), "kind": "date"},
            {"name": "to", "label": _("Last day"), "value": period.to_on.isoformat(), "kind": "date"},
        ],
        acts=act(request, _("Station history (PDF)"), paper, "documents.print"),
        crumbs=(back,),
        tabs=tabs(request) if station else [],
    )  # fmt: skip
    return list_page(request, sheet)


def _asked(request: HttpRequest) -> Period:
    """The days of the address; what cannot be a period is the last 30 days."""
    today = timezone.localdate()
    last = _day(text_of(request, "to")) or today
    first = _day(text_of(request, "from")) or last - timedelta(days=DAYS - 1)
    fits = timedelta() <= last - first < timedelta(days=LONGEST)
    return Period(first, last) if fits else Period(today - timedelta(days=DAYS - 1), today)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _run_cells(run: OperationRun) -> list[Cell]:
    state, word = RESULTS[run.result] if run.result else ("run", _("in progress"))
    return [
        Cell(_moment(run.started_at)),
        Cell(_moment(run.finished_at)),
        Cell(f"{run.operation.number} {run.operation.name}"),
        Cell(run.build.unit.name, reverse("rack", args=[run.build.unit.tag]), "code"),
        Cell(str(word), state=state),
        Cell(run.started_by.name),
        Cell(run.note),
    ]


def _soak_cells(burn_in: BurnInRun) -> list[Cell]:
    run = burn_in.run
    state, word = VERDICTS[burn_in.verdict] if burn_in.verdict else ("run", _("in progress"))
    soaked = _("%(done)s of %(wanted)d min") % {
        "done": "–" if burn_in.soak_minutes is None else burn_in.soak_minutes, "wanted": burn_in.soak_minutes_required,
    }  # fmt: skip
    return [
        Cell(_moment(burn_in.started_at)),
        Cell(_moment(burn_in.ended_at)),
        Cell(f"{run.operation.number} {run.operation.name}"),
        Cell(run.build.unit.name, reverse("rack", args=[run.build.unit.tag]), "code"),
        Cell(str(word), state=state),
        Cell(run.started_by.name),
        Cell(f"{soaked} {ended_words(burn_in)}".strip()),
    ]


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y/%m/%d %H:%M}" if at else ""


URLS = [path("planning/stations/history/<str:code>/", station_history, name="station_history")]
