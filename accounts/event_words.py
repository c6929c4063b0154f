"""What the events of people and stations are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ledger.event_words import EventWords

EVENTS = {
    "accounts.person-registered": EventWords("info", _("Person registered")),
    "accounts.role-ended": EventWords("void", _("Role taken away"), _("Role %(role)s taken away")),
    "accounts.station-registered": EventWords("info", _("Station registered"), _("Station %(code)s registered")),
    "accounts.session-started": EventWords("run", _("Work begun at the station")),
    "accounts.session-ended": EventWords("done", _("Work ended at the station")),
    "accounts.demo-history-begun": EventWords("info", _("Demo history begins")),
    "accounts.demo-loaded": EventWords("info", _("Demo plant loaded")),
}
