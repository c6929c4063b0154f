"""What fails most: failed attempts by cause, by lot of their parts, by station, by instrument or tester, by operation.

All attempts that failed and ended in the period count, first or later; the rule is that of `attempts`. Beside what
failed stands how many passed or failed there, where that can be told: a station that does most fails most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assembly.models import Cause, RoutingOperation
from assembly.queries.attempts import CAUSE_OF, LOTS_OF, TOOLS_OF, Wish, judged, told
from inventory.models import Lot

WAYS = ("cause", "operation", "station", "tool", "lot")

_ONE_KEY = {"cause": f"COALESCE({CAUSE_OF}, '-')", "operation": "j.operation_id::text", "station": "j.station"}
_MANY_KEYS = {"tool": f"{TOOLS_OF} used(key)", "lot": f"(SELECT lot_id::text AS key FROM {LOTS_OF} inside) used"}

_COUNTED = "count(*) FILTER (WHERE j.outcome = 'fail'), count(*)"
_HEAD = "count(DISTINCT j.id) FILTER (WHERE j.outcome = 'fail')"


@dataclass(frozen=True, slots=True)
class Bar:
    """One key: how many attempts failed, of how many that passed or failed there (None: not told by cause), and the
    share of all namings up to here. `name` is what people call it."""

    key: str
    name: str
    failed: int
    of: int | None
    cumulative: float


@dataclass(frozen=True, slots=True)
class Pareto:
    """The bars, most failures first; `failed` attempts in all. One may name several tools or lots, `unnamed` none."""

    bars: tuple[Bar, ...]
    failed: int
    unnamed: int


def pareto_of(wish: Wish, way: str) -> Pareto:
    """Failures by one of WAYS. Four queries at most."""
    wish = replace(wish, kind="fail" if way == "cause" else "counted", cause="")
    beginning, kept, values = judged(wish)
    if way in _ONE_KEY:
        body = f"SELECT {_ONE_KEY[way]}, {_COUNTED} FROM judged j WHERE {kept} GROUP BY 1"
        named = ""
    else:
        joined = f"FROM judged j CROSS JOIN LATERAL {_MANY_KEYS[way]} WHERE {kept}"
        body, named = f"SELECT used.key, {_COUNTED} {joined} GROUP BY 1", f"{beginning} SELECT {_HEAD} {joined}"
    rows = sorted((row for row in told(beginning + body, values) if row[1]), key=lambda row: (-row[1], row[0]))
    names = _names(way, [row[0] for row in rows])
    namings, so_far, bars = sum(row[1] for row in rows), 0, []
    for key, count, of in rows:
        so_far += count
        bars.append(Bar(key, names.get(key, key), count, None if way == "cause" else of, so_far / namings))
    failed = int(told(f"{beginning} SELECT {_HEAD} FROM judged j WHERE {kept}", values)[0][0])
    return Pareto(tuple(bars), failed, failed - int(told(named, values)[0][0]) if named else 0)


def _names(way: str, keys: list[str]) -> dict[str, str]:
    if way == "cause":
        return {cause.code: f"{cause.code} {cause.name}" for cause in Cause.objects.filter(code__in=keys)}
    if way == "operation":
        rows = RoutingOperation.objects.filter(pk__in=keys).select_related("routing")
        return {str(row.pk): f"{row.routing} · {row.number} {row.name}" for row in rows}
    if way == "lot":
        lots = Lot.objects.filter(pk__in=keys).select_related("part")
        return {str(lot.pk): f"{lot.part.number} {lot.number}" for lot in lots}
    return {}
