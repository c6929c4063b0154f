"""The table of integrity checks which `check_integrity` runs: empty here, filled by the apps in `ready()`.

A check is a function without arguments that yields Faults. Checks read only; each is one or a few set-based queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must not be: where (a table and key, or an event) and what."""

    where: str
    say: str


@dataclass(frozen=True, slots=True)
class Found:
    """A fault with the name of the check that found it."""

    check: str
    fault: Fault


Check = Callable[[], Iterable[Fault]]

CHECKS: dict[str, Check] = {}


def register_check(name: str, function: Check) -> None:
    """Add a check by name (`inventory.placements`). The same function again changes nothing."""
    if CHECKS.setdefault(name, function) is not function:
        raise RuntimeError(f"two checks are named {name}")


def run_checks(names: Iterable[str] | None = None) -> Iterator[Found]:
    """All faults of all checks (or of those named), check by check."""
    for name in CHECKS if names is None else names:
        for fault in CHECKS[name]():
            yield Found(name, fault)
