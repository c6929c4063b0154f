"""The limit of a bulk operation: COPY of the very rows that it leaves, by bare psycopg, with every constraint on.

The rows are not made up: the operation runs once in a transaction that is rolled back, and what it wrote is read as
COPY writes it. Its keys were drawn from the sequences, which never go back, so the rows fit in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from genpin.simulation.shape import Table, tables


@dataclass(slots=True)
class BareRows:
    """New rows by table, referenced tables first, and how many there are."""

    chunks: list[tuple[Table, bytes]] = field(default_factory=list)
    rows: int = 0

    def copy_into(self, bare: Any) -> None:
        """Write them in one transaction of a bare connection; the commit is part of it."""
        with bare.transaction(), bare.cursor() as cursor:
            self.copy_with(cursor)

    def copy_with(self, cursor: Any) -> None:
        """Write them by a bare cursor."""
        for table, content in self.chunks:
            columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
            text = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
            with cursor.copy(text) as copy:
                copy.write(content)


def rows_left_by(work: Callable[[], object]) -> BareRows:
    """The rows that an operation adds; nothing of it stays."""
    found = BareRows()
    with transaction.atomic():
        known = tables()
        marks = {table.name: _highest(table) for table in known}
        work()
        for table in known:
            content = _newer(table, marks[table.name])
            if content:
                found.chunks.append((table, content))
                found.rows += content.count(b"\n")
        transaction.set_rollback(True)
    return found


def _highest(table: Table) -> Any:
    key = connection.ops.quote_name(table.columns[table.key])
    kind = table.types[table.key]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max({key}) FROM {connection.ops.quote_name(table.name)}" if "int" in kind else "SELECT 0"
        )
        return cursor.fetchone()[0] or 0


def _newer(table: Table, mark: Any) -> bytes:
    quote = connection.ops.quote_name
    if "int" not in table.types[table.key]:
        return b""
    columns = ", ".join(map(quote, table.columns))
    key = quote(table.columns[table.key])
    text = f"COPY (SELECT {columns} FROM {quote(table.name)} WHERE {key} > {int(mark)} ORDER BY {key}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(text) as copy:
        return b"".join(bytes(part) for part in copy)
