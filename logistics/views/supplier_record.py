"""The delivery record of suppliers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.figures.intervals import Share
from inventory.forms import searched
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from logistics.queries.supplier_promises import PromiseRecord
from logistics.queries.supplier_record import SupplierRecord, supplier_records
from logistics.views.saying import reads


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Suppliers of the last year, 50 a page; `?export=csv` gives the list."""
    now, text = timezone.now(), searched(request.GET.get("q"))
    rows = supplier_records(now, text)
    file = exported(request, "supplier-record", _heading(), rows, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    chosen = {"q": text} if text else {}
    shown = page_of(request, rows)
    context = {
        "rows": [_row(row) for row in shown],
        "page": shown,
        "now": now,
        "filters": [{"name": "q", "label": _("Supplier"), "value": text, "kind": "search"}],
        "chosen": chosen_links(request, chosen, {"q": _("Supplier")}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
    }
    return render(request, "logistics/supplier_record.html", context)


def _row(row: SupplierRecord) -> dict[str, Any]:
    overdue = reverse("ship_notices") + "?" + urlencode({"supplier": row.code, "state": "overdue"})
    return {
        "promise": row.promise, "on_time": _share(row.promise.on_time), "overdue_url": overdue,
        "code": row.code, "name": row.name, "notices": row.notices, "received": row.received,
        "order_days": row.order_days, "p10": row.p10, "p50": row.p50, "p90": row.p90,
        "differing": _share(row.differing), "rejected": _share(row.rejected), "waiting_since": row.waiting_since,
    }  # fmt: skip


def _share(share: Share) -> dict[str, str] | None:
    """The share with its 95 % interval and n; None of nothing."""
    if share.value is None or share.interval is None:
        return None
    low, high = share.interval
    return {
        "value": f"{share.value:.0%}".replace("%", " %"),
        "interval": f"{low * 100:.0f}–{high * 100:.0f} %",
        "count": f"{share.part} / {share.whole}",
    }


def _heading() -> list[str]:
    return [
        _("Supplier"), _("Name"), _("Notices"), _("Received notices"), _("Order to shipping P50, days"),
        "P10", "P50", "P90",
        _("Notices with a difference"), _("Inspections rejected"), _("Inspections judged"),
        _("Lines with a promised day"), _("Lines without a promised day"), _("On time"), _("On time, %"),
        _("On time, 95 % from"), _("On time, 95 % to"), _("Early"), _("Late"), _("Overdue now"), _("Not due yet"),
        _("Days late, P50"),
    ]  # fmt: skip


def _cells(row: SupplierRecord) -> list[Any]:
    days = ["" if one is None else f"{one:.2f}" for one in (row.order_days, row.p10, row.p50, row.p90)]
    return [
        row.code, row.name, row.notices, row.received, *days, row.differing.part, row.rejected.part,
        row.rejected.whole, *_promise_cells(row.promise),
    ]  # fmt: skip


def _promise_cells(promise: PromiseRecord) -> list[Any]:
    """A share of nothing is a blank, never a zero."""
    share = promise.on_time
    shares = [share.value, *(share.interval or (None, None))]
    return [
        promise.dated, promise.undated, share.part, *("" if one is None else f"{100 * one:.1f}" for one in shares),
        promise.early, promise.late, promise.overdue, promise.not_due,
        "" if promise.late_days is None else f"{promise.late_days:.1f}",
    ]  # fmt: skip
