"""What the planner's desk calls things, and its tabs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.views.desk import desk_tabs

TOOL_KIND_WORDS: dict[str, Any] = {
    "torque": gettext_lazy("torque tool"),
    "leak_tester": gettext_lazy("leak tester"),
    "pressure": gettext_lazy("pressure gauge"),
    "electrical": gettext_lazy("electrical safety tester"),
    "resistance": gettext_lazy("resistance meter"),
    "coolant": gettext_lazy("coolant meter"),
    "scale": gettext_lazy("scale"),
    "length": gettext_lazy("length gauge"),
    "other": gettext_lazy("other tool"),
}
STATION_KIND_WORDS: dict[str, Any] = {
    "receiving": gettext_lazy("Receiving"),
    "assembly": gettext_lazy("Assembly"),
    "test": gettext_lazy("Test"),
    "burn_in": gettext_lazy("Burn-in"),
    "packing": gettext_lazy("Packing"),
    "quality": gettext_lazy("Quality"),
    "site": gettext_lazy("Site"),
}
OPERATION_KIND_WORDS: dict[str, Any] = {
    "kit": gettext_lazy("kitting"),
    "assemble": gettext_lazy("assembling"),
    "inspect": gettext_lazy("inspecting"),
    "measure": gettext_lazy("measuring"),
    "firmware": gettext_lazy("firmware"),
    "test": gettext_lazy("testing"),
    "configuration": gettext_lazy("configuration check"),
    "burn_in": gettext_lazy("burn-in"),
    "pack": gettext_lazy("packing"),
}
DUE_SOON = timedelta(days=30)
"""From how long before its end a calibration or a qualification is shown as ending."""


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The tabs of the desk."""
    return desk_tabs(
        request,
        [
            ("build_orders", _("Build orders")),
            ("shortages", _("Shortages")),
            ("designs", _("Designs")),
            ("rack_models", _("Rack models")),
            ("routings", _("Routings")),
            ("limits", _("Limits")),
            ("limit_sets", _("Test limits")),
            ("firmware_baselines", _("Firmware")),
            ("dispositions", _("Dispositions")),
            ("calendars", _("Calendars")),
            ("timetables", _("Sailings")),
            ("tools", _("Tools")),
            ("skills", _("Qualifications")),
            ("planned_stations", _("Stations")),
            ("planning_import", _("Import")),
        ],
    )


def until_state(until: date | None, today: date, *, ended: bool = False) -> tuple[str, str]:
    """How a thing that is valid until a day stands: chip and word."""
    if ended:
        return "void", _("out of use")
    if until is None or until < today:
        return "stop", _("expired")
    if until - today <= DUE_SOON:
        return "late", _("ends soon")
    return "done", _("valid")
