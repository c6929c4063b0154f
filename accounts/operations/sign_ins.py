"""Passwords at the door: every attempt is counted by the name it was made at, whether anybody has that name or not.

Not gated operations: like a wrong PIN, an attempt stays whatever comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction

from accounts.models import SignInAttempt

WRONG_ALLOWED = 10
WINDOW = timedelta(minutes=15)

Answer = TypeVar("Answer")


class SignInLocked(Exception):
    """Too many wrong passwords at one name."""


def attempt(name: str, at: datetime, check: Callable[[], Answer | None]) -> Answer | None:
    """Let `check` try a password, and count what came of it. Raises SignInLocked without trying.

    Takes a lock of the name, so that guesses made at once are counted one by one."""
    name_hash = hash_of(name)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {name_hash}"])
        if _is_locked(name_hash, at):
            raise SignInLocked
        answer = check()
        SignInAttempt.objects.create(name_hash=name_hash, at=at, right=answer is not None)
    return answer


def is_locked(name: str, at: datetime) -> bool:
    """Whether no password is tried for that name just now."""
    return _is_locked(hash_of(name), at)


def hash_of(name: str) -> str:
    """What is kept of a name."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def _is_locked(name_hash: str, at: datetime) -> bool:
    """Ten wrong ones in the quarter of an hour, since the last right one."""
    lately = SignInAttempt.objects.filter(name_hash=name_hash, at__gt=at - WINDOW).order_by("-id")
    last = list(lately.values_list("right", flat=True)[:WRONG_ALLOWED])
    return len(last) == WRONG_ALLOWED and not any(last)
