"""How hard the solver tries, without the solver."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try: rounds, racks lifted in each, and the solver's own steps for one (deterministic time). `seconds`
    ends it on a slow machine; on any other it is not reached, and the same question has the same answer."""

    rounds: int = 16
    lifted: int = 12
    steps: float = 0.01
    seconds: float = 8.0
