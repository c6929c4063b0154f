"""Limits of the work in a stage, as released."""

from __future__ import annotations

from django.db.models import QuerySet

from logistics.models import WorkLimit

STAGES = (
    "kit", "tray_build", "tray_test", "rack_build", "rack_test", "burn_in", "pack", "waiting_truck", "on_the_way",
    "at_site",
)  # fmt: skip
"""Stages of the routes, then of the way, as the control tower counts racks."""


def limits_in_force() -> QuerySet[WorkLimit]:
    """The newest release of each stage, also where it lifted the limit. One query."""
    return WorkLimit.objects.order_by("stage", "-pk").distinct("stage").select_related("released_by")


def limit_releases() -> QuerySet[WorkLimit]:
    """Every release, the latest first. One query a page."""
    return WorkLimit.objects.select_related("released_by").order_by("-pk")
