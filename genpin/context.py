"""What every page's shell shows: the menu as far as the reader may go, and what the reader is here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User

PART_OF = {
    "control_tower": (
        "/control-tower/", "/exceptions/", "/weekly-reports/", "/disruptions/", "/shipments/", "/carrier-files/",
        "/site-returns/", "/calendars/", "/timetables/", "/vehicles/", "/condition-limits/", "/packing/",
    ),
    "build_orders": ("/planning/", "/parts/", "/boms/", "/suppliers/"),
    "yields": ("/quality/", "/nonconformities/", "/causes/", "/deviations/"),
}  # fmt: skip
"""Entries of the menu that stand for more addresses than their own."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `sections` and `role`."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"sections": [], "role": ""}
    entries = [
        (_("Control tower"), "control_tower", "logistics.read"),
        (_("Racks"), "racks", "assembly.read"),
        (_("Stations"), "station_home", "accounts.work_at_station"),
        (_("Burn-in"), "burn_in", "assembly.read"),
        (_("Quality"), "yields", "assembly.read"),
        (_("Parts"), "units", "inventory.read"),
        (_("Planning"), "build_orders", "assembly.read"),
        (_("Lead times"), "lead_times", "logistics.read"),
        (_("Recall"), "recall", "logistics.read"),
        (_("Audit"), "audit", "logistics.read"),
        (_("People"), "people", "accounts.keep_people"),
    ]
    sections = []
    for label, name, right in entries:
        if user.has_perm(right):
            url = reverse(name)
            begins = PART_OF.get(name, (url,))
            sections.append({"label": label, "url": url, "current": request.path.startswith(begins)})
    return {"sections": sections, "role": user.role_name}
