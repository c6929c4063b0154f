"""The papers about people: badges (社員証), for who keeps people. Filled into the table at start-up.

accounts lies below documents and knows no paper, so its badge is registered here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import badge_cards
from accounts.roles import ROLES
from documents.documents import badge
from documents.documents.badge import BadgeCard, BadgeCards
from documents.kinds import DocumentKind, NothingToPrint, Subject, register_kind
from documents.paper import Issue, Story
from documents.seal import facts_hash
from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words

PLANT = Plant(PLANT_NAME, Words("総務課", "General affairs"))
EVERYBODY = "all"


def find_person(key: str) -> Subject:
    """The person who signs in by that name. Refuses NothingToPrint."""
    user = User.objects.filter(username=key.strip()).first()
    if user is None:
        raise NothingToPrint(_("Nobody signs in as “%(name)s”.") % {"name": key[:60]})
    return Subject("accounts.user", user.pk, user.username)


def find_people(key: str) -> Subject:
    """`all`: everybody here who has a badge. Refuses NothingToPrint for any other word."""
    if key.strip() != EVERYBODY:
        raise NothingToPrint(_("Badges are printed for “all”, or each by its person's name."))
    return Subject("accounts.user", 0, EVERYBODY)


def badge_of(subject: Subject) -> BadgeCard:
    """Refuses NothingToPrint for somebody without a badge."""
    cards = _cards([subject.name])
    if not cards:
        raise NothingToPrint(
            _("%(name)s has no badge.") % {"name": subject.name}, do=_("Give one on the page of the person.")
        )
    return cards[0]


def badges_of(_subject: Subject) -> BadgeCards:
    """Refuses NothingToPrint where nobody has a badge."""
    cards = _cards(None)
    if not cards:
        raise NothingToPrint(_("Nobody has a badge yet."), do=_("Give one on the page of the person."))
    return BadgeCards(cards)


def _cards(usernames: list[str] | None) -> tuple[BadgeCard, ...]:
    return tuple(
        BadgeCard(
            plant=PLANT,
            username=card["user"].username,
            name=Words(card["user"].name_ja or card["user"].username, card["user"].name_en),
            section=card["user"].section,
            roles=Words(
                "・".join(ROLES[code].name_ja for code in card["roles"]),
                ", ".join(ROLES[code].name_en for code in card["roles"]),
            ),
            scan_text=card["scan_text"],
            at=card["at"].astimezone(PLANT_TIME),
            record=card["event"],
        )
        for card in badge_cards(usernames)
    )


def _card_story(sheet: Any, language: str, _issue: Issue | None) -> Story:
    """A badge is printed as often as one is lost: an issue leaves no mark on it."""
    return badge.story(sheet, language, facts_hash(sheet))


def _cards_story(sheet: Any, language: str, _issue: Issue | None) -> Story:
    return badge.sheet_story(sheet.cards, language, facts_hash(sheet))


register_kind(
    DocumentKind("badge", "BDG", "社員証", "Badge", find_person, badge_of, _card_story, right="accounts.keep_people")
)
register_kind(
    DocumentKind(
        "badges", "BDS", "社員証(全員)", "Badges of everybody", find_people, badges_of, _cards_story,
        right="accounts.keep_people",
    )
)  # fmt: skip
