"""Badges (社員証): given, taken back, and whose one was scanned. A badge names a person; only a PIN proves one."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext as _

from accounts.models import Badge, User
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.statements import columns, joined

LONGEST = 64
"""Characters of what a badge says."""

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for one another, and that a US/JIS mix-up of the scanner leaves alone."""


class UnknownPerson(Refusal):
    """Nobody signs in by that name."""


class BadgeTaken(Refusal):
    """The badge is somebody else's."""


class BadgeUnreadable(Refusal):
    """No scanner could read that from a badge."""


class NoBadge(Refusal):
    """The person has no badge that could be taken back."""


class UnknownBadge(Refusal):
    """Nobody has that badge."""


class BadgeEnded(Refusal):
    """The badge was taken back, or its person has left."""


class BadgeReasonWanted(Refusal):
    """A badge is taken back for a reason."""


@operation(permission="accounts.keep_people", returns=Badge)
def issue_badge(*, caller: Caller, username: str, scan_text: str = "") -> Badge:
    """Give a person a badge; the one before ends. `scan_text` is what the card says to a scanner; empty makes a fresh
    opaque one. Locks the person.

    Refuses UnknownPerson (also one who has left), BadgeUnreadable, BadgeTaken."""
    user = locked_person(username)
    if not user.is_active:
        raise UnknownPerson(
            _("%(name)s has left.") % {"name": user.name}, true=_("Nothing was recorded."), do=_("Choose another name.")
        )
    text = scan_text.strip() or fresh_scan_text()
    refuse_unreadable(text)
    if Badge.objects.filter(scan_text=text, ended_at=None).exclude(user=user).exists():
        raise badge_taken()

    end_badges(caller, user, why=_("replaced by another badge"))
    return give_badge(caller, user, text)


@operation(permission="accounts.keep_people", returns=Badge)
def end_badge(*, caller: Caller, username: str, reason: str) -> Badge:
    """Take a person's badge back: lost, broken, handed in. Locks the person.

    Refuses UnknownPerson, BadgeReasonWanted, NoBadge."""
    user = locked_person(username)
    if not reason.strip():
        raise BadgeReasonWanted(
            _("Taking a badge back needs a reason."), true=_("Nothing was recorded."), do=_("Say why.")
        )
    ended = end_badges(caller, user, why=reason.strip())
    if ended is None:
        raise NoBadge(_("%(name)s has no badge.") % {"name": user.name}, true=_("Nothing was recorded."))
    return ended


def give_badge(caller: Caller, user: User, scan_text: str) -> Badge:
    """Step: a badge for a (locked or new) person, from now on."""
    event = record(caller, "accounts.badge-issued", user, pseudonym=user.pseudonym)
    return Badge.objects.create(user=user, scan_text=scan_text, issued_at=caller.at, event_id=event)


def end_badges(caller: Caller, user: User, *, why: str) -> Badge | None:
    """Step: end the badge of a (locked) person, if there is one."""
    badge = Badge.objects.filter(user=user, ended_at=None).first()
    if badge is None:
        return None
    badge.ended_event_id = record(caller, "accounts.badge-ended", user, pseudonym=user.pseudonym, reason=why)
    badge.ended_at, badge.ended_why = caller.at, why
    badge.save(update_fields=["ended_at", "ended_why", "ended_event_id"])
    return badge


def locked_person(username: str) -> User:
    """Step: lock a person by name. Refuses UnknownPerson."""
    user = User.objects.select_for_update(no_key=True).filter(username=username).first()
    if user is None:
        raise UnknownPerson(_("Nobody signs in as “%(name)s”.") % {"name": username[:60]})
    return user


def fresh_scan_text() -> str:
    """`ID-` and ten characters: nobody guesses one, and a gun reads it as Code 128."""
    return "ID-" + "".join(secrets.choice(_ALPHABET) for _place in range(10))


def refuse_unreadable(text: str) -> None:
    """Step: refuse BadgeUnreadable for what no code on a card can hold."""
    if len(text) > LONGEST or not all(0x21 <= ord(char) <= 0x7E for char in text):
        raise BadgeUnreadable(
            _("A badge says at most %(limit)d letters, digits and signs, without blanks.") % {"limit": LONGEST},
            true=_("Nothing was recorded."),
            do=_("Scan the badge itself."),
        )


def badge_taken() -> BadgeTaken:
    return BadgeTaken(
        _("That badge belongs to somebody else."),
        true=_("Nothing was recorded."),
        do=_("Scan the badge of this person."),
    )


wall("badge_code_is_one_persons_at_a_time", badge_taken)

_BADGE = f"""
SELECT {columns(Badge, "b")}, {columns(User, "u")} FROM accounts_badge b JOIN accounts_user u ON u.id = b.user_id
WHERE b.scan_text = %s ORDER BY b.ended_at IS NULL DESC, b.id DESC LIMIT 1
"""


def badge_of(text: str) -> Badge | None:
    """Step: the badge that says this, with its person: the one in use, else the last that was. One prepared statement;
    locks nothing."""
    for badge, user in joined((Badge, User), _BADGE, [text]):
        badge.user = user
        return badge  # type: ignore[no-any-return]
    return None


def person_of_badge(text: str) -> User:
    """Step: the person whose badge was scanned. Refuses UnknownBadge, BadgeEnded. It proves nobody: ask for the PIN."""
    badge = badge_of(text.strip())
    if badge is None:
        raise UnknownBadge(
            _("Nobody has that badge."), true=_("Nothing was recorded."), do=_("Scan your own badge (社員証) again.")
        )
    refuse_ended(badge)
    return badge.user


def refuse_ended(badge: Badge) -> None:
    """Step: refuse BadgeEnded for a badge that was taken back, or whose person has left."""
    if not badge.user.is_active:
        raise BadgeEnded(
            _("This badge is not valid any more: its person has left."),
            true=_("Nothing was recorded."),
            do=_("Hand the badge in to the line leader."),
        )
    if badge.ended_at is not None:
        raise BadgeEnded(
            _("This badge is not valid any more."),
            true=_("It was replaced or handed in. Nothing was recorded."),
            do=_("Use your present badge, or ask the line leader for one."),
        )
