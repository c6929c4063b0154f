"""The gate: what is the same for every change, done once.

permission → transaction → receipt → the operation → deferred constraints → answer.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from ledger.callers import Caller
from ledger.canonical import canonical_bytes
from ledger.models import Receipt
from ledger.refusals import BadInput, KeyMissing, KeyReused, NotFound, NotPermitted, Refusal
from ledger.shapes import answer_of, bound_arguments, result_of
from ledger.statements import tell

P = ParamSpec("P")
R = TypeVar("R")

Walls = dict[str, Callable[[], Refusal]]


@dataclass(frozen=True)
class Operation:
    """A registered change: its name `app.verb_noun`, its permission and what it returns."""

    name: str
    permission: str
    returns: type[models.Model] | None
    function: Callable[..., Any]
    gated: Callable[..., Any]

    @property
    def doc(self) -> str:
        return (self.function.__doc__ or "").strip()


OPERATIONS: dict[str, Operation] = {}
WALLS: Walls = {}
"""Named database constraints → the refusal they stand for; filled beside the operations."""


def wall(constraint: str, refusal: Callable[[], Refusal]) -> None:
    """Say which refusal a violated constraint means: two racers, of whom the database refuses the second."""
    WALLS[constraint] = refusal


def operation(
    *, permission: str, returns: type[models.Model] | None = None, deferred: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a gated operation. `deferred` checks the deferred constraints before the answer."""

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__.split('.')[0]}.{function.__name__}"

        @functools.wraps(function)
        def gated(*args: P.args, **kwargs: P.kwargs) -> R:
            return _pass(OPERATIONS[name], deferred, kwargs)  # type: ignore[no-any-return]

        if name in OPERATIONS:
            raise RuntimeError(f"two operations are named {name}")
        OPERATIONS[name] = Operation(name, permission, returns, function, gated)
        return gated

    return declare


def _pass(entry: Operation, deferred: bool, kwargs: dict[str, Any]) -> Any:
    caller: Caller = kwargs["caller"]
    if not caller.user.has_perm(entry.permission):
        raise NotPermitted(entry.permission)
    if not caller.key:
        raise KeyMissing(_("This request has no idempotency key, so a repeat could be recorded twice."))
    arguments = bound_arguments(entry.function, kwargs)
    fingerprint = hashlib.sha256(canonical_bytes({"arguments": arguments})).digest()
    try:
        with transaction.atomic():
            earlier = _claim(caller, entry.name, fingerprint)
            if earlier is not None:
                return result_of(entry.returns, earlier.answer)
            result = entry.function(**kwargs)
            if deferred:
                _check_deferred()
            _keep(caller, answer_of(result))
            return result
    except IntegrityError as fault:
        raise _named(fault) from fault
    except ObjectDoesNotExist as fault:
        raise NotFound from fault
    except DataError as fault:
        raise BadInput(_("A number is too large or a text holds characters that cannot be stored.")) from fault


def _claim(caller: Caller, name: str, fingerprint: bytes) -> Receipt | None:
    """Insert the receipt; an earlier one with the same key is returned, or refused when it was for something else.

    ON CONFLICT waits for a racing transaction to end, so the second of two double taps sees the first's answer."""
    claimed = tell(
        "INSERT INTO ledger_receipt (key, user_id, operation, arguments_hash, at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (key) DO NOTHING",
        [caller.key, caller.user.pk, name, fingerprint, caller.at],
    )
    if claimed == 1:
        return None
    earlier = Receipt.objects.get(key=caller.key)
    if earlier.user_id != caller.user.pk:
        raise KeyReused(_("This key was already used by somebody else."), true=_("Nothing was recorded."))
    if earlier.operation != name or bytes(earlier.arguments_hash) != fingerprint:
        raise KeyReused(
            _("This key was already used for another request."),
            true=_("Nothing was recorded."),
            do=_("Reload the page and try again."),
        )
    return earlier


def _keep(caller: Caller, answer: Any) -> None:
    kept = None if answer is None else Jsonb(answer)
    tell("UPDATE ledger_receipt SET answer = %s WHERE key = %s", [kept, caller.key])


def _check_deferred() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _named(fault: IntegrityError) -> Exception:
    """The refusal a violated constraint stands for, or the fault itself when nobody named it."""
    diagnosis = getattr(fault.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    if constraint in WALLS:
        return WALLS[constraint]()
    return fault
