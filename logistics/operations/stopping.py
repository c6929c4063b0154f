"""Holding racks that may have suffered on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from inventory.models import Hold
from ledger.callers import Caller
from ledger.recording import Happening, record_many


@dataclass(frozen=True, slots=True)
class Stop:
    """A unit to hold and why."""

    unit_id: int
    reason: str


def hold_units(caller: Caller, stops: Sequence[Stop]) -> list[Hold]:
    """Step: place a hold on each of these (locked) units; one event each."""
    if not stops:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inventory_hold_number') FROM generate_series(1, %s)", [len(stops)])
        numbers = [f"H-{caller.at.year % 100:02d}-{row[0]:05d}" for row in cursor.fetchall()]
    events = record_many(
        caller,
        "inventory.hold-placed",
        [
            Happening(("inventory.unit", stop.unit_id), {"number": number, "reason": stop.reason})
            for stop, number in zip(stops, numbers, strict=True)
        ],
    )
    return Hold.objects.bulk_create(
        [
            Hold(
                number=number,
                unit_id=stop.unit_id,
                reason=stop.reason,
                placed_at=caller.at,
                placed_by_id=caller.user.pk,
                placed_event_id=event,
            )
            for stop, number, event in zip(stops, numbers, events, strict=True)
        ]
    )
