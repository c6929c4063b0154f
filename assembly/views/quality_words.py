"""What yields, paretos and charts are called on their pages, and the definitions that stand beside the figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Station
from assembly.quality_forms import Asked, asked_of
from assembly.queries.yields import operations_made, products_made

OUTCOMES: dict[str, tuple[str, Any]] = {
    "pass": ("ok", gettext_lazy("pass")),
    "fail": ("fail", gettext_lazy("fail")),
    "aborted": ("void", gettext_lazy("broken off")),
    "station": ("void", gettext_lazy("station could not run")),
    "reference": ("void", gettext_lazy("reference unit")),
    "open": ("run", gettext_lazy("In progress")),
}
"""How an attempt was judged: (state, words)."""

KIND_WORDS: dict[str, Any] = {
    "": gettext_lazy("All"),
    "first": gettext_lazy("First attempts"),
    "first_pass": gettext_lazy("First attempts that passed"),
    "first_fail": gettext_lazy("First attempts that failed"),
    "later": gettext_lazy("Later attempts"),
    "fail": gettext_lazy("All that failed"),
    "counted": gettext_lazy("All that passed or failed"),
    "left_out": gettext_lazy("Left out"),
    "aborted": gettext_lazy("Left out: broken off"),
    "station": gettext_lazy("Left out: station could not run"),
    "reference": gettext_lazy("Left out: reference units"),
}
"""What a list of attempts can be narrowed to."""


OF_LISTS = ("kind", "cause")
"""What narrows a list of attempts and no figure: the yield of what failed is none."""


def asked(request: HttpRequest, *, listing: bool = False) -> Asked:
    """What the page's address asks for; the days are the plant's. Only a list is narrowed to a kind or a cause."""
    given = {name: value for name, value in request.GET.dict().items() if listing or name not in OF_LISTS}
    return asked_of(given, timezone.localdate())


def tabs(current: str, wanted: Asked) -> list[dict[str, Any]]:
    """The pages of quality figures, for the same days and product."""
    days = {"from": wanted.first, "to": wanted.last, "product": wanted.given.get("product")}
    query = Asked(wanted.wish, wanted.first, wanted.last, {}).query(**days)
    pages = [
        ("yields", _("First-pass yield")),
        ("pareto", _("What fails most")),
        ("capability", _("Capability and control")),
        ("attempts", _("Attempts")),
        ("reference_units", _("Reference units")),
    ]
    return [
        {
            "label": label,
            "url": reverse(name) + ("" if name == "reference_units" else query),
            "current": name == current,
        }
        for name, label in pages
    ]


def filters_of(wanted: Asked) -> list[dict[str, Any]]:
    """The fields over every page: days, product, operation (of the chosen product), station, tool. Three queries."""
    product = wanted.wish.product
    products = [{"value": part.pk, "label": f"{part.number} {part.name}"} for part in products_made()]
    operations = [
        {"value": row.pk, "label": f"{row.routing} · {row.number} {row.name}"}
        for row in operations_made(product, wanted.wish.operation)
    ]
    everything = [{"value": "", "label": _("All")}]
    given = wanted.given
    fields = [
        {"name": "from", "label": _("First day"), "value": wanted.first.isoformat(), "kind": "date"},
        {"name": "to", "label": _("Last day"), "value": wanted.last.isoformat(), "kind": "date"},
        _choice("product", _("Product"), given, everything + products),
    ]
    if operations:
        fields.append(_choice("operation", _("Operation"), given, everything + operations))
    fields.append(stations_field(wanted))
    tool = {"name": "tool", "label": _("Instrument or tester"), "value": given.get("tool", ""), "kind": "text"}
    return [*fields, tool]


def stations_field(wanted: Asked) -> dict[str, Any]:
    """The choice of a station. One query."""
    codes = Station.objects.order_by("code").values_list("code", flat=True)
    stations = [{"value": "", "label": _("All")}, *({"value": code, "label": code} for code in codes)]
    return _choice("station", _("Station"), wanted.given, [*stations, {"value": "-", "label": _("without a station")}])


def _choice(name: str, label: str, given: dict[str, str], options: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "label": label, "value": given.get(name, ""), "kind": "select", "options": options}


def yield_rule() -> list[tuple[str, str]]:
    """The definition of the first-pass yield, term by term, as it is computed (assembly.queries.attempts)."""
    return [
        (
            _("First-pass yield"),
            _("Units whose first attempt passed ÷ units with a first attempt that ended on these days (plant time)."),
        ),
        (
            _("First attempt"),
            _(
                "The first that passed or failed of a unit at an operation of its routing revision, ever: not the "
                "first of a day, a station or a person. Retests and attempts after rework are later ones."
            ),
        ),
        (
            _("Passed"),
            _(
                "The run passed, and so did every correction of it; no tester's file failed or held the unit, no "
                "nonconformity was reported while it ran. A second file undoes no first one; a concession is no pass."
            ),
        ),
        (
            _("Left out"),
            _(
                "Broken off with nothing against the unit, also where a tester could not run (error, not run);"
                " reference units, from their mark on. The next is then the first. Broken off after a failure is a "
                "failure."
            ),
        ),
        (
            _("Interval"),
            _("95 %, by Wilson. Rolled yield: all operations of the routing multiplied; none without every operation."),
        ),
    ]
