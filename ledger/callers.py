"""Who calls, from where, when and through which door: one frozen value that travels with every change."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

PLANT_OFFSET_MINUTES = 540
"""Japan has one zone and no summer time: UTC+9."""


class Person(Protocol):
    """What the ledger needs to know of a person: a key, a pseudonym that may be kept for ever, and rights."""

    @property
    def pk(self) -> int: ...

    @property
    def pseudonym(self) -> uuid.UUID: ...

    def has_perm(self, perm: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One call of one operation.

    `at` is the server's receipt time (UTC) and becomes the event's recorded_at. `happened_at` is the device's time
    corrected by its measured offset, never after `at`. `utc_offset` is in minutes. `door` is page, api, scan, task or
    command. `key` is the idempotency key. `station` is a station's code or "". `session` is the operator session.
    """

    user: Person
    station: str
    at: datetime
    happened_at: datetime
    utc_offset: int
    door: str
    key: str
    session: uuid.UUID | None = None
    clock: str = "server"
    history: bool = False
    """True while a demo or simulator writes what happened before: its deliveries are written as done."""

    def at_moment(self, happened_at: datetime) -> Caller:
        """The same caller telling of an earlier moment: a file's own time, a late report. Never after `at`."""
        return replace(self, happened_at=min(happened_at, self.at))


def corrected_moment(device_at: datetime | None, offset: timedelta | None, at: datetime) -> tuple[datetime, str]:
    """The moment something happened, from a device's clock and its measured offset, and how that was known.

    An unmeasured or wild clock (more than a day off after correction) gives the server's time, marked.
    """
    if device_at is None or offset is None:
        return at, "unmeasured"
    happened = device_at + offset
    if happened > at:
        return at, "adjusted"
    if at - happened > timedelta(days=7):
        return at, "wild"
    return happened, "device"
