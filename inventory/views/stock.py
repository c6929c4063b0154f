"""Pages: stock by part, one lot."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from inventory.forms import searched
from inventory.models import Lot
from inventory.queries.lots import LotPage, lot_page
from inventory.queries.recall import Hit
from inventory.queries.stock import PartStock, stock_by_part
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of, reads


@reads
def stock(request: HttpRequest) -> HttpResponse:
    """What there is of each part: standing free, held, in lots, announced. One query."""
    text = searched(request.GET.get("q"))
    rows = [row for row in stock_by_part() if _fits(row, text)]
    heading = [
        _("Part number"),
        _("Name"),
        _("Kind"),
        _("Free to use"),
        _("On hold"),
        _("In lots"),
        _("Expected"),
    ]
    file = exported(request, "stock", heading, ([*_row(row).values()][:7] for row in rows))
    if file is not None:
        return file  # type: ignore[no-any-return]
    chosen = {"q": text} if text else {}
    page = page_of(request, rows)
    context = {
        "rows": [_row(row) for row in page],
        "page": page,
        "now": timezone.now(),
        "filters": [{"name": "q", "label": _("Part number or name"), "value": text, "kind": "search"}],
        "chosen": chosen_links(request, chosen, {"q": _("Part number or name")}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
    }
    return render(request, "inventory/stock.html", context)


def _fits(row: PartStock, text: str) -> bool:
    wanted = text.lower()
    return not wanted or any(wanted in value.lower() for value in (row.number, row.name_ja, row.name_en, row.kind))


def _row(row: PartStock) -> dict[str, Any]:
    return {
        "part": row.number,
        "name": row.name_en if get_language() == "en" else row.name_ja,
        "kind": row.kind,
        "free": row.free,
        "held": row.held,
        "quantity": row.quantity.normalize(),
        "expected": row.expected.normalize(),
        "url": f"{reverse('units')}?{urlencode({'part': row.number})}",
    }


@reads
def lot(request: HttpRequest, tag: str) -> HttpResponse:
    """One lot: where it lies, what it went into, its moves."""
    found = get_object_or_404(Lot.objects.select_related("part", "part_revision", "supplier"), tag=tag)
    page = lot_page(found)
    heading = [_("Unit"), _("Part number"), _("How"), _("Quantity"), _("Sits in"), _("Place")]
    file = exported(request, f"lot-{tag}", heading, ([*_hit(hit).values()][:6] for hit in page.hits))
    if file is not None:
        return file  # type: ignore[no-any-return]
    may_hold = isinstance(request.user, User) and request.user.has_perm("inventory.hold")
    hold_url = f"{reverse('holds')}?{urlencode({'target': found.tag})}"
    context = {
        "lot": found,
        "state": "hold" if page.is_held else "ok",
        "word": _("On hold") if page.is_held else _("Usable"),
        "facts": _facts(page),
        "stock": page.stock,
        "moves": page.moves,
        "holds": page.holds,
        "hits": [_hit(hit) for hit in page.hits],
        "exports": exports_of(request),
        "acts": [{"label": _("Hold"), "url": hold_url, "icon": "hold"}] if may_hold else [],
    }
    return render(request, "inventory/lot.html", context)


def _facts(page: LotPage) -> list[dict[str, Any]]:
    found = page.lot
    return [
        {"label": _("Lot number"), "value": found.number, "code": True},
        {"label": _("Part number"), "value": f"{found.part.number} {found.part_revision.revision}", "code": True},
        {"label": _("Supplier"), "value": found.supplier.name if found.supplier else ""},
        {"label": _("Expiry date"), "value": found.expires_on.strftime("%Y/%m/%d") if found.expires_on else _("none")},
        {"label": _("In stock"), "value": f"{format(page.quantity.normalize(), 'f')} {found.unit}"},
    ]


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "unit": hit.serial or hit.tag,
        "part": hit.part_number,
        "how": _("made of the lot") if hit.how == "made" else _("the lot was used in it"),
        "quantity": hit.quantity.normalize(),
        "top": "" if hit.top_id == hit.unit_id else hit.top_serial or hit.top_tag,
        "place": hit.location_code,
        "url": reverse("unit", args=[hit.tag]),
        "top_url": reverse("unit", args=[hit.top_tag]),
        "is_held": hit.is_held,
    }
