"""The causes that a station offers after NG: short codes that stand on the card beside the scanner."""

from __future__ import annotations

from django.utils.translation import gettext as _


def cause_words() -> dict[str, str]:
    """Code → words, in the order of the card."""
    return {
        "LOOKS": _("Looks damaged"),
        "BENT": _("Bent pin or contact"),
        "FIT": _("Does not fit"),
        "PART": _("Part is faulty"),
        "LEAK": _("Leaks"),
        "LABEL": _("Label wrong or unreadable"),
        "WORK": _("Mistake in the work"),
        "OTHER": _("Something else"),
    }
