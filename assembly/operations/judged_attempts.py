"""Attempts judged anew where something changed, and kept: what every figure of the yield reads."""

from __future__ import annotations

from django.db import connection, transaction

from assembly.queries.attempts import FRESHLY_JUDGED

BATCH = 5_000
"""Marks taken at a time: some 5,000 builds, a second or two."""
LOCK = 0x67656E61
"""One keeper at a time; readers wait for none."""

_TAKE = """
DELETE FROM assembly_staleattempt WHERE id IN (SELECT id FROM assembly_staleattempt ORDER BY id LIMIT %s)
RETURNING build_id
"""
_KEEP = (
    FRESHLY_JUDGED
    + """
INSERT INTO assembly_judgedattempt (run_id, build_id, operation_id, unit_id, part_id, attempt, station, started_at,
  ended_at, started_event_id, finished_event_id, told, origin, outcome, turn)
SELECT id, build_id, operation_id, unit_id, part_id, attempt, station, started_at, ended_at, started_event_id,
  finished_event_id, told, origin, outcome, turn
FROM fresh
"""
)


def keep_attempts(batch: int = BATCH) -> int:
    """Step: judge the attempts of builds that were marked, and keep them; gives how many marks it took, 0 when there is
    none or another process is at it.

    A mark is written in the transaction of its change. The marks are taken first and the attempts read afterwards, so
    a change that is seen here without its mark cannot be: one that commits in between is judged with the rest, and its
    mark is taken next time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_TAKE, [batch])
        marks = [build_id for (build_id,) in cursor.fetchall()]
        builds = sorted(set(marks))
        if builds:
            cursor.execute("DELETE FROM assembly_judgedattempt WHERE build_id = ANY(%s)", [builds])
            cursor.execute(_KEEP, {"builds": builds})
        return len(marks)


def keep_all_attempts() -> int:
    """Step: every mark there is, batch after batch."""
    done = 0
    while marks := keep_attempts():
        done += marks
    return done
