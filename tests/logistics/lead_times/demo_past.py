"""The demo plant's accepted racks as lives, made of the very plan that its load reads in: no database, no minutes."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from assembly.operations.history import PastRack
from genpin.demo.accepted import BATCHES, RACKS, Batch, batches, past_racks
from logistics.queries.lives import RackLife, Step

STAGES = {2: "rack_build", 3: "rack_test", 5: "pack"}
"""Stages of the racks' routings by the hundreds of their operations; 350 is the burn-in."""


def past_lives(now: datetime, *, seed: int, racks: int = 66) -> list[RackLife]:
    """All of them, as the one query of lives gives them once everything has happened."""
    lives: list[RackLife] = []
    for batch in batches(now, racks, random.Random(f"{seed}/{BATCHES}")):
        for past in past_racks(batch, batch.packed, f"{seed}/{RACKS}"):
            lives.append(_life(len(lives) + 1, batch, past))
    return lives


def _life(key: int, batch: Batch, past: PastRack) -> RackLife:
    way = batch.way
    began = min([past.started_at, *(tray.started_at for tray in past.trays)])
    return RackLife(
        key, key, past.order_number, "", past.order_number, past.need_by, "imported", past.customer_order_at,
        past.kit_ready_at, began, batch.packed + timedelta(minutes=20), way.departed, way.arrived, way.received,
        way.accepted, batch.number + 1, f"SH-{batch.number}", "accepted", _steps(past), _repairs(past),
    )  # fmt: skip


def _steps(past: PastRack) -> tuple[Step, ...]:
    steps = []
    for number in sorted({run.number for run in past.runs}):
        runs = [run for run in past.runs if run.number == number]
        passed = next(run.finished_at for run in runs if run.result == "pass")
        touch = sum((run.finished_at - run.started_at).total_seconds() for run in runs)
        stage = "burn_in" if number == 350 else STAGES[number // 100]
        steps.append(
            Step(
                number, "test", stage, "", "", passed, passed, runs[0].started_at, touch, runs[0].result == "fail", True
            )
        )
    return tuple(steps)


def _repairs(past: PastRack) -> tuple[tuple[datetime, datetime | None], ...]:
    """An import opens a nonconformity where an attempt failed, and closes it where the next one passed."""
    failed = [run for run in past.runs if run.result == "fail"]
    return tuple(
        (
            run.finished_at,
            next(one.finished_at for one in past.runs if one.number == run.number and one.result == "pass"),
        )
        for run in failed
    )
