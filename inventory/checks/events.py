"""The ledger's own checks: each row's event exists, and each event still says what its bytes say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from inventory.checks import Fault, register_check
from inventory.checks.sql import statement
from ledger.canonical import leaf_hash, plain
from ledger.models import Event

SET_UP = frozenset({"accounts"})
"""Apps whose migrations make rows; these name event 0."""


def event_columns() -> Iterator[tuple[str, str, bool]]:
    """(table, column, whether 0 is allowed) of every column that names an event, in every app."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.BigIntegerField) and field.name.endswith("event_id"):
                yield model._meta.db_table, str(field.column), model._meta.app_label in SET_UP


def events_exist() -> Iterator[Fault]:
    """References to events are plain numbers without a foreign key: here the orphans are looked for."""
    for table, column, zero in event_columns():
        quoted = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.{quoted(column)}, count(*) FROM {quoted(table)} t"
                f" WHERE t.{quoted(column)} IS NOT NULL {'AND t.' + quoted(column) + ' <> 0' if zero else ''}"
                f" AND NOT EXISTS (SELECT 1 FROM ledger_event e WHERE e.id = t.{quoted(column)})"
                " GROUP BY 1 ORDER BY 1"
            )
            for event_id, count in cursor.fetchall():
                yield Fault(f"{table}.{column}", f"{count} rows name event {event_id}, which does not exist")


def bodies() -> Iterator[Fault]:
    """Each event's hash is that of its bytes, and each column is a copy of what the bytes say."""
    for event in Event.objects.order_by("pk").iterator(chunk_size=2_000):
        body = bytes(event.body)
        if leaf_hash(body) != bytes(event.leaf_hash):
            yield Fault(f"event {event.pk}", "the hash is not that of the bytes")
            continue
        for name, told, column in _differences(event, json.loads(body)):
            yield Fault(f"event {event.pk}", f"{name} is {column!r} in the column and {told!r} in the bytes")


_SAME_NAME = (
    "schema", "uuid", "kind", "recorded_at", "happened_at", "utc_offset", "actor", "door", "station", "session",
    "amends", "payload",
)  # fmt: skip


def _differences(event: Event, told: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    columns = {name: plain(getattr(event, name)) for name in _SAME_NAME}
    columns["subject"] = {"type": event.subject_type, "id": event.subject_id}
    for name, column in columns.items():
        if told.get(name) != column:
            yield name, told.get(name), column


register_check("ledger.events-exist", events_exist)
register_check("ledger.events-say-what-their-bytes-say", bodies)
register_check(
    "ledger.scans-are-answered",
    statement(
        "SELECT 'scan ' || id, station FROM ledger_scanlog WHERE answer IS NULL"
        " AND received_at < now() - interval '1 minute' ORDER BY received_at",
        "read at {1} and never answered",
    ),
)
