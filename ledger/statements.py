"""Plain statements of the hot path: bound by the server and prepared there, so that a connection plans them once.

Django's own cursor writes the values into the text and never prepares; an installation spent more time on planning and
on building the same SQL again than on its rows. Locks, constraints and the wrappers that count queries are the same.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.backends.postgresql.base import ServerBindingCursor


class _Prepared(ServerBindingCursor):
    """Remembers the text of a prepared statement too: those who count and read queries ask for it."""

    def _send_query_prepared(self, name: bytes, pgq: Any, *, binary: bool | None = None) -> None:
        self._query = pgq
        super()._send_query_prepared(name, pgq, binary=binary)  # type: ignore[misc]


def ask(text: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement answers with; values by place (`%s`) or by name (`%(name)s`)."""
    with _cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()  # type: ignore[no-any-return]


def tell(text: str, values: Sequence[Any]) -> int:
    """Run a statement that answers with nothing; gives the number of rows it touched."""
    with _cursor() as cursor:
        cursor.execute(text, values)
        return int(cursor.rowcount)


@functools.cache
def columns(model: type[models.Model], alias: str) -> str:
    """The model's columns as `joined` reads them, for the statement's text."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.local_concrete_fields)


@functools.cache
def _attributes(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def joined(kinds: Sequence[type[models.Model]], text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement that selects the `columns` of these models, one after the other, as objects; None for one
    that a LEFT JOIN did not find."""
    found = []
    for row in ask(text, values):
        at, things = 0, []
        for kind in kinds:
            end = at + len(_attributes(kind))
            things.append(_object(kind, row[at:end]))
            at = end
        found.append(tuple(things))
    return found


def _object(kind: type[models.Model], values: Sequence[Any]) -> models.Model | None:
    if values[0] is None:
        return None
    if _json_places(kind):  # Django's connections give JSON as text
        values = list(values)
        for place in _json_places(kind):
            values[place] = None if values[place] is None else json.loads(values[place])
    return kind.from_db(connection.alias, _attributes(kind), values)


@functools.cache
def _json_places(model: type[models.Model]) -> list[int]:
    fields = model._meta.local_concrete_fields
    return [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]


def _cursor() -> Any:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(_Prepared(connection.connection))  # type: ignore[attr-defined, call-arg]
