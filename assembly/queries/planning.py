"""The planner's questions: orders in sequence, designs, routings and what differs, limits, tools, skills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import SkillGrant, Station
from assembly.models import Build, BuildOrder, CalibrationRecord, Design, DesignSlot, OperationField, Routing, Tool


def order_list(text: str = "", state: str = "open") -> QuerySet[BuildOrder]:
    """Orders in sequence, with how many builds were started (`started`). One query."""
    rows = BuildOrder.objects.select_related("product", "design").annotate(started=Count("builds"))
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(product__number__icontains=text) | Q(note__icontains=text))
    if state == "open":
        rows = rows.filter(closed_at=None)
    elif state in ("started", "cancelled"):
        rows = rows.filter(closed_why=state)
    return rows.order_by(F("closed_at").desc(nulls_first=True), "place", "pk")


def products() -> list[tuple[str, str]]:
    """What designs make: number and name."""
    made = Design.objects.released().select_related("part_revision__part").order_by("part_revision__part__number")
    found = {design.part_revision.part.number: design.part_revision.part.name for design in made}
    return [(number, f"{number} · {name}") for number, name in found.items()]


def design_codes(product: str = "") -> list[tuple[str, str]]:
    """Released designs, of one product or all."""
    rows = Design.objects.released().select_related("part_revision__part").order_by("code")
    rows = rows.filter(part_revision__part__number=product) if product else rows
    return [(row.code, f"{row.code} · {row.part_revision}") for row in rows]


def design_list(text: str = "", state: str = "") -> QuerySet[Design]:
    """Designs, drafts first, with their number of slots and builds: each counted by itself, since joined at once a
    design's every slot would meet its every build."""
    slots = DesignSlot.objects.filter(design=OuterRef("pk")).order_by().values("design").annotate(n=Count("pk"))
    builds = Build.objects.filter(design=OuterRef("pk")).order_by().values("design").annotate(n=Count("pk"))
    rows = Design.objects.select_related("part_revision__part", "routing", "bom", "rack_model").annotate(
        slot_count=Coalesce(Subquery(slots.values("n")), 0), build_count=Coalesce(Subquery(builds.values("n")), 0)
    )
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(part_revision__part__number__icontains=text))
    if state in ("draft", "released"):
        rows = rows.filter(released_at__isnull=state == "draft")
    return rows.order_by(F("released_at").desc(nulls_first=True), "code")


def effective_designs(day: date) -> frozenset[int]:
    """The designs that new builds take on that day."""
    return frozenset(design.pk for design in Design.objects.effective(day).only("pk"))


def routing_list(text: str = "", state: str = "") -> QuerySet[Routing]:
    """Routings, drafts first, with their number of operations and the designs that use them."""
    rows = Routing.objects.annotate(
        operation_count=Count("operations", distinct=True), design_count=Count("designs", distinct=True)
    )
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(operations__name_ja__icontains=text)).distinct()
    if state in ("draft", "released"):
        rows = rows.filter(released_at__isnull=state == "draft")
    return rows.order_by(F("released_at").desc(nulls_first=True), "code", "-revision")


def limit_list(text: str = "", routing: str = "") -> QuerySet[OperationField]:
    """Every value that operations record, with its limits, by routing and operation."""
    rows = OperationField.objects.select_related("operation__routing").exclude(operation__routing__released_at=None)
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name_ja__icontains=text) | Q(name_en__icontains=text))
    if routing:
        code, _blank, revision = routing.rpartition(" ")
        rows = rows.filter(operation__routing__code=code, operation__routing__revision=revision)
    return rows.order_by("operation__routing__code", "operation__routing__revision", "operation__number", "order")


@dataclass(frozen=True, slots=True)
class RoutingDifference:
    """One thing that differs between two routings: of which operation, what, there and here."""

    number: int
    name: str
    before: str
    after: str


def routing_differences(
    old: Sequence[tuple[int, dict[str, Any]]], new: Sequence[tuple[int, dict[str, Any]]]
) -> Iterator[RoutingDifference]:
    """What differs, operation by operation, value by value; operations as flat name → value."""
    before, after = dict(old), dict(new)
    for number in sorted(before.keys() | after.keys()):
        there, here = before.get(number), after.get(number)
        if there is None or here is None:
            whole = (there or here or {}).get("name_ja", "")
            yield RoutingDifference(number, "", whole if there else "", whole if here else "")
            continue
        for name in [*here, *(name for name in there if name not in here)]:
            if there.get(name) != here.get(name):
                yield RoutingDifference(number, name, _text(there.get(name)), _text(here.get(name)))


def _text(value: Any) -> str:
    if value is None or value == []:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def tool_list(day: date, text: str = "", kind: str = "", state: str = "") -> QuerySet[Tool]:
    """Tools with their latest calibration: `calibrated_on`, `due_on`, `result`. One query."""
    last = CalibrationRecord.objects.filter(tool=OuterRef("pk"), calibrated_on__lte=day).order_by(
        "-calibrated_on", "-pk"
    )
    rows = Tool.objects.annotate(
        calibrated_on=Subquery(last.values("calibrated_on")[:1]),
        due_on=Subquery(last.values("due_on")[:1]),
        result=Subquery(last.values("result")[:1]),
    )
    if text:
        rows = rows.filter(
            Q(code__icontains=text)
            | Q(name_ja__icontains=text)
            | Q(name_en__icontains=text)
            | Q(serial__icontains=text)
        )
    if kind:
        rows = rows.filter(kind=kind)
    states = {
        "valid": Q(retired_at=None, due_on__gte=day),
        "due": Q(retired_at=None) & (Q(due_on=None) | Q(due_on__lt=day)),
        "retired": Q(retired_at__isnull=False),
    }
    rows = rows.filter(states[state]) if state in states else rows
    return rows.order_by(F("retired_at").desc(nulls_first=True), F("due_on").asc(nulls_first=True), "code")


def grant_list(day: date, text: str = "", skill: str = "", state: str = "") -> QuerySet[SkillGrant]:
    """Who holds which skill, those that end first on top."""
    rows = SkillGrant.objects.select_related("user", "skill", "granted_by")
    if text:
        rows = rows.filter(
            Q(user__name_ja__icontains=text) | Q(user__name_en__icontains=text) | Q(user__username__icontains=text)
        )
    if skill:
        rows = rows.filter(skill__code=skill)
    valid = Q(ended_at=None) & (Q(until_on=None) | Q(until_on__gte=day))
    if state == "valid":
        rows = rows.filter(valid)
    elif state == "ended":
        rows = rows.exclude(valid)
    return rows.order_by(F("ended_at").desc(nulls_first=True), F("until_on").asc(nulls_last=True), "skill__code", "pk")


def station_list(text: str = "") -> QuerySet[Station]:
    """Stations, with when somebody last began to work there (`last_used`)."""
    rows = Station.objects.annotate(last_used=Max("operator_sessions__started_at"))
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name_ja__icontains=text) | Q(work_centre__icontains=text))
    return rows.order_by("order", "code")
