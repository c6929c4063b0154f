"""Working a proposal out.

In the request, not in a queue: it writes nothing, its effort is bounded to some seconds, the solver leaves the
interpreter to other requests meanwhile, and what came out later than it was asked would be about another room. One at
a time in a process; who comes second is told."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from assembly.burn_in.placement import Plan, plan_of
from assembly.queries.burn_in_plan import WaitingRack, placement_question

ROAD_DAYS = 4
"""Days between the end of the work after the burn-in and the day of need, unless the planner says otherwise."""
MOST = 400
"""Racks of one proposal."""
_working = threading.Lock()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the planner asked for: days on the road, whether reserved racks may be moved, whose lateness counts more."""

    road_days: int = ROAD_DAYS
    again: bool = False
    urgent: frozenset[int] = frozenset()


def worked_out(now: datetime, waiting: list[WaitingRack], wanted: Wanted) -> Plan | None:
    """The proposal; None while another one is being worked out in this process."""
    if not _working.acquire(blocking=False):
        return None
    try:
        return plan_of(placement_question(now, waiting, wanted.urgent, again=wanted.again))
    finally:
        _working.release()
