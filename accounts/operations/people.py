"""Registering people and giving roles."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.models import Badge, OperatorSession, RoleGrant, User
from accounts.operations.badges import (
    BadgeTaken,
    BadgeUnreadable,
    UnknownPerson,
    badge_taken,
    end_badges,
    give_badge,
    locked_person,
    refuse_unreadable,
)
from accounts.operations.sessions import end_sessions
from accounts.roles import ROLES
from ledger.callers import Caller
from ledger.models import Event
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

STAFF = {"admin", "auditor"}
"""Roles that may look at the (read-only) admin pages."""


class NameTaken(Refusal):
    """Somebody already signs in by that name."""


class UnknownRole(Refusal):
    """There is no such role."""


class OwnAccount(Refusal):
    """An administrator would lock themselves out."""


class RoleNotHeld(Refusal):
    """The person does not hold that role."""


class PlantNotEmpty(Refusal):
    """There are events already: this is no empty plant."""


class NoDemoHistory(Refusal):
    """No demo history was begun."""


@operation(permission="accounts.keep_people", returns=User)
def register_person(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    username: str,
    name_ja: str,
    name_en: str,
    roles: list[str],
    section: str = "",
    badge: str | None = None,
    password_hash: str = "",
    pin_hash: str = "",
) -> User:
    """Register a person with roles. Password and PIN come hashed, so that no receipt or event can hold them.

    `badge`: what the person's card says to a scanner. Refuses NameTaken, BadgeTaken, BadgeUnreadable, UnknownRole."""
    _refuse_unknown_roles(roles)
    if User.objects.filter(username=username).exists():
        raise _name_taken(username)
    if badge:
        refuse_unreadable(badge)
        if Badge.objects.filter(scan_text=badge, ended_at=None).exists():
            raise badge_taken()

    user = User.objects.create(
        username=username,
        name_ja=name_ja,
        name_en=name_en,
        section=section,
        password=password_hash or make_password(None),
        pin_hash=pin_hash,
        is_staff=bool(STAFF & set(roles)),
    )
    event = record(caller, "accounts.person-registered", user, pseudonym=user.pseudonym, roles=sorted(set(roles)))
    RoleGrant.objects.bulk_create(
        [RoleGrant(user=user, role=role, granted_at=caller.at, event_id=event) for role in sorted(set(roles))]
    )
    if badge:
        give_badge(caller, user, badge)
    return user


@operation(permission="accounts.keep_people", returns=User)
def set_pin(*, caller: Caller, username: str, pin_hash: str) -> User:
    """Give a person a new PIN. It comes hashed, so that no receipt or event can hold it; wrong entries before count no
    more. Locks the person. Refuses UnknownPerson."""
    user = locked_person(username)
    record(caller, "accounts.pin-set", user, pseudonym=user.pseudonym)
    user.pin_hash, user.pin_set_at = pin_hash, caller.at
    user.save(update_fields=["pin_hash", "pin_set_at"])
    return user


@operation(permission="accounts.keep_people", returns=User)
def end_person(*, caller: Caller, username: str, reason: str = "") -> User:
    """A person leaves: badge, roles and open sessions end, no password and no PIN opens anything any more; what the
    person did stays. Locks the person. Refuses UnknownPerson (also one who has left), OwnAccount."""
    user = locked_person(username)
    if not user.is_active:
        raise UnknownPerson(_("%(name)s has left already.") % {"name": user.name}, true=_("Nothing was recorded."))
    if user.pk == caller.user.pk:
        raise OwnAccount(
            _("Nobody ends their own account."), true=_("Nothing was recorded."), do=_("Ask another administrator.")
        )

    event = record(caller, "accounts.person-left", user, pseudonym=user.pseudonym, reason=reason.strip())
    end_badges(caller, user, why=_("the person left"))
    mine = OperatorSession.objects.select_for_update(no_key=True, of=("self",)).filter(user=user, ended_at=None)
    end_sessions(caller, mine.select_related("station").order_by("pk"))
    RoleGrant.objects.filter(user=user, ended_at=None).update(ended_at=caller.at)
    user.is_active, user.is_staff, user.left_event_id = False, False, event
    user.save(update_fields=["is_active", "is_staff", "left_event_id"])
    return user


@operation(permission="accounts.keep_people")
def end_role(*, caller: Caller, username: str, role: str) -> dict[str, int]:
    """Take a role from a person, at once. Refuses UnknownPerson, RoleNotHeld."""
    user = locked_person(username)
    grant = RoleGrant.objects.select_for_update(no_key=True).filter(user=user, role=role, ended_at=None).first()
    if grant is None:
        raise RoleNotHeld(_("%(name)s does not hold that role.") % {"name": username}, true=_("Nothing was changed."))

    event = record(caller, "accounts.role-ended", user, role=role)
    RoleGrant.objects.filter(pk=grant.pk).update(ended_at=caller.at)
    left = RoleGrant.objects.filter(user=user, ended_at=None, role__in=STAFF).exists()
    User.objects.filter(pk=user.pk).update(is_staff=left)
    return {"id": user.pk, "event": event}


@operation(permission="accounts.keep_people")
def begin_demo_history(*, caller: Caller, seed: int, racks: int, accepted: int) -> dict[str, int]:
    """Say that what follows is the made-up history of a demo plant, from this moment on. The first event of all.

    Refuses PlantNotEmpty: a demo begins in an empty database only."""
    if Event.objects.exists():
        raise PlantNotEmpty(_("This database holds a record already."), true=_("Nothing was recorded."))
    event = record(
        caller, "accounts.demo-history-begun", ("accounts.user", caller.user.pk), seed=seed, racks=racks,
        accepted=accepted,
    )  # fmt: skip
    return {"event": event}


@operation(permission="accounts.keep_people")
def end_demo_history(*, caller: Caller, told: dict[str, str]) -> dict[str, int]:
    """Say that the demo history is whole and what things are called in it; real time begins. Refuses NoDemoHistory."""
    if not Event.objects.filter(kind="accounts.demo-history-begun").exists():
        raise NoDemoHistory(_("No demo history was begun."), true=_("Nothing was recorded."))
    event = record(caller, "accounts.demo-loaded", ("accounts.user", caller.user.pk), told=told)
    return {"event": event}


def _name_taken(username: str = "") -> NameTaken:
    return NameTaken(_("Somebody already signs in as “%(name)s”.") % {"name": username}, do=_("Choose another name."))


wall("accounts_user_username_key", _name_taken)


def _refuse_unknown_roles(roles: list[str]) -> None:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise UnknownRole(
            _("There is no role “%(role)s”.") % {"role": unknown[0]},
            do=_("Choose one of: %(roles)s.") % {"roles": ", ".join(ROLES)},
        )


__all__ = [
    "BadgeTaken",
    "BadgeUnreadable",
    "NameTaken",
    "NoDemoHistory",
    "OwnAccount",
    "PlantNotEmpty",
    "RoleNotHeld",
    "UnknownPerson",
    "UnknownRole",
    "begin_demo_history",
    "end_demo_history",
    "end_person",
    "end_role",
    "register_person",
    "set_pin",
]
