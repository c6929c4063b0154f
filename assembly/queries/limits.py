"""Questions about the plant's limits for testers' files: which are in force, and what was measured lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from assembly.models import LimitSet, TestLimit
from assembly.test_logs.result import Limit

LATELY = 200
"""Files of a part and a tool that the draft's page looks back over."""


@dataclass(frozen=True, slots=True)
class JudgingLimits:
    """A released set and its limits by name, as a reader takes them."""

    limit_set: LimitSet
    limits: Mapping[str, Limit]


def limits_in_force(part_ids: Iterable[int]) -> dict[int, list[JudgingLimits]]:
    """The newest released sets of these parts, for every part (an empty list where the plant has none). Two queries,
    one where no part has limits."""
    asked = set(part_ids)
    sets = list(
        LimitSet.objects.released()
        .filter(part__in=asked)
        .select_related("part")
        .order_by("part_id", "tool", "operation", "-revision")
        .distinct("part_id", "tool", "operation")
    )
    lines: dict[int, dict[str, Limit]] = defaultdict(dict)
    for row in TestLimit.objects.filter(limit_set__in=sets) if sets else ():
        lines[row.limit_set_id][row.name] = Limit(row.low, row.high, row.unit or None, row.guard)
    found: dict[int, list[JudgingLimits]] = {part_id: [] for part_id in asked}
    for one in sets:
        found[one.part_id].append(JudgingLimits(one, lines[one.pk]))
    return found


def limit_set_list(text: str = "", state: str = "") -> QuerySet[LimitSet]:
    """Sets, drafts first, then by part, tool and operation, newest revision first; with `count` of their limits."""
    rows = LimitSet.objects.select_related("part").annotate(count=Count("limits"))
    if text:
        named = TestLimit.objects.filter(name__icontains=text).values("limit_set")
        rows = rows.filter(Q(part__number__icontains=text) | Q(tool__icontains=text) | Q(pk__in=named))
    if state in ("draft", "released"):
        rows = rows.filter(released_at__isnull=state == "draft")
    drafts_first = F("released_at").desc(nulls_first=True)
    return rows.order_by(drafts_first, "part__number", "tool", "operation", "-revision")


@dataclass(frozen=True, slots=True)
class MeasuredLately:
    """A measured name over the latest files of the part and the tool: how often, in which unit, and how it spreads."""

    name: str
    unit: str
    count: int
    least: float
    median: float
    most: float


_LATELY = """
WITH files AS (
  SELECT r.id FROM assembly_testrun r JOIN inventory_unit u ON u.id = r.unit_id
  WHERE u.part_id = %s AND r.tool = %s ORDER BY r.id DESC LIMIT %s
)
SELECT t.name, t.unit, count(*), min(t.value), percentile_cont(0.5) WITHIN GROUP (ORDER BY t.value), max(t.value)
FROM files JOIN assembly_testresult t ON t.test_run_id = files.id
WHERE t.value IS NOT NULL GROUP BY t.name, t.unit ORDER BY t.name, t.unit
"""


def measured_lately(limit_set: LimitSet) -> list[MeasuredLately]:
    """What the latest `LATELY` files of the set's part and tool measured: the ground on which a limit is set. One
    query."""
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [limit_set.part_id, limit_set.tool, LATELY])
        return [MeasuredLately(*row) for row in cursor.fetchall()]
