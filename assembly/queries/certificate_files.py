"""Testers' files on a certificate: each file, what was measured against limits, what was no pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from assembly.documents.certificate_sheet import FaultRow, TestFileRow, ValueRow
from assembly.models import Build, TestRun
from assembly.text import reasons_words
from documents.words import Words
from ledger.statements import ask

MOST_FAULTS = 200
"""Results that are listed one by one: some five pages. A file can hold thousands; the record keeps all."""

_INSIDE = """
WITH RECURSIVE inside(unit_id) AS (
  SELECT %s::bigint UNION ALL
  SELECT p.unit_id FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id AND p.to_at IS NULL
)
SELECT t.id FROM assembly_testrun t LEFT JOIN assembly_operationrun r ON r.id = t.run_id
WHERE t.build_id = %s OR r.build_id = %s OR t.unit_id IN (SELECT unit_id FROM inside)
"""
_VALUES = """
SELECT coalesce(o.number::text, ''), t.tool, x.name, x.unit, x.low, x.high, count(*), min(x.value), max(x.value),
  count(*) FILTER (WHERE x.verdict NOT IN ('pass', 'none'))
FROM assembly_testresult x JOIN assembly_testrun t ON t.id = x.test_run_id
LEFT JOIN assembly_operationrun r ON r.id = t.run_id LEFT JOIN assembly_routingoperation o ON o.id = r.operation_id
WHERE t.id = ANY(%s) AND x.value IS NOT NULL AND (x.low IS NOT NULL OR x.high IS NOT NULL)
GROUP BY o.number, t.tool, x.name, x.unit, x.low, x.high
ORDER BY o.number NULLS FIRST, t.tool, x.name, x.low, x.high
"""
_FAULTS = """
SELECT coalesce(o.number::text, ''), t.tool, coalesce(nullif(u.serial, ''), u.tag), x.entity, x.name, x.value, x.unit,
  x.low, x.high, x.verdict, t.at, count(*) OVER ()
FROM assembly_testresult x JOIN assembly_testrun t ON t.id = x.test_run_id JOIN inventory_unit u ON u.id = t.unit_id
LEFT JOIN assembly_operationrun r ON r.id = t.run_id LEFT JOIN assembly_routingoperation o ON o.id = r.operation_id
WHERE t.id = ANY(%s) AND x.verdict IN ('fail', 'error', 'warn') ORDER BY t.at, t.id, x.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class TestFiles:
    """The files of a build as its certificate tells them; `faults_more`: how many faults are not listed."""

    __test__ = False

    rows: tuple[TestFileRow, ...]
    values: tuple[ValueRow, ...]
    faults: tuple[FaultRow, ...]
    faults_more: int


def files_of_build(build: Build) -> QuerySet[TestRun]:
    """The test runs of a build: of its unit, of its operations, and of everything that is inside it now."""
    inside = RawSQL(_INSIDE, [build.unit_id, build.pk, build.pk])
    return TestRun.objects.filter(pk__in=inside)


def files_of(build: Build) -> TestFiles:
    """Three queries. Values are those of the files that stand; faults those of all."""
    runs = list(files_of_build(build).select_related("unit", "run__operation", "limit_set").order_by("at", "id"))
    replaced = _replaced(runs)
    faults = ask(_FAULTS, [[run.pk for run in runs], MOST_FAULTS])
    standing = [run.pk for run in runs if run.pk not in replaced]
    return TestFiles(
        rows=tuple(_file(run, replaced.get(run.pk)) for run in runs),
        values=tuple(_value(row) for row in ask(_VALUES, [standing])),
        faults=tuple(_fault(row) for row in faults),
        faults_more=max(0, faults[0][-1] - MOST_FAULTS) if faults else 0,
    )


def _replaced(runs: Sequence[TestRun]) -> dict[int, datetime]:
    """Of each file that a later one replaced, the moment of that one: same unit, tool, kind of test and operation."""
    latest: dict[tuple[object, ...], TestRun] = {}
    found = {}
    for run in runs:
        key = (run.unit_id, run.tool, run.variant, run.run.operation_id if run.run else None)
        if key in latest:
            found[latest[key].pk] = run.at
        latest[key] = run
    return found


def _file(run: TestRun, replaced_at: datetime | None) -> TestFileRow:
    return TestFileRow(
        step=str(run.run.operation.number) if run.run else "",
        unit=run.unit.name,
        tool=" ".join(filter(None, (run.tool, run.variant))),
        version=run.tool_version,
        station=run.station,
        at=run.at,
        file_sha256=run.file_sha256,
        verdict=run.verdict,
        disposition=run.disposition,
        reason=Words(*(reasons_words(run.reasons[:3], language) for language in ("ja", "en"))),
        limits=f"r{run.limit_set.revision}" if run.limit_set else "",
        replaced_at=replaced_at,
    )


def _value(row: Sequence[object]) -> ValueRow:
    step, tool, name, unit, low, high, count, least, most, failed = row
    return ValueRow(
        step=str(step), tool=str(tool), name=str(name), unit=str(unit), low=_figure(low), high=_figure(high),
        count=int(count), minimum=_figure(least) or Decimal(0), maximum=_figure(most) or Decimal(0), failed=int(failed),  # type: ignore[call-overload]
    )  # fmt: skip


def _fault(row: Sequence[object]) -> FaultRow:
    step, tool, name, entity, what, value, unit, low, high, verdict, at, _count = row
    told = f"{_figure(value):f} {unit}".strip() if value is not None else ""
    return FaultRow(
        step=str(step), tool=str(tool), unit=str(name), entity=str(entity), name=str(what), value=told,
        low=_figure(low), high=_figure(high), verdict=str(verdict), at=at,  # type: ignore[arg-type]
    )  # fmt: skip


def _figure(value: object) -> Decimal | None:
    """A stored float in six digits, without the zeros that follow from nothing."""
    if not isinstance(value, float):
        return None
    return Decimal(f"{Decimal(f'{value:.6g}'):f}")
