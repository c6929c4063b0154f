"""Checks that are one statement each: the rows it finds must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection

from inventory.checks import Fault


def statement(sql: str, say: str) -> Callable[[], Iterator[Fault]]:
    """A check from a statement whose first column is where the fault is; `say` may name further columns by `{1}`…"""

    def check() -> Iterator[Fault]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            for row in cursor.fetchall():
                yield Fault(str(row[0]), say.format(*row))

    return check
