"""The people of the tests, the same as in the demo, and what they call with.

mei line operator · kenji test engineer · rosa logistics · tanaka quality · aud auditor · plan planner · sora site
staff · admin administrator · a stranger, who may do nothing · the system user `genpin`. Registered through the
operation at first use in a test's database.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.operations.people import register_person
from ledger.callers import PLANT_OFFSET_MINUTES, Caller

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""Friday 2026-11-20 12:00 in Satsumasendai."""

PASSWORD = "genpin-tests-only"
PIN = "2468"

CAST: dict[str, tuple[str, str, str, list[str]]] = {
    "mei": ("小林 芽衣", "Mei Kobayashi", "製造一課", ["line"]),
    "kenji": ("佐藤 健二", "Kenji Sato", "試験課", ["test"]),
    "rosa": ("ロサ・マルティネス", "Rosa Martinez", "物流課", ["logistics"]),
    "tanaka": ("田中 誠", "Makoto Tanaka", "品質保証部", ["quality"]),
    "aud": ("オードリー・ベル", "Audrey Bell", "監査", ["auditor"]),
    "plan": ("計良 恵", "Megumi Keira", "生産管理課", ["planner"]),
    "sora": ("空野 空", "Sora Sorano", "現地受入", ["site"]),
    "admin": ("山田 花子", "Hanako Yamada", "情報システム課", ["admin"]),
    "stranger": ("名無し", "A. Stranger", "", []),
}


def system() -> User:
    """The user that commands and tasks act as."""
    return User.objects.get(username="genpin")


def person(name: str) -> User:
    """Somebody of the cast, freshly read (rights are read once an object)."""
    user = User.objects.filter(username=name).first()
    if user is not None:
        return user
    name_ja, name_en, section, roles = CAST[name]
    return register_person(
        caller=a_caller(system()),
        username=name,
        name_ja=name_ja,
        name_en=name_en,
        roles=roles,
        section=section,
        badge=f"BADGE-{name.upper()}",
        password_hash=make_password(PASSWORD),
        pin_hash=make_password(PIN),
    )


def mei() -> User:
    return person("mei")


def kenji() -> User:
    return person("kenji")


def rosa() -> User:
    return person("rosa")


def tanaka() -> User:
    return person("tanaka")


def aud() -> User:
    return person("aud")


def plan() -> User:
    return person("plan")


def sora() -> User:
    return person("sora")


def admin() -> User:
    return person("admin")


def stranger() -> User:
    return person("stranger")


def a_caller(user: User | str, *, key: str | None = None, at: datetime = NOON, **others: Any) -> Caller:
    """A caller with a key of its own unless one is given; `others` replace further fields (station, door, session)."""
    caller = Caller(
        user=person(user) if isinstance(user, str) else user,
        station="",
        at=at,
        happened_at=at,
        utc_offset=PLANT_OFFSET_MINUTES,
        door="page",
        key=uuid.uuid4().hex if key is None else key,
    )
    return replace(caller, **others) if others else caller
