"""Attempts at operations, judged for the yield by one rule: the same statement is under every figure and every list.

The rule (docs/decisions/0015): an attempt is a run with its corrections. It *passed* when it and every correction of it
passed, no tester's file of it speaks against the unit and no nonconformity was reported on its build while it ran. It
*failed* when something does, broken off or not: a result, a burn-in that failed or was broken off with an alarm
standing, a file with the verdict fail, one that holds or rejects the unit, a warning that was not accepted. It is left
out when it was broken off with nothing against the unit (`aborted`; `station` where a tester of it could not run), when
its unit was a reference unit as it began (`reference`), or while it runs (`open`). Of the attempts that passed or
failed, the lowest of a unit at an operation of its routing's revision is its *first*, for ever: whichever day, station
or person it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

OUTCOMES = ("pass", "fail", "aborted", "station", "reference", "open")
"""How an attempt is judged."""

KINDS: Mapping[str, str] = {
    "first": "turn = 1",
    "first_pass": "turn = 1 AND outcome = 'pass'",
    "first_fail": "turn = 1 AND outcome = 'fail'",
    "later": "turn > 1",
    "fail": "outcome = 'fail'",
    "counted": "turn >= 1",
    "aborted": "outcome = 'aborted'",
    "station": "outcome = 'station'",
    "reference": "outcome = 'reference'",
    "left_out": "outcome IN ('aborted', 'station', 'reference')",
}
"""What a figure counts, and a list shows; "" is every attempt that ended in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which attempts: those that ended from `starts_at` to before `ends_at`, of a product, an operation of a routing,
    at a station, with an instrument or tester (its code), whose unit held parts of a lot, whose failure has a cause
    ("-": none is known). `kind`: one of KINDS."""

    starts_at: datetime
    ends_at: datetime
    product: int | None = None
    operation: int | None = None
    station: str | None = None
    tool: str = ""
    lot: int | None = None
    cause: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the list. `turn`: which one it is of those that count for its unit, None where it does not count."""

    run_id: int
    number: int
    outcome: str
    turn: int | None
    unit: str
    product: str
    routing: str
    operation: int
    name_ja: str
    name_en: str
    station: str
    started_at: datetime
    ended_at: datetime
    result: str | None
    imported: bool


# Works (a unit at an operation) that are judged now: those of builds in which something changed since they were judged
# last, and those with an open run (an open run of a unit whose life ended counts as broken off then). All their records
# are judged, whenever they were made: only so a first one is a first one.
_UNSURE = """
WITH stale AS MATERIALIZED (SELECT DISTINCT build_id FROM assembly_staleattempt), unsure AS (
  SELECT r.build_id, r.operation_id FROM stale JOIN assembly_operationrun r ON r.build_id = stale.build_id
  UNION SELECT r.build_id, r.operation_id FROM assembly_operationrun r WHERE r.finished_at IS NULL
), touched AS MATERIALIZED (
  SELECT r.build_id, r.operation_id FROM unsure r JOIN assembly_build b ON b.id = r.build_id
  JOIN inventory_unit u ON u.id = b.unit_id WHERE true {narrowed}
"""

_OF_BUILDS = """
WITH touched AS MATERIALIZED (
  SELECT DISTINCT r.build_id, r.operation_id FROM assembly_operationrun r WHERE r.build_id = ANY(%(builds)s)
    AND NOT EXISTS (SELECT 1 FROM assembly_operationrun o
      WHERE o.build_id = r.build_id AND o.operation_id = r.operation_id AND o.finished_at IS NULL)
"""

_OF_ALL = """
WITH touched AS MATERIALIZED (
  SELECT DISTINCT r.build_id, r.operation_id FROM assembly_operationrun r
  WHERE NOT EXISTS (SELECT 1 FROM assembly_operationrun o
      WHERE o.build_id = r.build_id AND o.operation_id = r.operation_id AND o.finished_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM assembly_staleattempt s WHERE s.build_id = r.build_id)
"""

_WEIGHED = """), records AS MATERIALIZED (
  SELECT r.id, r.build_id, r.operation_id, r.attempt, r.station, r.started_at, r.started_event_id, r.finished_event_id,
    COALESCE(r.finished_at, u.ended_at) AS ended_at, b.unit_id, u.part_id, b.origin, r.result AS told,
    CASE WHEN r.finished_at IS NULL AND u.ended_at IS NOT NULL THEN 'aborted' ELSE r.result END AS result,
    EXISTS (SELECT 1 FROM assembly_amendment a WHERE a.run_id = r.id) AS corrects
  FROM touched t JOIN assembly_operationrun r ON r.build_id = t.build_id AND r.operation_id = t.operation_id
  JOIN assembly_build b ON b.id = r.build_id JOIN inventory_unit u ON u.id = b.unit_id
), corrected AS (
  SELECT DISTINCT build_id, operation_id, started_event_id FROM records
  WHERE corrects AND result IN ('fail', 'conditional')
), files AS (
  SELECT t.run_id, bool_or(t.verdict = 'fail' OR t.disposition IN ('hold', 'reject')
      OR (t.verdict = 'warn' AND t.disposition <> 'accept')) AS against_unit,
    bool_or(t.verdict IN ('error', 'not_run')) AS could_not_run
  FROM records r JOIN assembly_testrun t ON t.run_id = r.id GROUP BY t.run_id
), reported AS (
  SELECT DISTINCT r.id FROM assembly_nonconformity n JOIN records r ON r.build_id = n.build_id
  WHERE NOT r.corrects AND n.opened_event_id > r.started_event_id
    AND (r.finished_event_id IS NULL OR n.opened_event_id < r.finished_event_id)
), weighed AS (
  SELECT r.*, CASE
    WHEN m.id IS NOT NULL THEN 'reference'
    WHEN r.result IS NULL THEN 'open'
    WHEN f.against_unit OR c.build_id IS NOT NULL OR p.id IS NOT NULL OR b.id IS NOT NULL THEN 'fail'
    WHEN r.result IN ('fail', 'conditional') THEN 'fail'
    WHEN r.result = 'aborted' AND f.could_not_run THEN 'station'
    ELSE r.result END AS outcome
  FROM records r
  LEFT JOIN assembly_referencemark m ON m.unit_id = r.unit_id AND m.event_id < r.started_event_id
    AND (m.ended_event_id IS NULL OR m.ended_event_id > r.started_event_id)
  LEFT JOIN files f ON f.run_id = r.id
  LEFT JOIN corrected c ON c.build_id = r.build_id AND c.operation_id = r.operation_id
    AND c.started_event_id = r.started_event_id
  LEFT JOIN reported p ON p.id = r.id
  LEFT JOIN assembly_burninrun b ON b.run_id = r.id AND (b.verdict = 'fail' OR b.verdict = 'aborted' AND EXISTS
    (SELECT 1 FROM assembly_alarm a WHERE a.burn_in_id = b.id AND a.cleared_at IS NULL))
  WHERE NOT r.corrects
), fresh AS MATERIALIZED (
  SELECT w.id, w.build_id, w.operation_id, w.unit_id, w.part_id, w.attempt, w.station, w.started_at, w.ended_at,
    w.started_event_id, w.finished_event_id, w.told, w.origin, w.outcome, CASE WHEN outcome IN ('pass', 'fail') THEN
    row_number() OVER (PARTITION BY build_id, operation_id, outcome IN ('pass', 'fail') ORDER BY attempt)::int
    END AS turn
  FROM weighed w
)
"""

_KEPT = """, judged AS (
  SELECT * FROM fresh
  UNION ALL
  SELECT r.run_id, r.build_id, r.operation_id, r.unit_id, r.part_id, r.attempt, r.station, r.started_at, r.ended_at,
    r.started_event_id, r.finished_event_id, r.told, r.origin, r.outcome, r.turn
  FROM assembly_judgedattempt r
  WHERE r.ended_at >= %(starts)s AND r.ended_at < %(ends)s {narrowed}
    AND NOT EXISTS (SELECT 1 FROM stale WHERE stale.build_id = r.build_id)
)
"""
"""What was judged before and still holds, beside what is judged now: together they are one truth."""

FRESHLY_JUDGED = _OF_BUILDS + _WEIGHED
"""The attempts of some builds (`builds`), as `fresh`, without works that have an open run."""

TOOLS_OF = """(
  SELECT v.tool AS code FROM assembly_measurement v WHERE v.run_id = j.id AND v.tool <> ''
  UNION SELECT t.tool FROM assembly_testrun t WHERE t.run_id = j.id
)"""
"""The instruments and testers of an attempt, each once."""

LOTS_OF = """(
  SELECT s.lot_id FROM inventory_placement q JOIN inventory_unit s ON s.id = q.unit_id
  WHERE q.host_id = j.unit_id AND s.lot_id IS NOT NULL AND q.from_at <= j.ended_at
    AND (q.to_at IS NULL OR q.to_at > j.ended_at)
  UNION SELECT k.lot_id FROM inventory_consumption k
  WHERE k.host_id = j.unit_id AND k.event_id < COALESCE(j.finished_event_id, 9e18)
)"""
"""The lots whose parts sat directly in the unit, or had been used up for it, when the attempt ended."""

CAUSE_OF = """(
  SELECT COALESCE(c.code, '-') FROM assembly_nonconformity n LEFT JOIN assembly_cause c ON c.id = n.cause_id
  WHERE n.build_id = j.build_id AND (
    n.run_id IN (SELECT x.id FROM assembly_operationrun x WHERE x.build_id = j.build_id
      AND x.operation_id = j.operation_id AND x.started_event_id = j.started_event_id)
    OR (n.opened_event_id > j.started_event_id AND n.opened_event_id < COALESCE(j.finished_event_id, 9e18)))
  ORDER BY n.id LIMIT 1
)"""
"""The cause that the first nonconformity of an attempt names, "-" where it names none; null without one."""


_SAME = """run_id, build_id, operation_id, unit_id, part_id, attempt, station, started_at, ended_at, started_event_id,
  finished_event_id, told, origin, outcome, turn"""

KEPT_ARE_AS_JUDGED = (
    _OF_ALL
    + _WEIGHED
    + f"""
SELECT 'run ' || COALESCE(f.id, k.run_id), COALESCE(f.outcome, '-'), COALESCE(k.outcome, '-') FROM fresh f
FULL JOIN (SELECT {_SAME} FROM assembly_judgedattempt k
  WHERE NOT EXISTS (SELECT 1 FROM assembly_staleattempt s WHERE s.build_id = k.build_id)) k ON k.run_id = f.id
WHERE (f.*) IS DISTINCT FROM (k.*) ORDER BY 1
"""
)
"""Attempts that are kept otherwise than they are judged, for the integrity check."""


def judged(wish: Wish) -> tuple[str, str, dict[str, Any]]:
    """The statement's beginning, the condition on `judged j` that keeps what the wish asks for, and their values."""
    values: dict[str, Any] = {"starts": wish.starts_at, "ends": wish.ends_at}
    narrowed: list[tuple[str, str]] = []
    kept = ["j.ended_at >= %(starts)s", "j.ended_at < %(ends)s"]
    for name, value, column in (
        ("product", wish.product, "part_id"),
        ("operation", wish.operation, "operation_id"),
    ):
        if value is not None:
            narrowed.append((column, name))
            values[name] = value
    if wish.station is not None:
        kept.append("j.station = %(station)s")
        values["station"] = wish.station
    if wish.tool:
        kept.append(f"EXISTS (SELECT 1 FROM {TOOLS_OF} used WHERE used.code = %(tool)s)")
        values["tool"] = wish.tool
    if wish.lot is not None:
        kept.append(f"EXISTS (SELECT 1 FROM {LOTS_OF} inside WHERE inside.lot_id = %(lot)s)")
        values["lot"] = wish.lot
    if wish.cause:
        kept.append(f"COALESCE({CAUSE_OF}, '-') = %(cause)s")
        values["cause"] = wish.cause
    if wish.kind in KINDS:
        kept.append(KINDS[wish.kind])
    now = " ".join(f"AND {'u' if column == 'part_id' else 'r'}.{column} = %({name})s" for column, name in narrowed)
    before = " ".join(f"AND r.{column} = %({name})s" for column, name in narrowed)
    beginning = _UNSURE.format(narrowed=now) + _WEIGHED + _KEPT.format(narrowed=before)
    return beginning, " AND ".join(kept), values


def told(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement, planned for its own values: a month and a day want different plans."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


_LINES = """
SELECT j.id, j.attempt, j.outcome, j.turn, COALESCE(NULLIF(u.serial, ''), u.tag), p.number, g.code || ' ' || g.revision,
  o.number, o.name_ja, o.name_en, j.station, j.started_at, j.ended_at, j.told, j.origin = 'imported'
FROM (SELECT * FROM judged j WHERE {kept} ORDER BY j.ended_at DESC, j.id DESC LIMIT %(limit)s OFFSET %(offset)s) j
JOIN inventory_unit u ON u.id = j.unit_id JOIN inventory_part p ON p.id = j.part_id
JOIN assembly_routingoperation o ON o.id = j.operation_id JOIN assembly_routing g ON g.id = o.routing_id
ORDER BY j.ended_at DESC, j.id DESC
"""
CHUNK = 2_000


class AttemptList:
    """The attempts of a wish, newest first, as a paginator and an export read them: a count, a slice."""

    ordered = True

    def __init__(self, wish: Wish) -> None:
        self.beginning, self.kept, self.values = judged(wish)

    def count(self) -> int:
        """How many. One query."""
        return int(told(f"{self.beginning} SELECT count(*) FROM judged j WHERE {self.kept}", self.values)[0][0])

    def __getitem__(self, part: slice) -> list[Attempt]:
        start, stop = part.start or 0, part.stop
        values = {**self.values, "offset": start, "limit": stop - start}
        return [Attempt(*row) for row in told(self.beginning + _LINES.format(kept=self.kept), values)]

    def __iter__(self) -> Iterator[Attempt]:
        start = 0
        while rows := self[start : start + CHUNK]:
            yield from rows
            start += CHUNK
