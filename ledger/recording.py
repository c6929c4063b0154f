"""Writing events: the one place where an Event row is made."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.canonical import SCHEMA, encoded, leaf_hash, plain
from ledger.models import Delivery, Event
from ledger.reactions import reactions_to


@dataclass(frozen=True, slots=True)
class Happening:
    """One event to be written. `happened_at` overrides the caller's moment (imported history, a file's own time)."""

    subject: models.Model | tuple[str, int]
    payload: Mapping[str, Any] = field(default_factory=dict)
    happened_at: datetime | None = None
    amends: int | None = None


def record(
    caller: Caller, kind: str, subject: models.Model | tuple[str, int], *, amends: int | None = None, **payload: Any
) -> int:
    """Write one event and its deliveries; returns the event's id, which the changed rows name."""
    return record_many(caller, kind, [Happening(subject, payload, amends=amends)])[0]


def record_many(caller: Caller, kind: str, happenings: Sequence[Happening]) -> list[int]:
    """Write one event for each happening, in order, with their deliveries; returns the events' ids."""
    events = [_event(caller, kind, happening) for happening in happenings]
    insert_rows(events)
    ids = [event.pk for event in events]
    names = reactions_to(kind)
    if names:
        _deliver(caller, ids, names)
    return ids


def _deliver(caller: Caller, ids: Iterable[int], names: Sequence[str]) -> None:
    # The history of a demo or simulator happened before its reactions existed: written as done.
    done = caller.at if caller.history else None
    insert_rows([Delivery(event_id=event_id, reaction=name, done_at=done) for event_id in ids for name in names])


def _event(caller: Caller, kind: str, happening: Happening) -> Event:
    subject_type, subject_id = _subject(happening.subject)
    happened_at = min(happening.happened_at or caller.happened_at, caller.at)
    identity = uuid.uuid4()
    payload = plain(happening.payload)
    body = encoded(
        {
            "schema": SCHEMA,
            "uuid": str(identity),
            "kind": kind,
            "subject": {"type": subject_type, "id": subject_id},
            "recorded_at": caller.at.isoformat(),
            "happened_at": happened_at.isoformat(),
            "utc_offset": caller.utc_offset,
            "clock": caller.clock,
            "actor": str(caller.user.pseudonym),
            "door": caller.door,
            "station": caller.station,
            "session": str(caller.session) if caller.session else None,
            "key": caller.key,
            "amends": happening.amends,
            "payload": payload,
        }
    )
    return Event(
        uuid=identity,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        recorded_at=caller.at,
        happened_at=happened_at,
        utc_offset=caller.utc_offset,
        actor=caller.user.pseudonym,
        door=caller.door,
        station=caller.station,
        session=caller.session,
        amends=happening.amends,
        schema=SCHEMA,
        payload=payload,
        body=body,
        leaf_hash=leaf_hash(body),
    )


def _subject(subject: models.Model | tuple[str, int]) -> tuple[str, int]:
    if isinstance(subject, tuple):
        return subject
    return subject._meta.label_lower, subject.pk
