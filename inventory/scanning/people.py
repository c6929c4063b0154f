"""What a badge and a station's own code mean at any station: who wants to work here, and where one is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import OperatorSession, Station
from accounts.operations.badges import badge_of, refuse_ended
from accounts.operations.sessions import UnknownStation
from inventory.scanning import ScanAnswer, ScanContext, own_code
from inventory.text import is_tag
from ledger.callers import Caller
from ledger.refusals import Refusal


class BadgeOpensNothing(Refusal):
    """A badge was scanned where no registered device stands."""


def read_badge(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver: another person's badge asks for that person's PIN; nothing changes until it is right.

    Refuses BadgeEnded, BadgeOpensNothing."""
    if own_code(text) is not None or is_tag(text):
        return None
    badge = badge_of(text)
    if badge is None:
        return None
    refuse_ended(badge)
    mine = OperatorSession.objects.filter(pk=caller.session) if caller.session else OperatorSession.objects.none()
    here = mine.values_list("user_id", flat=True).first()
    if badge.user_id == here:
        return ScanAnswer(
            state="run",
            word=_("Badge"),
            say=(_("%(name)s is working here already.") % {"name": badge.user.name},),
            context=dict(context.facts),
        )
    if context.device_id is None:
        raise BadgeOpensNothing(
            _("This device is not registered to a station: a badge opens nothing here."),
            true=_("Nothing was recorded."),
            do=_("Sign out, and sign in with name and password."),
        )
    return ScanAnswer(
        state="wait",
        word=_("Badge"),
        say=(_("%(name)s: enter your PIN") % {"name": badge.user.name},),
        next=_("The work in hand stays. Whoever worked here until now is signed out."),
        ask={"badge": text, "name": badge.user.name},
        context=dict(context.facts),
    )


def read_station(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver: `STN-<code>` says whether one stands where the page thinks. Refuses UnknownStation."""
    own = own_code(text)
    if own is None or own.kind != "STN":
        return None
    station = Station.objects.filter(code=own.value).first()
    if station is None:
        raise UnknownStation(
            _("There is no station %(code)s.") % {"code": own.value[:40]},
            true=_("Nothing was recorded."),
            do=_("Choose a station from the list."),
        )
    if station.code == context.station:
        return ScanAnswer(
            state="run",
            word=_("Ready"),
            say=(_("This is %(station)s.") % {"station": station.name},),
            context=dict(context.facts),
        )
    return ScanAnswer(
        state="late",
        say=(_("This page is for another station than %(station)s.") % {"station": station.name},),
        next=_("Change over, and open %(station)s.") % {"station": station.name},
        context=dict(context.facts),
    )
