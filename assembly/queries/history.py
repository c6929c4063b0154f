"""What happened to a build: its own events, its unit's, those of what is inside, and what was taken out of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from assembly.models import Build
from ledger.models import Event

INSIDE = """
inside(unit_id) AS (
  SELECT {unit}::bigint UNION SELECT p.unit_id FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id
  WHERE p.to_at IS NULL
)
"""
"""A unit (`{unit}`: its placeholder) and everything in it now; goes after WITH RECURSIVE."""

EVENTS = """
SELECT e.id FROM inside i JOIN ledger_event e ON e.subject_type = 'inventory.unit' AND e.subject_id = i.unit_id
UNION SELECT e.id FROM inside i JOIN assembly_build b ON b.unit_id = i.unit_id
  JOIN ledger_event e ON e.subject_type = 'assembly.build' AND e.subject_id = b.id
UNION SELECT x.event_id FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id AND p.to_at IS NOT NULL
  CROSS JOIN LATERAL (VALUES (p.event_id), (p.closed_event_id)) x(event_id)
"""
"""The ids of the events of all that is `inside`, and of fitting and taking out what was there before."""


def history_of(build: Build) -> QuerySet[Event]:
    """The events of a build and of everything in it, newest first: a list to be cut into pages."""
    return Event.objects.filter(
        pk__in=RawSQL(f"WITH RECURSIVE {INSIDE.format(unit='%s')} {EVENTS}", [build.unit_id])
    ).order_by("-pk")


def inside_of(build: Build) -> RawSQL:
    """The ids of the build's unit and of everything inside it, for `__in`."""
    return RawSQL(f"WITH RECURSIVE {INSIDE.format(unit='%s')} SELECT unit_id FROM inside", [build.unit_id])


def actors_of(events: Iterable[Event]) -> dict[UUID, User]:
    """The people behind these events, by pseudonym."""
    return {user.pseudonym: user for user in User.objects.filter(pseudonym__in={event.actor for event in events})}
