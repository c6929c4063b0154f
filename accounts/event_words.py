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
    "accounts.session-locked": EventWords("hold", _("Device locked")),
    "accounts.session-unlocked": EventWords("ok", _("Device opened by badge and PIN")),
    "accounts.device-registered": EventWords(
        "info", _("Device registered"), _("Device %(name)s registered to station %(station)s")
    ),
    "accounts.device-revoked": EventWords(
        "void", _("Device revoked"), _("Device %(name)s of station %(station)s revoked: %(reason)s")
    ),
    "accounts.idle-lock-set": EventWords(
        "info", _("Idle lock set"), _("Idle lock of station %(station)s: %(minutes)s min, before %(before)s min")
    ),
    "accounts.badge-issued": EventWords("info", _("Badge given")),
    "accounts.badge-ended": EventWords("void", _("Badge ended"), _("Badge ended: %(reason)s")),
    "accounts.pin-set": EventWords("info", _("New PIN set")),
    "accounts.person-left": EventWords("void", _("Person left"), _("Person left: %(reason)s")),
    "accounts.simulated-history-begun": EventWords("info", _("Simulated history begins")),
    "accounts.simulated-history-ended": EventWords("info", _("Simulated history ends")),
    "accounts.demo-history-begun": EventWords("info", _("Demo history begins")),
    "accounts.demo-loaded": EventWords("info", _("Demo plant loaded")),
}
