"""P3: a kit of sixty parts fitted in one request, beside COPY of the same rows with the same constraint checks."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from django.utils import timezone

from assembly.operations.installs import Fit, install_units
from genpin.benchmarks.bare_rows import rows_left_by
from genpin.benchmarks.plant import Bench
from inventory.models import Identifier, Placement

KIT = 60
ROUNDS = 15
GOAL_RATIO, GOAL_RATE = 0.20, 2_000.0
_CLOSE = (
    "UPDATE inventory_placement p SET to_at = %s, closed_event_id = v.event_id"
    " FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, event_id) WHERE p.id = v.id"
)


def measure(bench: Bench, url: str) -> dict[str, Any]:
    """Installations a second in requests of sixty, and rows of as many by COPY, in turn, medians of the rounds."""
    ours, limit = [], []
    with psycopg.connect(url, autocommit=True) as bare:
        for turn in range(ROUNDS + 3):
            mine, theirs = _fits(bench), _fits(bench)
            rates = _ours(bench, mine), _limit(bench, theirs, bare)
            if turn >= 3:  # the first ones make plans
                ours.append(rates[0])
                limit.append(rates[1])
    ratio = median(mine / theirs for mine, theirs in zip(ours, limit, strict=True))
    return {
        "row": "P3",
        "what": f"{KIT} installations in one request (kit fit)",
        "per_second": median(ours),
        "milliseconds": 1000 * KIT / median(ours),
        "limit": "COPY of the same rows, the parts' earlier places closed, the same constraint checks, one transaction",
        "limit_per_second": median(limit),
        "ratio": ratio,
        "goal": f"ratio >= {GOAL_RATIO}, >= {GOAL_RATE:,.0f}/s",
        "met": ratio >= GOAL_RATIO and median(ours) >= GOAL_RATE,
    }


def _fits(bench: Bench) -> list[Fit]:
    while len(bench.slots) < KIT:
        bench.grow()
    return [Fit(slot, serial) for slot, serial in (bench.take() for _part in range(KIT))]


def _ours(bench: Bench, fits: list[Fit]) -> float:
    caller = bench.caller()
    start = perf_counter()
    install_units(caller=caller, fits=fits)
    return KIT / (perf_counter() - start)


def _limit(bench: Bench, fits: list[Fit], bare: Any) -> float:
    """The same rows by hand: nothing is looked up, locked or refused."""
    units = Identifier.objects.filter(normalised__in=[fit.serial for fit in fits], kind="label").values("unit_id")
    was = list(Placement.objects.filter(unit_id__in=units, to_at=None).values_list("pk", flat=True))
    rows = rows_left_by(lambda: install_units(caller=bench.caller(), fits=fits))
    events = next(content for table, content in rows.chunks if table.name == "ledger_event")
    ids = [int(line.split(b"\t", 1)[0]) for line in events.splitlines()]
    moment = timezone.now() - timedelta(microseconds=1)
    first = min(moment, _first_moment(rows))
    start = perf_counter()
    with bare.transaction(), bare.cursor() as cursor:
        cursor.execute(_CLOSE, [first, was, ids])
        rows.copy_with(cursor)
    return KIT / (perf_counter() - start)


def _first_moment(rows: Any) -> Any:
    """When the new places begin: the earlier ones end there, as the operation ends them."""
    table, content = next((table, content) for table, content in rows.chunks if table.name == "inventory_placement")
    column = table.place("from_at")
    return min(datetime.fromisoformat(line.split("\t")[column]) for line in content.decode().splitlines())
