"""How long the way takes, by lane and month: ridges with n, and their table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from inventory.views.reading import exported, exports_of
from logistics.charts.ridges import FEW, Ridge, quantiles, ridge_plot
from logistics.queries.lane_days import LaneDays, MonthDays, lane_days
from logistics.views.saying import reads


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """A panel a lane; `?export=csv` gives every shipment's days."""
    now = timezone.now()
    lanes = lane_days(now)
    rows = (
        [lane.lane.code, f"{month.month:%Y-%m}", f"{days:.2f}"]
        for lane in lanes
        for month in lane.months
        for days in month.days
    )
    file = exported(request, "days-by-lane", [_("Lane"), _("Month"), _("Days")], rows)
    if file is not None:
        return file  # type: ignore[no-any-return]
    most = max((days for lane in lanes for month in lane.months for days in month.days), default=1.0)
    count = sum(len(month.days) for lane in lanes for month in lane.months)
    context = {
        "now": now,
        "lanes": [_panel(lane, most * 1.1) for lane in lanes],
        "exports": exports_of(request),
        "count": count,
    }
    return render(request, "logistics/ridges.html", context)


def _panel(lane: LaneDays, most: float) -> dict[str, Any]:
    count = sum(len(month.days) for month in lane.months)
    says = ngettext("%(lane)s: days by month, %(n)d shipment", "%(lane)s: days by month, %(n)d shipments", count) % {
        "lane": lane.lane.name, "n": count,
    }  # fmt: skip
    ridges = [Ridge(f"{month.month:%Y/%m}", month.days) for month in lane.months]
    return {
        "code": lane.lane.code,
        "name": lane.lane.name,
        "count": count,
        "svg": ridge_plot(ridges, most, says=says, days_word=_("days")),
        "months": [_month(month) for month in lane.months],
    }


def _month(month: MonthDays) -> dict[str, Any]:
    """Quantiles only where there are enough; the values themselves elsewhere."""
    few = len(month.days) < FEW
    p10, p50, p90 = (None, None, None) if few else quantiles(month.days)
    values = ", ".join(f"{one:.1f}" for one in sorted(month.days)) if few else ""
    return {"name": f"{month.month:%Y/%m}", "n": len(month.days), "p10": p10, "p50": p50, "p90": p90, "values": values}
