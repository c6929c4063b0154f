"""P1: one installation by the operation, beside the same statements, prepared, in one psycopg transaction.

The limit is not written by hand: one installation is recorded, statement by statement, and replayed for other units by
a bare psycopg connection. So both do the same work in the database, commit included; the difference is what Python
does between the statements.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from assembly.operations.installs import install_unit
from genpin.benchmarks.plant import Bench
from inventory.models import Identifier, Placement

ROUNDS = 15
EACH = 20
STATEMENTS = 12
GOAL = 0.5

Env = dict[str, Any]
Statement = tuple[str, Any]


def measure(bench: Bench, url: str) -> dict[str, Any]:
    """Installations a second by the operation and by the bare statements, in turn, medians of the rounds."""
    script = recorded(bench)
    ours: list[float] = []
    limit: list[float] = []
    with psycopg.connect(url, prepare_threshold=0, autocommit=True) as bare:
        _rounds(bench, script, bare, rounds=2)  # warm: plans, caches, prepared statements
        ours, limit = _rounds(bench, script, bare, rounds=ROUNDS)
    ratio = median(mine / theirs for mine, theirs in zip(ours, limit, strict=True))
    return {
        "row": "P1",
        "what": "install one serial in one slot by the operation, in process",
        "per_second": median(ours),
        "milliseconds": 1000 / median(ours),
        "limit": "the same statements, prepared, in one psycopg transaction",
        "limit_per_second": median(limit),
        "ratio": ratio,
        "statements": len(script.statements),
        "goal": f"ratio >= {GOAL}, statements <= {STATEMENTS}",
        "met": ratio >= GOAL and len(script.statements) <= STATEMENTS,
    }


def _rounds(bench: Bench, script: Script, bare: Any, *, rounds: int) -> tuple[list[float], list[float]]:
    ours, limit = [], []
    for _turn in range(rounds):
        mine = [(bench.caller(), *bench.take()) for _unit in range(EACH)]
        ours.append(_rate(lambda mine=mine: _install_all(mine)))  # type: ignore[misc]
        limit.append(limit_rate(bench, script, bare))
    return ours, limit


def limit_rate(bench: Bench, script: Script, bare: Any) -> float:
    """Installations a second by the bare statements, over one round."""
    targets = [_env(bench, *bench.take()) for _unit in range(EACH)]
    return _rate(lambda: script.replay_all(bare, targets))


def _install_all(targets: list[tuple[Any, int, str]]) -> None:
    for caller, slot, serial in targets:
        install_unit(caller=caller, slot_id=slot, serial=serial)


def _rate(work: Callable[[], None]) -> float:
    start = perf_counter()
    work()
    return EACH / (perf_counter() - start)


def _env(bench: Bench, slot_id: int, serial: str) -> Env:
    """What differs from one installation to the next; `event` is filled in by the replay itself."""
    found = Identifier.objects.select_related("unit").get(normalised=serial, kind="label", closed_at=None)
    placed = Placement.objects.get(unit_id=found.unit_id, to_at=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.unit_id, s.position FROM assembly_slot s JOIN assembly_build b ON b.id = s.build_id"
            " WHERE s.id = %s",
            [slot_id],
        )
        host, position = cursor.fetchone()
    return {
        "slot": slot_id,
        "serial": serial,
        "unit": found.unit_id,
        "placement": placed.pk,
        "host": host,
        "position": position,
        "key": uuid.uuid4().hex,
        "uuid": uuid.uuid4(),
        "at": timezone.now(),
    }


@dataclass
class Script:
    """The statements of one installation, with names where its own values stood."""

    statements: list[Statement]

    def replay_all(self, bare: Any, targets: list[Env]) -> None:
        """Once for each target, a transaction each."""
        for env in targets:
            with bare.transaction(), bare.cursor() as cursor:
                for text, values in self.statements:
                    cursor.execute(text, _filled(values, env), prepare=True)
                    if cursor.description is not None:
                        rows = cursor.fetchall()
                        if "ledger_event" in text:
                            env["event"] = rows[0][0]


@dataclass(frozen=True)
class _Name:
    name: str


def recorded(bench: Bench) -> Script:
    """The statements of one installation as the operation sends them now."""
    bench.grow()
    for _turn in range(3):  # what is read once a process is read now
        slot, serial = bench.take()
        install_unit(caller=bench.caller(), slot_id=slot, serial=serial)
    slot, serial = bench.take()
    env = _env(bench, slot, serial)
    caller = bench.caller(env["key"])
    with _listening() as heard:
        placement = install_unit(caller=caller, slot_id=slot, serial=serial)
    env |= {"event": placement.event_id, "at": caller.at}
    return Script([(text, _named(values, env)) for text, values in heard])


@contextmanager
def _listening() -> Iterator[list[Statement]]:
    heard: list[Statement] = []

    def listen(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
        heard.append((text, values))
        return execute(text, values, many, context)

    with connection.execute_wrapper(listen):
        yield heard


def _named(value: Any, env: Env) -> Any:
    if isinstance(value, list | tuple):
        return [_named(item, env) for item in value]
    if isinstance(value, uuid.UUID):
        return _Name("uuid")  # of the event, which must be fresh; of its actor, where any will do
    if isinstance(value, str | int | datetime) and not isinstance(value, bool):
        return next((_Name(name) for name, known in env.items() if known == value), value)
    return value


def _filled(value: Any, env: Env) -> Any:
    if isinstance(value, _Name):
        return env[value.name]
    return [_filled(item, env) for item in value] if isinstance(value, list) else value
