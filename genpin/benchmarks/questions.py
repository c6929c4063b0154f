"""P5 and P6: what is inside a rack, where a part is, and what a lot went into, beside the bare SQL; at every size.

The limit is the very statement of the question, prepared, on a bare connection, its rows fetched and left as they are.
For P5 the walk alone (the recursion without names, parts and holds) is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from assembly.models import Build
from genpin.benchmarks.sized import Sized
from inventory.models import Lot
from inventory.queries.genealogy import contents, genealogy_down, genealogy_up
from inventory.queries.recall import recall_of_lot

ROUNDS = 25
GOAL_RATIO = 1.5
GENEALOGY_MS, RECALL_MS = 50.0, 300.0
_WALK = (
    "WITH RECURSIVE inside AS (SELECT p.unit_id, p.host_id, p.position, p.from_at, p.to_at FROM inventory_placement p"
    " WHERE p.host_id = %(unit)s AND p.to_at IS NULL UNION ALL SELECT p.unit_id, p.host_id, p.position, p.from_at,"
    " p.to_at FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id WHERE p.to_at IS NULL)"
    " SELECT * FROM inside"
)

Row = dict[str, Any]


def measure_genealogy(plant: Sized) -> Row:
    """Down and up, now and on a day ten days ago, of a rack in the data hall."""
    rack = Build.objects.filter(design__kind="rack").exclude(completed_at=None).order_by("pk")[0]
    then = timezone.now() - timedelta(days=10)
    inside = contents(rack.unit_id)
    part = inside[-1].unit.unit_id
    asked: dict[str, Callable[[], object]] = {
        "down": lambda: genealogy_down(rack.unit_id),
        "down_then": lambda: genealogy_down(rack.unit_id, then),
        "up": lambda: genealogy_up(part),
        "up_then": lambda: genealogy_up(part, then),
    }
    figures = {name: _beside(plant, ask) for name, ask in asked.items()}
    with psycopg.connect(plant.url, prepare_threshold=0, autocommit=True) as bare:
        walk = _fastest(lambda: bare.execute(_WALK, {"unit": rack.unit_id}).fetchall())
    slowest = max(figures.values(), key=lambda one: one["milliseconds"])
    worst = max(one["ratio"] for one in figures.values() if one["milliseconds"] >= 1)
    return {
        "row": f"P5 {plant.size}",
        "what": f"genealogy of a rack ({len(inside)} units inside), down and up, now and ten days ago",
        "seconds": slowest["milliseconds"] / 1000,
        "limit": "the same statement prepared on a bare connection",
        "limit_seconds": slowest["limit_milliseconds"] / 1000,
        "ratio": worst,
        "goal": f"ratio <= {GOAL_RATIO}, <= {GENEALOGY_MS:g} ms",
        "met": worst <= GOAL_RATIO and slowest["milliseconds"] <= GENEALOGY_MS,
        "walk_alone_milliseconds": walk * 1000,
        **figures,
        "dataset": plant.dataset,
    }


def measure_recall(plant: Sized) -> Row:
    """The superchips' lot of the middle third: made in it, in trays, in a third of the racks."""
    lots = Lot.objects.filter(part__kind="superchip", number__startswith="SU-").order_by("pk")
    lot = max(lots, key=lambda one: one.units.count())
    hits = recall_of_lot(lot.pk)
    racks = {hit.top_id for hit in hits}
    figures = _beside(plant, lambda: recall_of_lot(lot.pk))
    return {
        "row": f"P6 {plant.size}",
        "what": f"recall of a lot ({len(hits)} units hit, {len(racks)} outermost ones)",
        "seconds": figures["milliseconds"] / 1000,
        "limit": "the same statement prepared on a bare connection",
        "limit_seconds": figures["limit_milliseconds"] / 1000,
        "ratio": figures["ratio"],
        "goal": f"ratio <= {GOAL_RATIO}, <= {RECALL_MS:g} ms",
        "met": figures["ratio"] <= GOAL_RATIO and figures["milliseconds"] <= RECALL_MS,
        "dataset": plant.dataset,
    }


def _beside(plant: Sized, ask: Callable[[], object]) -> dict[str, float]:
    """Milliseconds of the question and of its own statement, in turn."""
    text, values = _statement_of(ask)
    ours, limit = [], []
    with psycopg.connect(plant.url, prepare_threshold=0, autocommit=True) as bare:
        for _turn in range(ROUNDS):
            ours.append(_seconds(ask))
            limit.append(_seconds(lambda: bare.execute(text, values).fetchall()))
    return {
        "milliseconds": 1000 * median(ours[2:]),
        "limit_milliseconds": 1000 * median(limit[2:]),
        "ratio": median(mine / theirs for mine, theirs in zip(ours[2:], limit[2:], strict=True)),
    }


def _statement_of(ask: Callable[[], object]) -> tuple[Any, Any]:
    heard: list[tuple[Any, Any]] = []

    def listen(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
        heard.append((text, values))
        return execute(text, values, many, context)

    with connection.execute_wrapper(listen):
        ask()
    (told,) = heard
    return told


def _fastest(work: Callable[[], object]) -> float:
    return min(_seconds(work) for _turn in range(ROUNDS))


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
