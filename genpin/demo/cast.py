"""The people of the demo plant. Names are invented; passwords and PINs are made at the first load."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import PinCheck, User
from accounts.operations.people import register_person
from accounts.operations.pins import check_pin
from accounts.roles import ROLES
from genpin.demo.plant import Plant


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the plant; without `goes_to` they have no login."""

    username: str
    name_ja: str
    name_en: str
    roles: tuple[str, ...]
    section: str
    goes_to: str = ""


CAST = (
    Member("mei", "林 芽衣", "Hayashi Mei", ("line",), "組立課", "/stations/"),
    Member("kenji", "上田 健二", "Ueda Kenji", ("test",), "試験課", "/stations/"),
    Member("rosa", "ロサ 山本", "Yamamoto Rosa", ("logistics",), "物流課", "/"),
    Member("tanaka", "田中 誠", "Tanaka Makoto", ("quality",), "品質保証課", "/racks/"),
    Member("aud", "西田 監", "Nishida Kan", ("auditor",), "監査室", "/audit/"),
    Member("plan", "岡 計子", "Oka Keiko", ("planner",), "生産管理課", "/racks/"),
    Member("sora", "川内 空", "Kawauchi Sora", ("site",), "薩摩川内 現地", "/"),
    Member("admin", "森 管子", "Mori Kanko", ("admin",), "情報課", "/"),
    Member("hayato", "小野 隼人", "Ono Hayato", ("line",), "組立課"),
    Member("aoi", "藤井 葵", "Fujii Aoi", ("line",), "組立課"),
    Member("daiki", "石井 大樹", "Ishii Daiki", ("leader",), "組立課", "/andon/"),
    Member("yuna", "原 優奈", "Hara Yuna", ("test",), "試験課"),
    Member("sho", "大西 翔", "Onishi Sho", ("test",), "試験課"),
    Member("nao", "久保 直", "Kubo Nao", ("quality",), "品質保証課"),
)

BUILDERS = ("mei", "hayato", "aoi")
"""By shift: early, late, night."""
TESTERS = ("kenji", "yuna", "sho")
CHECKERS = ("daiki", "nao", "daiki")
SIGNING = frozenset({*BUILDERS, *TESTERS, *CHECKERS, "tanaka"})
"""Who signs in the history."""


@dataclass(frozen=True, slots=True)
class Login:
    """What is printed for a person who can log in."""

    member: Member
    password: str
    pin: str
    badge: str

    @property
    def roles(self) -> str:
        """The role's names in both languages."""
        role = ROLES[self.member.roles[0]]
        return f"{role.name_ja} / {role.name_en}"


@dataclass(slots=True)
class Hashing:
    """The cast's secrets and their hashes, which are slow on purpose: made beside other work, two at a time."""

    members: Sequence[Member]
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))
    secrets: list[tuple[str, str]] = field(default_factory=list)
    pins: list[Future[str]] = field(default_factory=list)
    words: list[Future[str]] = field(default_factory=list)

    def begin(self) -> Hashing:
        """Make passwords and PINs, and let their hashes be made."""
        self.secrets = [(secrets.token_urlsafe(9), f"{secrets.randbelow(1_000_000):06d}") for _m in self.members]
        self.pins = [self.pool.submit(make_password, pin) for _word, pin in self.secrets]
        self.words = [
            self.pool.submit(make_password, word if member.goes_to else None)
            for member, (word, _pin) in zip(self.members, self.secrets, strict=True)
        ]
        return self


def badge_of(number: int) -> str:
    """What the n-th person's badge says to a scanner."""
    return f"EMP{number:04d}"


def register_cast(plant: Plant, hashing: Hashing, *, in_turn: bool = False) -> list[Login]:
    """Register everybody, check each PIN once (their signing session; side by side unless `in_turn`, which gives the
    checks their keys in order), and give the logins."""
    for number, member in enumerate(hashing.members, start=1):
        plant.call(
            register_person, "genpin", plant.begin, username=member.username, name_ja=member.name_ja,
            name_en=member.name_en, roles=list(member.roles), section=member.section, badge=badge_of(number),
            password_hash=hashing.words[number - 1].result(), pin_hash=hashing.pins[number - 1].result(),
        )  # fmt: skip
        plant.people[member.username] = User.objects.get(username=member.username)
    signing = [
        (plant.people[member.username], pin)
        for member, (_word, pin) in zip(hashing.members, hashing.secrets, strict=True)
        if member.username in SIGNING
    ]
    checks = _check_in_turn if in_turn or connection.in_atomic_block else hashing.pool.map
    for check in checks(lambda one: _check(one, plant.begin), signing):  # type: ignore[operator]
        plant.checks[check.user.username] = check.pk
    hashing.pool.shutdown()
    return [
        Login(member, word, pin, badge_of(number))
        for number, (member, (word, pin)) in enumerate(zip(hashing.members, hashing.secrets, strict=True), start=1)
        if member.goes_to
    ]


def _check(one: tuple[User, str], at: datetime) -> PinCheck:
    try:
        return check_pin(one[0], one[1], at=at)
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _check_in_turn(
    check: Callable[[tuple[User, str]], PinCheck], signing: Iterable[tuple[User, str]]
) -> list[PinCheck]:
    """Inside one transaction (tests) other connections would see nobody."""
    return [check(one) for one in signing]
