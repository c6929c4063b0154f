"""Questions about testers' files: where a tested unit stands, what a test run says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from assembly.models import Observation, TestResult, TestRun

AWAY = ("site", "position", "vehicle", "outside")
"""Kinds of locations that are not in the plant."""


@dataclass(frozen=True, slots=True)
class OpenRun:
    """An operation that is running now: of which build, its number and kind, which testers' files it waits for."""

    run_id: int
    build_id: int
    kind: str
    tools: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stands: whether it is in the plant, its builds from the inside outwards (its own first, then those
    of what it sits in), and their open runs in the same order."""

    name: str = ""
    is_here: bool = False
    build_ids: tuple[int, ...] = ()
    runs: tuple[OpenRun, ...] = ()

    def run_for(self, tool: str) -> OpenRun | None:
        """The open run that waits for this tool's file; else the open configuration check around the unit."""
        asking = [run for run in self.runs if tool in run.tools]
        checking = [run for run in self.runs if run.kind == "configuration"]
        return next(iter((*asking, *checking)), None)


_STANDINGS = """
WITH RECURSIVE up(tested_id, unit_id, depth) AS (
  SELECT t, t, 0 FROM unnest(%s::bigint[]) t
  UNION ALL SELECT up.tested_id, p.host_id, up.depth + 1 FROM up
  JOIN inventory_placement p ON p.unit_id = up.unit_id WHERE p.to_at IS NULL AND p.host_id IS NOT NULL
)
SELECT up.tested_id, coalesce(nullif(u.serial, ''), u.tag), l.kind, b.id, r.id, o.kind, o.required_tools, o.number
FROM up JOIN inventory_unit u ON u.id = up.tested_id
LEFT JOIN inventory_placement p ON p.unit_id = up.unit_id AND p.to_at IS NULL AND p.location_id IS NOT NULL
LEFT JOIN inventory_location l ON l.id = p.location_id
LEFT JOIN assembly_build b ON b.unit_id = up.unit_id
LEFT JOIN assembly_operationrun r ON r.build_id = b.id AND r.finished_at IS NULL
LEFT JOIN assembly_routingoperation o ON o.id = r.operation_id
ORDER BY up.tested_id, up.depth, r.id
"""


def standings_of(unit_ids: Iterable[int]) -> dict[int, Standing]:
    """Where these units stand. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, [sorted(set(unit_ids))])
        rows = cursor.fetchall()
    grouped: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row[1:])
    return {unit_id: _standing(found) for unit_id, found in grouped.items()}


def _standing(rows: Sequence[tuple[object, ...]]) -> Standing:
    kinds = [str(row[1]) for row in rows if row[1] is not None]
    return Standing(
        name=str(rows[0][0]),
        is_here=bool(kinds) and kinds[-1] not in AWAY,
        build_ids=tuple(dict.fromkeys(row[2] for row in rows if isinstance(row[2], int))),
        runs=tuple(
            OpenRun(run_id, build_id, str(kind), tuple(tools), int(number))  # type: ignore[arg-type, call-overload]
            for _name, _place, build_id, run_id, kind, tools, number in rows
            if isinstance(run_id, int) and isinstance(build_id, int)
        ),
    )


_GPU_POSITIONS = """
WITH RECURSIVE inside(tested_id, unit_id) AS (
  SELECT t, t FROM unnest(%s::bigint[]) t
  UNION ALL SELECT i.tested_id, p.unit_id FROM inside i
  JOIN inventory_placement p ON p.host_id = i.unit_id WHERE p.to_at IS NULL
)
SELECT i.tested_id, count(*) FROM inside i JOIN inventory_unit u ON u.id = i.unit_id
JOIN inventory_partposition pp ON pp.part_revision_id = u.part_revision_id AND pp.born = 'reported'
JOIN inventory_part c ON c.id = pp.child_id AND c.kind = 'gpu'
GROUP BY i.tested_id
"""


def gpu_positions_of(unit_ids: Iterable[int]) -> dict[int, int]:
    """How many GPUs the boards inside each unit have places for; units without any are left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GPU_POSITIONS, [sorted(set(unit_ids))])
        return dict(cursor.fetchall())


_NAMES = """
SELECT u.id, u.tag FROM inventory_unit u WHERE u.id = ANY(%s)
UNION ALL SELECT u.id, p.number || ':' || u.serial FROM inventory_unit u JOIN inventory_part p ON p.id = u.part_id
  WHERE u.id = ANY(%s)
UNION ALL SELECT i.unit_id, i.normalised FROM inventory_identifier i WHERE i.unit_id = ANY(%s)
"""


def names_of(unit_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Everything that each unit is or was called: tag, identifiers, PART:SERIAL. One query."""
    ids = sorted(set(unit_ids))
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [ids, ids, ids])
        rows = cursor.fetchall()
    found: dict[int, set[str]] = {unit_id: set() for unit_id in ids}
    for unit_id, name in rows:
        found[unit_id].add(name)
    return {unit_id: frozenset(names) for unit_id, names in found.items()}


@dataclass(frozen=True, slots=True)
class TestRunPage:
    """A test run with everything its file says."""

    __test__ = False

    run: TestRun
    results: tuple[TestResult, ...]
    readings: tuple[TestResult, ...]
    observations: tuple[Observation, ...]


def test_run_page(test_run_id: int) -> TestRunPage:
    """What the page of a test run shows. Three queries. Raises TestRun.DoesNotExist."""
    run = TestRun.objects.select_related("unit__part", "build__unit", "run__operation", "limit_set__part", "rules").get(
        pk=test_run_id
    )
    rows = list(TestResult.objects.filter(test_run=run).order_by("id"))
    return TestRunPage(
        run,
        tuple(row for row in rows if row.value is None and not row.unit),
        tuple(row for row in rows if row.value is not None or row.unit),
        tuple(Observation.objects.filter(test_run=run).select_related("unit").order_by("id")),
    )


def earlier_import(file_sha256: str, unit_ids: Sequence[int]) -> TestRun | None:
    """The run that this file gave for the one unit that a text named, if it was imported before."""
    if len(unit_ids) != 1:
        return None
    return TestRun.objects.filter(file_sha256=file_sha256, unit_id=unit_ids[0]).first()


def latest_test_runs(limit: int = 30, station: str = "") -> list[TestRun]:
    """The newest test runs, of a station where one is named. One query."""
    runs = TestRun.objects.select_related("unit__part").order_by("-id")
    return list(runs.filter(station=station)[:limit] if station else runs[:limit])
