"""What a recall speaks of in the making: the builds that a station, a tool, a person or a firmware version touched."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from inventory.models import Criterion
from inventory.queries.recall_starts import Start, Starts

_STATION = """
SELECT b.unit_id, 'worked', r.station, string_agg(DISTINCT o.number::text, ', '), 1::numeric
FROM assembly_operationrun r JOIN assembly_build b ON b.id = r.build_id
JOIN assembly_routingoperation o ON o.id = r.operation_id
WHERE r.station = ANY(%(names)s) AND {period} GROUP BY b.unit_id, r.station ORDER BY b.unit_id
"""

_TOOL = """
SELECT b.unit_id, 'tooled', m.tool, string_agg(DISTINCT o.number::text, ', '), 1::numeric
FROM assembly_measurement m JOIN assembly_operationrun r ON r.id = m.run_id
JOIN assembly_build b ON b.id = r.build_id JOIN assembly_routingoperation o ON o.id = r.operation_id
WHERE m.tool = ANY(%(names)s) AND {period} GROUP BY b.unit_id, m.tool ORDER BY b.unit_id
"""

# Whoever started, signed or fitted; a fitted part is hit itself, so that the way names its position.
_PERSON = """
SELECT b.unit_id, 'handled', a.username, string_agg(DISTINCT o.number::text, ', '), 1::numeric
FROM assembly_operationrun r JOIN accounts_user a ON a.username = ANY(%(names)s)
JOIN assembly_build b ON b.id = r.build_id JOIN assembly_routingoperation o ON o.id = r.operation_id
WHERE (r.started_by_id = a.id OR EXISTS (
  SELECT 1 FROM assembly_signature s WHERE s.run_id = r.id AND s.user_id = a.id)) AND {period}
GROUP BY b.unit_id, a.username
UNION ALL
SELECT e.subject_id, 'handled', a.username, 'fitted', 1::numeric
FROM ledger_event e JOIN accounts_user a ON a.username = ANY(%(names)s) AND a.pseudonym = e.actor
WHERE e.kind = 'assembly.unit-installed' AND {fitted}
GROUP BY e.subject_id, a.username ORDER BY 1, 4
"""

# The latest report of a unit counts: a tray that was updated since no longer runs the old version.
_FIRMWARE = """
SELECT t.unit_id, 'runs', f.version, f.name, 1::numeric
FROM (SELECT DISTINCT ON (unit_id) unit_id, firmware FROM assembly_testrun
      WHERE firmware <> '{{}}' AND (%(at)s::timestamptz IS NULL OR at <= %(at)s) ORDER BY unit_id, id DESC) t
CROSS JOIN LATERAL (SELECT split_part(v, ' ', 1) AS name, substr(v, strpos(v, ' ') + 1) AS version
                    FROM unnest(t.firmware) v) f
WHERE f.version = ANY(%(names)s) GROUP BY t.unit_id, f.version, f.name ORDER BY t.unit_id
"""

_SQL = {"station": _STATION, "tool": _TOOL, "operator": _PERSON, "firmware": _FIRMWARE}

_KNOWN = {
    "station": "SELECT code FROM accounts_station WHERE code = ANY(%(names)s)",
    "operator": "SELECT username FROM accounts_user WHERE username = ANY(%(names)s)",
}

_PERIOD = (
    "(%(from)s::timestamptz IS NULL OR {end} >= %(from)s) AND (%(to)s::timestamptz IS NULL OR {start} <= %(to)s)"
    " AND (%(at)s::timestamptz IS NULL OR {start} <= %(at)s)"
)


def worked_starts(wish: Criterion, as_of: datetime | None = None) -> Starts:
    """What a criterion of the making hits: the units of builds (and parts fitted by a person). At most two queries.

    A run counts when any of it falls into the period; an open one reaches until now."""
    values = {"names": wish.names, "from": wish.from_at, "to": wish.to_at, "at": as_of}
    period = _PERIOD.format(start="r.started_at", end="COALESCE(r.finished_at, 'infinity')")
    sql = _SQL[wish.kind].format(period=period, fitted=_PERIOD.format(start="e.happened_at", end="e.happened_at"))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        units = [Start(*row) for row in cursor.fetchall()]
        hit = {start.what for start in units}
        if wish.kind in _KNOWN:
            cursor.execute(_KNOWN[wish.kind], values)
            hit |= {row[0] for row in cursor.fetchall()}
    return Starts(units, [], [name for name in wish.names if name not in hit])
