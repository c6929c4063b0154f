"""What the database looks like to a recording: its tables in the order of their references, its sequences."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter

from django.apps import apps
from django.db import connection

KEPT_BY_TRIGGERS = frozenset({"ledger_queue", "inventory_awaitedline", "assembly_staleattempt"})
"""Tables that triggers fill: COPY into the others fills them again."""
CLOSED_BY = {"logistics_departure": "logistics_shipmentcrate"}
"""Tables whose row closes another table for its owner (a shipment that has left takes no crate): written after that."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the columns that are written, in order, the key's place among them, the types by column."""

    name: str
    columns: tuple[str, ...]
    key: int
    types: tuple[str, ...]

    def place(self, column: str) -> int:
        return self.columns.index(column)


def tables() -> list[Table]:
    """Every table of a model of ours, referenced ones first."""
    found = {
        model._meta.db_table: str(model._meta.pk.column)
        for model in apps.get_models()
        if model._meta.managed and model._meta.db_table not in KEPT_BY_TRIGGERS and model._meta.pk is not None
    }
    ordered = [name for name in _ordered(set(found)) if name in found]
    return [_table(name, found[name]) for name in ordered]


def _ordered(names: set[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid <> confrelid"
        )
        graph: dict[str, set[str]] = {name: set() for name in sorted(names)}
        for child, parent in cursor.fetchall():
            if child in graph and parent in graph:
                graph[child].add(parent)
        for closing, closed in CLOSED_BY.items():
            graph[closing].add(closed)
    return list(TopologicalSorter(graph).static_order())


def _table(name: str, key: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
            [name],
        )
        rows = cursor.fetchall()
    columns = tuple(row[0] for row in rows)
    return Table(name, columns, columns.index(key), tuple(row[1] for row in rows))


def sequence_positions() -> dict[str, int]:
    """The next number of every sequence whose numbers are bigint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, coalesce(last_value + increment_by, start_value) FROM pg_sequences"
            " WHERE schemaname = current_schema() AND data_type = 'bigint'::regtype ORDER BY 1"
        )
        return dict(cursor.fetchall())


def set_sequences(positions: dict[str, int]) -> None:
    """Let sequences go on at these numbers, within the transaction: a rollback takes them back."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name, following in positions.items():
            cursor.execute(f"ALTER SEQUENCE {quote(name)} RESTART WITH {max(int(following) - 1, 1)}")
            if following > 1:  # a sequence that was never asked tells its first number ever, not where it goes on
                cursor.execute("SELECT nextval(%s::regclass)", [quote(name)])
