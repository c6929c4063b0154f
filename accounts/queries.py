"""Named questions about people, devices and who works where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, TextField

from accounts.models import Badge, Device, OperatorSession, RoleGrant, Station, User
from ledger.models import ScanLog


def open_sessions(search: str = "", kind: str = "") -> QuerySet[OperatorSession]:
    """Who is on which station now, by station, with device and last scan (`last_scan_at`, `last_scan`). One query a
    page, however many work."""
    scans = ScanLog.objects.filter(operator_session=OuterRef("pk")).order_by("-seq")
    rows = (
        OperatorSession.objects.filter(ended_at=None)
        .select_related("station", "user", "device")
        .annotate(
            last_scan_at=Subquery(scans.values("received_at")[:1], output_field=DateTimeField()),
            last_scan=Subquery(scans.values("text")[:1], output_field=TextField()),
        )
        .order_by("station__order", "station__code", "-started_at")
    )
    if kind:
        rows = rows.filter(station__kind=kind)
    for word in search.split():
        rows = rows.filter(
            Q(station__code__icontains=word)
            | Q(station__name_ja__icontains=word)
            | Q(station__name_en__icontains=word)
            | Q(user__username__icontains=word)
            | Q(user__name_ja__icontains=word)
            | Q(user__name_en__icontains=word)
        )
    return rows


def registered_devices(search: str = "", state: str = "") -> QuerySet[Device]:
    """Devices with their stations and who registered them, those in use first, newest first."""
    rows = Device.objects.select_related("station", "registered_by").annotate(
        in_use=Exists(OperatorSession.objects.filter(device=OuterRef("pk"), ended_at=None))
    )
    if state in ("live", "revoked"):
        rows = rows.filter(revoked_at__isnull=state == "live")
    for word in search.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(station__code__icontains=word) | Q(station__name_ja__icontains=word)
        )
    return rows.order_by("revoked_at", "station__order", "-pk")


def people_with_badges(search: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """People by name with `badge_at` (when the badge in use was given, or None) and their roles at hand."""
    badge = Badge.objects.filter(user=OuterRef("pk"), ended_at=None)
    rows = User.objects.exclude(username="genpin").annotate(badge_at=Subquery(badge.values("issued_at")[:1]))
    if role:
        held = RoleGrant.objects.filter(user=OuterRef("pk"), role=role, ended_at=None)
        rows = rows.filter(Exists(held))
    if state in ("here", "left"):
        rows = rows.filter(is_active=state == "here")
    for word in search.split():
        rows = rows.filter(
            Q(username__icontains=word)
            | Q(name_ja__icontains=word)
            | Q(name_en__icontains=word)
            | Q(section__icontains=word)
        )
    return rows.order_by("-is_active", "username")


def roles_of(users: list[User]) -> dict[int, list[str]]:
    """The roles that these people hold now, by person. One query."""
    found: dict[int, list[str]] = {}
    rows = RoleGrant.objects.filter(user__in=users, ended_at=None).order_by("user_id", "role")
    for user_id, role in rows.values_list("user_id", "role"):
        found.setdefault(user_id, []).append(role)
    return found


@dataclass(frozen=True, slots=True)
class BadgeLife:
    """A badge of a person, from–to, without what it says."""

    issued_at: datetime
    ended_at: datetime | None
    why: str


def badges_of(user: User) -> list[BadgeLife]:
    """The badges a person has had, newest first. One query."""
    rows = Badge.objects.filter(user=user).order_by("-id").values_list("issued_at", "ended_at", "ended_why")
    return [BadgeLife(*row) for row in rows]


def badge_texts(texts: list[str | None]) -> frozenset[str]:
    """Those of these scanned texts that are badges: lists of scans do not show what a badge says. One query."""
    wanted = [text for text in texts if text]
    rows = Badge.objects.filter(scan_text__in=wanted).values_list("scan_text", flat=True)
    return frozenset(rows) if wanted else frozenset()


def stations_in_order() -> list[Station]:
    """All stations as lists show them."""
    return list(Station.objects.all())


def badge_cards(usernames: list[str] | None = None) -> list[dict[str, Any]]:
    """The facts of badge cards: of these people, else of everybody here who has a badge; by name. Two queries."""
    rows = Badge.objects.filter(ended_at=None, user__is_active=True).select_related("user").order_by("user__username")
    if usernames is not None:
        rows = rows.filter(user__username__in=usernames)
    badges = list(rows)
    held = roles_of([badge.user for badge in badges])
    return [
        {"user": badge.user, "scan_text": badge.scan_text, "event": badge.event_id, "at": badge.issued_at,
         "roles": held.get(badge.user_id, [])}
        for badge in badges
    ]  # fmt: skip
