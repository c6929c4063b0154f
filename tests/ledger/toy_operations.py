"""Operations that exist only while a test runs: what the gate must bear, without a business around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models

from ledger.operations import OPERATIONS, WALLS, operation
from ledger.refusals import Refusal


class NotToday(Refusal):
    """A toy says no."""


@contextmanager
def toy(
    function: Callable[..., Any], *, permission: str = "inventory.read", returns: type[models.Model] | None = None
) -> Iterator[Callable[..., Any]]:
    """The function as a gated operation until the end of the block; deferred constraints are checked."""
    name = f"tests.{function.__name__}"
    walls = dict(WALLS)
    try:
        yield operation(permission=permission, returns=returns, deferred=True)(function)
    finally:
        del OPERATIONS[name]
        WALLS.clear()
        WALLS.update(walls)
