"""What the events of people and stations are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ledger.event_words import EventWords

EVENTS = {
    "accounts.person-registered": EventWords("info", _("Person registered")),
    "accounts.role-ended": EventWords("void", _("Role taken away"), _("Role %(role)s taken away")),
    "accounts.station-registered": EventWords("info", _("Station registered"), _("Station %(code)s registered")),
    "accounts.station-edited": EventWords("info", _("Station changed"), _("Station %(code)s changed")),
    "accounts.skill-defined": EventWords("info", _("Qualification registered")),
    "accounts.skill-edited": EventWords("info", _("Qualification changed")),
    "accounts.skill-granted": EventWords("ok", _("Qualification given"), _("Qualification %(skill)s given")),
    "accounts.skill-ended": EventWords(
        "void", _("Qualification taken away"), _("Qualification %(skill)s taken away: %(reason)s")
    ),
    "accounts.session-started": EventWords("run", _("Work begun at the station")),
    "accounts.session-ended": EventWords("done", _("Work ended at the station")),
    "accounts.demo-history-begun": EventWords("info", _("Demo history begins")),
    "accounts.demo-loaded": EventWords("info", _("Demo plant loaded")),
}
