"""Weekly reports: the list with their deliveries, and the sheet of the paper from what was kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

from django.db.models import Prefetch, QuerySet

from documents.models import IssuedDocument
from documents.paper import Stamp, marked_text
from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words
from ledger.models import Event
from logistics.documents import weekly_sheet as parts
from logistics.documents.weekly_sheet import WeeklySheet
from logistics.models import WeeklyDelivery, WeeklyReport

PLANT = Plant(PLANT_NAME, Words("物流課", "Logistics"))


def weekly_rows(text: str = "") -> QuerySet[WeeklyReport]:
    """Reports, the newest week first, with `deliveries_now`. Two queries a page."""
    rows = WeeklyReport.objects.select_related("made_by").defer("facts")
    if text:
        rows = rows.filter(number__icontains=text)
    deliveries = Prefetch("deliveries", WeeklyDelivery.objects.order_by("pk"), to_attr="deliveries_now")
    return rows.prefetch_related(deliveries).order_by("-begins_on")


def issues_of(reports: list[WeeklyReport]) -> dict[int, list[IssuedDocument]]:
    """The issued papers of these reports, by report. One query."""
    found: dict[int, list[IssuedDocument]] = {row.pk: [] for row in reports}
    papers = IssuedDocument.objects.filter(kind="weekly-report", subject_id__in=list(found)).order_by("-language", "pk")
    for paper in papers:
        found[paper.subject_id].append(paper)
    return found


def weekly_sheet(pk: int) -> WeeklySheet:
    """The facts of the paper, what no paper can print marked: the facts are kept for good, and a supplier named in
    another script must not keep the report from being issued. Two queries. Raises WeeklyReport.DoesNotExist."""
    row = WeeklyReport.objects.select_related("made_by").get(pk=pk)
    event = Event.objects.get(pk=row.event_id)
    told: dict[str, Any] = json.loads(row.facts)
    begins_on = row.begins_on
    lists = {name: tuple(_typed(kind, one) for one in told.get(name, ())) for name, kind in LISTS.items()}
    return WeeklySheet(
        plant=PLANT,
        number=row.number,
        begins_on=begins_on,
        ends_on=date.fromordinal(begins_on.toordinal() + 6),
        as_of=datetime.fromisoformat(told["as_of"]),
        facts=row.facts_sha256,
        open_count=told["open_count"],
        **lists,
        stamps=(
            Stamp(
                "prepared",
                marked_text(row.made_by.section),
                marked_text(row.made_by.family_name),
                row.made_at.astimezone(PLANT_TIME),
            ),
        ),
        at=event.recorded_at,
        record=event.pk,
    )


LISTS: dict[str, type[Any]] = {
    "headlines": parts.Headline,
    "plan": parts.PlanDay,
    "promised": parts.PromisedRack,
    "late": parts.LateRack,
    "stages": parts.StageWeek,
    "yields": parts.YieldWeek,
    "open": parts.OpenItem,
    "short": parts.ShortPart,
    "suppliers": parts.SupplierWeek,
    "deliveries": parts.DeliveryWeek,
    "disruptions": parts.DisruptionWeek,
    "coverage": parts.CoverageWeek,
    "sources": parts.SourceWeek,
}
_READERS: dict[str, Callable[[str], Any]] = {
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.fromisoformat(text).astimezone(PLANT_TIME),
}


def _typed(kind: type[Any], told: dict[str, Any]) -> Any:
    """A row of its kind from what was kept as text."""
    return kind(**{field.name: _value(field.type, told[field.name]) for field in fields(kind)})


def _value(kind: Any, told: Any) -> Any:
    """A kind is a type, or a union of one with None."""
    name = next(one.__name__ for one in get_args(kind) or (kind,) if one is not type(None))
    if isinstance(told, str) and name == "str":
        return marked_text(told)
    reader = _READERS.get(name)
    return told if told is None or reader is None else reader(told)
